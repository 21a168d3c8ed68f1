/* Bytes that belong to somebody else. */
#ifndef CS_JSON_SPAN_H
#define CS_JSON_SPAN_H

#include <stddef.h>

typedef struct cs_span {
  const char *bytes;
  size_t length;
} cs_span;

#endif
