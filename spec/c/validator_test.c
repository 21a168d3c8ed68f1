#include "json/validator.h"

#include "support.h"

static const rules strict = {64, true}, loose = {64, false};

static bool ends_whole(rules rule, const char *bytes, size_t length) {
  outcome result = read_in_every_cut(rule, bytes, length);
  return result.verdict == CS_VERDICT_DONE && result.stop == length;
}

static void is_right(rules rule, const char *bytes, size_t length) {
  assert_true(ends_whole(rule, bytes, length));
}

static void is_refused(rules rule, const char *bytes, size_t length, cs_json_error_kind kind,
                       size_t index, const char *message) {
  outcome result = read_in_every_cut(rule, bytes, length);
  assert_int_equal(result.verdict, CS_VERDICT_WRONG);
  assert_int_equal(result.kind, kind);
  assert_int_equal(result.stop, index);
  assert_string_equal(result.message, message);
}

static void is_wrong(const char *bytes, size_t length, size_t index, const char *message) {
  is_refused(strict, bytes, length, CS_JSON_MALFORMED, index, message);
}

static void stops_early(const char *bytes, const char *message) {
  outcome result = read_in_every_cut(strict, bytes, strlen(bytes));
  assert_int_equal(result.verdict, CS_VERDICT_MORE);
  assert_string_equal(result.message, message);
}

/* A value ends at `index`, whatever is behind it. */
static void ends_at(const char *bytes, size_t index) {
  outcome result = read_in_every_cut(strict, bytes, strlen(bytes));
  assert_int_equal(result.verdict, CS_VERDICT_DONE);
  assert_int_equal(result.stop, index);
}

static void a_value_ends_with_its_last_byte(void **state) {
  (void)state;
  ends_at("{} ", 2);
  ends_at("[1]]", 3);
  ends_at("\"a\"\"b\"", 3);
  ends_at("truetrue", 4);
  ends_at("null,", 4);
}

static void a_number_ends_before_the_first_byte_that_cannot_be_part_of_it(void **state) {
  (void)state;
  ends_at("12,", 2);
  ends_at("0 1", 1);
  ends_at("-0x1", 2);
  ends_at("1.5.5", 3);
  ends_at("1e5e", 3);
  ends_at("1-1", 1);
}

static void structure_is_checked_to_the_letter(void **state) {
  (void)state;
  is_wrong(TEXT("[1,]"), 3, "expected a value");
  is_wrong(TEXT("[,"), 1, "expected a value or ']'");
  is_wrong(TEXT("[}"), 1, "expected a value or ']'");
  is_wrong(TEXT("{]"), 1, "expected a name in quotes or '}'");
  is_wrong(TEXT("{\"a\":1,}"), 7, "expected a name in quotes");
  is_wrong(TEXT("{\"a\" 1}"), 5, "expected ':' behind a name");
  is_wrong(TEXT("{\"a\":}"), 5, "expected a value");
  is_wrong(TEXT("[1 2]"), 3, "expected ',' or the closing bracket");
  is_wrong(TEXT("[1}"), 2, "expected ',' or the closing bracket");
  is_wrong(TEXT("{\"a\":[]]"), 7, "expected ',' or the closing bracket");
}

static void a_literal_is_written_in_full_and_in_lower_case(void **state) {
  (void)state;
  is_wrong(TEXT("[tru]"), 4, "expected true, false or null");
  is_wrong(TEXT("nulL"), 3, "expected true, false or null");
  is_wrong(TEXT("fAlse"), 1, "expected true, false or null");
  is_wrong(TEXT("NaN"), 0, "expected a value");
}

static void only_four_bytes_are_white_space(void **state) {
  (void)state;
  for (int byte = 0; byte < 256; byte++) {
    char array[] = {'[', (char)byte, '1', ']'};
    bool space = byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
    if (space || byte == '-' || (byte >= '1' && byte <= '9'))
      is_right(strict, array, 4);
    else
      assert_false(ends_whole(strict, array, 4));
  }
}

