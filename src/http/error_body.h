/* Keeps the beginning of an error's body, for people to read. */
#ifndef CS_HTTP_ERROR_BODY_H
#define CS_HTTP_ERROR_BODY_H

#include <stdbool.h>
#include <stddef.h>

#include "sink.h"

#define CS_ERROR_BODY_LIMIT ((size_t)64 * 1024)

typedef struct cs_error_body {
  char *bytes;
  size_t length; /* at most CS_ERROR_BODY_LIMIT */
  size_t capacity;
} cs_error_body;

/* Zero-initialised is empty. The sink lives as long as `body` stays where it is. */
cs_sink cs_error_body_sink(cs_error_body *body);
bool cs_error_body_is_full(const cs_error_body *body);
void cs_error_body_free(cs_error_body *body);

#endif
