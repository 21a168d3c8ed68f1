#include "json/names.h"

#include "support.h"

static cs_span span_of(const char *bytes) {
  return (cs_span){bytes, strlen(bytes)};
}

static void names_are_numbered_in_the_order_they_come(void **state) {
  (void)state;
  cs_names names;
  assert_true(cs_names_init(&names));
  assert_int_equal(cs_names_add(&names, span_of("a")), 0);
  assert_int_equal(cs_names_add(&names, span_of("")), 1);
  assert_int_equal(cs_names_add(&names, span_of("b")), 2);
  assert_int_equal(cs_names_add(&names, span_of("a")), 0);
  assert_int_equal(cs_names_add(&names, span_of("")), 1);
  cs_names_free(&names);
}

static void all_spellings_of_a_name_have_its_number(void **state) {
  (void)state;
  cs_names names;
  uint32_t name = 7;
  assert_true(cs_names_init(&names));
  assert_int_equal(cs_names_add(&names, span_of("k\xC3\xB6nig")), 0);
  uint32_t plain = cs_names_spelled(&names, span_of("k\xC3\xB6nig"), &name);
  assert_int_equal(name, 0);
  uint32_t escaped = cs_names_spelled(&names, span_of("k\\u00f6nig"), &name);
  assert_int_equal(name, 0);
  assert_int_not_equal(plain, 0);
  assert_int_not_equal(escaped, plain);
  assert_int_equal(cs_names_spelled(&names, span_of("k\xC3\xB6nig"), &name), plain);
  cs_names_free(&names);
}

static void lengths_around_what_is_compared_at_once_are_told_apart(void **state) {
  (void)state;
  cs_names names;
  char bytes[200];
  memset(bytes, 'x', sizeof bytes);
  assert_true(cs_names_init(&names));
  for (int again = 0; again < 2; again++) {
    for (uint32_t length = 0; length < sizeof bytes; length++) {
      uint32_t name = CS_NAME_UNKNOWN;
      assert_int_equal(cs_names_spelled(&names, (cs_span){bytes, length}, &name), length + 1);
      assert_int_equal(name, length);
    }
  }
  cs_names_free(&names);
}

static void a_spelling_is_found_where_it_stands(void **state) {
  (void)state;
  for (size_t length = 0; length <= CS_SPELLING_BYTES - 3; length++) {
    cs_names names;
    assert_true(cs_names_init(&names));
    char record[2 * CS_SPELLING_BYTES + 8];
    uint32_t name;
    memset(record, '-', sizeof record);
    record[0] = '"';
    memset(record + 1, 'n', length);
    memcpy(record + 1 + length, "\":", 2);
    assert_int_equal(cs_names_find(&names, record, length + 3), 0);
    uint32_t spelling = cs_names_spelled(&names, (cs_span){record + 1, length}, &name);
    assert_int_equal(cs_names_find(&names, record, length + 3), spelling);
    assert_true(cs_names_stands(&names.spellings[spelling], record));
    record[length + 2] = ' ';
    assert_int_equal(cs_names_find(&names, record, length + 3), 0);
    assert_false(cs_names_stands(&names.spellings[spelling], record));
    cs_names_free(&names);
  }
}

static void names_without_end_are_not_learned_but_known_ones_found(void **state) {
  (void)state;
  cs_names names;
  uint32_t name;
  assert_true(cs_names_init(&names));
  assert_int_equal(cs_names_add(&names, span_of("known")), 0);
  for (int i = 0; i < 10000; i++) {
    char bytes[32];
    sprintf(bytes, "name %d", i);
    uint32_t spelling = cs_names_spelled(&names, span_of(bytes), &name);
    assert_int_equal(spelling != 0, i < 4095);
    assert_int_equal(name, i < 4095 ? (uint32_t)i + 1 : CS_NAME_UNKNOWN);
  }
  assert_int_equal(cs_names_spelled(&names, span_of("kn\\u006fwn"), &name), 0);
  assert_int_equal(name, 0);
  assert_int_equal(cs_names_spelled(&names, span_of("known"), &name), 0);
  assert_int_equal(name, 0);
  assert_int_not_equal(cs_names_spelled(&names, span_of("name 4000"), &name), 0);
  assert_int_equal(name, 4001);
  cs_names_free(&names);
}

static void a_name_that_is_too_long_is_not_learned(void **state) {
  (void)state;
  cs_names names;
  uint32_t name;
  char bytes[1025];
  memset(bytes, 'x', sizeof bytes);
  assert_true(cs_names_init(&names));
  assert_int_equal(cs_names_spelled(&names, (cs_span){bytes, 1025}, &name), 0);
  assert_int_equal(name, CS_NAME_UNKNOWN);
  assert_int_equal(cs_names_spelled(&names, (cs_span){bytes, 1024}, &name), 1);
  assert_int_equal(name, 0);
  assert_int_equal(cs_names_add(&names, (cs_span){bytes, 1025}), 1);
  assert_int_equal(cs_names_spelled(&names, (cs_span){bytes, 1025}, &name), 0);
  assert_int_equal(name, 1);
  cs_names_free(&names);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_are_numbered_in_the_order_they_come),
      cmocka_unit_test(all_spellings_of_a_name_have_its_number),
      cmocka_unit_test(lengths_around_what_is_compared_at_once_are_told_apart),
      cmocka_unit_test(a_spelling_is_found_where_it_stands),
      cmocka_unit_test(names_without_end_are_not_learned_but_known_ones_found),
      cmocka_unit_test(a_name_that_is_too_long_is_not_learned),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
