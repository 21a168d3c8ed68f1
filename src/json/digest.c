#include "digest.h"

#include <string.h>

/* The fraction of pi. */
static const uint64_t factors[] = {UINT64_C(0x243F6A8885A308D3), UINT64_C(0xA4093822299F31D1)};

/* Both halves of the product: every bit of both decides. */
static inline uint64_t mix(uint64_t a, uint64_t b) {
#ifdef __SIZEOF_INT128__
  __extension__ typedef unsigned __int128 uint128;
  const uint128 product = (uint128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
  const uint64_t mask = UINT32_MAX;
  const uint64_t low = (a & mask) * (b & mask);
  const uint64_t left = (a >> 32) * (b & mask) + (low >> 32);
  const uint64_t right = (a & mask) * (b >> 32) + (left & mask);
  return ((a >> 32) * (b >> 32) + (left >> 32) + (right >> 32)) ^ (right << 32 | (low & mask));
#endif
}

/* A short record is taken with zeros behind it, which its length tells from bytes. */
static inline uint64_t digest_of(const cs_kernel *kernel, cs_span record) {
  uint64_t lanes[CS_DIGEST_LANES];
  if (record.length < CS_BLOCK) {
    char padded[CS_BLOCK] = {0};
    memcpy(padded, record.bytes, record.length);
    kernel->digest(lanes, padded, sizeof padded);
  } else {
    kernel->digest(lanes, record.bytes, record.length);
  }
  return mix(lanes[0] ^ factors[0], lanes[1] ^ record.length) +
         mix(lanes[2] ^ factors[1], lanes[3]) + mix(lanes[4] ^ factors[0], lanes[5]) +
         mix(lanes[6] ^ factors[1], lanes[7]);
}

/* Each step can be undone: a record with another digest of its own makes another one of them all,
   and different ones stay different behind the same records. */
static inline uint64_t behind(uint64_t digest, uint64_t record) {
  digest = (digest ^ record) * factors[0];
  return digest << 31 | digest >> 33;
}

uint64_t cs_digest_add(const cs_kernel *kernel, uint64_t digest, cs_span record) {
  return behind(digest, digest_of(kernel, record));
}

uint64_t cs_digest_add_rows(const cs_kernel *kernel, uint64_t digest, const cs_rows *rows,
                            size_t count) {
  for (size_t i = 0; i < count; i++)
    digest = behind(digest, digest_of(kernel, cs_rows_text(rows, i)));
  return digest;
}
