#include "json/walk.h"

#include "support.h"

static void print_token(text *out, cs_token token) {
  static const char *const kinds[] = {"end",       "object", "object-end", "array",
                                      "array-end", "name",   "string",     "number",
                                      "true",      "false",  "null"};
  text_put(out, kinds[token.kind]);
  if (token.kind >= CS_TOKEN_NAME && token.kind <= CS_TOKEN_NUMBER) {
    text_put(out, " ");
    text_add(out, token.text.bytes, token.text.length);
  }
  text_put(out, "\n");
}

/* Walks a heap copy of just the value's length; behind the end comes the end again. */
static text walked(const char *bytes, size_t length) {
  text out = {NULL, 0, 0};
  char *const copy = malloc(length);
  assert_non_null(copy);
  memcpy(copy, bytes, length);
  cs_walk walk = cs_walk_begin((cs_span){copy, length});
  cs_token token;
  do {
    token = cs_walk_next(&walk);
    print_token(&out, token);
  } while (token.kind != CS_TOKEN_END);
  assert_int_equal(cs_walk_next(&walk).kind, CS_TOKEN_END);
  free(copy);
  return out;
}

static void walks(const char *bytes, size_t length, const char *expected) {
  text tokens = walked(bytes, length);
  assert_string_equal(tokens.bytes, expected);
  text_free(&tokens);
}

static void a_scalar_is_one_token(void **state) {
  (void)state;
  walks(TEXT("true"), "true\nend\n");
  walks(TEXT("false"), "false\nend\n");
  walks(TEXT("null"), "null\nend\n");
  walks(TEXT("\"text\""), "string text\nend\n");
  walks(TEXT("-12.50e+007"), "number -12.50e+007\nend\n");
  walks(TEXT("0"), "number 0\nend\n");
  walks(TEXT("1234567890.0987654321E-98"), "number 1234567890.0987654321E-98\nend\n");
}

static void empty_containers_are_two_tokens(void **state) {
  (void)state;
  walks(TEXT("{}"), "object\nobject-end\nend\n");
  walks(TEXT("[]"), "array\narray-end\nend\n");
  walks(TEXT("[ \n]"), "array\narray-end\nend\n");
  walks(TEXT("{\t\r}"), "object\nobject-end\nend\n");
}

static void names_are_told_from_strings(void **state) {
  (void)state;
  walks(TEXT("{\"a\":\"b\",\"c\":\"d\"}"),
        "object\nname a\nstring b\nname c\nstring d\nobject-end\nend\n");
  walks(TEXT("{\"a\" \n: \"b\" \t, \"c\" : \"d\" }"),
        "object\nname a\nstring b\nname c\nstring d\nobject-end\nend\n");
  walks(TEXT("[\"a\",\":\",\"b\"]"), "array\nstring a\nstring :\nstring b\narray-end\nend\n");
  walks(TEXT("{\"\":\"\"}"), "object\nname \nstring \nobject-end\nend\n");
}

static void values_of_every_kind_may_be_members(void **state) {
  (void)state;
  walks(TEXT("{\"a\":1,\"b\":true,\"c\":null,\"d\":[false,-2],\"e\":{\"f\":{}}}"),
        "object\nname a\nnumber 1\nname b\ntrue\nname c\nnull\nname d\narray\nfalse\n"
        "number -2\narray-end\nname e\nobject\nname f\nobject\nobject-end\nobject-end\n"
        "object-end\nend\n");
}

static void elements_may_stand_side_by_side(void **state) {
  (void)state;
  walks(TEXT("[[],[[1,2],3],{}]"), "array\narray\narray-end\narray\narray\nnumber 1\nnumber 2\n"
                                   "array-end\nnumber 3\narray-end\nobject\nobject-end\n"
                                   "array-end\nend\n");
  walks(TEXT("[1,-0,1e5,true,null]"),
        "array\nnumber 1\nnumber -0\nnumber 1e5\ntrue\nnull\narray-end\nend\n");
}

