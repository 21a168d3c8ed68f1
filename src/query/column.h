/* Members of a record as scalars. */
#ifndef CS_QUERY_COLUMN_H
#define CS_QUERY_COLUMN_H

#include <stdbool.h>
#include <stddef.h>

#include "scalar.h"
#include "json/value.h"

/* Where the escapes of a string are undone; a zeroed one is ready. */
typedef struct cs_scratch {
  char *bytes;
  size_t size;
} cs_scratch;

void cs_scratch_free(cs_scratch *scratch);

/* Undoes the escapes of a string that has some: false when memory ran out. *text is valid until
   the scratch is used again. */
bool cs_scratch_decode(cs_scratch *scratch, cs_span raw, cs_span *text);

/* What `value` says: false when memory ran out. A string's text is valid as long as the record
   and what is in `scratch`. */
bool cs_scalar_read(cs_scalar *scalar, const cs_value *value, cs_scratch *scratch);

#endif
