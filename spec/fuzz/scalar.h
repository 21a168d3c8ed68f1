/* Numbers, strings and the like, read in the simplest way there is. */
#ifndef SPEC_FUZZ_SCALAR_H
#define SPEC_FUZZ_SCALAR_H

#include <errno.h>
#include <math.h>

#include "input.h"
#include "json/number.h"
#include "json/string.h"

/* By the C library, which rounds as it should. */
static inline cs_number plain_number(const char *bytes, size_t length) {
  char *const copy = malloc(length + 1);
  cs_number number = {CS_NUMBER_REAL, 0, 0};
  assert_non_null(copy);
  memcpy(copy, bytes, length);
  copy[length] = '\0';
  errno = 0;
  number.integer = strtoll(copy, NULL, 10);
  if (strcspn(copy, ".eE") == length && errno == 0)
    number.kind = CS_NUMBER_INTEGER;
  number.real = strtod(copy, NULL);
  if (number.kind == CS_NUMBER_REAL && isinf(number.real))
    number.kind = CS_NUMBER_TOO_LARGE;
  free(copy);
  return number;
}

static inline unsigned plain_hex4(const char *digits) {
  char copy[5] = {digits[0], digits[1], digits[2], digits[3], '\0'};
  return (unsigned)strtoul(copy, NULL, 16);
}

/* Writes the UTF-8 of a character to `out`: how many bytes that are. */
static inline size_t plain_utf8(unsigned character, char *out) {
  static const unsigned least[] = {0, 0x80, 0x800, 0x10000}, mark[] = {0, 0xC0, 0xE0, 0xF0};
  size_t more = 3;
  while (more > 0 && character < least[more])
    more--;
  out[0] = (char)(mark[more] | character >> 6 * more);
  for (size_t i = 1; i <= more; i++)
    out[i] = (char)(0x80 | (character >> 6 * (more - i) & 0x3F));
  return more + 1;
}

/* Undoes the escapes of a right string: its length in `out`. */
static inline size_t plain_decode(const char *raw, size_t length, char *out) {
  static const char letters[] = "bfnrt", controls[] = "\b\f\n\r\t";
  size_t to = 0;
  for (size_t i = 0; i < length; i++) {
    if (raw[i] != '\\') {
      out[to++] = raw[i];
      continue;
    }
    const char escape = raw[++i];
    if (escape != 'u') {
      const char *const letter = strchr(letters, escape);
      out[to++] = letter == NULL ? escape : controls[letter - letters];
      continue;
    }
    unsigned character = plain_hex4(raw + i + 1);
    i += 4;
    if (character >> 10 == 0x36) {
      character = 0x10000 + ((character & 0x3FF) << 10) + (plain_hex4(raw + i + 3) & 0x3FF);
      i += 6;
    }
    to += plain_utf8(character, out + to);
  }
  return to;
}

#endif
