#include "fold_support.h"

/* Finishes and frees a fold by the first column, whose groups must be these. */
static void has_groups(cs_fold *fold, const cs_scalar *keys, const uint64_t *counts,
                       size_t count) {
  cs_fold_finish(fold);
  assert_int_equal(cs_fold_group_count(fold), count);
  for (size_t i = 0; i < count; i++) {
    is(cs_fold_key(fold, i, 0), keys[i]);
    assert_int_equal(cs_fold_count(fold, i), counts[i]);
  }
  cs_fold_free(fold);
}

static void rows_of_two_equal_keys_are_one_group(void **state) {
  cs_fold *const fold = new_fold(&by_two_columns);
  (void)state;
  add(fold, string("EU-NL"), string("S3"), real(0.5));
  add(fold, string("EU-DE"), string("S3"), real(1.5));
  add(fold, string("EU-DE"), string("ECS"), integer(7));
  add(fold, string("EU-DE"), string("S3"), real(0.25));
  add(fold, string("EU-DE"), string("S3"), absent);
  add(fold, string("EU-NL"), absent, absent);
  cs_fold_finish(fold);
  assert_int_equal(cs_fold_group_count(fold), 4);
  is(cs_fold_key(fold, 0, 0), string("EU-DE"));
  is(cs_fold_key(fold, 0, 1), string("ECS"));
  is(cs_fold_key(fold, 1, 1), string("S3"));
  is(cs_fold_key(fold, 2, 0), string("EU-NL"));
  is(cs_fold_key(fold, 2, 1), absent);
  is(cs_fold_key(fold, 3, 1), string("S3"));
  assert_int_equal(cs_fold_count(fold, 1), 3);
  assert_int_equal(cs_fold_sum(fold, 0, 0).kind, CS_TOTAL_INTEGER);
  assert_int_equal(cs_fold_sum(fold, 0, 0).integer, 7);
  assert_int_equal(cs_fold_sum(fold, 1, 0).kind, CS_TOTAL_REAL);
  assert_true(cs_fold_sum(fold, 1, 0).real == 1.75);
  assert_int_equal(cs_fold_count(fold, 2), 1);
  assert_int_equal(cs_fold_sum(fold, 2, 0).kind, CS_TOTAL_EMPTY);
  assert_true(cs_fold_sum(fold, 3, 0).real == 0.5);
  cs_fold_free(fold);
}

static void groups_come_in_the_order_of_kinds_and_values(void **state) {
  const cs_scalar keys[] = {absent,
                            no,
                            yes,
                            real(-1e300),
                            integer(INT64_MIN),
                            integer(-1),
                            real(-0.5),
                            integer(0),
                            real(0.5),
                            integer(1),
                            integer(INT64_MAX),
                            real(0x1p63),
                            string(""),
                            string("A"),
                            string("AB"),
                            string("a rather long string, A"),
                            string("a rather long string, B"),
                            string("b")};
  static const uint64_t counts[COUNT(keys)] = {1, 1, 1, 1, 1, 1, 1, 1, 1,
                                               1, 1, 1, 1, 1, 1, 1, 1, 1};
  (void)state;
  for (size_t first = 0; first < COUNT(keys); first++) {
    cs_fold *const fold = new_fold(&by_one_column);
    for (size_t i = 0; i < COUNT(keys); i++)
      add(fold, keys[(first + 7 * i) % COUNT(keys)], absent, absent); /* comes by all of them */
    has_groups(fold, keys, counts, COUNT(keys));
  }
}

static void equal_numbers_are_one_group(void **state) {
  const cs_scalar keys[] = {
      integer(INT64_MIN),       integer(0), real(0.5), integer(1), integer(9007199254740992),
      integer(9007199254740993)};
  static const uint64_t counts[] = {2, 3, 2, 2, 1, 1};
  cs_fold *const fold = new_fold(&by_one_column);
  (void)state;
  add(fold, real(1.0), absent, absent);
  add(fold, integer(1), absent, absent);
  add(fold, real(-0.0), absent, absent);
  add(fold, real(0.0), absent, absent);
  add(fold, integer(0), absent, absent);
  add(fold, real(0.5), absent, absent);
  add(fold, real(0.5), absent, absent);
  add(fold, real(-0x1p63), absent, absent);
  add(fold, integer(INT64_MIN), absent, absent);
  add(fold, real(9007199254740992.0), absent, absent);
  add(fold, integer(9007199254740993), absent, absent);
  has_groups(fold, keys, counts, COUNT(keys));
}

