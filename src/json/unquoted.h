/* Values without quotes: numbers, true, false and null. */
#ifndef CS_JSON_UNQUOTED_H
#define CS_JSON_UNQUOTED_H

#include <stdbool.h>
#include <stddef.h>

/* Shorter than this and without a positive exponent, no number reaches the largest double. */
enum { CS_UNQUOTED_SHORT = 300 };

/* Is all of `text` one number of RFC 8259, true, false or null? With `number_range` a number that
   is too large for a double is none. */
bool cs_unquoted_is_right(const char *text, size_t length, bool number_range);

/* The length of the number that begins at `text`, 0 when it is none. Bytes behind it may be read,
   as behind a buffer. */
size_t cs_unquoted_number(const char *text, bool number_range);

#endif
