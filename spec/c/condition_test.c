#define _GNU_SOURCE /* RTLD_NEXT */
#include "query/condition.h"

#include <dlfcn.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static volatile bool memory_is_out; /* compilers take malloc to look at no variable */

/* All that a condition allocates with. */
void *malloc(size_t size) {
  static void *(*real)(size_t);
  if (real == NULL)
    *(void **)&real = dlsym(RTLD_NEXT, "malloc");
  return memory_is_out ? NULL : real(size);
}

static const cs_scalar absent = {CS_SCALAR_ABSENT, 0, 0, {NULL, 0}};
static const cs_scalar no = {CS_SCALAR_FALSE, 0, 0, {NULL, 0}};
static const cs_scalar yes = {CS_SCALAR_TRUE, 0, 0, {NULL, 0}};
static const cs_scalar other = {CS_SCALAR_OTHER, 0, 0, {NULL, 0}};

static cs_scalar integer(int64_t value) {
  return (cs_scalar){CS_SCALAR_INTEGER, value, NAN, {NULL, 0}};
}

static cs_scalar real(double value) {
  return (cs_scalar){CS_SCALAR_REAL, 77, value, {NULL, 0}};
}

static cs_scalar bytes(const char *text, size_t length) {
  return (cs_scalar){CS_SCALAR_STRING, 77, NAN, {length == 0 ? NULL : text, length}};
}

static cs_scalar string(const char *text) {
  return bytes(text, strlen(text));
}

/* Asks with a heap copy of the text, so that a checker of memory sees reads outside. */
static bool asks(const cs_condition *condition, cs_scalar value) {
  char *copy = NULL;
  if (value.kind == CS_SCALAR_STRING && value.text.length > 0) {
    copy = malloc(value.text.length);
    assert_non_null(copy);
    memcpy(copy, value.text.bytes, value.text.length);
    value.text.bytes = copy;
  }
  const bool held = cs_condition_holds(condition, &value);
  free(copy);
  return held;
}

static bool holds(cs_scalar value, cs_operator op, cs_scalar against) {
  cs_condition condition;
  assert_true(cs_condition_init(&condition, 3, op, &against, 1));
  assert_int_equal(condition.column, 3);
  const bool held = asks(&condition, value);
  cs_condition_free(&condition);
  return held;
}

static void equal_numbers_strings_and_booleans_are_equal(void **state) {
  (void)state;
  assert_true(holds(integer(1), CS_OPERATOR_EQUAL, real(1.0)));
  assert_true(holds(real(1.0), CS_OPERATOR_EQUAL, integer(1)));
  assert_true(holds(real(-0.0), CS_OPERATOR_EQUAL, integer(0)));
  assert_true(holds(real(0.25), CS_OPERATOR_EQUAL, real(0.25)));
  assert_false(holds(integer(1), CS_OPERATOR_EQUAL, integer(2)));
  assert_true(holds(string("EU-DE"), CS_OPERATOR_EQUAL, string("EU-DE")));
  assert_false(holds(string("EU-DE"), CS_OPERATOR_EQUAL, string("EU-DX")));
  assert_false(holds(string("EU-DE"), CS_OPERATOR_EQUAL, string("EU-DE2")));
  assert_true(holds(string(""), CS_OPERATOR_EQUAL, string("")));
  assert_true(holds(bytes("a\0b", 3), CS_OPERATOR_EQUAL, bytes("a\0b", 3)));
  assert_false(holds(bytes("a\0b", 3), CS_OPERATOR_EQUAL, bytes("a\0c", 3)));
  assert_true(holds(yes, CS_OPERATOR_EQUAL, yes));
  assert_true(holds(no, CS_OPERATOR_EQUAL, no));
  assert_false(holds(no, CS_OPERATOR_EQUAL, yes));
}

