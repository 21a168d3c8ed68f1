/* What a member of a record is, still as it was written. */
#ifndef CS_JSON_VALUE_H
#define CS_JSON_VALUE_H

#include <stdbool.h>

#include "span.h"

typedef enum cs_kind {
  CS_KIND_ABSENT,
  CS_KIND_NULL,
  CS_KIND_FALSE,
  CS_KIND_TRUE,
  CS_KIND_NUMBER,
  CS_KIND_STRING,
  CS_KIND_OBJECT,
  CS_KIND_ARRAY
} cs_kind;

typedef struct cs_value {
  cs_kind kind;
  bool escaped; /* a string that must be decoded (cs_string_decode) */
  cs_span text; /* a string: what stands between its quotes; the others as a whole */
} cs_value;

#endif
