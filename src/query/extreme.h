/* The least or greatest of many values. */
#ifndef CS_QUERY_EXTREME_H
#define CS_QUERY_EXTREME_H

#include <stdbool.h>
#include <stddef.h>

#include "scalar.h"

/* A zeroed cs_extreme is that of no values. */
typedef struct cs_extreme {
  cs_scalar value; /* CS_SCALAR_ABSENT when there was none; a string is in `bytes` */
  char *bytes;
  size_t capacity;
} cs_extreme;

typedef enum cs_extreme_status {
  CS_EXTREME_OK,
  CS_EXTREME_NOT_COMPARABLE, /* no number and no string, or not what the others were */
  CS_EXTREME_TOO_LONG,
  CS_EXTREME_MEMORY
} cs_extreme_status;

/* Takes `value` into account; what is absent does not count. An integer wins over an equal real,
   and -0.0 becomes 0.0, so that the result does not depend on the order. A string is copied, and
   the memory that takes is taken from `bytes_left`. */
cs_extreme_status cs_extreme_add(cs_extreme *extreme, bool greatest, const cs_scalar *value,
                                 size_t *bytes_left);

void cs_extreme_free(cs_extreme *extreme);

#endif