static void integers_and_doubles_compare_exactly(void **state) {
  const double limit = 9007199254740992.0;
  (void)state;
  assert_false(holds(integer(9007199254740993), CS_OPERATOR_EQUAL, real(limit)));
  assert_true(holds(integer(9007199254740993), CS_OPERATOR_GREATER, real(limit)));
  assert_true(holds(real(limit), CS_OPERATOR_LESS, integer(9007199254740993)));
  assert_true(holds(integer(-9007199254740993), CS_OPERATOR_LESS, real(-limit)));
  assert_true(holds(integer(INT64_MAX), CS_OPERATOR_LESS, real(0x1p63)));
  assert_true(holds(integer(INT64_MIN), CS_OPERATOR_EQUAL, real(-0x1p63)));
  assert_true(holds(integer(INT64_MIN), CS_OPERATOR_GREATER, real(-0x1.0000000000001p63)));
  assert_true(holds(integer(INT64_MAX), CS_OPERATOR_LESS, real(INFINITY)));
  assert_true(holds(integer(INT64_MIN), CS_OPERATOR_GREATER, real(-INFINITY)));
  assert_true(holds(real(1e308), CS_OPERATOR_LESS, real(INFINITY)));
  assert_true(holds(integer(1), CS_OPERATOR_LESS, real(1.5)));
  assert_true(holds(integer(2), CS_OPERATOR_GREATER, real(1.5)));
  assert_true(holds(integer(-1), CS_OPERATOR_GREATER, real(-1.5)));
  assert_true(holds(integer(-2), CS_OPERATOR_LESS, real(-1.5)));
  assert_true(holds(integer(0), CS_OPERATOR_LESS, real(0x1p-1074)));
}

static void order_is_that_of_numbers_and_of_bytes(void **state) {
  static const char *const words[] = {"", "A", "AB", "B", "\xc3\xa4"};
  (void)state;
  for (int a = 0; a < (int)COUNT(words); a++) {
    for (int b = 0; b < (int)COUNT(words); b++) {
      const cs_scalar x[] = {string(words[a]), integer(a), real(a - 2.5)};
      const cs_scalar y[] = {string(words[b]), integer(b), real(b - 2.5)};
      for (size_t i = 0; i < COUNT(x); i++) {
        assert_int_equal(holds(x[i], CS_OPERATOR_LESS, y[i]), a < b);
        assert_int_equal(holds(x[i], CS_OPERATOR_AT_MOST, y[i]), a <= b);
        assert_int_equal(holds(x[i], CS_OPERATOR_GREATER, y[i]), a > b);
        assert_int_equal(holds(x[i], CS_OPERATOR_AT_LEAST, y[i]), a >= b);
        assert_int_equal(holds(x[i], CS_OPERATOR_EQUAL, y[i]), a == b);
        assert_int_equal(holds(x[i], CS_OPERATOR_UNEQUAL, y[i]), a != b);
      }
    }
  }
  assert_true(holds(bytes("a\0b", 3), CS_OPERATOR_GREATER, bytes("a", 1)));
}

static void types_that_cannot_be_compared_do_not_hold(void **state) {
  const cs_scalar values[] = {absent, no, yes, integer(1), string("1"), other};
  static const cs_operator operators[] = {
      CS_OPERATOR_EQUAL,    CS_OPERATOR_LESS, CS_OPERATOR_AT_MOST, CS_OPERATOR_GREATER,
      CS_OPERATOR_AT_LEAST, CS_OPERATOR_IN,   CS_OPERATOR_PREFIX,  CS_OPERATOR_CONTAINS};
  (void)state;
  for (size_t a = 0; a < COUNT(values); a++)
    for (size_t b = 0; b < COUNT(values); b++)
      for (size_t i = 0; i < COUNT(operators); i++)
        if (a != b || values[a].kind == CS_SCALAR_ABSENT || values[a].kind == CS_SCALAR_OTHER)
          assert_false(holds(values[a], operators[i], values[b]));
  assert_false(holds(yes, CS_OPERATOR_AT_MOST, yes));
  assert_false(holds(no, CS_OPERATOR_LESS, yes));
  assert_false(holds(integer(1), CS_OPERATOR_PREFIX, integer(1)));
  assert_false(holds(integer(1), CS_OPERATOR_CONTAINS, integer(1)));
}

static void unequal_is_what_can_be_equal_and_is_not(void **state) {
  (void)state;
  assert_true(holds(string("a"), CS_OPERATOR_UNEQUAL, string("b")));
  assert_true(holds(string("1"), CS_OPERATOR_UNEQUAL, integer(1)));
  assert_true(holds(yes, CS_OPERATOR_UNEQUAL, no));
  assert_false(holds(other, CS_OPERATOR_UNEQUAL, integer(1)));
  assert_false(holds(other, CS_OPERATOR_UNEQUAL, other));
  assert_false(holds(absent, CS_OPERATOR_UNEQUAL, integer(1)));
  assert_false(holds(real(1.0), CS_OPERATOR_UNEQUAL, integer(1)));
}

