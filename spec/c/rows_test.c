/* A row is the same whether templates, members.c, parse.c or the validator read it. The reference
   is the text fed a byte at a time: then the validator reads all that is longer than a few bytes.
 */
#include "random_rows.h"
#include "rows_support.h"

#ifndef ROUNDS
#define ROUNDS 300
#endif

enum { PIECE = 64 * 1024 };

static const char *const kernels[] = {"avx512", "avx2", "sse2", "neon", "plain"};

static reading rows_of(cs_framing framing, size_t name_count) {
  reading how = reading_of(framing);
  how.empty_allowed = true;
  how.options.path = "data.reports[]";
  how.options.names = column_names;
  how.options.name_count = name_count;
  how.options.known_first = name_count / 2;
  how.options.known_end = name_count;
  return how;
}

static void are_same(const text *bytes, const text *expected, const text *found,
                     const char *kernel) {
  if (expected->length == found->length &&
      memcmp(expected->bytes, found->bytes, found->length) == 0)
    return;
  print_message("kernel %s, text:\n%.*s\nbyte by byte:\n%s\notherwise:\n%s\n", kernel,
                (int)bytes->length, bytes->bytes, expected->bytes, found->bytes);
  fail();
}

/* Whole by either way, in pieces of 64 KiB and in cuts, with each kernel that there is: how many
   records had a shape. */
static uint64_t reads_as(reading *how, const text *bytes, const text *expected, focus look,
                         uint64_t seed) {
  const feeding ways[] = {{PIECE, NULL, true, false},
                          {bytes->length + 1, NULL, false, true},
                          {1 + below(&seed, 60), &seed, true, true},
                          {1 + below(&seed, 3000), &seed, below(&seed, 2) == 0, true}};
  look.order = next_random(&seed);
  for (size_t k = 0; k < COUNT(kernels); k++) {
    how->options.kernel = cs_kernel_named(kernels[k]);
    for (size_t i = 0; how->options.kernel != NULL && i < COUNT(ways); i++) {
      text found = read_rows(how, bytes, ways[i], &look);
      are_same(bytes, expected, &found, kernels[k]);
      text_free(&found);
    }
  }
  how->options.kernel = NULL;
  return look.shaped;
}

/* The transcript of the text fed a byte at a time; by itself, the validator proves each record.
 */
static text judge(const reading *how, const text *bytes) {
  focus look = {1, UINT64_MAX, 0x9e3779b97f4a7c15, 0, true};
  return read_rows(how, bytes, (feeding){1, NULL, false, true}, &look);
}

static void set_limits(reading *how, const text *bytes, uint64_t *seed) {
  how->options.number_range = below(seed, 2) == 0;
  how->options.levels = below(seed, 5) == 0 ? below(seed, 4) : 1;
  if (below(seed, 6) == 0)
    how->options.record_limit = 100 + below(seed, 600);
  if (below(seed, 8) == 0)
    how->options.depth_limit = 1 + below(seed, 3);
  if (below(seed, 10) == 0)
    how->options.total_limit = bytes->length / 2 + 1;
}

/* How many of the readings' records had a shape; counts the texts that are right. */
static uint64_t read_table(size_t rows, size_t mutations, size_t traps, uint64_t *seed,
                           size_t *right) {
  reading how = rows_of(CS_FRAMING_DETECT, below(seed, 3) == 0 ? ROW_COLUMNS : 6);
  text bytes = {NULL, 0, 0};
  put_table(&bytes, &how, rows, seed);
  for (size_t i = 0; i < mutations && bytes.length > 1; i++)
    mutate(&bytes, seed);
  for (size_t i = 0; i < traps && bytes.length > 4; i++)
    set_trap(&bytes, seed);
  set_limits(&how, &bytes, seed);
  text expected = judge(&how, &bytes);
  *right += last_line_is(&expected, "end");
  uint64_t shaped =
      reads_as(&how, &bytes, &expected, (focus){1, UINT64_MAX, 0, 0, false}, next_random(seed));
  text_free(&expected);
  text_free(&bytes);
  return shaped;
}