static void values_of_different_types_are_different_groups(void **state) {
  const cs_scalar keys[] = {absent, no, yes, integer(1), string(""), string("1")};
  static const uint64_t counts[] = {2, 2, 2, 2, 2, 2};
  cs_fold *const fold = new_fold(&by_one_column);
  (void)state;
  for (size_t i = 0; i < 2 * COUNT(keys); i++)
    add(fold, keys[i % COUNT(keys)], absent, absent);
  has_groups(fold, keys, counts, COUNT(keys));
}

/* All strings of up to 40 bytes that differ from a run of one letter in one place, or are one. */
static void strings_that_differ_in_one_byte_are_told_apart(void **state) {
  char text[40];
  size_t groups = 0;
  cs_fold *const fold = new_fold(&by_one_column);
  (void)state;
  memset(text, 'x', sizeof text);
  for (int round = 0; round < 2; round++) {
    for (size_t length = 0; length <= sizeof text; length++) {
      add(fold, bytes(text, length), absent, absent);
      groups += round == 0;
      for (size_t i = 0; i < length; i++) {
        text[i] = '\0';
        add(fold, bytes(text, length), absent, absent);
        text[i] = 'x';
        groups += round == 0;
      }
    }
  }
  cs_fold_finish(fold);
  assert_int_equal(cs_fold_group_count(fold), groups);
  for (size_t i = 0; i < groups; i++)
    assert_int_equal(cs_fold_count(fold, i), 2);
  cs_fold_free(fold);
}

static void keys_may_be_long(void **state) {
  static char text[20000];
  const cs_scalar keys[] = {bytes(text, sizeof text - 1), bytes(text, sizeof text)};
  static const uint64_t counts[] = {3, 3};
  cs_fold *const fold = new_fold(&by_one_column);
  (void)state;
  memset(text, 'x', sizeof text);
  for (size_t i = 0; i < 6; i++)
    add(fold, keys[i % 2], absent, absent);
  has_groups(fold, keys, counts, COUNT(keys));
}

static void only_the_first_characters_of_a_string_count(void **state) {
  static const cs_fold_by days[] = {{0, 10}};
  const cs_scalar keys[] = {absent, integer(20240802), string("2024-08"), string("2024-08-02"),
                            string("2024-08-03")};
  static const uint64_t counts[] = {1, 1, 1, 3, 1};
  cs_fold_config config = by_one_column;
  config.by = days;
  cs_fold *const fold = new_fold(&config);
  (void)state;
  add(fold, string("2024-08-02T05:00:00Z"), absent, absent);
  add(fold, string("2024-08-02"), absent, absent);
  add(fold, string("2024-08-02T06:00:00Z"), absent, absent);
  add(fold, string("2024-08-03T06:00:00Z"), absent, absent);
  add(fold, string("2024-08"), absent, absent);
  add(fold, integer(20240802), absent, absent);
  add(fold, absent, absent, absent);
  has_groups(fold, keys, counts, COUNT(keys));
}

static void is_cut(const char *text, size_t characters, const char *expected) {
  const cs_fold_by by[] = {{0, characters}};
  static const uint64_t counts[] = {2};
  const cs_scalar key = string(expected);
  cs_fold_config config = by_one_column;
  config.by = by;
  cs_fold *const fold = new_fold(&config);
  add(fold, string(text), absent, absent);
  add(fold, string(text), absent, absent);
  has_groups(fold, &key, counts, 1);
}

static void characters_are_code_points_and_never_cut_in_two(void **state) {
  (void)state;
  is_cut("M\xc3\xbcnchen", 1, "M");
  is_cut("M\xc3\xbcnchen", 2, "M\xc3\xbc");
  is_cut("M\xc3\xbcnchen", 3, "M\xc3\xbcn");
  is_cut("M\xc3\xbcnchen", 7, "M\xc3\xbcnchen");
  is_cut("M\xc3\xbcnchen", 8, "M\xc3\xbcnchen");
  is_cut("\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac", 2, "\xe2\x82\xac\xe2\x82\xac");
  is_cut("\xf0\x9f\x98\x80\xf0\x9f\x98\x80x", 1, "\xf0\x9f\x98\x80");
  is_cut("0123456789\xc3\xbc and what follows", 10, "0123456789");
  is_cut("0123456789\xc3\xbc and what follows", 11, "0123456789\xc3\xbc");
  is_cut("a text of more than sixteen bytes, ASCII", 20, "a text of more than ");
  is_cut("a text of m\xc3\xb6re than sixteen bytes", 20, "a text of m\xc3\xb6re than ");
  is_cut("\xc3\xbc", 1, "\xc3\xbc");
  is_cut("", 1, "");
}

