/* The names that are asked for. Of most others, a look at their ends and their length tells that
   they are none of them. */
#ifndef CS_JSON_WANTED_H
#define CS_JSON_WANTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "names.h"

enum { CS_WANTED_MOST = 32, CS_WANTED_KEYS = 256 };

typedef struct cs_wanted {
  uint8_t first[CS_WANTED_KEYS];          /* a name with such a key, and 1; 0: there is none */
  uint8_t next[CS_WANTED_MOST + 1];       /* behind one: the next whose key is the same */
  uint32_t spellings[CS_WANTED_MOST + 1]; /* the usual one of each, or 0 */
} cs_wanted;

/* The names with the numbers from 0 to `count` - 1 are asked for, CS_WANTED_MOST at most. Zeroed
   before. */
void cs_wanted_choose(cs_wanted *wanted, cs_names *names, size_t count);

/* Tells a name from most others: between the quote at `open` and the one before `colon`. */
static inline uint32_t cs_wanted_signs(const char *open, const char *colon) {
  uint32_t first = (unsigned char)open[1], last = (unsigned char)colon[-2];
  return first | last << 8 | (uint32_t)(colon - open) << 16;
}

static inline uint32_t cs_wanted_key(uint32_t signs) {
  return signs * UINT32_C(0x9E3779B1) >> 24;
}

/* As cs_wanted_find, of a name that is not the first with such a key. */
uint32_t cs_wanted_find_seldom(const cs_wanted *wanted, const cs_names *names, const char *open,
                               const char *colon);

/* The one of them that is written between the quote at `open` and the one before `colon`;
   CS_NAME_UNKNOWN when it is none. CS_SPELLING_BYTES may be read. */
static inline uint32_t cs_wanted_find(const cs_wanted *wanted, const cs_names *names,
                                      const char *open, const char *colon) {
  uint32_t number = wanted->first[cs_wanted_key(cs_wanted_signs(open, colon))];
  if (cs_names_stands(&names->spellings[wanted->spellings[number]], open))
    return number - 1;
  return cs_wanted_find_seldom(wanted, names, open, colon);
}

#endif
