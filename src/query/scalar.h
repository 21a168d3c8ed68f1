/* What a column of a row holds, as conditions and folds see it. */
#ifndef CS_QUERY_SCALAR_H
#define CS_QUERY_SCALAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/span.h"

typedef enum cs_scalar_kind {
  CS_SCALAR_ABSENT, /* not there, or null */
  CS_SCALAR_FALSE,
  CS_SCALAR_TRUE,
  CS_SCALAR_INTEGER,
  CS_SCALAR_REAL, /* never NaN */
  CS_SCALAR_STRING,
  CS_SCALAR_OTHER /* an object or an array */
} cs_scalar_kind;

/* Only the member that `kind` tells of is looked at; the others may hold anything. */
typedef struct cs_scalar {
  cs_scalar_kind kind;
  int64_t integer;
  double real;
  cs_span text; /* decoded UTF-8, may hold NUL; belongs to somebody else */
} cs_scalar;

/* Negative, zero or positive, as `a` comes before, with or behind `b`: absent, false, true,
   numbers, strings, all others (which are not told apart). Numbers compare exactly, integers with
   reals, too; strings by their bytes. */
int cs_scalar_compare(const cs_scalar *a, const cs_scalar *b);

/* True when both are numbers, both are strings or both are the same boolean, and equal. */
bool cs_scalar_equal(const cs_scalar *a, const cs_scalar *b);

static inline bool cs_scalar_is_number(const cs_scalar *value) {
  return value->kind == CS_SCALAR_INTEGER || value->kind == CS_SCALAR_REAL;
}

/* True when one can be less than the other: both are numbers, or both are strings. */
static inline bool cs_scalar_comparable(const cs_scalar *a, const cs_scalar *b) {
  if (a->kind == CS_SCALAR_STRING)
    return b->kind == CS_SCALAR_STRING;
  return cs_scalar_is_number(a) && cs_scalar_is_number(b);
}

/* True when `real` equals an int64_t, which goes to `integer`; -0.0 equals 0. */
static inline bool cs_scalar_whole(double real, int64_t *integer) {
  if (!(real >= -0x1p63 && real < 0x1p63))
    return false;
  *integer = (int64_t)real;
  return (double)*integer == real;
}

#endif
