#include "kernels.h"

#include <string.h>

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
  for (int i = 0; i < 8; i++)
    b.part[i] = load_word(at + 8 * i);
  return b;
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
  for (int i = 0; i < 8; i++)
    bits |= gather(zeros(b.part[i] ^ ONES * (unsigned char)byte)) << 8 * i;
  return bits;
}

/* The top bit of each byte that is below 0x20 or above 0x7F. */
static inline uint64_t beyond_word(uint64_t word) {
  return ~((word & ~TOPS) + ONES * (0x80 - 0x20)) | word;
}

static inline uint64_t beyond(block b) {
  uint64_t bits = 0;
  for (int i = 0; i < 8; i++)
    bits |= gather(beyond_word(b.part[i])) << 8 * i;
  return bits;
}

static inline uint64_t high(block b) {
  uint64_t bits = 0;
  for (int i = 0; i < 8; i++)
    bits |= gather(b.part[i]) << 8 * i;
  return bits;
}

static inline bool is_rare(block b) {
  uint64_t rare = 0;
  for (int i = 0; i < 8; i++)
    rare |= beyond_word(b.part[i]) | zeros(b.part[i] ^ ONES * '\\');
  return (rare & TOPS) != 0;
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
  for (int i = 0; i < CS_LITERAL; i += 8)
    l |= (load_word(at + i) ^ load_word(check->literal + i)) & load_word(check->mask + i);
  return l;
}

static inline bool is_different(literal l) {
  return l != 0;
}

static inline uint32_t non_digits(const char *at) {
  uint64_t bits = 0;
  for (int i = 0; i < 4; i++) {
    uint64_t digits = load_word(at + 8 * i) ^ ONES * '0';
    bits |= gather(((digits & ~TOPS) + ONES * (0x80 - 10)) | digits) << 8 * i;
  }
  return (uint32_t)bits;
}

static inline void put_positions(uint32_t *out, uint32_t base, uint64_t bits) {
  put_each_position(out, base, bits);
}

#define KERNEL      cs_kernel_plain
#define KERNEL_NAME "plain"
#include "kernel_body.h"