static void a_number_follows_its_grammar(void **state) {
  (void)state;
  is_wrong(TEXT("01"), 1, "a number must not begin with a zero and further digits");
  is_wrong(TEXT("-00"), 2, "a number must not begin with a zero and further digits");
  is_wrong(TEXT("[-]"), 2, "expected a digit behind '-'");
  is_wrong(TEXT("[1.]"), 3, "expected a digit behind the decimal point");
  is_wrong(TEXT("1.e5"), 2, "expected a digit behind the decimal point");
  is_wrong(TEXT(".5"), 0, "expected a value");
  is_wrong(TEXT("+1"), 0, "expected a value");
  is_wrong(TEXT("[1e]"), 3, "expected a digit or a sign in the exponent");
  is_wrong(TEXT("1eE5"), 2, "expected a digit or a sign in the exponent");
  is_wrong(TEXT("[1e+]"), 4, "expected a digit in the exponent");
  is_wrong(TEXT("1E-+5"), 3, "expected a digit in the exponent");
  is_wrong(TEXT("[0x1]"), 2, "expected ',' or the closing bracket");
}

static const char *behind_digits(const char *at) {
  return at + strspn(at, "0123456789");
}

/* The grammar of RFC 8259, section 6, once more. */
static bool number_matches(const char *at) {
  const char *integer = at + (*at == '-');
  at = *integer == '0' ? integer + 1 : behind_digits(integer);
  bool right = at > integer;
  if (*at == '.') {
    right = right && behind_digits(at + 1) > at + 1;
    at = behind_digits(at + 1);
  }
  if (*at == 'e' || *at == 'E') {
    const char *exponent = at + 1 + (at[1] == '+' || at[1] == '-');
    right = right && behind_digits(exponent) > exponent;
    at = behind_digits(exponent);
  }
  return right && *at == '\0';
}

static void every_short_text_of_the_bytes_of_numbers_is_judged_by_the_grammar(void **state) {
  static const char letters[] = "09.-+eE";
  (void)state;
  /* All of them, as 6 and 7 have no common factor. */
  for (unsigned code = 0; code < 6 * 7 * 7 * 7 * 7 * 7 * 7; code++) {
    char number[8] = "", array[12];
    unsigned rest = code;
    for (size_t i = 0; i < 1 + code % 6; i++, rest /= 7)
      number[i] = letters[rest % 7];
    size_t length = (size_t)sprintf(array, "[%s]", number);
    outcome result = read_cut(loose, array, length, 1, 1 + code % 3);
    assert_int_equal(result.verdict == CS_VERDICT_DONE, number_matches(number));
  }
}

static void a_number_too_large_for_a_double_is_refused_where_it_begins(void **state) {
  (void)state;
  is_wrong(TEXT("[0,1e400]"), 3, "a number too large for a double");
  is_wrong(TEXT("1.8e308,"), 0, "a number too large for a double");
  is_wrong(TEXT("{\"a\":-1e309 }"), 5, "a number too large for a double");
  is_wrong(TEXT("[1.797693134862315808e308]"), 1, "a number too large for a double");
  is_right(strict, TEXT("[1.797693134862315807e308]"));
  is_right(strict, TEXT("[1e-400,0e999999999999999999999,-0.0e+400]"));
}

static void a_number_of_many_digits_is_refused_when_too_large(void **state) {
  text number = {NULL, 0, 0};
  (void)state;
  text_put(&number, "[1");
  text_repeat(&number, "0", 308);
  text_put(&number, "]");
  is_right(strict, number.bytes, number.length);
  number.bytes[number.length - 1] = '0';
  text_put(&number, "]");
  is_wrong(number.bytes, number.length, 1, "a number too large for a double");
  number.bytes[number.length - 1] = 'e';
  text_put(&number, "-1]");
  is_right(strict, number.bytes, number.length);
  text_free(&number);
}

