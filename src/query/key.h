/* A value to be found again: made into three words that are hashed and compared at once. */
#ifndef CS_QUERY_KEY_H
#define CS_QUERY_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "scalar.h"

typedef struct cs_key {
  uint64_t first; /* of a string, its first bytes; of a number, its bits */
  uint64_t last;
  uint64_t tag;      /* of a string, 2 * length + 1; of others, 2 * kind */
  const char *bytes; /* of a string; never NULL for others */
} cs_key;

/* Strings of up to this length are all in the words; of a longer one, the ends are. */
enum { CS_KEY_SHORT = 16 };

/* Who knows the seed can choose keys that collide: let it be random. */
typedef struct cs_seed {
  uint64_t words[2];
} cs_seed;

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

static inline uint64_t cs_key_load8(const char *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

static inline uint64_t cs_key_load4(const char *bytes) {
  uint32_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

/* Both ends overlap where there is less than two words: no byte outside may be read. */
static inline void cs_key_set_text(cs_key *key, const char *bytes, size_t length) {
  key->tag = 2 * (uint64_t)length + 1;
  key->bytes = bytes;
  if (length >= 8) {
    key->first = cs_key_load8(bytes);
    key->last = cs_key_load8(bytes + length - 8);
  } else if (length >= 4) {
    key->first = cs_key_load4(bytes);
    key->last = cs_key_load4(bytes + length - 4);
  } else if (length > 0) {
    key->first = (uint64_t)(unsigned char)bytes[0] << 8 | (unsigned char)bytes[length / 2];
    key->last = (unsigned char)bytes[length - 1];
  } else {
    key->first = key->last = 0;
  }
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

/* Takes a key that is not long into `hash`. Both factors hold something secret, so that no key
   makes one of them zero, and one length is not made to look as another. */
static inline uint64_t cs_key_hash_short(const cs_key *key, uint64_t hash, const cs_seed *seed) {
  return cs_key_fold(key->first ^ hash, key->last ^ seed->words[1] * key->tag);
}

/* Takes `key` into `hash`, which begins as the seed's first word. */
uint64_t cs_key_hash(const cs_key *key, uint64_t hash, const cs_seed *seed);

/* Where one is known to be not long. */
static inline bool cs_key_equal_short(const cs_key *a, const cs_key *b) {
  return a->first == b->first && a->last == b->last && a->tag == b->tag;
}

bool cs_key_equal(const cs_key *a, const cs_key *b);

#endif
