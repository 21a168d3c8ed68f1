#include "error_body.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Never: what is over the limit is dropped, a sender is not held back for it. */
static bool full(void *context) {
  (void)context;
  return false;
}

static char *reserve(void *context, size_t length) {
  cs_error_body *body = context;
  if (length > SIZE_MAX / 2 - body->length)
    return NULL;
  size_t needed = body->length + length;
  if (needed > body->capacity) {
    size_t capacity = needed < CS_ERROR_BODY_LIMIT / 2 ? needed * 2 : needed;
    char *bytes = realloc(body->bytes, capacity);
    if (bytes == NULL)
      return NULL;
    body->bytes = bytes;
    body->capacity = capacity;
  }
  return body->bytes + body->length;
}

static void commit(void *context, size_t length) {
  cs_error_body *body = context;
  size_t room = CS_ERROR_BODY_LIMIT - body->length;
  body->length += length < room ? length : room;
}

static bool append(void *context, const char *bytes, size_t length) {
  char *room = reserve(context, length);
  if (room == NULL)
    return false;
  memcpy(room, bytes, length);
  commit(context, length);
  return true;
}

cs_sink cs_error_body_sink(cs_error_body *body) {
  return (cs_sink){
      .context = body, .full = full, .append = append, .reserve = reserve, .commit = commit};
}

bool cs_error_body_is_full(const cs_error_body *body) {
  return body->length == CS_ERROR_BODY_LIMIT;
}

void cs_error_body_free(cs_error_body *body) {
  free(body->bytes);
  *body = (cs_error_body){0};
}
