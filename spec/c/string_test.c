#include "json/string.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Decodes a heap copy of exactly `length` bytes into a heap block of as many, so that a checker
   of memory sees every byte out of bounds; then in place; both must agree. */
static void decodes_to(const char *raw, size_t length, const char *expected, size_t size) {
  char *const source = malloc(length + (length == 0));
  char *const out = malloc(length + (length == 0));
  assert_non_null(source);
  assert_non_null(out);
  memcpy(source, raw, length);
  assert_int_equal(cs_string_decode(source, length, out), size);
  assert_memory_equal(out, expected, size);
  assert_memory_equal(source, raw, length);
  assert_int_equal(cs_string_decode(source, length, source), size);
  assert_memory_equal(source, expected, size);
  free(out);
  free(source);
}

static void text_decodes_to(const char *raw, const char *expected) {
  decodes_to(raw, strlen(raw), expected, strlen(expected));
}

/* UTF-8 straight from the table of RFC 3629. */
static size_t utf8(uint32_t point, char *out) {
  const unsigned last = 0x80 | (point & 63), middle = 0x80 | (point >> 6 & 63),
                 third = 0x80 | (point >> 12 & 63);
  if (point < 0x80)
    return (size_t)sprintf(out, "%c", (int)point);
  if (point < 0x800)
    return (size_t)sprintf(out, "%c%c", (int)(0xc0 | point >> 6), (int)last);
  if (point < 0x10000)
    return (size_t)sprintf(out, "%c%c%c", (int)(0xe0 | point >> 12), (int)middle, (int)last);
  return (size_t)sprintf(out, "%c%c%c%c", (int)(0xf0 | point >> 18), (int)third, (int)middle,
                         (int)last);
}

static void a_string_without_backslash_is_not_escaped(void **state) {
  (void)state;
  assert_false(cs_string_escaped("plain /text", 11));
  assert_false(cs_string_escaped("", 0));
  assert_false(cs_string_escaped(NULL, 0));
}

static void a_backslash_anywhere_makes_a_string_escaped(void **state) {
  (void)state;
  assert_true(cs_string_escaped("\\n", 2));
  assert_true(cs_string_escaped("some text\\n", 11));
  assert_true(cs_string_escaped("\\\\", 2));
}

static void a_backslash_behind_the_end_does_not_count(void **state) {
  (void)state;
  assert_false(cs_string_escaped("text\\n", 4));
}

static void an_empty_string_decodes_to_nothing(void **state) {
  (void)state;
  decodes_to("", 0, "", 0);
}

static void text_without_escapes_is_copied(void **state) {
  (void)state;
  text_decodes_to("eu-central-1 \xc3\xbc \xf0\x9f\x98\x80",
                  "eu-central-1 \xc3\xbc \xf0\x9f\x98\x80");
}

static void every_short_escape_gives_its_character(void **state) {
  (void)state;
  text_decodes_to("\\\"", "\"");
  text_decodes_to("\\\\", "\\");
  text_decodes_to("\\/", "/");
  text_decodes_to("\\b", "\b");
  text_decodes_to("\\f", "\f");
  text_decodes_to("\\n", "\n");
  text_decodes_to("\\r", "\r");
  text_decodes_to("\\t", "\t");
}

static void text_between_escapes_is_kept(void **state) {
  (void)state;
  text_decodes_to("a\\nbc\\td\\\\", "a\nbc\td\\");
  text_decodes_to("\\n\\n\\nend", "\n\n\nend");
  text_decodes_to("start\\u00e4middle\\u20acend", "start\xc3\xa4middle\xe2\x82\xac"
                                                  "end");
}

static void an_escaped_backslash_does_not_start_an_escape(void **state) {
  (void)state;
  text_decodes_to("\\\\n", "\\n");
  text_decodes_to("\\\\u0041", "\\u0041");
  text_decodes_to("\\\\\\n", "\\\n");
  text_decodes_to("\\u005cn", "\\n");
}

static void an_escaped_nul_gives_a_nul_byte(void **state) {
  (void)state;
  decodes_to("a\\u0000b", 8, "a\0b", 3);
}

static void hex_digits_may_be_of_either_case(void **state) {
  (void)state;
  text_decodes_to("\\uABCD\\uabcd\\uaBcD\\uEf09\\ueF90",
                  "\xea\xaf\x8d\xea\xaf\x8d\xea\xaf\x8d\xee\xbc\x89\xee\xbe\x90");
}

static void every_code_unit_that_is_no_surrogate_decodes_to_utf8(void **state) {
  (void)state;
  for (uint32_t unit = 0; unit <= 0xffff; unit++) {
    char raw[8], expected[8];
    if (unit >= 0xd800 && unit <= 0xdfff)
      continue;
    sprintf(raw, unit % 2 == 0 ? "\\u%04x" : "\\u%04X", (unsigned)unit);
    decodes_to(raw, 6, expected, utf8(unit, expected));
  }
}

