#include "key.h"

const _Alignas(64) signed char cs_key_mask[2 * CS_KEY_SHORT] = {
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
};

uint64_t cs_key_hash(const cs_key *key, uint64_t hash, const cs_seed *seed) {
  if (cs_key_is_long(key)) {
    const char *at = key->bytes + CS_KEY_SHORT;
    const char *const last = key->bytes + cs_key_length(key) - 16;
    for (; at < last; at += 16)
      hash = cs_key_fold(cs_key_load8(at) ^ hash, cs_key_load8(at + 8) ^ seed->words[1]);
    hash = cs_key_fold(cs_key_load8(last) ^ hash, cs_key_load8(last + 8) ^ seed->words[1]);
  }
  return cs_key_hash_short(key, hash, seed);
}

bool cs_key_equal(const cs_key *a, const cs_key *b) {
  if (!cs_key_equal_short(a, b))
    return false;
  return !cs_key_is_long(a) || memcmp(a->bytes, b->bytes, cs_key_length(a)) == 0;
}

cs_key cs_key_of_other(const cs_scalar *value) {
  cs_scalar_kind kind = value->kind;
  cs_key key = {{0}, 0, ""};
  int64_t integer = 0;
  if (kind == CS_SCALAR_INTEGER) {
    key.words[0] = (uint64_t)value->integer;
  } else if (kind == CS_SCALAR_REAL && cs_scalar_whole(value->real, &integer)) {
    kind = CS_SCALAR_INTEGER;
    key.words[0] = (uint64_t)integer;
  } else if (kind == CS_SCALAR_REAL) {
    memcpy(&key.words[0], &value->real, sizeof key.words[0]);
  }
  key.tag = 2 * (uint64_t)kind;
  return key;
}

/* Characters that are one byte each, at least so many from the beginning on. */
static size_t count_ascii(const char *bytes, size_t length) {
  const uint64_t high_bits = UINT64_C(0x8080808080808080);
  size_t at = 0;
  while (length - at >= 8 && (cs_key_load8(bytes + at) & high_bits) == 0)
    at += 8;
  while (at < length && (unsigned char)bytes[at] < 0x80)
    at++;
  return at;
}

size_t cs_key_cut(cs_span text, size_t count) {
  size_t at = count_ascii(text.bytes, text.length < count ? text.length : count);
  size_t characters = at;
  for (; at < text.length; at++) {
    const bool begins = ((unsigned char)text.bytes[at] & 0xc0) != 0x80;
    if (begins && characters == count)
      break;
    characters += begins;
  }
  return at;
}

cs_scalar cs_key_value(const cs_key *key) {
  cs_scalar value = {CS_SCALAR_STRING, 0, 0, {NULL, 0}};
  if (cs_key_is_string(key)) {
    value.text = (cs_span){key->bytes, cs_key_length(key)};
    return value;
  }
  value.kind = (cs_scalar_kind)(key->tag / 2);
  if (value.kind == CS_SCALAR_INTEGER)
    memcpy(&value.integer, &key->words[0], sizeof key->words[0]);
  else if (value.kind == CS_SCALAR_REAL)
    memcpy(&value.real, &key->words[0], sizeof key->words[0]);
  return value;
}
