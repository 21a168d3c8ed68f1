#include "scalar.h"

#include <string.h>

/* The order of kinds; what has one rank is compared by its value. */
static int rank(cs_scalar_kind kind) {
  return (int)(kind == CS_SCALAR_REAL ? CS_SCALAR_INTEGER : kind);
}

/* Not by way of double, where 2^53 + 1 is 2^53. Within its range the integer part is exact, and
   so is the fraction that is left. */
static int compare_mixed(int64_t integer, double real) {
  if (real >= 0x1p63)
    return -1;
  if (real < -0x1p63)
    return 1;
  const int64_t whole = (int64_t)real;
  if (integer != whole)
    return integer < whole ? -1 : 1;
  const double fraction = real - (double)whole;
  return (fraction < 0) - (fraction > 0);
}

static int compare_numbers(const cs_scalar *a, const cs_scalar *b) {
  if (a->kind != b->kind)
    return a->kind == CS_SCALAR_INTEGER ? compare_mixed(a->integer, b->real)
                                        : -compare_mixed(b->integer, a->real);
  if (a->kind == CS_SCALAR_INTEGER)
    return (a->integer > b->integer) - (a->integer < b->integer);
  return (a->real > b->real) - (a->real < b->real);
}

static int compare_texts(cs_span a, cs_span b) {
  const size_t common = a.length < b.length ? a.length : b.length;
  const int order = common == 0 ? 0 : memcmp(a.bytes, b.bytes, common);
  return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

int cs_scalar_compare(const cs_scalar *a, const cs_scalar *b) {
  if (rank(a->kind) != rank(b->kind))
    return rank(a->kind) - rank(b->kind);
  if (a->kind == CS_SCALAR_STRING)
    return compare_texts(a->text, b->text);
  return cs_scalar_is_number(a) ? compare_numbers(a, b) : 0;
}

bool cs_scalar_equal(const cs_scalar *a, const cs_scalar *b) {
  if (a->kind == CS_SCALAR_STRING)
    return b->kind == CS_SCALAR_STRING && a->text.length == b->text.length &&
           (a->text.length == 0 || memcmp(a->text.bytes, b->text.bytes, a->text.length) == 0);
  if (cs_scalar_is_number(a))
    return cs_scalar_is_number(b) && compare_numbers(a, b) == 0;
  return a->kind == b->kind && (a->kind == CS_SCALAR_FALSE || a->kind == CS_SCALAR_TRUE);
}
