#include "extreme.h"

#include <stdlib.h>
#include <string.h>

/* Room for `length` bytes, whose old content is lost. More than needed where it may be, as a
   longer string may be next. */
static cs_extreme_status make_room(cs_extreme *extreme, size_t length, size_t *bytes_left) {
  if (length <= extreme->capacity)
    return CS_EXTREME_OK;
  const size_t needed = length - extreme->capacity;
  if (needed > *bytes_left)
    return CS_EXTREME_TOO_LONG;
  const size_t more =
      needed < extreme->capacity && extreme->capacity <= *bytes_left ? extreme->capacity : needed;
  char *const bytes = malloc(extreme->capacity + more);
  if (bytes == NULL)
    return CS_EXTREME_MEMORY;
  free(extreme->bytes);
  extreme->bytes = bytes;
  extreme->capacity += more;
  *bytes_left -= more;
  return CS_EXTREME_OK;
}

static cs_extreme_status hold(cs_extreme *extreme, const cs_scalar *value, size_t *bytes_left) {
  if (value->kind == CS_SCALAR_STRING) {
    const cs_extreme_status status = make_room(extreme, value->text.length, bytes_left);
    if (status != CS_EXTREME_OK)
      return status;
    if (value->text.length > 0)
      memcpy(extreme->bytes, value->text.bytes, value->text.length);
    extreme->value.text = (cs_span){extreme->bytes, value->text.length};
  } else if (value->kind == CS_SCALAR_REAL) {
    extreme->value.real = value->real == 0 ? 0.0 : value->real;
  } else {
    extreme->value.integer = value->integer;
  }
  extreme->value.kind = value->kind;
  return CS_EXTREME_OK;
}

static bool wins(const cs_extreme *extreme, bool greatest, const cs_scalar *value) {
  const int order = cs_scalar_compare(value, &extreme->value);
  if (order == 0)
    return value->kind == CS_SCALAR_INTEGER && extreme->value.kind == CS_SCALAR_REAL;
  return greatest ? order > 0 : order < 0;
}

cs_extreme_status cs_extreme_add(cs_extreme *extreme, bool greatest, const cs_scalar *value,
                                 size_t *bytes_left) {
  if (value->kind == CS_SCALAR_ABSENT)
    return CS_EXTREME_OK;
  /* The first has nothing but itself to be compared with. */
  const bool first = extreme->value.kind == CS_SCALAR_ABSENT;
  if (!cs_scalar_comparable(value, first ? value : &extreme->value))
    return CS_EXTREME_NOT_COMPARABLE;
  if (!first && !wins(extreme, greatest, value))
    return CS_EXTREME_OK;
  return hold(extreme, value, bytes_left);
}

void cs_extreme_free(cs_extreme *extreme) {
  free(extreme->bytes);
  memset(extreme, 0, sizeof *extreme);
}