static void a_fold_without_keys_has_one_group_even_of_no_rows(void **state) {
  cs_fold_config config = by_two_columns;
  (void)state;
  config.by_count = 0;
  config.group_limit = 0;
  cs_fold *fold = new_fold(&config);
  cs_fold_finish(fold);
  assert_int_equal(cs_fold_group_count(fold), 1);
  assert_int_equal(cs_fold_count(fold, 0), 0);
  assert_int_equal(cs_fold_sum(fold, 0, 0).kind, CS_TOTAL_EMPTY);
  cs_fold_free(fold);
  fold = new_fold(&config);
  add(fold, absent, absent, real(0.5));
  add(fold, string("x"), other, real(0.25));
  cs_fold_finish(fold);
  assert_int_equal(cs_fold_group_count(fold), 1);
  assert_int_equal(cs_fold_count(fold, 0), 2);
  assert_true(cs_fold_sum(fold, 0, 0).real == 0.75);
  cs_fold_free(fold);
}

static void a_fold_with_keys_has_no_groups_of_no_rows(void **state) {
  (void)state;
  has_groups(new_fold(&by_one_column), NULL, NULL, 0);
  cs_fold_free(NULL);
}

/* A fold of the numbers from 0 on, so many, in some order. */
static cs_fold *fold_of_numbers(size_t count) {
  cs_fold *const fold = new_fold(&by_one_column);
  for (size_t i = 0; i < count; i++)
    add(fold, integer((int64_t)(i * 7919 % count)), absent, absent);
  return fold;
}

static void groups_are_put_in_order_a_part_at_a_time(void **state) {
  const size_t counts[] = {1, 2, 511, 512, 513, 1023, 1024, 1025, 1536, 2049, 5000, 65537};
  (void)state;
  for (size_t i = 0; i < COUNT(counts); i++) {
    cs_fold *const fold = fold_of_numbers(counts[i]);
    size_t parts = 1;
    while (!cs_fold_finish_some(fold))
      parts++;
    assert_true(parts > counts[i] / 1024);
    assert_true(cs_fold_finish_some(fold));
    assert_int_equal(cs_fold_group_count(fold), counts[i]);
    for (size_t group = 0; group < counts[i]; group++)
      is(cs_fold_key(fold, group, 0), integer((int64_t)group));
    cs_fold_free(fold);
  }
}

static void a_fold_may_be_freed_while_its_groups_are_put_in_order(void **state) {
  (void)state;
  for (int parts = 0; parts < 20; parts++) {
    cs_fold *const fold = fold_of_numbers(5000);
    for (int i = 0; i < parts; i++)
      cs_fold_finish_some(fold);
    cs_fold_free(fold);
  }
}

static void extremes_are(const cs_scalar *values, size_t count, cs_scalar least,
                         cs_scalar greatest) {
  for (size_t first = 0; first < count; first++) {
    for (int direction = 0; direction < 2; direction++) {
      cs_fold *const fold = new_fold(&extremes_of_all);
      for (size_t i = 0; i < count; i++)
        add(fold, absent, absent,
            values[direction == 0 ? (first + i) % count : (first + count - i) % count]);
      cs_fold_finish(fold);
      is(cs_fold_extreme(fold, 0, 0), least);
      is(cs_fold_extreme(fold, 0, 1), greatest);
      cs_fold_free(fold);
    }
  }
}

static void extremes_do_not_depend_on_the_order(void **state) {
  const cs_scalar numbers[] = {real(1.0), integer(3), absent, real(-0.5), real(3.0), integer(2)};
  const cs_scalar large[] = {integer(9007199254740993), real(9007199254740992.0),
                             integer(9007199254740991)};
  const cs_scalar ones[] = {real(1.0), integer(1), real(1.0)};
  const cs_scalar zeros[] = {real(-0.0), real(0.0)}, zero[] = {real(-0.0)};
  const cs_scalar strings[] = {string("b"), string("a longer one"), absent,
                               string(""),  string("bb"),           string("a")};
  const cs_scalar nothing[] = {absent, absent};
  (void)state;
  extremes_are(numbers, COUNT(numbers), real(-0.5), integer(3));
  extremes_are(large, COUNT(large), integer(9007199254740991), integer(9007199254740993));
  extremes_are(ones, COUNT(ones), integer(1), integer(1));
  extremes_are(zeros, COUNT(zeros), real(0.0), real(0.0));
  extremes_are(zero, COUNT(zero), real(0.0), real(0.0));
  extremes_are(strings, COUNT(strings), string(""), string("bb"));
  extremes_are(nothing, COUNT(nothing), absent, absent);
}

