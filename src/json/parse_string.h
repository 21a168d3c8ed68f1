/* Where the strings of a record end, and whether they are right, as the index tells. */
#ifndef CS_JSON_PARSE_STRING_H
#define CS_JSON_PARSE_STRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "index.h"

typedef struct cs_strings {
  cs_index *index;
  const cs_buffer *buffer;
  const char *bytes;
  const uint64_t *quotes;
  size_t sure;         /* the blocks of bytes before this, and the ones behind, are classified */
  size_t marked;       /* where the first marked block begins that was not passed */
  size_t marks_passed; /* in the index's list */
  bool memory;         /* ran out */
} cs_strings;

void cs_strings_begin(cs_strings *strings, cs_index *index, const cs_buffer *buffer);

/* As cs_strings_end, wherever that quote is. */
const char *cs_strings_far_end(cs_strings *strings, const char *at);

/* Some bits of the map of quotes from this byte on, at least 57. */
static inline uint64_t cs_strings_quotes(const cs_strings *strings, size_t at) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  uint64_t bits;
  memcpy(&bits, (const char *)strings->quotes + at / 8, sizeof bits);
  return bits >> at % 8;
#else
  const uint64_t *quotes = strings->quotes + at / CS_BLOCK;
  unsigned gone = at % CS_BLOCK;
  return quotes[0] >> gone | quotes[1] << 1 << (CS_BLOCK - 1 - gone);
#endif
}

/* The quote that closes the string that begins here; NULL when it is not there, or memory ran
   out. */
static inline const char *cs_strings_end(cs_strings *strings, const char *at) {
  size_t inside = (size_t)(at + 1 - strings->bytes);
  if (inside < strings->sure) {
    uint64_t bits = cs_strings_quotes(strings, inside);
    if (bits != 0)
      return at + 1 + (size_t)__builtin_ctzll(bits);
  }
  return cs_strings_far_end(strings, at);
}

/* Is a string that ends with this quote to be checked? They must not come before others that
   were. */
static inline bool cs_strings_marked(const cs_strings *strings, const char *quote) {
  return (size_t)(quote - strings->bytes) >= strings->marked;
}

/* Is the string between these quotes right, and has it escapes? */
bool cs_strings_check(cs_strings *strings, const char *open, const char *quote, bool *escaped);

#endif
