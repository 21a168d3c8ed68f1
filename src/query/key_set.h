/* A set of values, made once and asked for each row. */
#ifndef CS_QUERY_KEY_SET_H
#define CS_QUERY_KEY_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "scalar.h"

typedef struct cs_key_set cs_key_set;

/* Of those values that can equal something; their strings are copied. NULL when memory ran out.
   To be freed with free(). */
cs_key_set *cs_key_set_new(const cs_scalar *values, size_t count);

/* True when a value of the set equals `value`. */
bool cs_key_set_has(const cs_key_set *set, const cs_scalar *value);

#endif