static void keys_of_equal_hashes_are_kept_apart(void **state) {
  cs_fold_config config = by_one_column;
  config.seed = (cs_seed){{0, 0}}; /* by which all numbers collide */
  cs_fold *const fold = new_fold(&config);
  (void)state;
  for (int i = 0; i < 2000; i++)
    add(fold, i % 2 == 0 ? integer(i / 2 % 500) : string("x"), absent, absent);
  cs_fold_finish(fold);
  assert_int_equal(cs_fold_group_count(fold), 501);
  for (size_t i = 0; i < 500; i++) {
    is(cs_fold_key(fold, i, 0), integer((int64_t)i));
    assert_int_equal(cs_fold_count(fold, i), 2);
  }
  assert_int_equal(cs_fold_count(fold, 500), 1000);
  cs_fold_free(fold);
}

/* Keys alike in all but few bits, in both words: each finds its group among many. */
static void a_hundred_thousand_groups_are_found_again(void **state) {
  enum { GROUPS = 100000 };
  cs_fold_config config = by_two_columns;
  config.byte_limit = 1u << 22;
  cs_fold *const fold = new_fold(&config);
  char text[32];
  (void)state;
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < GROUPS; i++) {
      sprintf(text, i % 3 == 0 ? "resource-of-some-length-%06d" : "r-%06d", i);
      const cs_scalar row[] = {string(text), integer(i % 7), integer(i)};
      assert_int_equal(cs_fold_add(fold, row), CS_FOLD_OK);
    }
  }
  cs_fold_finish(fold);
  assert_int_equal(cs_fold_group_count(fold), GROUPS);
  for (size_t i = 0; i < GROUPS; i++) {
    const cs_scalar key = cs_fold_key(fold, i, 0);
    memcpy(text, key.text.bytes + key.text.length - 6, 6);
    text[6] = '\0';
    assert_int_equal(cs_fold_count(fold, i), 3);
    assert_int_equal(cs_fold_sum(fold, i, 0).integer, 3 * atoi(text));
    is(cs_fold_key(fold, i, 1), integer(atoi(text) % 7));
  }
  cs_fold_free(fold);
}

enum { STRIDE = 4 };

/* Rows that are added at once, whose strings have any bytes behind them, as far as they may be
   read. */
typedef struct batch {
  cs_scalar rows[CS_FOLD_ROWS][STRIDE];
  size_t count;
  uint64_t seed;
} batch;

static void add_batch(batch *rows, cs_fold *fold) {
  size_t added = 77;
  assert_int_equal(cs_fold_add_rows(fold, rows->rows[0], STRIDE, rows->count, &added),
                   CS_FOLD_OK);
  assert_int_equal(added, rows->count);
  for (size_t row = 0; row < rows->count; row++)
    for (size_t i = 0; i < 3; i++)
      free((char *)rows->rows[row][i].text.bytes);
  rows->count = 0;
}

static void put_row(batch *rows, const cs_scalar *row) {
  for (size_t i = 0; i < 3; i++) {
    const size_t length = row[i].kind == CS_SCALAR_STRING ? row[i].text.length : 0;
    const size_t all = length < CS_KEY_SHORT ? CS_KEY_SHORT : length;
    char *const copy = malloc(all);
    assert_non_null(copy);
    for (size_t k = 0; k < all; k++)
      copy[k] = (char)((rows->seed = rows->seed * 6364136223846793005 + 1) >> 56);
    if (length > 0)
      memcpy(copy, row[i].text.bytes, length);
    rows->rows[rows->count][i] = row[i];
    rows->rows[rows->count][i].text.bytes = copy;
  }
  rows->count++;
}

