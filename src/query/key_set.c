#include "key_set.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "key.h"

/* The values are the user's own and rows are only looked up, so nobody gains by collisions. */
static const cs_seed fixed_seed = {{UINT64_C(0x9e3779b97f4a7c15), UINT64_C(0xd1b54a32d192ed03)}};

/* Open addressing, at most half full: a search ends at a free slot. */
struct cs_key_set {
  size_t mask;
  cs_key slots[]; /* free are those whose key is that of an absent value */
};

static cs_key free_slot(void) {
  const cs_scalar absent = {CS_SCALAR_ABSENT, 0, 0, {NULL, 0}};
  return cs_key_of_other(&absent);
}

static bool can_equal(const cs_scalar *value) {
  return value->kind != CS_SCALAR_ABSENT && value->kind != CS_SCALAR_OTHER;
}

/* The slot that holds `key`, or the free one where it belongs. */
static size_t find_slot(const cs_key_set *set, const cs_key *key, const cs_key *free_key) {
  size_t at = (size_t)cs_key_hash(key, fixed_seed.words[0], &fixed_seed) & set->mask;
  while (!cs_key_equal(&set->slots[at], key) && !cs_key_equal(&set->slots[at], free_key))
    at = (at + 1) & set->mask;
  return at;
}

static void fill(cs_key_set *set, const cs_scalar *values, size_t count, char *bytes) {
  const cs_key free_key = free_slot();
  for (size_t i = 0; i <= set->mask; i++)
    set->slots[i] = free_key;
  for (size_t i = 0; i < count; i++) {
    if (!can_equal(&values[i]))
      continue;
    cs_key key;
    cs_key_set_value(&key, &values[i], SIZE_MAX);
    if (cs_key_is_string(&key) && cs_key_length(&key) > 0) {
      memcpy(bytes, values[i].text.bytes, values[i].text.length);
      key.bytes = bytes;
      bytes += values[i].text.length;
    }
    set->slots[find_slot(set, &key, &free_key)] = key;
  }
}

cs_key_set *cs_key_set_new(const cs_scalar *values, size_t count) {
  size_t slots = 2, bytes = sizeof(cs_key_set);
  while (slots / 2 < count || slots < 4) {
    if (slots > SIZE_MAX / sizeof(cs_key) / 4)
      return NULL;
    slots *= 2;
  }
  bytes += slots * sizeof(cs_key);
  for (size_t i = 0; i < count; i++) {
    if (values[i].kind != CS_SCALAR_STRING)
      continue;
    if (values[i].text.length > SIZE_MAX - bytes)
      return NULL;
    bytes += values[i].text.length;
  }
  cs_key_set *const set = malloc(bytes);
  if (set == NULL)
    return NULL;
  set->mask = slots - 1;
  fill(set, values, count, (char *)(set->slots + slots));
  return set;
}

bool cs_key_set_has(const cs_key_set *set, const cs_scalar *value) {
  if (!can_equal(value))
    return false;
  const cs_key free_key = free_slot();
  cs_key key;
  cs_key_set_value(&key, value, SIZE_MAX);
  return cs_key_equal(&set->slots[find_slot(set, &key, &free_key)], &key);
}