static void tables_at_random_are_read_alike_however_they_come(void **state) {
  (void)state;
  uint64_t seed = 0x9e3779b97f4a7c15, shaped = 0;
  size_t right = 0;
  for (size_t round = 0; round < ROUNDS; round++)
    shaped += read_table(below(&seed, 30), 0, 0, &seed, &right);
  assert_true(right > ROUNDS / 4);
  assert_true(right < ROUNDS);
  assert_true(shaped > ROUNDS);
}

static void a_table_with_a_wrong_byte_is_judged_alike(void **state) {
  (void)state;
  uint64_t seed = 0x2545f4914f6cdd1d;
  size_t right = 0;
  for (size_t round = 0; round < ROUNDS; round++)
    read_table(2 + below(&seed, 25), 1 + round % 2, 0, &seed, &right);
  assert_true(right > ROUNDS / 100);
  assert_true(right < ROUNDS / 2);
}

static void quotes_and_backslashes_in_the_wrong_place_mislead_nobody(void **state) {
  (void)state;
  uint64_t seed = 0x632be59bd9b4e019;
  size_t right = 0;
  for (size_t round = 0; round < ROUNDS; round++)
    read_table(2 + below(&seed, 25), 0, below(&seed, 3), &seed, &right);
  assert_true(right > ROUNDS / 20);
  assert_true(right < ROUNDS);
}

/* Of more than a piece, so that rows are cut in two. */
static void thousands_of_rows_are_read_alike_to_the_first_wrong_one(void **state) {
  enum { TABLES = 6, MANY = 1200 };
  (void)state;
  uint64_t seed = 77, shaped = 0;
  size_t right = 0;
  for (size_t i = 0; i < TABLES; i++)
    shaped += read_table(MANY, i % 2, 0, &seed, &right);
  assert_true(right > TABLES / 4);
  assert_true(shaped > MANY);
}

/* A table of 200 rows, of which `row` is one; where that in the middle begins. */
typedef struct equal_rows {
  const char *before;
  const char *row;
  const char *between;
  const char *behind;
  cs_framing framing;
} equal_rows;

enum { ROWS = 200, MIDDLE = 100 };

static size_t put_equal_rows(text *out, const equal_rows *table) {
  size_t middle = 0;
  text_put(out, table->before);
  for (size_t i = 0; i < ROWS; i++) {
    char digits[4];
    text_put(out, i == 0 ? "" : table->between);
    size_t at = out->length;
    text_put(out, table->row);
    sprintf(digits, "%03u", (unsigned)i);
    memcpy(strstr(out->bytes + at, "###"), digits, 3);
    if (i == MIDDLE)
      middle = at;
  }
  text_put(out, table->behind);
  return middle;
}

/* Fed a byte at a time from the row before the wrong one to the second behind it. */
static text judge_middle(const reading *how, const text *bytes, size_t middle, size_t length) {
  size_t cuts[1024], count = 0;
  assert_true(3 * length < COUNT(cuts) && middle > length && middle + 2 * length < bytes->length);
  for (size_t at = middle - length; at < middle + 2 * length; at++)
    cuts[count++] = at;
  return transcript_of(how, bytes->bytes, bytes->length, (plan){cuts, count, UINT64_MAX, false});
}

static void every_wrong_byte_of_the_middle_row_is_judged(const equal_rows *table) {
  static const char wrong[] = "\"\\:,{}[]0-.e \n\0\x1f\x7f\x80\xff";
  reading how = rows_of(table->framing, 6);
  text bytes = {NULL, 0, 0};
  uint64_t order = 0x9e3779b97f4a7c15;
  size_t middle = put_equal_rows(&bytes, table), length = strlen(table->row), right = 0;
  for (size_t at = middle; at < middle + length; at++) {
    const char before = bytes.bytes[at];
    for (size_t i = 0; i < sizeof wrong - 1; i++) {
      bytes.bytes[at] = wrong[i];
      how.options.kernel = NULL;
      text expected = judge_middle(&how, &bytes, middle, length);
      right += last_line_is(&expected, "end");
      for (size_t k = 0; k < COUNT(kernels); k++) {
        how.options.kernel = cs_kernel_named(kernels[k]);
        if (how.options.kernel == NULL)
          continue;
        bool append = (at + i + k) % 2 == 0;
        focus look = {MIDDLE - 2, MIDDLE + 5, next_random(&order), 0, false};
        text found = read_rows(&how, &bytes, (feeding){PIECE, NULL, append, !append}, &look);
        are_same(&bytes, &expected, &found, kernels[k]);
        assert_true(look.shaped > MIDDLE / 2);
        text_free(&found);
      }
      text_free(&expected);
    }
    bytes.bytes[at] = before;
  }
  assert_true(right > 0 && right < length * (sizeof wrong - 1));
  text_free(&bytes);
}

