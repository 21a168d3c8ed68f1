/* The names of members, each known by a number: the same for all ways to write it. */
#ifndef CS_JSON_NAMES_H
#define CS_JSON_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "span.h"

#define CS_NAME_UNKNOWN UINT32_MAX

enum { CS_NAMES_MOST = 4096 }; /* their numbers are below */

enum {
  CS_NAMES_LATELY = 1 << 11,
  CS_SPELLING_WORDS = 4, /* of 8 bytes, that are compared at once */
  CS_SPELLING_BYTES = 8 * CS_SPELLING_WORDS
};

/* One way to write a name. */
typedef struct cs_spelling {
  char bytes[CS_SPELLING_BYTES]; /* the name, its quotes and the colon behind it, then zeros */
  uint64_t bits;                 /* one for each of them; when they do not fit, one too high */
  uint32_t name;
  uint32_t next;   /* the spelling that came behind it the last time */
  uint32_t inside; /* the first one inside its value, the last time */
  uint32_t length; /* of `text` */
  char *text;      /* between the quotes */
} cs_spelling;

/* A table of numbers by hash: one is in the slot of its hash, or in one of those behind. */
typedef struct cs_name_slot {
  uint32_t hash;
  uint32_t number; /* of a spelling, or of a text and 1; 0: free */
} cs_name_slot;

typedef struct cs_name_table {
  cs_name_slot *slots;
  size_t mask; /* one less than there are, a power of two */
} cs_name_table;

typedef struct cs_names {
  cs_spelling *spellings; /* the first stands for no name at all */
  size_t spelling_count;
  size_t spelling_capacity;
  cs_name_table spelling_table;
  cs_span *texts; /* of the names, decoded */
  size_t text_count;
  size_t text_capacity;
  cs_name_table text_table;
  uint64_t keys[CS_SPELLING_WORDS]; /* of the hash: nobody can choose names that share one */
  uint16_t lately[CS_NAMES_LATELY]; /* spellings by a hash that costs little and proves nothing */
  int trust; /* in what is foreseen: below 0, it was wrong too often, and so many names are read
                without */
} cs_names;

/* False when memory ran out. */
bool cs_names_init(cs_names *names);

/* Of a zeroed cs_names, too. */
void cs_names_free(cs_names *names);

/* The number of the name with this decoded text, made if there is none; CS_NAME_UNKNOWN when
   memory ran out or there are too many. The first gets 0, and so on. */
uint32_t cs_names_add(cs_names *names, cs_span text);

/* The spelling `raw`, as it stands between its quotes; 0 when there are too many or it is too
   long. Then *name is still right for a name that is known, and else CS_NAME_UNKNOWN. */
uint32_t cs_names_spelled(cs_names *names, cs_span raw, uint32_t *name);

/* CS_SPELLING_BYTES that are set, then as many zeros. */
extern const uint8_t cs_names_masks[2 * CS_SPELLING_BYTES];

/* The first `length` bytes of a text, then zeros. */
typedef struct cs_name_words {
  uint64_t a, b, c, d;
} cs_name_words;

static inline uint64_t cs_names_word(const char *text, const uint8_t *mask) {
  uint64_t word, bits;
  memcpy(&word, text, sizeof word);
  memcpy(&bits, mask, sizeof bits);
  return word & bits;
}

/* CS_SPELLING_BYTES may be read, and no more are wanted. */
static inline cs_name_words cs_names_words(const char *text, size_t length) {
  const uint8_t *mask = cs_names_masks + CS_SPELLING_BYTES - length;
  return (cs_name_words){cs_names_word(text, mask), cs_names_word(text + 8, mask + 8),
                         cs_names_word(text + 16, mask + 16),
                         cs_names_word(text + 24, mask + 24)};
}

static inline uint64_t cs_names_differ(const cs_spelling *spelling, size_t at, uint64_t word) {
  uint64_t other;
  memcpy(&other, spelling->bytes + at, sizeof other);
  return word ^ other;
}

static inline bool cs_names_equal(const cs_spelling *spelling, cs_name_words words) {
  return (cs_names_differ(spelling, 0, words.a) | cs_names_differ(spelling, 8, words.b) |
          cs_names_differ(spelling, 16, words.c) | cs_names_differ(spelling, 24, words.d)) == 0;
}

/* Do the spelling's bytes stand here? CS_SPELLING_BYTES may be read. */
static inline bool cs_names_stands(const cs_spelling *spelling, const char *text) {
#ifdef __SSE2__
  const __m128i *there = (const __m128i *)spelling->bytes, *here = (const __m128i *)text;
  __m128i low = _mm_cmpeq_epi8(_mm_loadu_si128(there), _mm_loadu_si128(here));
  __m128i high = _mm_cmpeq_epi8(_mm_loadu_si128(there + 1), _mm_loadu_si128(here + 1));
  uint64_t same = (uint64_t)(uint32_t)_mm_movemask_epi8(low) |
                  (uint64_t)(uint32_t)_mm_movemask_epi8(high) << 16;
  return (~same & spelling->bits) == 0;
#else
  return spelling->bits >> CS_SPELLING_BYTES == 0 &&
         cs_names_equal(spelling, cs_names_words(text, spelling->length + 3));
#endif
}

/* Both halves of the product: every bit of both decides. */
static inline uint64_t cs_names_mix(uint64_t a, uint64_t b) {
#ifdef __SIZEOF_INT128__
  __extension__ typedef unsigned __int128 uint128;
  uint128 product = (uint128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
  uint64_t product = a * b;
  return product ^ (a ^ b >> 32) * UINT64_C(0x9E3779B97F4A7C15);
#endif
}

/* No two texts are likely to share it, whoever chose them. */
static inline uint32_t cs_names_hash(const cs_names *names, cs_name_words words) {
  const uint64_t *keys = names->keys;
  return (uint32_t)((cs_names_mix(words.a + keys[0], words.b + keys[1]) +
                     cs_names_mix(words.c + keys[2], words.d + keys[3])) >>
                    32);
}

static inline size_t cs_names_slot(const cs_name_table *table, uint32_t hash) {
  return hash >> 16 & table->mask;
}

/* As cs_names_spelled, of a name that stands here with its quotes and a colon; `length`, of all
   that, is at most CS_SPELLING_BYTES, which may be read. 0: it was not learned. */
static inline uint32_t cs_names_find(const cs_names *names, const char *text, size_t length) {
  cs_name_words words = cs_names_words(text, length);
  const cs_name_table *table = &names->spelling_table;
  for (size_t at = cs_names_slot(table, cs_names_hash(names, words));; at++) {
    uint32_t number = table->slots[at & table->mask].number;
    if (cs_names_equal(&names->spellings[number], words))
      return number;
    if (number == 0)
      return 0;
  }
}

/* What cs_names_find_again does not find at the first place. */
uint32_t cs_names_find_seldom(cs_names *names, const char *text, size_t length, uint16_t *place);

/* As cs_names_find, of names that come again and again: by their last bytes. Eight bytes before
   `text` may be read. Whoever chooses names that share a place has them found as others are. */
static inline uint32_t cs_names_find_again(cs_names *names, const char *text, size_t length) {
  uint64_t word;
  memcpy(&word, text + length - sizeof word, sizeof word);
  uint16_t *place = names->lately + ((word ^ length) * UINT64_C(0x9E3779B97F4A7C15) >> (64 - 11));
  if (cs_names_stands(&names->spellings[*place], text))
    return *place;
  return cs_names_find_seldom(names, text, length, place);
}

#endif