static void a_number_of_any_size_is_right_when_the_caller_takes_numbers_as_text(void **state) {
  (void)state;
  is_right(loose, TEXT("[1e400,-1e309,1.8e308]"));
  is_right(loose, TEXT("1e99999999999999999999999"));
  is_refused(loose, TEXT("[1e400x]"), CS_JSON_MALFORMED, 6,
             "expected ',' or the closing bracket");
}

static void every_control_character_must_be_escaped(void **state) {
  (void)state;
  for (int byte = 0; byte < 0x20; byte++) {
    for (size_t at = 1; at < 20; at++) {
      char string[] = "\"...................\"";
      string[at] = (char)byte;
      is_wrong(string, sizeof string - 1, at, "control characters must be escaped in a string");
    }
  }
  is_right(strict, TEXT("\"\x7f \x7f\""));
}

static void only_eight_letters_and_u_may_follow_a_backslash(void **state) {
  (void)state;
  for (int byte = 0; byte < 256; byte++) {
    char string[] = {'"', '\\', (char)byte, '"', '"'};
    bool known = byte != 0 && strchr("\\/bfnrt", byte) != NULL;
    if (known || byte == '"')
      is_right(strict, string, 4);
    else if (byte == 'u')
      is_wrong(string, 5, 3, "expected four hexadecimal digits behind \\u");
    else
      is_wrong(string, 5, 2, "unknown escape in a string");
  }
}

static void an_escape_takes_four_hexadecimal_digits(void **state) {
  (void)state;
  for (int byte = 0; byte < 256; byte++) {
    for (size_t at = 3; at < 7; at++) {
      char string[] = "\"\\u00F9\"";
      string[at] = (char)byte;
      if (byte != 0 && strchr("0123456789abcdefABCDEF", byte) != NULL)
        is_right(strict, string, 8);
      else
        is_wrong(string, 8, at, "expected four hexadecimal digits behind \\u");
    }
  }
}

static void an_escaped_surrogate_needs_its_partner(void **state) {
  static const char high[] = "a high surrogate needs its low surrogate";
  (void)state;
  is_wrong(TEXT("\"\\ud800\""), 7, high);
  is_wrong(TEXT("\"\\udbffx"), 7, high);
  is_wrong(TEXT("\"\\ud800\\n\""), 8, high);
  is_wrong(TEXT("\"\\ud800\\u0041\""), 12, high);
  is_wrong(TEXT("\"\\ud800\\ud800\""), 12, high);
  is_wrong(TEXT("\"\\udc00\""), 6, "a low surrogate without its high surrogate");
  is_wrong(TEXT("\"\\udfff\\ud800\""), 6, "a low surrogate without its high surrogate");
  is_wrong(TEXT("\"\\ud800\\udc00\\udc00\""), 18, "a low surrogate without its high surrogate");
  is_right(strict, TEXT("\"\\ud800\\udc00\\udbff\\udfff\\ud7ff\\ue000\""));
  is_right(strict, TEXT("{\"\\ud83d\\ude00\":1}"));
}

/* Whether any character's UTF-8 begins with these bytes; without a table: what the greatest and
   the least continuation would stand for. */
static bool begins_a_character(const unsigned char *bytes, size_t count) {
  static const uint32_t least_of[] = {0, 0, 0x80, 0x800, 0x10000};
  size_t size = 0;
  while (size < 8 && (bytes[0] << size & 0x80) != 0)
    size++;
  if (size < 2 || size > 4 || count > size)
    return false;
  uint32_t low = bytes[0] & (0x7fu >> size), high = low;
  for (size_t i = 1; i < size; i++) {
    if (i < count && bytes[i] >> 6 != 2)
      return false;
    low = low << 6 | (i < count ? bytes[i] & 63u : 0);
    high = high << 6 | (i < count ? bytes[i] & 63u : 63);
  }
  low = low < least_of[size] ? least_of[size] : low;
  high = high > 0x10ffff ? 0x10ffff : high;
  return low <= high && !(low >= 0xd800 && high <= 0xdfff);
}

