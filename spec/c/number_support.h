/* Reads numbers by both ways that there are, and makes some at random. */
#ifndef SPEC_NUMBER_SUPPORT_H
#define SPEC_NUMBER_SUPPORT_H

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json/number.h"

#define LONGEST 20000

static uint64_t seed = 0x9e3779b97f4a7c15;

static inline unsigned below(unsigned limit) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (unsigned)(seed >> 33) % limit;
}

static inline bool same_number(cs_number a, cs_number b) {
  return a.kind == b.kind && (a.kind != CS_NUMBER_INTEGER || a.integer == b.integer) &&
         (a.kind != CS_NUMBER_REAL || memcmp(&a.real, &b.real, sizeof a.real) == 0);
}

/* Parses a heap copy without terminator, so that a checker of memory sees reads behind the end.
 */
static inline cs_number parse_exact(const char *text, size_t length) {
  char *const copy = malloc(length);
  assert_non_null(copy);
  memcpy(copy, text, length);
  const cs_number number = cs_number_parse(copy, length);
  free(copy);
  return number;
}

/* Likewise, with bytes behind the text as far as they may be read: any at all, or such as would
   go on with a number. */
static inline cs_number parse_padded(const char *text, size_t length) {
  static const char misleading[] = "0123456789.eE-+";
  const size_t all = length < CS_NUMBER_PAD ? CS_NUMBER_PAD : length;
  char *const copy = malloc(all);
  assert_non_null(copy);
  memcpy(copy, text, length);
  const bool any = below(2) == 0;
  for (size_t i = length; i < all; i++)
    copy[i] = any ? (char)below(256) : misleading[below(sizeof misleading - 1)];
  cs_number number = {CS_NUMBER_TOO_LARGE, 77, 77.0};
  cs_number_parse_padded(copy, length, &number);
  free(copy);
  return number;
}

/* By either way, which must say the same. */
static inline cs_number parse(const char *text) {
  const size_t length = strlen(text);
  const cs_number number = parse_exact(text, length), padded = parse_padded(text, length);
  if (!same_number(number, padded))
    fail_msg("%.80s: kind %d, %lld, %a; padded: kind %d, %lld, %a", text, (int)number.kind,
             (long long)number.integer, number.real, (int)padded.kind, (long long)padded.integer,
             padded.real);
  return number;
}

static inline void is_integer(const char *text, int64_t expected) {
  const cs_number number = parse(text);
  if (number.kind != CS_NUMBER_INTEGER || number.integer != expected)
    fail_msg("%.80s: kind %d, integer %lld", text, (int)number.kind, (long long)number.integer);
}

static inline void is_real(const char *text, double expected) {
  const cs_number number = parse(text);
  if (number.kind != CS_NUMBER_REAL || memcmp(&number.real, &expected, sizeof expected) != 0)
    fail_msg("%.80s: kind %d, %a, expected %a", text, (int)number.kind, number.real, expected);
}

static inline void is_too_large(const char *text) {
  const cs_number number = parse(text);
  if (number.kind != CS_NUMBER_TOO_LARGE)
    fail_msg("%.80s: kind %d, %a", text, (int)number.kind, number.real);
}

/* The C library of the tests reads numbers exactly; the program never leaves the C locale. */
static inline void is_as_strtod(const char *text) {
  const double expected = strtod(text, NULL);
  if (isinf(expected))
    is_too_large(text);
  else
    is_real(text, expected);
}

/* What fits on a line of this file: `head`, `count` times `repeated`, `tail`. */
static inline const char *text_of(const char *head, char repeated, size_t count,
                                  const char *tail) {
  static char text[LONGEST + 100];
  const size_t length = strlen(head);
  assert_true(length + count + strlen(tail) < sizeof text);
  memcpy(text, head, length);
  memset(text + length, repeated, count);
  strcpy(text + length + count, tail);
  return text;
}

static inline double any_double(void) {
  double value;
  do {
    const uint64_t bits =
        (uint64_t)below(1u << 31) << 33 ^ (uint64_t)below(1u << 31) << 11 ^ below(2048);
    memcpy(&value, &bits, sizeof value);
  } while (!isfinite(value));
  return value;
}

static inline char *put_digits(char *at, unsigned count) {
  *at++ = (char)('1' + below(9));
  while (count-- > 1)
    *at++ = (char)('0' + below(10));
  return at;
}

#endif
