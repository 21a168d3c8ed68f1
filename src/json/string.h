/* Strings of RFC 8259: escapes undone. */
#ifndef CS_JSON_STRING_H
#define CS_JSON_STRING_H

#include <stdbool.h>
#include <stddef.h>

/* True when `raw`, the bytes between the quotes, holds an escape, so that it must be decoded. */
bool cs_string_escaped(const char *raw, size_t length);

/* Writes the UTF-8 text of `raw` to `out`, which has room for `length` bytes (decoding never
   makes a string longer), and returns how many were written. `raw` must be valid: escapes
   complete, surrogates in pairs (the caller has checked it). `out` may be `raw` itself. */
size_t cs_string_decode(const char *raw, size_t length, char *out);

/* Is `raw`, the bytes between the quotes, right: escapes, surrogates in pairs, no control
   characters, UTF-8? *escaped: it holds an escape. */
bool cs_string_check(const char *raw, size_t length, bool *escaped);

#endif
