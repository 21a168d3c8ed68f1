#include "kernels.h"

#include <string.h>

#include "digest_keys.h"
#include "kernel_bits.h"

#define ONES UINT64_C(0x0101010101010101)
#define TOPS UINT64_C(0x8080808080808080)

typedef struct block {
  uint64_t part[8];
} block;

typedef uint64_t literal;

static inline uint64_t load_word(const void *at) {
  uint64_t word;
  memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

static inline block load_block(const char *at) {
  block b;
  for (size_t i = 0; i < 8; i++)
    b.part[i] = load_word(at + 8 * i);
  return b;
}

static inline void store_word(void *to, uint64_t word) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  memcpy(to, &word, sizeof word);
}

static inline void store_block(char *to, block b) {
  for (size_t i = 0; i < 8; i++)
    store_word(to + 8 * i, b.part[i]);
}

/* The top bit of each byte, side by side: none of the products' bits meet. */
static inline uint64_t gather(uint64_t word) {
  return ((word & TOPS) >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

/* The top bit of each byte that is zero. */
static inline uint64_t zeros(uint64_t word) {
  return ~(((word & ~TOPS) + ~TOPS) | word) & TOPS;
}

static inline uint64_t equal(block b, char byte) {
  uint64_t bits = 0;
  for (size_t i = 0; i < 8; i++)
    bits |= gather(zeros(b.part[i] ^ ONES * (unsigned char)byte)) << 8 * i;
  return bits;
}

/* The top bit of each byte that is below 0x20 or above 0x7F. */
static inline uint64_t beyond_word(uint64_t word) {
  return ~((word & ~TOPS) + ONES * (0x80 - 0x20)) | word;
}

static inline uint64_t beyond(block b) {
  uint64_t bits = 0;
  for (size_t i = 0; i < 8; i++)
    bits |= gather(beyond_word(b.part[i])) << 8 * i;
  return bits;
}

static inline uint64_t high(block b) {
  uint64_t bits = 0;
  for (size_t i = 0; i < 8; i++)
    bits |= gather(b.part[i]) << 8 * i;
  return bits;
}

static inline uint64_t high_below(block b, uint8_t byte) {
  uint64_t bits = 0;
  for (size_t i = 0; i < 8; i++)
    bits |= gather(~((b.part[i] & ~TOPS) + ONES * (uint64_t)(0x100 - byte)) & b.part[i]) << 8 * i;
  return bits;
}

static inline uint64_t any(block b, char byte) {
  uint64_t found = 0;
  for (size_t i = 0; i < 8; i++)
    found |= zeros(b.part[i] ^ ONES * (unsigned char)byte);
  return found;
}

static inline uint64_t prefix_xor(uint64_t bits) {
  return shifted_xor(bits);
}

static inline size_t count_bits(uint64_t bits) {
  return (size_t)summed_bits(bits);
}

static inline literal no_difference(void) {
  return 0;
}

static inline literal differ(literal l, const char *at, const cs_check *check) {
  for (size_t i = 0; i < CS_LITERAL; i += 8)
    l |= (load_word(at + i) ^ load_word(check->literal + i)) & load_word(check->mask + i);
  return l;
}

static inline bool is_different(literal l) {
  return l != 0;
}

static inline uint32_t non_digits(const char *at, uint32_t *dots) {
  uint64_t bits = 0, dot_bits = 0;
  for (size_t i = 0; i < 4; i++) {
    uint64_t word = load_word(at + 8 * i), digits = word ^ ONES * '0';
    dot_bits |= gather(zeros(word ^ ONES * '.')) << 8 * i;
    bits |= gather(((digits & ~TOPS) + ONES * (0x80 - 10)) | digits) << 8 * i;
  }
  *dots = (uint32_t)dot_bits;
  return (uint32_t)bits;
}

static inline uint32_t *put_positions(uint32_t *out, uint32_t base, uint64_t bits) {
  return put_each_position(out, base, bits);
}

typedef struct lanes {
  uint64_t sums[CS_DIGEST_LANES], keys[CS_DIGEST_LANES];
} lanes;

static inline lanes lanes_with(const uint64_t *keys) {
  lanes l = {.sums = {0}};
  memcpy(l.keys, keys, sizeof l.keys);
  return l;
}

static inline lanes add_words(lanes l, const char *at) {
#pragma GCC unroll 8
  for (size_t i = 0; i < CS_DIGEST_LANES; i++) {
    uint64_t word = load_word(at + 8 * i), keyed = word ^ l.keys[i];
    l.sums[i] += (keyed & UINT32_MAX) * (keyed >> 32);
    l.sums[i ^ 1] += word;
    l.keys[i] += CS_DIGEST_STEP;
  }
  return l;
}

static inline void store_sums(uint64_t *out, lanes l) {
  memcpy(out, l.sums, sizeof l.sums);
}

#define KERNEL      cs_kernel_plain
#define KERNEL_NAME "plain"
#include "kernel_body.h"
