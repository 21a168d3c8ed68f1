/* A few bytes at once, in place: words, white space, digits. What is called so may look at the
   CS_BUFFER_PAD bytes behind a buffer's end. */
#ifndef CS_JSON_BYTES_H
#define CS_JSON_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define CS_EACH_BYTE UINT64_C(0x0101010101010101)
#define CS_EACH_TOP  UINT64_C(0x8080808080808080)

/* Indexes of bytes in a word are those in memory. */
static inline uint64_t cs_load_word(const char *at) {
  uint64_t word;
  memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

/* The tops of the bytes that are no digits. */
static inline uint64_t cs_others_than_digits(uint64_t word) {
  word ^= CS_EACH_BYTE * '0';
  return (((word & ~CS_EACH_TOP) + CS_EACH_BYTE * (0x80 - 10)) | word) & CS_EACH_TOP;
}

static inline bool cs_is_space(char byte) {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

/* For what is seldom called from where speed counts. */
#define CS_SELDOM __attribute__((noinline, unused))

/* For what is called from one place where speed counts, and seldom from elsewhere. */
#define CS_ALWAYS_INLINE inline __attribute__((always_inline))

/* Is this byte among them? Up to 15 bytes behind them may be read. */
static inline bool cs_has_byte(const char *at, size_t length, char byte) {
#ifdef __SSE2__
  __m128i all = _mm_set1_epi8(byte);
  for (; length > 16; at += 16, length -= 16) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    if (_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, all)) != 0)
      return true;
  }
  __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
  uint32_t same = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, all));
  return (same & ((UINT32_C(1) << length) - 1)) != 0;
#else
  return memchr(at, byte, length) != NULL;
#endif
}

/* Above all white space, and the zero behind a buffer's bytes, too. */
static inline bool cs_is_visible(char byte) {
  return (unsigned char)byte > ' ';
}

static CS_SELDOM const char *cs_skip_more_spaces(const char *at) {
  while (cs_is_space(*at)) {
    at++;
    for (;;) { /* an indented line: mostly spaces */
      uint64_t others = cs_load_word(at) ^ CS_EACH_BYTE * ' ';
      if (others != 0) {
        at += __builtin_ctzll(others) / 8;
        break;
      }
      at += sizeof others;
    }
  }
  return at;
}

/* To the first byte that is no space. */
static inline const char *cs_skip_spaces(const char *at) {
  if (cs_is_visible(*at))
    return at;
  if (*at == ' ' && cs_is_visible(at[1]))
    return at + 1;
  return cs_skip_more_spaces(at);
}

/* White space that is the same time and again, as that of indented lines. */
typedef struct cs_gap {
  char bytes[16];
  uint32_t bits; /* one for each of its bytes */
  size_t length; /* less than 16 */
} cs_gap;

static CS_SELDOM const char *cs_skip_new_gap(cs_gap *gap, const char *at) {
  const char *end = cs_skip_more_spaces(at);
  size_t length = (size_t)(end - at);
  if (length < sizeof gap->bytes) {
    memcpy(gap->bytes, at, sizeof gap->bytes);
    gap->bits = (UINT32_C(1) << length) - 1;
    gap->length = length;
  }
  return end;
}

/* As cs_skip_spaces. What stands behind does not wait for these bytes: it is foreseen. */
static inline const char *cs_skip_gap(cs_gap *gap, const char *at) {
#ifdef __SSE2__
  __m128i here = _mm_loadu_si128((const __m128i *)at);
  __m128i there = _mm_loadu_si128((const __m128i *)gap->bytes);
  uint32_t same = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(here, there));
  if ((~same & gap->bits) == 0 && cs_is_visible(at[gap->length]))
    return at + gap->length;
#else
  if (cs_is_visible(*at))
    return at;
#endif
  return cs_skip_new_gap(gap, at);
}

/* The length of the number at `at` when it is one of the usual: less than 16 bytes and without
   an exponent, or with a negative one. 0 says nothing. */
static inline size_t cs_usual_number(const char *at) {
#ifdef __SSE2__
  __m128i bytes = _mm_loadu_si128((const __m128i *)at);
  __m128i values = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
  __m128i small = _mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values);
  __m128i letters = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
  uint32_t digits = (uint32_t)_mm_movemask_epi8(small);
  uint32_t points = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('.')));
  uint32_t minuses = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('-')));
  uint32_t powers = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(letters, _mm_set1_epi8('e')));
  uint32_t others = ~(digits | points | minuses | powers);
  uint32_t text = (others & (0 - others)) - 1;
  size_t negative = minuses & 1;
  /* Each of these bits is something wrong: what stands in front of a byte, or behind it. */
  uint32_t wrong = (points | powers) & ~(digits << 1);
  wrong |= (points | (minuses & ~1U)) & ~(digits >> 1);
  wrong |= (powers & ~(minuses >> 1)) | (minuses & ~1U & ~(powers << 1));
  wrong |= (points & (points - 1)) | (powers & (powers - 1));
  wrong |= (points & (0 - powers)) | (uint32_t)(text >> 15 & 1);
  uint32_t whole = digits >> negative;
  wrong = (wrong & text) | (~whole & 1) | (uint32_t)(at[negative] == '0' && (whole & 2) != 0);
  return wrong == 0 ? (size_t)__builtin_ctz(others) : 0;
#else
  (void)at;
  return 0;
#endif
}

#endif
