#include "text.h"

#include <stdint.h>
#include <stdlib.h>

/* Never: what is over the limit is dropped, a sender is not held back for it. */
static bool full(void *context) {
  (void)context;
  return false;
}

static char *reserve(void *context, size_t length) {
  cs_text *text = context;
  if (length > SIZE_MAX / 2 - text->length)
    return NULL;
  size_t needed = text->length + length;
  if (needed > text->capacity) {
    size_t capacity = needed < CS_TEXT_LIMIT / 2 ? needed * 2 : needed;
    char *bytes = realloc(text->bytes, capacity);
    if (bytes == NULL)
      return NULL;
    text->bytes = bytes;
    text->capacity = capacity;
  }
  return text->bytes + text->length;
}

static void commit(void *context, size_t length) {
  cs_text *text = context;
  size_t room = CS_TEXT_LIMIT - text->length;
  text->length += length < room ? length : room;
}

cs_sink cs_text_sink(cs_text *text) {
  return (cs_sink){.context = text, .full = full, .reserve = reserve, .commit = commit};
}

bool cs_text_is_full(const cs_text *text) {
  return text->length == CS_TEXT_LIMIT;
}

void cs_text_free(cs_text *text) {
  free(text->bytes);
  *text = (cs_text){0};
}