static void prefixes_are_bytes_at_the_beginning(void **state) {
  (void)state;
  assert_true(holds(string("OTC_S3"), CS_OPERATOR_PREFIX, string("OTC_")));
  assert_true(holds(string("OTC_"), CS_OPERATOR_PREFIX, string("OTC_")));
  assert_false(holds(string("OTC"), CS_OPERATOR_PREFIX, string("OTC_")));
  assert_false(holds(string("xOTC_"), CS_OPERATOR_PREFIX, string("OTC_")));
  assert_true(holds(string("x"), CS_OPERATOR_PREFIX, string("")));
  assert_true(holds(string(""), CS_OPERATOR_PREFIX, string("")));
  assert_true(holds(bytes("\0x", 2), CS_OPERATOR_PREFIX, bytes("\0", 1)));
}

static void needles_are_found_anywhere(void **state) {
  (void)state;
  assert_true(holds(string("hay needle hay"), CS_OPERATOR_CONTAINS, string("needle")));
  assert_true(holds(string("needle"), CS_OPERATOR_CONTAINS, string("needle")));
  assert_true(holds(string("hay needle"), CS_OPERATOR_CONTAINS, string("needle")));
  assert_false(holds(string("hay needl"), CS_OPERATOR_CONTAINS, string("needle")));
  assert_false(holds(string("hay needl needl"), CS_OPERATOR_CONTAINS, string("needle")));
  assert_true(holds(string("aabaabaaab"), CS_OPERATOR_CONTAINS, string("aabaaa")));
  assert_true(holds(string("abababac"), CS_OPERATOR_CONTAINS, string("ababac")));
  assert_true(holds(bytes("a\0b\0c", 5), CS_OPERATOR_CONTAINS, bytes("b\0c", 3)));
  assert_true(holds(string("x"), CS_OPERATOR_CONTAINS, string("")));
  assert_true(holds(string(""), CS_OPERATOR_CONTAINS, string("")));
  assert_false(holds(string(""), CS_OPERATOR_CONTAINS, string("x")));
}

static bool is_in(const char *hay, size_t length, const char *needle, size_t needle_length) {
  for (size_t at = 0; at + needle_length <= length; at++)
    if (memcmp(hay + at, needle, needle_length) == 0)
      return true;
  return false;
}

static void all_short_needles_are_found_where_they_are(void **state) {
  char hay[8], needle[5];
  (void)state;
  for (unsigned all = 0; all < 1u << 8; all++) {
    for (size_t i = 0; i < sizeof hay; i++)
      hay[i] = (all >> i & 1) != 0 ? 'b' : 'a';
    for (size_t length = 1; length <= sizeof needle; length++) {
      for (unsigned bits = 0; bits < 1u << length; bits++) {
        for (size_t i = 0; i < length; i++)
          needle[i] = (bits >> i & 1) != 0 ? 'b' : 'a';
        assert_int_equal(
            holds(bytes(hay, sizeof hay), CS_OPERATOR_CONTAINS, bytes(needle, length)),
            is_in(hay, sizeof hay, needle, length));
      }
    }
  }
}

/* Quadratic time would be hours here. */
static void a_text_made_to_be_slow_is_searched_in_linear_time(void **state) {
  const size_t length = 4000000, needle_length = 1000000;
  char *const hay = malloc(length);
  (void)state;
  assert_non_null(hay);
  memset(hay, 'a', length);
  char *const needle = malloc(needle_length);
  assert_non_null(needle);
  memset(needle, 'a', needle_length);
  needle[needle_length - 1] = 'b';
  assert_false(holds(bytes(hay, length), CS_OPERATOR_CONTAINS, bytes(needle, needle_length)));
  free(needle);
  free(hay);
}

static void presence_needs_no_value(void **state) {
  const cs_scalar values[] = {no, yes, integer(0), real(0.0), string(""), other};
  cs_condition present, missing;
  (void)state;
  assert_true(cs_condition_init(&present, 0, CS_OPERATOR_PRESENT, NULL, 0));
  assert_true(cs_condition_init(&missing, 0, CS_OPERATOR_ABSENT, NULL, 0));
  for (size_t i = 0; i < COUNT(values); i++) {
    assert_true(cs_condition_holds(&present, &values[i]));
    assert_false(cs_condition_holds(&missing, &values[i]));
  }
  assert_false(cs_condition_holds(&present, &absent));
  assert_true(cs_condition_holds(&missing, &absent));
  cs_condition_free(&present);
  cs_condition_free(&missing);
}