static void have_the_same_groups(cs_fold *a, cs_fold *b, size_t keys) {
  cs_fold_finish(a);
  cs_fold_finish(b);
  assert_int_equal(cs_fold_group_count(a), cs_fold_group_count(b));
  for (size_t group = 0; group < cs_fold_group_count(a); group++) {
    assert_int_equal(cs_fold_count(a, group), cs_fold_count(b, group));
    for (size_t i = 0; i < keys; i++)
      is(cs_fold_key(a, group, i), cs_fold_key(b, group, i));
    assert_true(cs_fold_sum(a, group, 0).integer == cs_fold_sum(b, group, 0).integer);
  }
}

/* By strings that are short, long, cut, and keys of other kinds; in batches of all sizes. */
static void rows_added_at_once_are_as_rows_added_one_by_one(void **state) {
  static const size_t cuts[] = {0, 1, 10, 31, 32, 33};
  static char text[80];
  batch rows = {.seed = 77};
  (void)state;
  for (size_t i = 0; i < COUNT(cuts); i++) {
    for (size_t keys = 0; keys <= 2; keys++) {
      const cs_fold_by by[] = {{0, cuts[i]}, {1, 0}};
      cs_fold_config config = by_two_columns;
      config.by = by;
      config.by_count = keys;
      cs_fold *const fold = new_fold(&config), *const at_once = new_fold(&config);
      for (size_t round = 0, size = 1; round < 3 * 41 * 4; round++) {
        const size_t length = round % 41;
        memset(text, 'x', sizeof text);
        if (round % 3 == 1 && length > 0)
          text[length - 1] = '\0';
        if (round % 3 == 2 && length > 2)
          memcpy(text + length / 2 - length / 4, "\xc3\xa4", 2);
        const cs_scalar other_key = round % 5 == 0 ? absent : bytes(text, length / 2);
        const cs_scalar row[] = {bytes(text, length), round % 7 == 0 ? integer(1) : other_key,
                                 integer((int64_t)round)};
        assert_int_equal(cs_fold_add(fold, row), CS_FOLD_OK);
        put_row(&rows, row);
        if (rows.count < size)
          continue;
        add_batch(&rows, at_once);
        size = size % CS_FOLD_ROWS + 1;
      }
      add_batch(&rows, at_once);
      assert_true(keys == 0 || cs_fold_group_count(fold) > 1);
      have_the_same_groups(fold, at_once, keys);
      cs_fold_free(fold);
      cs_fold_free(at_once);
    }
  }
}

static void of_rows_added_at_once_those_before_a_wrong_one_are_told(void **state) {
  static const char padded[CS_KEY_SHORT] = "a";
  (void)state;
  for (size_t wrong = 0; wrong < CS_FOLD_ROWS; wrong++) {
    cs_scalar rows[CS_FOLD_ROWS][3];
    for (size_t row = 0; row < CS_FOLD_ROWS; row++) {
      rows[row][0] = rows[row][1] = bytes(padded, 1);
      rows[row][2] = row == wrong ? yes : integer(1);
    }
    cs_fold *const fold = new_fold(&by_two_columns);
    size_t added = 77;
    assert_int_equal(cs_fold_add_rows(fold, rows[0], 3, CS_FOLD_ROWS, &added),
                     CS_FOLD_NOT_A_NUMBER);
    assert_int_equal(added, wrong);
    cs_fold_free(fold);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_of_two_equal_keys_are_one_group),
      cmocka_unit_test(groups_come_in_the_order_of_kinds_and_values),
      cmocka_unit_test(equal_numbers_are_one_group),
      cmocka_unit_test(values_of_different_types_are_different_groups),
      cmocka_unit_test(strings_that_differ_in_one_byte_are_told_apart),
      cmocka_unit_test(keys_may_be_long),
      cmocka_unit_test(only_the_first_characters_of_a_string_count),
      cmocka_unit_test(characters_are_code_points_and_never_cut_in_two),
      cmocka_unit_test(a_fold_without_keys_has_one_group_even_of_no_rows),
      cmocka_unit_test(a_fold_with_keys_has_no_groups_of_no_rows),
      cmocka_unit_test(groups_are_put_in_order_a_part_at_a_time),
      cmocka_unit_test(a_fold_may_be_freed_while_its_groups_are_put_in_order),
      cmocka_unit_test(extremes_do_not_depend_on_the_order),
      cmocka_unit_test(rows_added_at_once_are_as_rows_added_one_by_one),
      cmocka_unit_test(of_rows_added_at_once_those_before_a_wrong_one_are_told),
      cmocka_unit_test(keys_of_equal_hashes_are_kept_apart),
      cmocka_unit_test(a_hundred_thousand_groups_are_found_again),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
