#include "string.h"

#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

bool cs_string_escaped(const char *raw, size_t length) {
  return length > 0 && memchr(raw, '\\', length) != NULL;
}

static uint32_t hex_digit(char c) {
  return (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

static uint32_t hex4(const char *at) {
  return hex_digit(at[0]) << 12 | hex_digit(at[1]) << 8 | hex_digit(at[2]) << 4 |
         hex_digit(at[3]);
}

static char *put_byte(char *out, uint32_t byte) {
  *out = (char)(unsigned char)byte;
  return out + 1;
}

static char *put_utf8(char *out, uint32_t point) {
  if (point < 0x80)
    return put_byte(out, point);
  if (point < 0x800) {
    out = put_byte(out, 0xc0 | point >> 6);
  } else {
    if (point < 0x10000) {
      out = put_byte(out, 0xe0 | point >> 12);
    } else {
      out = put_byte(out, 0xf0 | point >> 18);
      out = put_byte(out, 0x80 | (point >> 12 & 0x3f));
    }
    out = put_byte(out, 0x80 | (point >> 6 & 0x3f));
  }
  return put_byte(out, 0x80 | (point & 0x3f));
}

/* Reads the code point of \uXXXX, or of a pair of them, whose first digit *at is at. */
static uint32_t read_code_point(const char **at) {
  const uint32_t first = hex4(*at);
  *at += 4;
  if (first < 0xd800 || first > 0xdbff)
    return first;
  const uint32_t second = hex4(*at + 2);
  *at += 6;
  return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

static char unescaped(char letter) {
  switch (letter) {
  case 'b':
    return '\b';
  case 'f':
    return '\f';
  case 'n':
    return '\n';
  case 'r':
    return '\r';
  case 't':
    return '\t';
  default:
    return letter;
  }
}

/* `at` is behind a backslash. All of the escape is read before any of it is overwritten. */
static const char *decode_escape(const char *at, char **out) {
  const char letter = *at++;
  if (letter == 'u') {
    const uint32_t point = read_code_point(&at);
    *out = put_utf8(*out, point);
  } else {
    *(*out)++ = unescaped(letter);
  }
  return at;
}

size_t cs_string_decode(const char *raw, size_t length, char *out) {
  const char *at = raw;
  const char *const end = raw + length;
  char *to = out;
  while (at < end) {
    const char *const backslash = memchr(at, '\\', (size_t)(end - at));
    const size_t run = (size_t)((backslash != NULL ? backslash : end) - at);
    memmove(to, at, run);
    to += run;
    at += run;
    if (backslash != NULL)
      at = decode_escape(at + 1, &to);
  }
  return (size_t)(to - out);
}

static bool is_plain(char c) {
  return c >= ' ' && c != '"' && c != '\\' && (unsigned char)c < 0x80;
}

/* To the first byte that is no plain character of ASCII. */
static const char *skip_plain(const char *at, const char *end) {
#ifdef __SSE2__
  for (; end - at >= 16; at += 16) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)at);
    __m128i beyond = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' '));
    __m128i escapes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    int others = _mm_movemask_epi8(_mm_or_si128(beyond, _mm_or_si128(escapes, quotes)));
    if (others != 0)
      return at + __builtin_ctz((unsigned)others);
  }
#endif
  while (at < end && is_plain(*at))
    at++;
  return at;
}

static bool is_hex4(const char *at) {
  for (int i = 0; i < 4; i++) {
    unsigned digit = (unsigned char)at[i] - (unsigned)'0';
    unsigned letter = ((unsigned char)at[i] | 0x20U) - (unsigned)'a';
    if (digit > 9 && letter > 5)
      return false;
  }
  return true;
}

/* The length of the \uXXXX, or the pair of them, at `at`; 0 when it is wrong. */
static size_t unicode_escape(const char *at, size_t left) {
  if (left < 6 || !is_hex4(at + 2))
    return 0;
  uint32_t first = hex4(at + 2);
  if (first < 0xd800 || first > 0xdfff)
    return 6;
  if (first > 0xdbff || left < 12 || at[6] != '\\' || at[7] != 'u' || !is_hex4(at + 8))
    return 0;
  uint32_t second = hex4(at + 8);
  return second >= 0xdc00 && second <= 0xdfff ? 12 : 0;
}

static size_t escape(const char *at, size_t left) {
  if (left < 2 || at[1] == '\0')
    return 0;
  if (at[1] == 'u')
    return unicode_escape(at, left);
  return strchr("\"\\/bfnrt", at[1]) != NULL ? 2 : 0;
}

/* The length of the character of several bytes at `at`; 0 when it is wrong. */
static size_t utf8(const char *at, size_t left) {
  unsigned char lead = (unsigned char)*at;
  size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || left < length)
    return 0;
  unsigned char second = (unsigned char)at[1];
  unsigned char least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  unsigned char greatest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > greatest)
    return 0;
  for (size_t i = 2; i < length; i++)
    if (((unsigned char)at[i] & 0xc0) != 0x80)
      return 0;
  return length;
}

bool cs_string_check(const char *raw, size_t length, bool *escaped) {
  const char *const end = raw + length;
  *escaped = false;
  for (const char *at = skip_plain(raw, end); at < end; at = skip_plain(at, end)) {
    size_t left = (size_t)(end - at), read = 0;
    if (*at == '\\') {
      *escaped = true;
      read = escape(at, left);
    } else if ((unsigned char)*at >= 0x80) {
      read = utf8(at, left);
    }
    if (read == 0)
      return false;
    at += read;
  }
  return true;
}
