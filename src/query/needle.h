/* Bytes that are looked for in many texts, each in linear time. */
#ifndef CS_QUERY_NEEDLE_H
#define CS_QUERY_NEEDLE_H

#include <stdbool.h>

#include "json/span.h"

typedef struct cs_needle cs_needle;

/* Copies the bytes. NULL when memory ran out. To be freed with free(). */
cs_needle *cs_needle_new(cs_span bytes);

/* True when the bytes are somewhere in `text`. None are everywhere. */
bool cs_needle_is_in(const cs_needle *needle, cs_span text);

#endif
