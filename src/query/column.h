/* Members of a record as scalars. */
#ifndef CS_QUERY_COLUMN_H
#define CS_QUERY_COLUMN_H

#include <stdbool.h>
#include <stddef.h>

#include "scalar.h"
#include "json/number.h"
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

/* What `value`, of a record in a cs_buffer, says: false when memory ran out. A string's text is
   valid as long as the record and what is in `scratch`; behind it, too, CS_BUFFER_PAD bytes may
   be read. */
bool cs_scalar_read(cs_scalar *scalar, const cs_value *value, cs_scratch *scratch);

/* Likewise, for a number. */
static inline void cs_scalar_read_number(cs_scalar *scalar, cs_span text) {
  cs_number number;
  cs_number_parse_padded(text.bytes, text.length, &number);
  scalar->kind = number.kind == CS_NUMBER_INTEGER ? CS_SCALAR_INTEGER : CS_SCALAR_REAL;
  scalar->integer = number.integer;
  scalar->real = number.real;
}

#endif
