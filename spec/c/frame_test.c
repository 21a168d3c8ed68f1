#include "json/frame.h"

#include "corpus.h"
#include "support.h"

static void reads_array(const char *bytes, size_t length, const char *expected) {
  const reading how = reading_of(CS_FRAMING_ARRAY);
  reads(&how, bytes, length, expected);
}

static void reads_lines(const char *bytes, size_t length, const char *expected) {
  const reading how = reading_of(CS_FRAMING_LINES);
  reads(&how, bytes, length, expected);
}

static void detects(const char *bytes, size_t length, const char *expected) {
  const reading how = reading_of(CS_FRAMING_DETECT);
  reads(&how, bytes, length, expected);
}

static void a_right_value_is_the_same_record_in_every_framing_and_cut(void **state) {
  const reading line = reading_of(CS_FRAMING_LINES), array = reading_of(CS_FRAMING_ARRAY),
                envelope = reading_envelope("a.b[]");
  (void)state;
  for (size_t i = 0; i < COUNT(right_values); i++) {
    const sample value = right_values[i], record = trimmed(value);
    text lines = read_between(&line, "", value, ""), list = read_between(&array, "[", value, "]"),
         enveloped = read_between(&envelope, "{\"a\":{\"b\":[", value, "]}}");
    gives_one_record(&lines, record, "end");
    gives_one_record(&list, record, "end");
    gives_one_record(&enveloped, record, "end {\"a\":{}}");
    text_free(&lines);
    text_free(&list);
    text_free(&enveloped);
  }
}

static void a_wrong_value_is_wrong_in_the_same_way_in_every_cut(void **state) {
  const reading line = reading_of(CS_FRAMING_LINES), detected = reading_of(CS_FRAMING_DETECT),
                envelope = reading_envelope("a[]");
  (void)state;
  for (size_t i = 0; i < COUNT(malformed_values); i++) {
    const sample value = malformed_values[i];
    text lines = read_between(&line, "", value, ""),
         list = read_between(&detected, "[1,", value, "]"),
         aside = read_between(&envelope, "{\"b\":", value, ",\"a\":[]}");
    assert_true(last_line_is(&lines, "malformed at "));
    assert_true(memcmp(list.bytes, "1\n", 2) == 0);
    text_free(&lines);
    text_free(&list);
    text_free(&aside);
  }
}

static void a_text_that_stops_is_incomplete_in_every_cut(void **state) {
  const reading line = reading_of(CS_FRAMING_LINES), array = reading_of(CS_FRAMING_ARRAY);
  (void)state;
  for (size_t i = 0; i < COUNT(stopping_values); i++) {
    text lines = read_between(&line, "", stopping_values[i], ""),
         list = read_between(&array, "[1 ,\n", stopping_values[i], "");
    assert_memory_equal(lines.bytes, "incomplete at ", 14);
    assert_memory_equal(list.bytes, "1\nincomplete at ", 16);
    text_free(&lines);
    text_free(&list);
  }
}

static void an_array_gives_its_elements(void **state) {
  (void)state;
  reads_array(TEXT("[1,\"a\",{\"b\":[2]},[],null]"), "1\n\"a\"\n{\"b\":[2]}\n[]\nnull\nend");
  reads_array(TEXT("[]"), "end");
  reads_array(TEXT(" \t\r\n[ \t\r\n1 \t\r\n, \t\r\n{ } \t\r\n] \t\r\n"), "1\n{ }\nend");
}

static void an_array_is_checked_around_its_elements(void **state) {
  (void)state;
  reads_array(TEXT("[1,]"), "1\nmalformed at 4, 1:4, record 2, found ]: expected a value");
  reads_array(TEXT("[,1]"), "malformed at 2, 1:2, record 1, found ,: expected a value");
  reads_array(TEXT("[1}"),
              "1\nmalformed at 3, 1:3, record 2, found }: expected ',' or ']' behind a record");
  reads_array(TEXT("[1 2]"),
              "1\nmalformed at 4, 1:4, record 2, found 2: expected ',' or ']' behind a record");
  reads_array(TEXT("[\n] \n x"),
              "malformed at 7, 3:2, record 1, found x: expected nothing behind the end");
  reads_array(TEXT("{}"), "malformed at 1, 1:1, record 1, found {: expected an array of records");
  reads_array(TEXT("[1]\0"),
              "1\nmalformed at 4, 1:4, record 2, found 0x00: expected nothing behind the end");
}