/* Judges the bytes in quotes, of which each is 0x80 or more. */
static void utf8_is_judged(const unsigned char *bytes, size_t length, size_t step) {
  char string[8] = "\"";
  size_t wrong = 0, from = 0;
  memcpy(string + 1, bytes, length);
  string[1 + length] = '"';
  for (size_t i = 0; i < length && wrong == 0; i++) {
    size_t size = bytes[from] < 0xe0 ? 2 : bytes[from] < 0xf0 ? 3 : 4;
    if (!begins_a_character(bytes + from, i + 1 - from))
      wrong = i + 1;
    else if (i + 1 - from == size)
      from = i + 1;
  }
  if (wrong == 0 && from < length)
    wrong = length + 1;
  outcome result = read_cut(strict, string, length + 2, step, step);
  assert_int_equal(result.verdict, wrong == 0 ? CS_VERDICT_DONE : CS_VERDICT_WRONG);
  assert_int_equal(result.stop, wrong == 0 ? length + 2 : wrong);
  if (wrong != 0)
    assert_string_equal(result.message, "invalid UTF-8 in a string");
}

static void every_two_bytes_beyond_ascii_are_judged_as_utf8(void **state) {
  (void)state;
  for (unsigned pair = 0; pair < 0x80 * 0x80; pair++) {
    unsigned char bytes[2] = {(unsigned char)(0x80 | pair >> 7), (unsigned char)(0x80 | pair)};
    utf8_is_judged(bytes, 2, 1);
    utf8_is_judged(bytes, 2, 4);
    utf8_is_judged(bytes, 1, 1 + pair % 3);
  }
}

