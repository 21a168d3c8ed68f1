#include "string.h"

#include <stdint.h>
#include <string.h>

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