static void white_space_is_no_token(void **state) {
  (void)state;
  walks(TEXT("[ \t\r\n1 \t\r\n, \t\r\n\"a b\" \t\r\n, { \"c\" : 2 \n} \t\r\n]"),
        "array\nnumber 1\nstring a b\nobject\nname c\nnumber 2\nobject-end\narray-end\nend\n");
}

static void an_escaped_quote_does_not_end_a_string(void **state) {
  (void)state;
  walks(TEXT("[\"\\\"\",\"a\\\"b\",\"\\\"\\\"\"]"),
        "array\nstring \\\"\nstring a\\\"b\nstring \\\"\\\"\narray-end\nend\n");
  walks(TEXT("{\"\\\":\":\"\\\",\"}"), "object\nname \\\":\nstring \\\",\nobject-end\nend\n");
}

static void a_string_may_end_with_a_backslash(void **state) {
  (void)state;
  walks(TEXT("\"\\\\\""), "string \\\\\nend\n");
  walks(TEXT("[\"a\\\\\",\"b\\\\\\\\\",\"\\\\\\\"\"]"),
        "array\nstring a\\\\\nstring b\\\\\\\\\nstring \\\\\\\"\narray-end\nend\n");
  walks(TEXT("{\"a\\\\\":\"\\\\\"}"), "object\nname a\\\\\nstring \\\\\nobject-end\nend\n");
}

static void every_run_of_backslashes_is_counted(void **state) {
  (void)state;
  for (size_t pairs = 0; pairs < 20; pairs++) {
    for (int quoted = 0; quoted < 2; quoted++) {
      text string = {NULL, 0, 0}, value = {NULL, 0, 0}, expected = {NULL, 0, 0};
      text_repeat(&string, "\\\\", pairs);
      text_put(&string, quoted ? "\\\"" : "x");
      text_repeat(&string, "\\\\", pairs);
      text_put(&value, "[\"");
      text_put(&value, string.bytes);
      text_put(&value, "\",\"z\"]");
      text_put(&expected, "array\nstring ");
      text_put(&expected, string.bytes);
      text_put(&expected, "\nstring z\narray-end\nend\n");
      walks(value.bytes, value.length, expected.bytes);
      text_free(&string);
      text_free(&value);
      text_free(&expected);
    }
  }
}

static void structure_inside_a_string_is_text(void **state) {
  (void)state;
  walks(TEXT("[\"{}[],:\",\"true\",\"1\"]"),
        "array\nstring {}[],:\nstring true\nstring 1\narray-end\nend\n");
}

static void the_text_of_a_token_stands_in_the_value(void **state) {
  static const char value[] = "{\"name\": \"text\", \"n\":12}";
  cs_walk walk = cs_walk_begin((cs_span){TEXT(value)});
  (void)state;
  assert_int_equal(cs_walk_next(&walk).kind, CS_TOKEN_OBJECT);
  cs_span name = cs_walk_next(&walk).text, string = cs_walk_next(&walk).text;
  assert_ptr_equal(name.bytes, value + 2);
  assert_int_equal(name.length, 4);
  assert_ptr_equal(string.bytes, value + 10);
  assert_int_equal(string.length, 4);
}

/* A value and its tokens, made together at random. */
typedef struct maker {
  uint64_t seed;
  text value;
  text tokens;
} maker;

static size_t chance(maker *made, size_t below) {
  return (size_t)(next_random(&made->seed) >> 33) % below;
}

static void make_space(maker *made) {
  static const char *const spaces[] = {"", "", "", " ", "\n", "\r\n", " \t "};
  text_put(&made->value, spaces[chance(made, 7)]);
}

static void make_leaf(maker *made, const char *kind, const char *bytes, const char *quote) {
  text_put(&made->value, quote);
  text_put(&made->value, bytes);
  text_put(&made->value, quote);
  text_put(&made->tokens, kind);
  text_put(&made->tokens, bytes);
  text_put(&made->tokens, "\n");
}