static void longer_sequences_are_judged_as_utf8_at_every_border(void **state) {
  static const unsigned char borders[] = {0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
  (void)state;
  for (unsigned pair = 0; pair < 0x80 * 0x80; pair++) {
    for (size_t i = 0; i < 64; i++) {
      unsigned char bytes[4] = {(unsigned char)(0x80 | pair >> 7), (unsigned char)(0x80 | pair),
                                borders[i % 8], borders[i / 8]};
      if (bytes[0] < 0xe0 || bytes[0] > 0xf5 || (i >= 8 && bytes[0] < 0xf0))
        continue;
      utf8_is_judged(bytes, i < 8 ? 3 : 4, 1 + i % 6);
    }
  }
}

static void a_character_must_not_be_cut_off_by_what_follows(void **state) {
  (void)state;
  is_wrong(TEXT("\"\xc3\""), 2, "invalid UTF-8 in a string");
  is_wrong(TEXT("\"\xe2\x82\\n\""), 3, "invalid UTF-8 in a string");
  is_wrong(TEXT("\"\xf0\x9f\x98\n\""), 4, "invalid UTF-8 in a string");
  is_wrong(TEXT("{\"\xf0\x9f\x98z\":1}"), 5, "invalid UTF-8 in a string");
}

static void nesting_may_be_as_deep_as_its_limit_and_no_deeper(void **state) {
  (void)state;
  for (size_t depth = 0; depth <= 9; depth++) {
    const rules rule = {depth, true};
    text value = {NULL, 0, 0};
    for (size_t i = 0; i < depth; i++)
      text_put(&value, i % 2 == 0 ? "{\"a\":" : "[");
    size_t within = value.length;
    text_put(&value, "1");
    for (size_t i = depth; i-- > 0;)
      text_put(&value, i % 2 == 0 ? "}" : "]");
    is_right(rule, value.bytes, value.length);
    value.bytes[within] = depth % 2 == 0 ? '[' : '{';
    is_refused(rule, value.bytes, value.length, CS_JSON_LIMIT, within,
               "nested deeper than limits.depth allows");
    text_free(&value);
  }
}

static void the_deepest_nesting_knows_objects_from_arrays(void **state) {
  static const rules deepest = {CS_VALIDATOR_DEPTH_MAX, true};
  uint64_t seed = 0x2545f4914f6cdd1d;
  text value = {NULL, 0, 0};
  char closing[CS_VALIDATOR_DEPTH_MAX];
  (void)state;
  for (size_t i = 0; i < CS_VALIDATOR_DEPTH_MAX; i++) {
    bool object = next_random(&seed) >> 40 & 1;
    text_put(&value, object ? "{\"\":" : "[");
    closing[CS_VALIDATOR_DEPTH_MAX - 1 - i] = object ? '}' : ']';
  }
  text_put(&value, "null");
  size_t first = value.length;
  text_add(&value, closing, sizeof closing);
  outcome right = read_cut(deepest, value.bytes, value.length, 1, 1);
  assert_int_equal(right.verdict, CS_VERDICT_DONE);
  for (size_t i = first; i < value.length; i++) {
    value.bytes[i] ^= '}' ^ ']';
    outcome wrong = read_cut(deepest, value.bytes, value.length, 7, value.length);
    assert_int_equal(wrong.verdict, CS_VERDICT_WRONG);
    assert_int_equal(wrong.stop, i);
    value.bytes[i] ^= '}' ^ ']';
  }
  text_free(&value);
}

static void a_text_that_stops_says_inside_what(void **state) {
  (void)state;
  stops_early("", "the text stops where a value is expected");
  stops_early("[", "the text stops inside an array");
  stops_early("[1", "the text stops inside a value");
  stops_early("{", "the text stops inside an object");
  stops_early("{\"a\":", "the text stops inside an object");
  stops_early("[{\"a\":[]", "the text stops inside an object");
  stops_early("\"", "the text stops inside a string");
  stops_early("{\"a\\u00", "the text stops inside a string");
  stops_early("\"\xf0\x9f", "the text stops inside a string");
  stops_early("\"\\ud800", "the text stops inside a string");
  stops_early("\"\\ud800\\", "the text stops inside a string");
  stops_early("tru", "the text stops inside a value");
  stops_early("-", "the text stops inside a value");
  stops_early("1e+", "the text stops inside a value");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_value_ends_with_its_last_byte),
      cmocka_unit_test(a_number_ends_before_the_first_byte_that_cannot_be_part_of_it),
      cmocka_unit_test(structure_is_checked_to_the_letter),
      cmocka_unit_test(a_literal_is_written_in_full_and_in_lower_case),
      cmocka_unit_test(only_four_bytes_are_white_space),
      cmocka_unit_test(a_number_follows_its_grammar),
      cmocka_unit_test(every_short_text_of_the_bytes_of_numbers_is_judged_by_the_grammar),
      cmocka_unit_test(a_number_too_large_for_a_double_is_refused_where_it_begins),
      cmocka_unit_test(a_number_of_many_digits_is_refused_when_too_large),
      cmocka_unit_test(a_number_of_any_size_is_right_when_the_caller_takes_numbers_as_text),
      cmocka_unit_test(every_control_character_must_be_escaped),
      cmocka_unit_test(only_eight_letters_and_u_may_follow_a_backslash),
      cmocka_unit_test(an_escape_takes_four_hexadecimal_digits),
      cmocka_unit_test(an_escaped_surrogate_needs_its_partner),
      cmocka_unit_test(every_two_bytes_beyond_ascii_are_judged_as_utf8),
      cmocka_unit_test(longer_sequences_are_judged_as_utf8_at_every_border),
      cmocka_unit_test(a_character_must_not_be_cut_off_by_what_follows),
      cmocka_unit_test(nesting_may_be_as_deep_as_its_limit_and_no_deeper),
      cmocka_unit_test(the_deepest_nesting_knows_objects_from_arrays),
      cmocka_unit_test(a_text_that_stops_says_inside_what),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