static void an_array_that_stops_is_incomplete_behind_its_last_byte(void **state) {
  (void)state;
  reads_array(TEXT("["),
              "incomplete at 2, 1:2, record 1, found nothing: the text stops inside the list of "
              "records");
  reads_array(TEXT("[1,\n2\n"),
              "1\n2\nincomplete at 7, 3:1, record 3, found nothing: the text stops inside the "
              "list of records");
  reads_array(
      TEXT("[1,{\"a\":tr"),
      "1\nincomplete at 11, 1:11, record 2, found nothing: the text stops inside a value");
}

static void lines_give_a_record_each(void **state) {
  (void)state;
  reads_lines(TEXT("1\n\"a\"\n{\"b\":[2]}\n"), "1\n\"a\"\n{\"b\":[2]}\nend");
  reads_lines(TEXT("[1]\r\n[2]\r\n"), "[1]\n[2]\nend");
  reads_lines(TEXT("\n\r\n \t\n1 \t\r\n\n\n 2\n\n"), "1\n2\nend");
}

static void a_value_may_span_lines(void **state) {
  (void)state;
  reads_lines(TEXT("[1,\n2\n]\n3\n"), "[1,\n2\n]\n3\nend");
}

static void a_line_must_not_hold_two_values(void **state) {
  (void)state;
  reads_lines(TEXT("1\n{} {}"), "1\n{}\nmalformed at 6, 2:4, record 3, found {: expected the end "
                                "of the line behind a record");
  reads_lines(TEXT("1,"), "1\nmalformed at 2, 1:2, record 2, found ,: expected the end of the "
                          "line behind a record");
  reads_lines(TEXT("1\r2"), "1\nmalformed at 3, 1:3, record 2, found 2: expected the end of the "
                            "line behind a record");
}

static void the_first_byte_tells_an_array_from_lines(void **state) {
  (void)state;
  detects(TEXT("\n [1,[2]]"), "1\n[2]\nend");
  detects(TEXT("\n 1\n[2]"), "1\n[2]\nend");
  detects(TEXT("[1]\n[2]\n"),
          "1\nmalformed at 5, 2:1, record 2, found [: expected nothing behind the end");
  detects(TEXT("\xef\xbb\xbf[]"), "malformed at 1, 1:1, record 1, found 0xEF: expected a value");
}

static void an_empty_text_is_refused(void **state) {
  (void)state;
  detects(TEXT(""), "incomplete at 1, 1:1, record 1, found nothing: the text is empty");
  detects(TEXT("\r\n \n"), "incomplete at 5, 3:1, record 1, found nothing: the text is empty");
  reads_lines(TEXT(" "), "incomplete at 2, 1:2, record 1, found nothing: the text is empty");
  reads_array(TEXT(""), "incomplete at 1, 1:1, record 1, found nothing: the text is empty");
}

static void an_empty_text_has_no_records_where_it_is_allowed(void **state) {
  (void)state;
  static const cs_framing framings[] = {CS_FRAMING_DETECT, CS_FRAMING_LINES};
  for (size_t i = 0; i < sizeof framings / sizeof *framings; i++) {
    reading how = reading_of(framings[i]);
    how.empty_allowed = true;
    reads(&how, TEXT(""), "end");
    reads(&how, TEXT(" \r\n\t"), "end");
  }
}

static void an_empty_text_is_no_array_and_no_document(void **state) {
  (void)state;
  static const cs_framing framings[] = {CS_FRAMING_ARRAY, CS_FRAMING_DOCUMENT};
  for (size_t i = 0; i < sizeof framings / sizeof *framings; i++) {
    reading how = reading_of(framings[i]);
    how.empty_allowed = true;
    reads(&how, TEXT(" "), "incomplete at 2, 1:2, record 1, found nothing: the text is empty");
  }
}

static void a_document_is_one_value(void **state) {
  (void)state;
  reading how = reading_of(CS_FRAMING_DOCUMENT);
  reads(&how, TEXT(" {\"a\":\n[1]} \n"), "{\"a\":\n[1]}\nend");
  reads(&how, TEXT("12"), "12\nend");
  reads(&how, TEXT("[1,2]"), "[1,2]\nend");
  reads(&how, TEXT("{}\n{}"),
        "{}\nmalformed at 4, 2:1, record 2, found {: expected nothing "
        "behind the end");
  reads(&how, TEXT("{\"a\":"),
        "incomplete at 6, 1:6, record 1, found nothing: the text stops inside an object");
}