static void a_wrong_byte_in_a_line_among_equal_ones_is_judged_by_the_validator(void **state) {
  (void)state;
  every_wrong_byte_of_the_middle_row_is_judged(
      &(equal_rows){"", "{\"id\":\"a-###\",\"amount\":12.5,\"x\":-3,\"ok\":true}", "\n", "\n",
                    CS_FRAMING_LINES});
}

static void a_wrong_byte_in_a_pretty_row_is_judged_by_the_validator(void **state) {
  (void)state;
  every_wrong_byte_of_the_middle_row_is_judged(&(equal_rows){
      "[\n  ", "{\n    \"product\": \"###\",\n    \"amount\": 1.5e-05,\n    \"x\": null\n  }",
      ",\n  ", "\n]", CS_FRAMING_ARRAY});
}

static void a_wrong_byte_in_a_row_of_an_envelope_is_judged_by_the_validator(void **state) {
  (void)state;
  every_wrong_byte_of_the_middle_row_is_judged(
      &(equal_rows){"{\"data\":{\"reports\":[", "{\"region\":\"eu\",\"id\":1###,\"y\":\"\"}", ",",
                    "],\"n\":1}}", CS_FRAMING_ENVELOPE});
}

/* The middle row has a strange value, where the others have a string or where they have a number.
 */
static void put_strange_rows(text *out, const char *value, bool in_string) {
  static const char row[] = "{\"x\":1,\"id\":\"b\",\"amount\":0.5}\n";
  text_repeat(out, row, MIDDLE);
  text_put(out, "{\"x\":");
  text_put(out, in_string ? "2" : value);
  text_put(out, ",\"id\":");
  text_put(out, in_string ? value : "\"c\"");
  text_put(out, ",\"amount\":1.5}\n");
  text_repeat(out, row, MIDDLE);
}

static const char *const strange_values[] = {"01",           "-",           "1.",
                                             ".5",           "1e",          "1e999",
                                             "-0",           "1E+2",        "tru",
                                             "nul",          "nulll",       "\"a\"b\"",
                                             "\"a\"\"b\"",   "\"a\",\"b\"", "\"a\" \"b\"",
                                             "\"a\"b\"c\"",  "\"a\":\"b\"", "\"abc\\\"",
                                             "\"\\\\\"",     "\":\"",       "\"\\\":1",
                                             "\"\xff\"",     "{\"x\":1}",   "[\"a\":1]",
                                             "\"a\" :1",     "1,\"x\"",     "",
                                             "\"",           "1}",          "\"},{\"x\":2",
                                             "[\"},\\\"\"]", "\"a\"\\\"",   "\"a\"\\\"\"",
                                             "\"a\\u12\"",   "\"\\ud800\"", "\"\\ud83d\\ude00\"",
                                             "\"\\x\"",      "\\\"a\"",     "\"a\"\\"};

static const char *strange_value(size_t i) {
  if (i < COUNT(strange_values))
    return strange_values[i];
  i -= COUNT(strange_values);
  return i < COUNT(trap_values) ? trap_values[i] : nested_values[i - COUNT(trap_values)];
}

