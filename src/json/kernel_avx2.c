#include "kernels.h"

#ifdef CS_KERNEL_X86

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,popcnt,pclmul"))),             \
                             apply_to = function)
#else
#pragma GCC target("avx2,bmi,bmi2,popcnt,pclmul")
#endif
#include <immintrin.h>

#include "digest_keys.h"
#include "kernel_bits.h"

typedef struct block {
  __m256i low, high;
} block;

typedef __m256i literal;

static inline __m256i load(const void *at) {
  return _mm256_loadu_si256((const __m256i *)at);
}

static inline block load_block(const char *at) {
  return (block){load(at), load(at + 32)};
}

static inline void store_block(char *to, block b) {
  _mm256_storeu_si256((__m256i *)(void *)to, b.low);
  _mm256_storeu_si256((__m256i *)(void *)(to + 32), b.high);
}

static inline uint64_t tops(__m256i low, __m256i high) {
  return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high)
                                                   << 32;
}

static inline uint64_t equal(block b, char byte) {
  __m256i all = _mm256_set1_epi8(byte);
  return tops(_mm256_cmpeq_epi8(b.low, all), _mm256_cmpeq_epi8(b.high, all));
}

static inline uint64_t beyond(block b) {
  __m256i space = _mm256_set1_epi8(' ');
  /* As a comparison, which gcc would make two of. */
  return tops(_mm256_subs_epi8(b.low, space), _mm256_subs_epi8(b.high, space));
}

static inline uint64_t high(block b) {
  return tops(b.low, b.high);
}

static inline uint64_t high_below(block b, uint8_t byte) {
  __m256i limit = _mm256_set1_epi8((char)byte);
  return tops(_mm256_cmpgt_epi8(limit, b.low), _mm256_cmpgt_epi8(limit, b.high));
}

static inline uint64_t any(block b, char byte) {
  __m256i all = _mm256_set1_epi8(byte);
  return (uint32_t)_mm256_movemask_epi8(
      _mm256_or_si256(_mm256_cmpeq_epi8(b.low, all), _mm256_cmpeq_epi8(b.high, all)));
}

static inline uint64_t prefix_xor(uint64_t bits) {
  __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, (int64_t)bits), _mm_set1_epi8(-1), 0);
  return (uint64_t)_mm_cvtsi128_si64(product);
}

static inline size_t count_bits(uint64_t bits) {
  return (size_t)_mm_popcnt_u64(bits);
}

static inline literal no_difference(void) {
  return _mm256_setzero_si256();
}

static inline literal differ(literal l, const char *at, const cs_check *check) {
  __m256i difference = _mm256_xor_si256(load(at), load(check->literal));
  return _mm256_or_si256(l, _mm256_and_si256(difference, load(check->mask)));
}

static inline bool is_different(literal l) {
  return !_mm256_testz_si256(l, l);
}

static inline uint32_t non_digits(const char *at, uint32_t *dots) {
  __m256i text = load(at);
  *dots = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(text, _mm256_set1_epi8('.')));
  /* What is above nine, its sum with this has the top bit. */
  __m256i digits = _mm256_xor_si256(text, _mm256_set1_epi8('0'));
  return (uint32_t)_mm256_movemask_epi8(_mm256_adds_epu8(digits, _mm256_set1_epi8(0x80 - 10)));
}

static inline uint64_t put_lowest(uint32_t *out, uint32_t base, uint64_t bits) {
  *out = base + (uint32_t)_tzcnt_u64(bits);
  return _blsr_u64(bits);
}

static inline uint32_t *put_positions(uint32_t *out, uint32_t base, uint64_t bits) {
  uint32_t *behind = out + _mm_popcnt_u64(bits);
  /* Nearly always there are at most four: those without a branch. */
  bits = put_lowest(out, base, bits);
  bits = put_lowest(out + 1, base, bits);
  bits = put_lowest(out + 2, base, bits);
  bits = put_lowest(out + 3, base, bits);
  if (bits != 0)
    put_each_position(out + 4, base, bits);
  return behind;
}

typedef struct lanes {
  __m256i low, high, low_keys, high_keys;
} lanes;

static inline lanes lanes_with(const uint64_t *keys) {
  __m256i zero = _mm256_setzero_si256();
  return (lanes){zero, zero, load(keys), load(keys + 4)};
}

static inline __m256i more(__m256i sums, __m256i keys, __m256i words) {
  __m256i keyed = _mm256_xor_si256(words, keys);
  __m256i products = _mm256_mul_epu32(keyed, _mm256_srli_epi64(keyed, 32));
  sums = _mm256_add_epi64(sums, _mm256_shuffle_epi32(words, _MM_SHUFFLE(1, 0, 3, 2)));
  return _mm256_add_epi64(sums, products);
}

static inline lanes add_words(lanes l, const char *at) {
  __m256i step = _mm256_set1_epi64x((int64_t)CS_DIGEST_STEP);
  l.low = more(l.low, l.low_keys, load(at));
  l.high = more(l.high, l.high_keys, load(at + 32));
  l.low_keys = _mm256_add_epi64(l.low_keys, step);
  l.high_keys = _mm256_add_epi64(l.high_keys, step);
  return l;
}

static inline void store_sums(uint64_t *out, lanes l) {
  _mm256_storeu_si256((__m256i *)(void *)out, l.low);
  _mm256_storeu_si256((__m256i *)(void *)(out + 4), l.high);
}

#define KERNEL      cs_kernel_avx2
#define KERNEL_NAME "avx2"
#include "kernel_body.h"

#ifdef __clang__
#pragma clang attribute pop
#endif

#endif