static void one_of_many_values_of_all_types_is_enough(void **state) {
  const char long_text[] = "a text that is longer than sixteen bytes";
  const cs_scalar values[] = {integer(1), real(2.0),     real(0.5),        string("one"),
                              string(""), string("one"), real(0x1p63),     yes,
                              other,      absent,        string(long_text)};
  const cs_scalar in[] = {real(1.0),  integer(2),   real(0.5), string("one"),
                          string(""), real(0x1p63), yes,       string(long_text)};
  const cs_scalar out[] = {absent,
                           other,
                           no,
                           integer(3),
                           real(1.5),
                           string("1"),
                           string("onf"),
                           string("o"),
                           string("a text that is longer than 16"),
                           integer(INT64_MAX),
                           string("a text that is longer THAN sixteen bytes")};
  cs_condition condition;
  (void)state;
  assert_true(cs_condition_init(&condition, 0, CS_OPERATOR_IN, values, COUNT(values)));
  for (size_t i = 0; i < COUNT(in); i++)
    assert_true(asks(&condition, in[i]));
  for (size_t i = 0; i < COUNT(out); i++)
    assert_false(asks(&condition, out[i]));
  cs_condition_free(&condition);
}

static void nothing_is_one_of_no_values(void **state) {
  cs_condition condition;
  (void)state;
  assert_true(cs_condition_init(&condition, 0, CS_OPERATOR_IN, NULL, 0));
  assert_false(asks(&condition, string("")));
  assert_false(asks(&condition, absent));
  cs_condition_free(&condition);
}

static void thousands_of_values_are_told_apart(void **state) {
  static char texts[5000][8];
  static cs_scalar values[5000];
  cs_condition condition;
  (void)state;
  for (size_t i = 0; i < COUNT(values); i++) {
    sprintf(texts[i], "%u", (unsigned)(2 * i));
    values[i] = string(texts[i]);
  }
  assert_true(cs_condition_init(&condition, 0, CS_OPERATOR_IN, values, COUNT(values)));
  memset(texts, 'x', sizeof texts); /* they were copied */
  for (unsigned i = 0; i < 2 * COUNT(values); i++) {
    char text[8];
    sprintf(text, "%u", i);
    assert_int_equal(asks(&condition, string(text)), i % 2 == 0);
  }
  cs_condition_free(&condition);
}

static void the_strings_of_a_condition_are_its_own(void **state) {
  char text[] = "EU-DE";
  const cs_scalar value = string(text);
  cs_condition equal, contains;
  (void)state;
  assert_true(cs_condition_init(&equal, 0, CS_OPERATOR_EQUAL, &value, 1));
  assert_true(cs_condition_init(&contains, 0, CS_OPERATOR_CONTAINS, &value, 1));
  memset(text, 'x', sizeof text);
  assert_true(asks(&equal, string("EU-DE")));
  assert_true(asks(&contains, string("in EU-DE 1")));
  cs_condition_free(&equal);
  cs_condition_free(&contains);
}

static void memory_that_runs_out_is_told(void **state) {
  static const cs_operator operators[] = {CS_OPERATOR_EQUAL, CS_OPERATOR_CONTAINS,
                                          CS_OPERATOR_IN};
  const cs_scalar value = string("text"), endless = bytes("x", SIZE_MAX - 3);
  cs_condition condition;
  (void)state;
  for (size_t i = 0; i < COUNT(operators); i++) {
    memory_is_out = true;
    const bool made = cs_condition_init(&condition, 0, operators[i], &value, 1);
    memory_is_out = false;
    assert_false(made);
  }
  assert_false(cs_condition_init(&condition, 0, CS_OPERATOR_CONTAINS, &endless, 1));
  assert_false(cs_condition_init(&condition, 0, CS_OPERATOR_IN, &endless, 1));
  assert_false(cs_condition_init(&condition, 0, CS_OPERATOR_IN, NULL, SIZE_MAX));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equal_numbers_strings_and_booleans_are_equal),
      cmocka_unit_test(integers_and_doubles_compare_exactly),
      cmocka_unit_test(order_is_that_of_numbers_and_of_bytes),
      cmocka_unit_test(types_that_cannot_be_compared_do_not_hold),
      cmocka_unit_test(unequal_is_what_can_be_equal_and_is_not),
      cmocka_unit_test(prefixes_are_bytes_at_the_beginning),
      cmocka_unit_test(needles_are_found_anywhere),
      cmocka_unit_test(all_short_needles_are_found_where_they_are),
      cmocka_unit_test(a_text_made_to_be_slow_is_searched_in_linear_time),
      cmocka_unit_test(presence_needs_no_value),
      cmocka_unit_test(one_of_many_values_of_all_types_is_enough),
      cmocka_unit_test(nothing_is_one_of_no_values),
      cmocka_unit_test(thousands_of_values_are_told_apart),
      cmocka_unit_test(the_strings_of_a_condition_are_its_own),
      cmocka_unit_test(memory_that_runs_out_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
