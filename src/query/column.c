#include "column.h"

#include <stdlib.h>
#include <string.h>

#include "json/buffer.h"
#include "json/string.h"

void cs_scratch_free(cs_scratch *scratch) {
  free(scratch->bytes);
  *scratch = (cs_scratch){NULL, 0};
}

bool cs_scratch_decode(cs_scratch *scratch, cs_span raw, cs_span *text) {
  if (raw.length > scratch->size) {
    if (raw.length > SIZE_MAX - CS_BUFFER_PAD)
      return false;
    char *bytes = realloc(scratch->bytes, raw.length + CS_BUFFER_PAD);
    if (bytes == NULL)
      return false;
    memset(bytes, 0, raw.length + CS_BUFFER_PAD);
    *scratch = (cs_scratch){bytes, raw.length};
  }
  *text = (cs_span){scratch->bytes, cs_string_decode(raw.bytes, raw.length, scratch->bytes)};
  return true;
}

bool cs_scalar_read(cs_scalar *scalar, const cs_value *value, cs_scratch *scratch) {
  switch (value->kind) {
  case CS_KIND_STRING:
    scalar->kind = CS_SCALAR_STRING;
    scalar->text = value->text;
    return !value->escaped || cs_scratch_decode(scratch, value->text, &scalar->text);
  case CS_KIND_NUMBER:
    cs_scalar_read_number(scalar, value->text);
    return true;
  case CS_KIND_TRUE:
    scalar->kind = CS_SCALAR_TRUE;
    return true;
  case CS_KIND_FALSE:
    scalar->kind = CS_SCALAR_FALSE;
    return true;
  case CS_KIND_OBJECT:
  case CS_KIND_ARRAY:
    scalar->kind = CS_SCALAR_OTHER;
    return true;
  default:
    scalar->kind = CS_SCALAR_ABSENT;
    return true;
  }
}
