#include "kernels.h"

#ifdef CS_KERNEL_X86

#ifdef __clang__
#pragma clang attribute push(                                                                    \
    __attribute__((                                                                              \
        target("avx512f,avx512bw,avx512vl,avx512vbmi2,avx2,bmi,bmi2,popcnt,pclmul"))),           \
    apply_to = function)
#else
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512vbmi2,avx2,bmi,bmi2,popcnt,pclmul")
#endif
#include <immintrin.h>

#include "digest_keys.h"
#include "kernel_bits.h"

typedef __m512i block;

typedef __m256i literal;

static inline __m256i load(const void *at) {
  return _mm256_loadu_si256((const __m256i *)at);
}

static inline block load_block(const char *at) {
  return _mm512_loadu_si512(at);
}

static inline void store_block(char *to, block b) {
  _mm512_storeu_si512(to, b);
}

/* Out of a mask register once: what would go back into one, or be moved twice, takes the port
   that all comparisons need. */
static inline uint64_t bits_of(__mmask64 mask) {
  uint64_t bits = _cvtmask64_u64(mask);
  __asm__("" : "+r"(bits));
  return bits;
}

static inline uint64_t equal(block b, char byte) {
  return bits_of(_mm512_cmpeq_epi8_mask(b, _mm512_set1_epi8(byte)));
}

static inline uint64_t beyond(block b) {
  return bits_of(_mm512_cmplt_epi8_mask(b, _mm512_set1_epi8(' ')));
}

static inline uint64_t high(block b) {
  return _mm512_movepi8_mask(b);
}

static inline uint64_t high_below(block b, uint8_t byte) {
  return _mm512_cmplt_epi8_mask(b, _mm512_set1_epi8((char)byte));
}

static inline uint64_t any(block b, char byte) {
  return equal(b, byte);
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
  /* l | (difference & mask) */
  return _mm256_ternarylogic_epi64(l, difference, load(check->mask), 0xF8);
}

static inline bool is_different(literal l) {
  return !_mm256_testz_si256(l, l);
}

static inline uint32_t non_digits(const char *at, uint32_t *dots) {
  __m256i text = load(at), digits = _mm256_sub_epi8(text, _mm256_set1_epi8('0'));
  *dots = (uint32_t)bits_of(_mm256_cmpeq_epi8_mask(text, _mm256_set1_epi8('.')));
  return (uint32_t)bits_of(_mm256_cmpgt_epu8_mask(digits, _mm256_set1_epi8(9)));
}

static inline uint32_t *put_positions(uint32_t *out, uint32_t base, uint64_t bits) {
  const __m512i numbers = _mm512_set_epi8(
      63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41,
      40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18,
      17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  __m512i packed = _mm512_maskz_compress_epi8(bits, numbers);
  __m256i first = _mm256_cvtepu8_epi32(_mm512_castsi512_si128(packed));
  _mm256_storeu_si256((__m256i *)out, _mm256_add_epi32(first, _mm256_set1_epi32((int)base)));
  uint32_t *behind = out + _mm_popcnt_u64(bits);
  if (behind > out + 8)
    put_each_position(out, base, bits);
  return behind;
}

typedef struct lanes {
  __m512i sums, keys;
} lanes;

static inline lanes lanes_with(const uint64_t *keys) {
  return (lanes){_mm512_setzero_si512(), _mm512_loadu_si512(keys)};
}

static inline lanes add_words(lanes l, const char *at) {
  __m512i words = _mm512_loadu_si512(at), keyed = _mm512_xor_si512(words, l.keys);
  __m512i products = _mm512_mul_epu32(keyed, _mm512_srli_epi64(keyed, 32));
  l.sums = _mm512_add_epi64(l.sums, _mm512_shuffle_epi32(words, _MM_PERM_BADC));
  l.sums = _mm512_add_epi64(l.sums, products);
  l.keys = _mm512_add_epi64(l.keys, _mm512_set1_epi64((int64_t)CS_DIGEST_STEP));
  return l;
}

static inline void store_sums(uint64_t *out, lanes l) {
  _mm512_storeu_si512(out, l.sums);
}

#define KERNEL      cs_kernel_avx512
#define KERNEL_NAME "avx512"
#include "kernel_body.h"

#ifdef __clang__
#pragma clang attribute pop
#endif

#endif