static void pair_decodes(uint32_t high, uint32_t low) {
  char raw[16], expected[8];
  const uint32_t point = 0x10000 + (high - 0xd800) * 0x400 + (low - 0xdc00);
  sprintf(raw, "\\u%04x\\u%04X", (unsigned)high, (unsigned)low);
  decodes_to(raw, 12, expected, utf8(point, expected));
}

static void every_high_surrogate_pairs_with_the_lowest_and_highest_low_ones(void **state) {
  (void)state;
  for (uint32_t high = 0xd800; high <= 0xdbff; high++) {
    pair_decodes(high, 0xdc00);
    pair_decodes(high, 0xdc01);
    pair_decodes(high, 0xdffe);
    pair_decodes(high, 0xdfff);
  }
}

static void every_low_surrogate_pairs_with_the_lowest_and_highest_high_ones(void **state) {
  (void)state;
  for (uint32_t low = 0xdc00; low <= 0xdfff; low++) {
    pair_decodes(0xd800, low);
    pair_decodes(0xd801, low);
    pair_decodes(0xdbfe, low);
    pair_decodes(0xdbff, low);
  }
}

static void the_first_and_last_pair_are_the_ends_of_the_upper_planes(void **state) {
  (void)state;
  text_decodes_to("\\ud800\\udc00", "\xf0\x90\x80\x80");
  text_decodes_to("\\udbff\\udfff", "\xf4\x8f\xbf\xbf");
  text_decodes_to("\\uD83D\\uDE00", "\xf0\x9f\x98\x80");
}

static void pairs_may_follow_each_other(void **state) {
  (void)state;
  text_decodes_to("\\ud800\\udc00\\ud83d\\ude00\\u0041", "\xf0\x90\x80\x80\xf0\x9f\x98\x80"
                                                         "A");
}

static uint64_t next_random(uint64_t *seed) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  *seed ^= *seed << 17;
  return *seed;
}

/* Appends a random piece in both forms. */
static void append_piece(uint64_t *seed, char *raw, size_t *length, char *out, size_t *size) {
  static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  const uint32_t chance = (uint32_t)(next_random(seed) >> 40);
  uint32_t point = (uint32_t)(next_random(seed) >> 43) % 0x110000;
  if (chance % 4 == 0) {
    *length += (size_t)sprintf(raw + *length, "\\%c", letters[chance / 4 % 8]);
    out[(*size)++] = meanings[chance / 4 % 8];
  } else if (chance % 4 == 1 && (point < 0xd800 || point > 0xdfff)) {
    *size += utf8(point, out + *size);
    if (point < 0x10000) {
      *length += (size_t)sprintf(raw + *length, "\\u%04x", (unsigned)point);
    } else {
      point -= 0x10000;
      *length +=
          (size_t)sprintf(raw + *length, "\\u%04x\\u%04x", (unsigned)(0xd800 + (point >> 10)),
                          (unsigned)(0xdc00 + (point & 0x3ff)));
    }
  } else {
    for (uint32_t i = 0; i < chance / 4 % 20; i++)
      raw[(*length)++] = out[(*size)++] = (char)('a' + i);
  }
}

static void random_mixtures_decode_to_what_they_were_made_of(void **state) {
  uint64_t seed = 0x9e3779b97f4a7c15;
  (void)state;
  for (int round = 0; round < 20000; round++) {
    char raw[512], out[512];
    size_t length = 0, size = 0;
    for (uint64_t pieces = next_random(&seed) % 16; pieces > 0; pieces--)
      append_piece(&seed, raw, &length, out, &size);
    decodes_to(raw, length, out, size);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_string_without_backslash_is_not_escaped),
      cmocka_unit_test(a_backslash_anywhere_makes_a_string_escaped),
      cmocka_unit_test(a_backslash_behind_the_end_does_not_count),
      cmocka_unit_test(an_empty_string_decodes_to_nothing),
      cmocka_unit_test(text_without_escapes_is_copied),
      cmocka_unit_test(every_short_escape_gives_its_character),
      cmocka_unit_test(text_between_escapes_is_kept),
      cmocka_unit_test(an_escaped_backslash_does_not_start_an_escape),
      cmocka_unit_test(an_escaped_nul_gives_a_nul_byte),
      cmocka_unit_test(hex_digits_may_be_of_either_case),
      cmocka_unit_test(every_code_unit_that_is_no_surrogate_decodes_to_utf8),
      cmocka_unit_test(every_high_surrogate_pairs_with_the_lowest_and_highest_low_ones),
      cmocka_unit_test(every_low_surrogate_pairs_with_the_lowest_and_highest_high_ones),
      cmocka_unit_test(the_first_and_last_pair_are_the_ends_of_the_upper_planes),
      cmocka_unit_test(pairs_may_follow_each_other),
      cmocka_unit_test(random_mixtures_decode_to_what_they_were_made_of),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
