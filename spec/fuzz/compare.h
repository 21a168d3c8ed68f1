/* Scalars compared in the simplest way there is, and made of an input. */
#ifndef SPEC_FUZZ_COMPARE_H
#define SPEC_FUZZ_COMPARE_H

#include <float.h>
#include <math.h>

#include "input.h"
#include "query/key.h"
#include "query/scalar.h"

_Static_assert(LDBL_MANT_DIG >= 64, "a long double must hold every integer");

static inline bool is_number(const cs_scalar *value) {
  return value->kind == CS_SCALAR_INTEGER || value->kind == CS_SCALAR_REAL;
}

static inline long double number_of(const cs_scalar *value) {
  return value->kind == CS_SCALAR_INTEGER ? (long double)value->integer
                                          : (long double)value->real;
}

static inline int compare_texts(cs_span a, cs_span b) {
  for (size_t i = 0; i < a.length && i < b.length; i++)
    if (a.bytes[i] != b.bytes[i])
      return (unsigned char)a.bytes[i] < (unsigned char)b.bytes[i] ? -1 : 1;
  return (a.length > b.length) - (a.length < b.length);
}

/* Are both numbers, or both strings? Then *order is how they compare. */
static inline bool can_compare(const cs_scalar *a, const cs_scalar *b, int *order) {
  if (is_number(a) && is_number(b)) {
    *order = (number_of(a) > number_of(b)) - (number_of(a) < number_of(b));
    return true;
  }
  if (a->kind != CS_SCALAR_STRING || b->kind != CS_SCALAR_STRING)
    return false;
  *order = compare_texts(a->text, b->text);
  return true;
}

static inline bool are_equal(const cs_scalar *a, const cs_scalar *b) {
  int order = 1;
  if (can_compare(a, b, &order))
    return order == 0;
  return a->kind == b->kind && (a->kind == CS_SCALAR_TRUE || a->kind == CS_SCALAR_FALSE);
}

/* Where the strings of scalars are, each followed by bytes that may be read. */
typedef struct strings {
  char bytes[8192];
  size_t used;
} strings;

/* Of few letters, where `letters`, so that it has something in common with others; else any UTF-8
   of one or two bytes: what is no UTF-8 has no characters to be cut between. */
static inline cs_span take_string(input *from, strings *into, bool letters) {
  const size_t length = take_below(from, 41);
  cs_span taken = {into->bytes + into->used, length};
  if (length + CS_KEY_SHORT > sizeof into->bytes - into->used)
    return (cs_span){into->bytes, 0};
  for (size_t i = 0; i < length; i++) {
    unsigned byte = letters ? 'a' + (unsigned)take_below(from, 3) : take_byte(from);
    if (byte >= 0x80 && ++i < length) {
      into->bytes[into->used++] = (char)0xC3;
      byte = 0x80 | (byte & 0x3F);
    }
    into->bytes[into->used++] = (char)(i < length ? byte : byte & 0x7F);
  }
  memset(into->bytes + into->used, 'x', CS_KEY_SHORT);
  into->used += CS_KEY_SHORT;
  return taken;
}

static inline double take_real(input *from) {
  static const double edges[] = {0x1p63,  -0x1p63,   0x1p53, -0x1p53, 0x1p53 + 2,
                                 DBL_MAX, 0x1p-1074, -0.0,   0.5,     0x1.fffffffffffffp62};
  const size_t edge = take_below(from, 16);
  if (edge < COUNT(edges))
    return edges[edge];
  const uint64_t bits = take_word(from);
  double value;
  memcpy(&value, &bits, sizeof value);
  return isfinite(value) ? value : (double)(int64_t)bits;
}

static inline int64_t take_integer(input *from) {
  static const int64_t edges[] = {INT64_MAX, INT64_MIN, (INT64_C(1) << 53) + 1, INT64_MAX - 1};
  const size_t edge = take_below(from, 8);
  return edge < COUNT(edges) ? edges[edge] : (int64_t)take_word(from);
}

static inline cs_scalar take_scalar(input *from, strings *into) {
  cs_scalar value = {CS_SCALAR_ABSENT, 77, 77.5, {NULL, 0}};
  const size_t choice = take_below(from, 10);
  switch (choice) {
  case 0:
    break;
  case 1:
    value.kind = take_bool(from) ? CS_SCALAR_TRUE : CS_SCALAR_FALSE;
    break;
  case 2:
    value.kind = CS_SCALAR_INTEGER;
    value.integer = (int8_t)take_byte(from);
    break;
  case 3:
    value.kind = CS_SCALAR_INTEGER;
    value.integer = take_integer(from);
    break;
  case 4:
  case 5:
    value.kind = CS_SCALAR_REAL;
    value.real = (int8_t)take_byte(from) / 10.0;
    break;
  case 6:
    value.kind = CS_SCALAR_REAL;
    value.real = take_real(from);
    break;
  case 7:
    value.kind = CS_SCALAR_OTHER;
    break;
  default:
    value.kind = CS_SCALAR_STRING;
    value.text = take_string(from, into, choice == 8);
  }
  return value;
}

#endif