static void errors_stand_where_their_byte_is(void **state) {
  (void)state;
  reads_lines(TEXT("{\"a\":1}\n{\"a\":x}\n"),
              "{\"a\":1}\nmalformed at 14, 2:6, record 2, found x: expected a value");
  reads_lines(TEXT("1\r\n2\r\n tru3\r\n"),
              "1\n2\nmalformed at 11, 3:5, record 3, found 3: expected true, false or null");
  reads_array(
      TEXT("[{\n\"a\": \"\xc3\xa4\x01\"\n}]"),
      "malformed at 12, 2:9, record 1, found 0x01: control characters must be escaped in a "
      "string");
  reads_array(TEXT("[\n1,\n\n\"\xc3\n\"]"),
              "1\nmalformed at 9, 4:3, record 2, found 0x0A: invalid UTF-8 in a string");
  reads_array(TEXT("[1,\n 1e999 ]"),
              "1\nmalformed at 6, 2:2, record 2, found 1: a number too large for a double");
  reads_lines(TEXT("-1e999"),
              "malformed at 1, 1:1, record 1, found -: a number too large for a double");
}

static void a_number_too_large_is_a_record_where_numbers_are_text(void **state) {
  reading how = reading_of(CS_FRAMING_DETECT);
  (void)state;
  how.options.number_range = false;
  reads(&how, TEXT("1e999\n-1e999"), "1e999\n-1e999\nend");
  reads(&how, TEXT("[1e999]"), "1e999\nend");
}

static void a_record_may_be_as_long_as_its_limit_and_no_longer(void **state) {
  reading how = reading_of(CS_FRAMING_DETECT);
  (void)state;
  how.options.record_limit = 5;
  reads(&how, TEXT("[\"abc\",12345,[1,2]]"), "\"abc\"\n12345\n[1,2]\nend");
  reads(&how, TEXT("12345\n\"abc\""), "12345\n\"abc\"\nend");
  reads(&how, TEXT("12345"), "12345\nend");
  reads(&how, TEXT("[[1,2]      ,       1]"), "[1,2]\n1\nend");
  reads(&how, TEXT("1\n123456"),
        "1\nlimit at 8, 2:6, record 2, found nothing: longer than limits.record_bytes allows");
  reads(&how, TEXT("[123456]"),
        "limit at 7, 1:7, record 1, found nothing: longer than limits.record_bytes allows");
  reads(&how, TEXT("\"abcd\"\n"),
        "limit at 6, 1:6, record 1, found nothing: longer than limits.record_bytes allows");
  reads(&how, TEXT("[[1,2  \n]]"),
        "limit at 7, 1:7, record 1, found nothing: longer than limits.record_bytes allows");
  reads(&how, TEXT("{\"a\":x"), "malformed at 6, 1:6, record 1, found x: expected a value");
}

static void a_record_may_be_nested_as_deep_as_its_limit_and_no_deeper(void **state) {
  reading how = reading_of(CS_FRAMING_DETECT);
  (void)state;
  how.options.depth_limit = 2;
  reads(&how, TEXT("[[[]],{\"a\":{}}]"), "[[]]\n{\"a\":{}}\nend");
  reads(&how, TEXT("{}\n{\"a\":[{}]}"),
        "{}\nlimit at 10, 2:7, record 2, found nothing: nested deeper than limits.depth allows");
  how.options.depth_limit = 0;
  reads(&how, TEXT("[1,true]"), "1\ntrue\nend");
  reads(&how, TEXT("[[]]"),
        "limit at 2, 1:2, record 1, found nothing: nested deeper than limits.depth allows");
}

/* Every text is right with its own length as limit, and with one byte less too long there. */
static void a_text_may_be_as_long_as_its_limit_and_no_longer(void **state) {
  static const sample texts[] = {SAMPLE("[1,2]"),    SAMPLE("[1, 22 ] \n"), SAMPLE("1\n2\n"),
                                 SAMPLE("12"),       SAMPLE("  \"a\""),     SAMPLE("[]"),
                                 SAMPLE("1\n\n\n "), SAMPLE("{\"a\":1}"),   SAMPLE("  ")};
  (void)state;
  for (size_t i = 0; i < COUNT(texts); i++) {
    reading how = reading_of(CS_FRAMING_DETECT);
    char place[64];
    how.empty_allowed = true;
    how.options.total_limit = texts[i].length;
    text within = transcript_in_every_cut(&how, texts[i].bytes, texts[i].length);
    assert_true(last_line_is(&within, "end"));
    how.options.total_limit--;
    text over = transcript_in_every_cut(&how, texts[i].bytes, texts[i].length);
    sprintf(place, "limit at %zu, ", texts[i].length);
    assert_non_null(strstr(over.bytes, place));
    assert_non_null(strstr(over.bytes, "longer than limits.body_bytes allows"));
    text_free(&within);
    text_free(&over);
  }
}

