#include "kernels.h"

#ifdef CS_KERNEL_ARM

#include <arm_neon.h>

#include "digest_keys.h"
#include "kernel_bits.h"

typedef struct block {
  uint8x16_t part[4];
} block;

typedef struct literal {
  uint8x16_t low, high;
} literal;

static inline uint8x16_t load(const void *at) {
  return vld1q_u8((const uint8_t *)at);
}

static inline block load_block(const char *at) {
  return (block){{load(at), load(at + 16), load(at + 32), load(at + 48)}};
}

static inline void store_block(char *to, block b) {
  for (size_t i = 0; i < 4; i++)
    vst1q_u8((uint8_t *)to + 16 * i, b.part[i]);
}

/* A bit for each byte, of which all bits are set or none: each byte keeps a bit of its own, and
   three times neighbours are added. */
static inline uint64_t gather(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d) {
  const uint8x16_t own = vreinterpretq_u8_u64(vdupq_n_u64(UINT64_C(0x8040201008040201)));
  uint8x16_t low = vpaddq_u8(vandq_u8(a, own), vandq_u8(b, own));
  uint8x16_t top = vpaddq_u8(vandq_u8(c, own), vandq_u8(d, own));
  uint8x16_t sum = vpaddq_u8(low, top);
  return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)), 0);
}

static inline uint64_t equal(block b, char byte) {
  uint8x16_t all = vdupq_n_u8((uint8_t)byte);
  return gather(vceqq_u8(b.part[0], all), vceqq_u8(b.part[1], all), vceqq_u8(b.part[2], all),
                vceqq_u8(b.part[3], all));
}

/* Those that are less, as signed numbers. */
static inline uint64_t less(block b, int8_t limit) {
  int8x16_t all = vdupq_n_s8(limit);
  return gather(vcltq_s8(vreinterpretq_s8_u8(b.part[0]), all),
                vcltq_s8(vreinterpretq_s8_u8(b.part[1]), all),
                vcltq_s8(vreinterpretq_s8_u8(b.part[2]), all),
                vcltq_s8(vreinterpretq_s8_u8(b.part[3]), all));
}

static inline uint64_t beyond(block b) {
  return less(b, ' ');
}

static inline uint64_t high(block b) {
  return less(b, 0);
}

static inline uint64_t high_below(block b, uint8_t byte) {
  return less(b, (int8_t)byte);
}

static inline uint64_t any(block b, char byte) {
  uint8x16_t all = vdupq_n_u8((uint8_t)byte), found = vceqq_u8(b.part[0], all);
  for (size_t i = 1; i < 4; i++)
    found = vorrq_u8(found, vceqq_u8(b.part[i], all));
  return vmaxvq_u8(found);
}

static inline uint64_t prefix_xor(uint64_t bits) {
  return shifted_xor(bits);
}

static inline size_t count_bits(uint64_t bits) {
  return (size_t)__builtin_popcountll(bits);
}

static inline literal no_difference(void) {
  return (literal){vdupq_n_u8(0), vdupq_n_u8(0)};
}

static inline uint8x16_t masked(const char *at, const uint8_t *bytes, const uint8_t *mask) {
  return vandq_u8(veorq_u8(load(at), load(bytes)), load(mask));
}

static inline literal differ(literal l, const char *at, const cs_check *check) {
  l.low = vorrq_u8(l.low, masked(at, check->literal, check->mask));
  l.high = vorrq_u8(l.high, masked(at + 16, check->literal + 16, check->mask + 16));
  return l;
}

static inline bool is_different(literal l) {
  return vmaxvq_u8(vorrq_u8(l.low, l.high)) != 0;
}

static inline uint8x16_t others_of(uint8x16_t text) {
  return vcgtq_u8(veorq_u8(text, vdupq_n_u8('0')), vdupq_n_u8(9));
}

static inline uint32_t non_digits(const char *at, uint32_t *dots) {
  uint8x16_t low = load(at), top = load(at + 16), dot = vdupq_n_u8('.');
  uint64_t both = gather(others_of(low), others_of(top), vceqq_u8(low, dot), vceqq_u8(top, dot));
  *dots = (uint32_t)(both >> 32);
  return (uint32_t)both;
}

static inline uint32_t *put_positions(uint32_t *out, uint32_t base, uint64_t bits) {
  return put_each_position(out, base, bits);
}

typedef struct lanes {
  uint64x2_t sums[4], keys[4];
} lanes;

static inline lanes lanes_with(const uint64_t *keys) {
  lanes l;
#pragma GCC unroll 4
  for (size_t i = 0; i < 4; i++) {
    l.sums[i] = vdupq_n_u64(0);
    l.keys[i] = vld1q_u64(keys + 2 * i);
  }
  return l;
}

static inline lanes add_words(lanes l, const char *at) {
#pragma GCC unroll 4
  for (size_t i = 0; i < 4; i++) {
    uint64x2_t words = vreinterpretq_u64_u8(load(at + 16 * i));
    uint64x2_t keyed = veorq_u64(words, l.keys[i]);
    l.sums[i] = vaddq_u64(l.sums[i], vextq_u64(words, words, 1));
    l.sums[i] = vmlal_u32(l.sums[i], vmovn_u64(keyed), vshrn_n_u64(keyed, 32));
    l.keys[i] = vaddq_u64(l.keys[i], vdupq_n_u64(CS_DIGEST_STEP));
  }
  return l;
}

static inline void store_sums(uint64_t *out, lanes l) {
#pragma GCC unroll 4
  for (size_t i = 0; i < 4; i++)
    vst1q_u64(out + 2 * i, l.sums[i]);
}

#define KERNEL      cs_kernel_neon
#define KERNEL_NAME "neon"
#include "kernel_body.h"

#endif
