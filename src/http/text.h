/* Keeps the beginning of an error's body, for people to read. */
#ifndef CS_HTTP_TEXT_H
#define CS_HTTP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "sink.h"

#define CS_TEXT_LIMIT ((size_t)64 * 1024)

typedef struct cs_text {
  char *bytes;
  size_t length; /* at most CS_TEXT_LIMIT */
  size_t capacity;
} cs_text;

/* Zero-initialised is empty. The sink lives as long as `text` stays where it is. */
cs_sink cs_text_sink(cs_text *text);
bool cs_text_is_full(const cs_text *text);
void cs_text_free(cs_text *text);

#endif