static void all_limits_together_give_the_same_in_every_cut(void **state) {
  static const char document[] = "[{\"a\":[1,{\"b\":\"\\u00e4\"}]} , 123e5,\n[[]],\"x\" ]\n";
  (void)state;
  for (size_t limit = 1; limit < sizeof document; limit++) {
    reading how = reading_of(CS_FRAMING_DETECT);
    how.options.total_limit = limit;
    how.options.record_limit = 1 + limit % 29;
    how.options.depth_limit = limit % 5;
    text transcript = transcript_in_every_cut(&how, TEXT(document));
    assert_true(last_line_is(&transcript, "limit at "));
    text_free(&transcript);
  }
}

/* Rows of 20 bytes and a separator. */
static text ten_thousand_rows(const char *separator) {
  text lines = {NULL, 0, 0};
  for (int i = 1; i <= 10000; i++) {
    char line[32];
    sprintf(line, "{\"row\": \"%09d\"}%s", i, separator);
    text_put(&lines, line);
  }
  assert_int_equal(lines.length, 10000 * 21);
  return lines;
}

static void errors_stand_where_they_are_in_a_long_text_too(void **state) {
  const reading how = reading_of(CS_FRAMING_DETECT);
  text lines = ten_thousand_rows("\n"), list = {NULL, 0, 0};
  (void)state;
  reads_in_chunks(&how, &lines, "{\"row\": \"000010000\"}\nend");
  lines.bytes[9999 * 21 + 10] = '\r';
  reads_in_chunks(&how, &lines,
                  "{\"row\": \"000009999\"}\nmalformed at 209990, 10000:11, record 10000, found "
                  "0x0D: control characters must be escaped in a string");
  text_free(&lines);
  lines = ten_thousand_rows(",");
  text_put(&list, "[\n\n");
  text_add(&list, lines.bytes, lines.length);
  reads_in_chunks(&how, &list,
                  "\"}\nincomplete at 210004, 3:210001, record 10001, found nothing: the text "
                  "stops inside the list of records");
  text_free(&lines);
  text_free(&list);
}

static void a_record_may_be_longer_than_the_window(void **state) {
  const reading how = reading_of(CS_FRAMING_DETECT);
  text record = {NULL, 0, 0}, list = {NULL, 0, 0};
  (void)state;
  text_put(&record, "[\n\"");
  text_repeat(&record, "0123456789abcde\\n", (1 << 20) / 17 - 1);
  text_put(&record, "\"]");
  text_put(&list, "[{},\n");
  text_add(&list, record.bytes, record.length);
  text_put(&list, ",x]");
  text_put(&record, "\nmalformed at 1048555, 3:1048548, record 3, found x: expected a value");
  reads_in_chunks(&how, &list, record.bytes);
  text_free(&record);
  text_free(&list);
}

static void a_number_that_the_end_may_have_cut_is_no_record(void **state) {
  (void)state;
  reads_array(TEXT("[1,12"), "1\nincomplete at 6, 1:6, record 2, found nothing: the text stops "
                             "inside a value");
  reads_array(TEXT("[1e999"), "incomplete at 7, 1:7, record 1, found nothing: the text stops "
                              "inside a value");
  reads_lines(TEXT("1\n12"), "1\n12\nend");
}

static void proves_its_end(cs_framing framing, const char *bytes, bool proves) {
  cs_frame *frame = frame_behind(framing, bytes, CS_FRAME_MORE);
  assert_int_equal(cs_frame_proves_end(frame), proves);
  cs_frame_free(frame);
}

static void only_a_text_that_began_and_has_brackets_proves_its_end(void **state) {
  (void)state;
  proves_its_end(CS_FRAMING_DETECT, " \n", false);
  proves_its_end(CS_FRAMING_DETECT, " [", true);
  proves_its_end(CS_FRAMING_DETECT, "{}\n", false);
  proves_its_end(CS_FRAMING_ARRAY, " \n", false);
  proves_its_end(CS_FRAMING_ARRAY, "[]", true);
  proves_its_end(CS_FRAMING_LINES, "[", false);
}

