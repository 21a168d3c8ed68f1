/* A value to be found again: made into a few words that are hashed and compared at once. */
#ifndef CS_QUERY_KEY_H
#define CS_QUERY_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "scalar.h"

/* Strings of up to this length are all in the words; of a longer one, the beginning is. */
enum { CS_KEY_SHORT = 32, CS_KEY_WORDS = CS_KEY_SHORT / 8 };

typedef struct cs_key {
  uint64_t words[CS_KEY_WORDS]; /* of a string, its first bytes, then zeros; of a number, its bits
                                   are the first word */
  uint64_t tag;                 /* of a string, 2 * length + 1; of others, 2 * kind */
  const char *bytes;            /* of a string; never NULL for others */
} cs_key;

/* Who knows the seed can choose keys that collide: let it be random. */
typedef struct cs_seed {
  uint64_t words[2];
} cs_seed;

/* From [CS_KEY_SHORT - n] on, n bytes are all ones, and CS_KEY_SHORT - n are zeros. */
extern const signed char cs_key_mask[2 * CS_KEY_SHORT];

/* The key of a value that is no string, no object and no array. Equal numbers make equal keys. */
cs_key cs_key_of_other(const cs_scalar *value);

/* How many of the bytes are the first `count` characters. */
size_t cs_key_cut(cs_span text, size_t count);

/* The value of `key`. Its text is the key's. */
cs_scalar cs_key_value(const cs_key *key);

static inline bool cs_key_is_string(const cs_key *key) {
  return (key->tag & 1) != 0;
}

static inline bool cs_key_is_long(const cs_key *key) {
  return key->tag > 2 * CS_KEY_SHORT + 1;
}

/* Of a string's key. */
static inline size_t cs_key_length(const cs_key *key) {
  return (size_t)(key->tag / 2);
}

static inline uint64_t cs_key_load8(const void *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

/* The key of a string that may be no longer than CS_KEY_SHORT, which many bytes from bytes[0] may
   be read whatever the length: so there is no branch on it that is often foreseen wrong. */
static inline void cs_key_set_padded(cs_key *key, const char *bytes, size_t length) {
  const signed char *const mask = cs_key_mask + CS_KEY_SHORT - length;
  key->words[0] = cs_key_load8(bytes) & cs_key_load8(mask);
  key->words[1] = cs_key_load8(bytes + 8) & cs_key_load8(mask + 8);
  key->words[2] = cs_key_load8(bytes + 16) & cs_key_load8(mask + 16);
  key->words[3] = cs_key_load8(bytes + 24) & cs_key_load8(mask + 24);
  key->tag = 2 * (uint64_t)length + 1;
  key->bytes = bytes;
}

/* Copies `length` bytes, at most CS_KEY_SHORT, in two pieces that overlap. */
static inline void cs_key_copy(char *to, const char *from, size_t length) {
  if (length >= 16) {
    memcpy(to, from, 16);
    memcpy(to + length - 16, from + length - 16, 16);
  } else if (length >= 8) {
    memcpy(to, from, 8);
    memcpy(to + length - 8, from + length - 8, 8);
  } else if (length >= 4) {
    memcpy(to, from, 4);
    memcpy(to + length - 4, from + length - 4, 4);
  } else if (length > 0) {
    to[0] = from[0];
    to[length / 2] = from[length / 2];
    to[length - 1] = from[length - 1];
  }
}

/* The key of any string. Reads no byte outside. */
static inline void cs_key_set_text(cs_key *key, const char *bytes, size_t length) {
  memset(key->words, 0, sizeof key->words);
  cs_key_copy((char *)key->words, bytes, length < CS_KEY_SHORT ? length : CS_KEY_SHORT);
  key->tag = 2 * (uint64_t)length + 1;
  key->bytes = bytes;
}

/* Makes the key of `value`, which is no object and no array; of a string, of `characters` at
   most. Points to the text of `value`. */
static inline void cs_key_set_value(cs_key *key, const cs_scalar *value, size_t characters) {
  if (value->kind != CS_SCALAR_STRING) {
    *key = cs_key_of_other(value);
    return;
  }
  size_t length = value->text.length;
  if (length > characters)
    length = cs_key_cut(value->text, characters);
  cs_key_set_text(key, value->text.bytes, length);
}

/* Upper and lower half of the product, mixed. */
static inline uint64_t cs_key_fold(uint64_t a, uint64_t b) {
#ifdef __SIZEOF_INT128__
  __extension__ typedef unsigned __int128 uint128;
  const uint128 product = (uint128)a * b;
  return (uint64_t)(product >> 64) ^ (uint64_t)product;
#else
  const uint64_t mask = UINT32_MAX;
  const uint64_t low = (a & mask) * (b & mask);
  const uint64_t left = (a >> 32) * (b & mask) + (low >> 32);
  const uint64_t right = (a & mask) * (b >> 32) + (left & mask);
  return ((a >> 32) * (b >> 32) + (left >> 32) + (right >> 32)) ^ (right << 32 | (low & mask));
#endif
}

/* Takes a key that is not long into `hash`. All factors hold something secret, so that no key
   makes one of them zero, and one length is not made to look as another. Only one of the two
   products waits for the hash so far. */
static inline uint64_t cs_key_hash_short(const cs_key *key, uint64_t hash, const cs_seed *seed) {
  const uint64_t *const w = key->words, *const secret = seed->words;
  return cs_key_fold(w[0] ^ hash, w[1] ^ secret[1] * key->tag) +
         cs_key_fold(w[2] ^ secret[1], w[3] ^ secret[0]);
}

/* Takes `key` into `hash`, which begins as the seed's first word. */
uint64_t cs_key_hash(const cs_key *key, uint64_t hash, const cs_seed *seed);

/* Where one is known to be not long. */
static inline bool cs_key_equal_short(const cs_key *a, const cs_key *b) {
  const uint64_t *const v = a->words, *const w = b->words;
  return v[0] == w[0] && v[1] == w[1] && v[2] == w[2] && v[3] == w[3] && a->tag == b->tag;
}

bool cs_key_equal(const cs_key *a, const cs_key *b);

#endif
