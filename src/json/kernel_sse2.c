#include "kernels.h"

#ifdef CS_KERNEL_X86

#include <emmintrin.h>

#include "digest_keys.h"
#include "kernel_bits.h"

typedef struct block {
  __m128i part[4];
} block;

typedef struct literal {
  __m128i low, high;
} literal;

static inline __m128i load(const void *at) {
  return _mm_loadu_si128((const __m128i *)at);
}

static inline block load_block(const char *at) {
  return (block){{load(at), load(at + 16), load(at + 32), load(at + 48)}};
}

static inline void store_block(char *to, block b) {
  for (size_t i = 0; i < 4; i++)
    _mm_storeu_si128((__m128i *)(void *)(to + 16 * i), b.part[i]);
}

static inline uint64_t tops(__m128i a, __m128i b, __m128i c, __m128i d) {
  uint32_t low = (uint32_t)_mm_movemask_epi8(a) | (uint32_t)_mm_movemask_epi8(b) << 16;
  uint32_t top = (uint32_t)_mm_movemask_epi8(c) | (uint32_t)_mm_movemask_epi8(d) << 16;
  return low | (uint64_t)top << 32;
}

static inline uint64_t equal(block b, char byte) {
  __m128i all = _mm_set1_epi8(byte);
  return tops(_mm_cmpeq_epi8(b.part[0], all), _mm_cmpeq_epi8(b.part[1], all),
              _mm_cmpeq_epi8(b.part[2], all), _mm_cmpeq_epi8(b.part[3], all));
}

static inline uint64_t beyond(block b) {
  __m128i space = _mm_set1_epi8(' ');
  return tops(_mm_subs_epi8(b.part[0], space), _mm_subs_epi8(b.part[1], space),
              _mm_subs_epi8(b.part[2], space), _mm_subs_epi8(b.part[3], space));
}

static inline uint64_t high(block b) {
  return tops(b.part[0], b.part[1], b.part[2], b.part[3]);
}

static inline uint64_t high_below(block b, uint8_t byte) {
  __m128i limit = _mm_set1_epi8((char)byte);
  return tops(_mm_cmpgt_epi8(limit, b.part[0]), _mm_cmpgt_epi8(limit, b.part[1]),
              _mm_cmpgt_epi8(limit, b.part[2]), _mm_cmpgt_epi8(limit, b.part[3]));
}

static inline uint64_t any(block b, char byte) {
  __m128i all = _mm_set1_epi8(byte), found = _mm_cmpeq_epi8(b.part[0], all);
  for (size_t i = 1; i < 4; i++)
    found = _mm_or_si128(found, _mm_cmpeq_epi8(b.part[i], all));
  return (uint32_t)_mm_movemask_epi8(found);
}

static inline uint64_t prefix_xor(uint64_t bits) {
  return shifted_xor(bits);
}

static inline size_t count_bits(uint64_t bits) {
  return (size_t)summed_bits(bits);
}

static inline literal no_difference(void) {
  return (literal){_mm_setzero_si128(), _mm_setzero_si128()};
}

static inline __m128i masked(const char *at, const uint8_t *bytes, const uint8_t *mask) {
  return _mm_and_si128(_mm_xor_si128(load(at), load(bytes)), load(mask));
}

static inline literal differ(literal l, const char *at, const cs_check *check) {
  l.low = _mm_or_si128(l.low, masked(at, check->literal, check->mask));
  l.high = _mm_or_si128(l.high, masked(at + 16, check->literal + 16, check->mask + 16));
  return l;
}

static inline bool is_different(literal l) {
  __m128i none = _mm_cmpeq_epi8(_mm_or_si128(l.low, l.high), _mm_setzero_si128());
  return _mm_movemask_epi8(none) != 0xFFFF;
}

/* As beyond: of what is above nine, the sum has the top bit. */
static inline uint32_t others_of(__m128i text) {
  __m128i digits = _mm_xor_si128(text, _mm_set1_epi8('0'));
  return (uint32_t)_mm_movemask_epi8(_mm_adds_epu8(digits, _mm_set1_epi8(0x80 - 10)));
}

static inline uint32_t dots_of(__m128i text) {
  return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(text, _mm_set1_epi8('.')));
}

static inline uint32_t non_digits(const char *at, uint32_t *dots) {
  __m128i low = load(at), high_half = load(at + 16);
  *dots = dots_of(low) | dots_of(high_half) << 16;
  return others_of(low) | others_of(high_half) << 16;
}

static inline uint32_t *put_positions(uint32_t *out, uint32_t base, uint64_t bits) {
  return put_each_position(out, base, bits);
}

typedef struct lanes {
  __m128i sums[4], keys[4];
} lanes;

static inline lanes lanes_with(const uint64_t *keys) {
  lanes l;
#pragma GCC unroll 4
  for (size_t i = 0; i < 4; i++) {
    l.sums[i] = _mm_setzero_si128();
    l.keys[i] = load(keys + 2 * i);
  }
  return l;
}

static inline lanes add_words(lanes l, const char *at) {
#pragma GCC unroll 4
  for (size_t i = 0; i < 4; i++) {
    __m128i words = load(at + 16 * i), keyed = _mm_xor_si128(words, l.keys[i]);
    __m128i products = _mm_mul_epu32(keyed, _mm_srli_epi64(keyed, 32));
    __m128i swapped = _mm_shuffle_epi32(words, _MM_SHUFFLE(1, 0, 3, 2));
    l.sums[i] = _mm_add_epi64(_mm_add_epi64(l.sums[i], swapped), products);
    l.keys[i] = _mm_add_epi64(l.keys[i], _mm_set1_epi64x((int64_t)CS_DIGEST_STEP));
  }
  return l;
}

static inline void store_sums(uint64_t *out, lanes l) {
#pragma GCC unroll 4
  for (size_t i = 0; i < 4; i++)
    _mm_storeu_si128((__m128i *)(void *)(out + 2 * i), l.sums[i]);
}

#define KERNEL      cs_kernel_sse2
#define KERNEL_NAME "sse2"
#include "kernel_body.h"

#endif