static void a_strange_value_among_equal_rows_is_judged_by_the_validator(void **state) {
  const size_t count = COUNT(strange_values) + COUNT(trap_values) + COUNT(nested_values);
  (void)state;
  uint64_t seed = 5;
  size_t right = 0;
  for (size_t i = 0; i < 2 * count; i++) {
    reading how = rows_of(CS_FRAMING_LINES, 6);
    text bytes = {NULL, 0, 0};
    put_strange_rows(&bytes, strange_value(i / 2), i % 2 == 0);
    text expected = judge(&how, &bytes);
    right += last_line_is(&expected, "end");
    reads_as(&how, &bytes, &expected, (focus){MIDDLE - 1, MIDDLE + 4, 0, 0, false},
             next_random(&seed));
    text_free(&expected);
    text_free(&bytes);
  }
  assert_true(right > 2 * (TRAPS_RIGHT + NESTED_RIGHT) && right < 2 * count);
}

/* Rows of one shape, of which one is too long, by one byte or by more than a block. */
static void a_row_among_equal_ones_may_be_as_long_as_the_limit(void **state) {
  static const size_t more[] = {0, 1, 2, 100};
  static const char around[] = "{\"id\":\"\",\"x\":1}";
  (void)state;
  uint64_t seed = 3;
  for (size_t limit = 60; limit < 70; limit++) {
    for (size_t i = 0; i < COUNT(more); i++) {
      reading how = rows_of(CS_FRAMING_LINES, 6);
      text bytes = {NULL, 0, 0};
      how.options.record_limit = limit;
      for (size_t row = 0; row < 40; row++) {
        size_t length = row == 20 ? limit + more[i] : limit - below(&seed, 40);
        text_put(&bytes, "{\"id\":\"");
        text_repeat(&bytes, "a", length - strlen(around));
        text_put(&bytes, "\",\"x\":1}\n");
      }
      text expected = judge(&how, &bytes);
      assert_true(last_line_is(&expected, i == 0 ? "end" : "limit"));
      reads_as(&how, &bytes, &expected, (focus){1, 40, 0, 0, false}, next_random(&seed));
      text_free(&expected);
      text_free(&bytes);
    }
  }
}

static void rows_of_about_as_many_members_as_can_be_read_fast_are_read_alike(void **state) {
  (void)state;
  uint64_t seed = 11;
  for (size_t members = 62; members <= 67; members++) {
    reading how = rows_of(CS_FRAMING_ARRAY, ROW_COLUMNS);
    text bytes = {NULL, 0, 0};
    for (size_t row = 0; row < 8; row++) {
      text_put(&bytes, row == 0 ? "[" : ",");
      for (size_t i = 0; i < members; i++) {
        char member[40];
        sprintf(member, "%s\"c%02zu\":%zu", i == 0 ? "{" : ",", row % 3 == 2 && i == 40 ? 9 : i,
                i * row);
        text_put(&bytes, member);
      }
      text_put(&bytes, "}");
    }
    text_put(&bytes, "]");
    text expected = judge(&how, &bytes);
    assert_true(last_line_is(&expected, "end"));
    reads_as(&how, &bytes, &expected, (focus){1, 8, 0, 0, false}, next_random(&seed));
    text_free(&expected);
    text_free(&bytes);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tables_at_random_are_read_alike_however_they_come),
      cmocka_unit_test(a_table_with_a_wrong_byte_is_judged_alike),
      cmocka_unit_test(quotes_and_backslashes_in_the_wrong_place_mislead_nobody),
      cmocka_unit_test(thousands_of_rows_are_read_alike_to_the_first_wrong_one),
      cmocka_unit_test(a_wrong_byte_in_a_line_among_equal_ones_is_judged_by_the_validator),
      cmocka_unit_test(a_wrong_byte_in_a_pretty_row_is_judged_by_the_validator),
      cmocka_unit_test(a_wrong_byte_in_a_row_of_an_envelope_is_judged_by_the_validator),
      cmocka_unit_test(a_strange_value_among_equal_rows_is_judged_by_the_validator),
      cmocka_unit_test(a_row_among_equal_ones_may_be_as_long_as_the_limit),
      cmocka_unit_test(rows_of_about_as_many_members_as_can_be_read_fast_are_read_alike),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