static void make_string(maker *made, const char *kind) {
  static const char *const pieces[] = {
      "a", "\\\"", "\\\\", "\\u00e4", "\xc3\xa4",      ":", ",", "{",
      "]", " ",    "\\/",  "true",    "\\ud83d\\ude00"};
  text string = {NULL, 0, 0};
  text_put(&string, "");
  for (size_t count = chance(made, 6); count > 0; count--)
    text_put(&string, pieces[chance(made, sizeof pieces / sizeof *pieces)]);
  make_leaf(made, kind, string.bytes, "\"");
  text_free(&string);
}

static void make_value(maker *made, size_t depth);

static void make_container(maker *made, size_t depth, bool object) {
  text_put(&made->value, object ? "{" : "[");
  text_put(&made->tokens, object ? "object\n" : "array\n");
  make_space(made);
  for (size_t i = 0, count = chance(made, 5); i < count; i++) {
    if (i > 0)
      text_put(&made->value, ",");
    make_space(made);
    if (object) {
      make_string(made, "name ");
      make_space(made);
      text_put(&made->value, ":");
      make_space(made);
    }
    make_value(made, depth - 1);
    make_space(made);
  }
  text_put(&made->value, object ? "}" : "]");
  text_put(&made->tokens, object ? "object-end\n" : "array-end\n");
}

static void make_value(maker *made, size_t depth) {
  static const char *const numbers[] = {"0", "-0", "12", "-1.5", "1e5", "2E-7", "3.25e+10"};
  static const char *const words[] = {"true", "false", "null"};
  size_t kind = chance(made, depth == 0 ? 3 : 6);
  if (kind == 0)
    make_leaf(made, "number ", numbers[chance(made, 7)], "");
  else if (kind == 1)
    make_string(made, "string ");
  else if (kind == 2)
    make_leaf(made, "", words[chance(made, 3)], "");
  else
    make_container(made, depth, kind < 5);
}

static void random_values_give_the_tokens_they_were_made_of(void **state) {
  maker made = {0x9e3779b97f4a7c15, {NULL, 0, 0}, {NULL, 0, 0}};
  (void)state;
  for (int round = 0; round < 3000; round++) {
    make_value(&made, 5);
    text_put(&made.tokens, "end\n");
    walks(made.value.bytes, made.value.length, made.tokens.bytes);
    text_free(&made.value);
    text_free(&made.tokens);
  }
}

/* The walk trusts what a frame gave: so both must agree on where a record ends. */
static void random_values_are_records_that_are_given_in_every_cut(void **state) {
  const reading how = reading_of(CS_FRAMING_ARRAY);
  maker made = {0x2545f4914f6cdd1d, {NULL, 0, 0}, {NULL, 0, 0}};
  (void)state;
  for (int round = 0; round < 100; round++) {
    text list = {NULL, 0, 0};
    make_value(&made, 3);
    text_put(&list, "[0, ");
    text_add(&list, made.value.bytes, made.value.length);
    text_put(&list, "]");
    text transcript = transcript_in_every_cut(&how, list.bytes, list.length);
    assert_memory_equal(transcript.bytes + 2, made.value.bytes, made.value.length);
    assert_string_equal(transcript.bytes + 2 + made.value.length, "\nend");
    text_free(&transcript);
    text_free(&list);
    text_free(&made.value);
    text_free(&made.tokens);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_scalar_is_one_token),
      cmocka_unit_test(empty_containers_are_two_tokens),
      cmocka_unit_test(names_are_told_from_strings),
      cmocka_unit_test(values_of_every_kind_may_be_members),
      cmocka_unit_test(elements_may_stand_side_by_side),
      cmocka_unit_test(white_space_is_no_token),
      cmocka_unit_test(an_escaped_quote_does_not_end_a_string),
      cmocka_unit_test(a_string_may_end_with_a_backslash),
      cmocka_unit_test(every_run_of_backslashes_is_counted),
      cmocka_unit_test(structure_inside_a_string_is_text),
      cmocka_unit_test(the_text_of_a_token_stands_in_the_value),
      cmocka_unit_test(random_values_give_the_tokens_they_were_made_of),
      cmocka_unit_test(random_values_are_records_that_are_given_in_every_cut),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