static void a_frame_is_ready_with_bytes_or_at_the_end(void **state) {
  cs_frame *frame = frame_behind(CS_FRAMING_ARRAY, "[1,2", CS_FRAME_MORE);
  cs_span record;
  (void)state;
  assert_false(cs_frame_ready(frame));
  feed(frame, "", 0);
  assert_false(cs_frame_ready(frame));
  feed(frame, "3", 1);
  assert_true(cs_frame_ready(frame));
  cs_frame_free(frame);
  frame = frame_behind(CS_FRAMING_ARRAY, "[]", CS_FRAME_MORE);
  cs_frame_finish(frame, false);
  assert_true(cs_frame_ready(frame));
  assert_int_equal(cs_frame_next(frame, &record), CS_FRAME_END);
  assert_true(cs_frame_full(frame));
  cs_frame_free(frame);
}

static void a_frame_that_failed_is_full_and_stays_failed(void **state) {
  cs_frame *frame = frame_behind(CS_FRAMING_LINES, "1\nx", CS_FRAME_ERROR);
  cs_span record;
  (void)state;
  assert_true(cs_frame_full(frame));
  assert_true(cs_frame_ready(frame));
  feed(frame, "\n2\n", 3);
  assert_int_equal(cs_frame_next(frame, &record), CS_FRAME_ERROR);
  assert_int_equal(cs_frame_error(frame)->byte, 3);
  assert_int_equal(cs_frame_records(frame), 1);
  cs_frame_free(frame);
}

static void a_frame_is_full_while_bytes_wait_and_wants_more_of_a_long_record(void **state) {
  cs_frame *frame = frame_behind(CS_FRAMING_ARRAY, "[\"", CS_FRAME_MORE);
  cs_span record;
  (void)state;
  for (size_t fed = 0; fed < 600; fed++) {
    char kilobyte[1024];
    memset(kilobyte, 'a', sizeof kilobyte);
    assert_int_equal(cs_frame_full(frame), fed % 256 == 0 && fed > 0);
    if (cs_frame_full(frame))
      assert_int_equal(cs_frame_next(frame, &record), CS_FRAME_MORE);
    assert_false(cs_frame_full(frame));
    feed(frame, kilobyte, sizeof kilobyte);
  }
  feed(frame, "\",1]", 4);
  assert_int_equal(cs_frame_next(frame, &record), CS_FRAME_RECORD);
  assert_int_equal(record.length, 600 * 1024 + 2);
  cs_frame_free(frame);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_right_value_is_the_same_record_in_every_framing_and_cut),
      cmocka_unit_test(a_wrong_value_is_wrong_in_the_same_way_in_every_cut),
      cmocka_unit_test(a_text_that_stops_is_incomplete_in_every_cut),
      cmocka_unit_test(an_array_gives_its_elements),
      cmocka_unit_test(an_array_is_checked_around_its_elements),
      cmocka_unit_test(an_array_that_stops_is_incomplete_behind_its_last_byte),
      cmocka_unit_test(lines_give_a_record_each),
      cmocka_unit_test(a_value_may_span_lines),
      cmocka_unit_test(a_line_must_not_hold_two_values),
      cmocka_unit_test(the_first_byte_tells_an_array_from_lines),
      cmocka_unit_test(an_empty_text_is_refused),
      cmocka_unit_test(an_empty_text_has_no_records_where_it_is_allowed),
      cmocka_unit_test(an_empty_text_is_no_array_and_no_document),
      cmocka_unit_test(a_document_is_one_value),
      cmocka_unit_test(errors_stand_where_their_byte_is),
      cmocka_unit_test(a_number_too_large_is_a_record_where_numbers_are_text),
      cmocka_unit_test(a_record_may_be_as_long_as_its_limit_and_no_longer),
      cmocka_unit_test(a_record_may_be_nested_as_deep_as_its_limit_and_no_deeper),
      cmocka_unit_test(a_text_may_be_as_long_as_its_limit_and_no_longer),
      cmocka_unit_test(all_limits_together_give_the_same_in_every_cut),
      cmocka_unit_test(errors_stand_where_they_are_in_a_long_text_too),
      cmocka_unit_test(a_record_may_be_longer_than_the_window),
      cmocka_unit_test(a_number_that_the_end_may_have_cut_is_no_record),
      cmocka_unit_test(only_a_text_that_began_and_has_brackets_proves_its_end),
      cmocka_unit_test(a_frame_is_ready_with_bytes_or_at_the_end),
      cmocka_unit_test(a_frame_that_failed_is_full_and_stays_failed),
      cmocka_unit_test(a_frame_is_full_while_bytes_wait_and_wants_more_of_a_long_record),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
