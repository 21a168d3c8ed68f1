#include "json/envelope.h"

#include "support.h"

static void reads_path(const char *path, const char *bytes, size_t length, const char *expected) {
  const reading how = reading_envelope(path);
  reads(&how, bytes, length, expected);
}

static void reads_items(const char *bytes, size_t length, const char *expected) {
  reads_path("data.items[]", bytes, length, expected);
}

static void reads_reports(const char *bytes, size_t length, const char *expected) {
  reads_path("reports[]", bytes, length, expected);
}

static void a_path_is_names_with_points_between_and_brackets_behind(void **state) {
  (void)state;
  assert_true(cs_frame_path_valid("a[]"));
  assert_true(cs_frame_path_valid("reports[]"));
  assert_true(cs_frame_path_valid("data.items[]"));
  assert_true(cs_frame_path_valid("a.b.c.d[]"));
  assert_true(cs_frame_path_valid("a b-\xc3\xa4[]"));
  assert_false(cs_frame_path_valid(""));
  assert_false(cs_frame_path_valid("[]"));
  assert_false(cs_frame_path_valid("reports"));
  assert_false(cs_frame_path_valid("reports["));
  assert_false(cs_frame_path_valid(".a[]"));
  assert_false(cs_frame_path_valid("a.[]"));
  assert_false(cs_frame_path_valid("a..b[]"));
  assert_false(cs_frame_path_valid("a[].b[]"));
  assert_false(cs_frame_path_valid("a[][]"));
}

static void the_list_may_be_all_there_is(void **state) {
  (void)state;
  reads_reports(TEXT("{\"reports\":[1,{\"a\":2}]}"), "1\n{\"a\":2}\nend {}");
  reads_items(TEXT("{\"data\":{\"items\":[1]}}"), "1\nend {\"data\":{}}");
}

static void the_list_may_be_empty(void **state) {
  (void)state;
  reads_reports(TEXT("{\"reports\":[]}"), "end {}");
  reads_items(TEXT("{\"data\":{\"items\":[ ]},\"n\":0}"), "end {\"data\":{},\"n\":0}");
}

static void the_list_may_be_first_last_or_between(void **state) {
  (void)state;
  reads_reports(TEXT("{\"reports\":[1],\"a\":1,\"b\":2}"), "1\nend {\"a\":1,\"b\":2}");
  reads_reports(TEXT("{\"a\":1,\"b\":2,\"reports\":[1]}"), "1\nend {\"a\":1,\"b\":2}");
  reads_reports(TEXT("{\"a\":1,\"reports\":[1],\"b\":2}"), "1\nend {\"a\":1,\"b\":2}");
  reads_items(TEXT("{\"a\":1,\"data\":{\"b\":2,\"items\":[1],\"c\":3},\"d\":4}"),
              "1\nend {\"a\":1,\"data\":{\"b\":2,\"c\":3},\"d\":4}");
  reads_items(TEXT("{\"data\":{\"items\":[1],\"c\":3}}"), "1\nend {\"data\":{\"c\":3}}");
  reads_items(TEXT("{\"data\":{\"b\":2,\"items\":[1]}}"), "1\nend {\"data\":{\"b\":2}}");
}

static void the_other_members_are_kept_as_they_were_written(void **state) {
  (void)state;
  reads_reports(TEXT("{\"a\":[1, 2 ,\n3],\"\\u0062\":\"\\u00e4\\n\\/\",\"c\":1.50e+0,"
                     "\"reports\":[],\"d\":{\"reports\" : [1]},\"e\":null,\"f\":true}"),
                "end {\"a\":[1, 2 ,\n3],\"\\u0062\":\"\\u00e4\\n\\/\",\"c\":1.50e+0,"
                "\"d\":{\"reports\" : [1]},\"e\":null,\"f\":true}");
  reads_reports(TEXT("{\"a\":\"{\",\"b\":\"}\",\"\":\"\",\"reports\":[]}"),
                "end {\"a\":\"{\",\"b\":\"}\",\"\":\"\"}");
  reads_reports(TEXT("{\"a\":1,\"a\":2,\"reports\":[]}"), "end {\"a\":1,\"a\":2}");
}

static void white_space_around_members_is_not_kept(void **state) {
  (void)state;
  reads_reports(TEXT(" \t\r\n{ \n\"a\" \r: \t1 , \"reports\" :\n[ 1 ,\n2 ] , \"b\" : { } } \n"),
                "1\n2\nend {\"a\":1,\"b\":{ }}");
}

static void the_path_counts_from_the_top(void **state) {
  (void)state;
  reads_reports(TEXT("{\"data\":{\"reports\":[1]},\"reports\":[2]}"),
                "2\nend {\"data\":{\"reports\":[1]}}");
  reads_items(TEXT("{\"items\":[1],\"data\":{\"data\":{\"items\":[2]},\"items\":[3]}}"),
              "3\nend {\"items\":[1],\"data\":{\"data\":{\"items\":[2]}}}");
  reads_path("a.a.a[]",
             TEXT("{\"b\":0,\"a\":{\"b\":1,\"a\":{\"b\":2,\"a\":[9],\"c\":3},\"c\":4},"
                  "\"c\":5}"),
             "9\nend {\"b\":0,\"a\":{\"b\":1,\"a\":{\"b\":2,\"c\":3},\"c\":4},\"c\":5}");
}

static void the_way_to_the_list_may_be_begun_more_than_once(void **state) {
  (void)state;
  reads_items(TEXT("{\"data\":{},\"data\":{\"items\":[1]},\"data\":{}}"),
              "1\nend {\"data\":{},\"data\":{},\"data\":{}}");
  reads_items(TEXT("{\"data\":{}\"data\":{}}"),
              "malformed at 11, 1:11, record 1, found \": expected ',' or '}' behind a member");
  reads_path("a.b.c[]", TEXT("{\"a\":{\"b\":{\"d\":1},\"b\":{\"c\":[1]}},\"a\":{\"b\":{}}}"),
             "1\nend {\"a\":{\"b\":{\"d\":1},\"b\":{}},\"a\":{\"b\":{}}}");
}

static void a_name_is_compared_by_what_it_means(void **state) {
  (void)state;
  reads_reports(TEXT("{\"\\u0072eports\":[1]}"), "1\nend {}");
  reads_reports(TEXT("{\"\\u0072\\u0065\\u0070\\u006F\\u0072\\u0074\\u0073\":[1]}"), "1\nend {}");
  reads_items(TEXT("{\"d\\u0061ta\":{\"item\\u0073\":[1]}}"), "1\nend {\"d\\u0061ta\":{}}");
  reads_path("\xc3\xa4\xf0\x9f\x98\x80[]", TEXT("{\"\\u00e4\\ud83d\\ude00\":[1]}"), "1\nend {}");
  reads_path("a/b[]", TEXT("{\"a\\/b\":[1]}"), "1\nend {}");
}

static void a_name_that_is_only_similar_is_another(void **state) {
  (void)state;
  reads_reports(TEXT("{\"report\":[1],\"reportss\":[2],\"Reports\":[3],\"reports\\u0000\":[4],"
                     "\"reports[]\":[5],\"\":[6],\"reports\":[7]}"),
                "7\nend {\"report\":[1],\"reportss\":[2],\"Reports\":[3],\"reports\\u0000\":[4],"
                "\"reports[]\":[5],\"\":[6]}");
  reads_items(TEXT("{\"data.items\":[1],\"data\":{\"items\":[2]}}"),
              "2\nend {\"data.items\":[1],\"data\":{}}");
  reads_items(TEXT("{\"data\\u0000items\":[1],\"data\":{\"items\":[2]}}"),
              "2\nend {\"data\\u0000items\":[1],\"data\":{}}");
}

static void the_list_must_be_there(void **state) {
  (void)state;
  reads_reports(TEXT("{}"),
                "malformed at 2, 1:2, record 1, found }: the envelope ends without its "
                "list of records");
  reads_reports(TEXT("{\"a\":[1]}"), "malformed at 9, 1:9, record 1, found }: the envelope ends "
                                     "without its list of records");
  reads_items(TEXT("{\"data\":{\"a\":1},\n\"b\":2}"),
              "malformed at 23, 2:6, record 1, found }: the "
              "envelope ends without its list of records");
}

static void the_list_must_not_come_twice(void **state) {
  (void)state;
  reads_reports(
      TEXT("{\"reports\":[1],\"reports\":[2]}"),
      "1\nmalformed at 26, 1:26, record 2, found [: the envelope has its list of records "
      "twice");
  reads_items(TEXT("{\"data\":{\"items\":[1]},\"data\":{\"items\":[]}}"),
              "1\nmalformed at 39, 1:39, record 2, found [: the envelope has its list of records "
              "twice");
}

static void the_list_must_be_an_array(void **state) {
  (void)state;
  reads_reports(TEXT("{\"reports\":null}"),
                "malformed at 12, 1:12, record 1, found n: expected the list of records");
  reads_reports(TEXT("{\"reports\":{}}"),
                "malformed at 12, 1:12, record 1, found {: expected the list of records");
  reads_reports(TEXT("{\"reports\":[1],\"reports\":0}"),
                "1\nmalformed at 26, 1:26, record 2, found 0: expected the list of records");
}

static void objects_must_be_on_the_way_to_the_list(void **state) {
  (void)state;
  reads_items(TEXT("{\"data\":null}"),
              "malformed at 9, 1:9, record 1, found n: expected an object "
              "on the way to the list");
  reads_items(TEXT("{\"data\":[{\"items\":[]}]}"), "malformed at 9, 1:9, record 1, found [: "
                                                   "expected an object on the way to the list");
  reads_items(TEXT("[]"), "malformed at 1, 1:1, record 1, found [: expected an object around the "
                          "list of records");
  reads_items(TEXT("1"), "malformed at 1, 1:1, record 1, found 1: expected an object around the "
                         "list of records");
}

static void an_envelope_is_checked_to_the_letter(void **state) {
  (void)state;
  reads_reports(TEXT("{a:1}"),
                "malformed at 2, 1:2, record 1, found a: expected a name in quotes");
  reads_reports(TEXT("{,}"), "malformed at 2, 1:2, record 1, found ,: expected a name in quotes");
  reads_reports(TEXT("{\"reports\":[],}"),
                "malformed at 15, 1:15, record 1, found }: expected a name in quotes");
  reads_reports(TEXT("{\"a\" 1}"),
                "malformed at 6, 1:6, record 1, found 1: expected ':' behind a name");
  reads_reports(TEXT("{\"a\":}"), "malformed at 6, 1:6, record 1, found }: expected a value");
  reads_reports(TEXT("{\"a\":1 2}"),
                "malformed at 8, 1:8, record 1, found 2: expected ',' or '}' behind a member");
  reads_reports(TEXT("{\"reports\":[]]"),
                "malformed at 14, 1:14, record 1, found ]: expected ',' or '}' behind a member");
  reads_reports(TEXT("{\"reports\":[1,]}"),
                "1\nmalformed at 15, 1:15, record 2, found ]: expected a value");
  reads_reports(TEXT("{\"a\xff\":1}"),
                "malformed at 4, 1:4, record 1, found 0xFF: invalid UTF-8 in a string");
  reads_reports(TEXT("{\"a\":[tru],"),
                "malformed at 10, 1:10, record 1, found ]: expected true, false or null");
}

static void nothing_may_follow_an_envelope(void **state) {
  (void)state;
  reads_reports(TEXT("{\"reports\":[1]}\n{}"),
                "1\nmalformed at 17, 2:1, record 2, found {: expected nothing behind the end");
  reads_items(TEXT("{\"data\":{\"items\":[]}}}"),
              "malformed at 22, 1:22, record 1, found }: expected nothing behind the end");
}

static void an_empty_text_is_no_envelope(void **state) {
  reading how = reading_envelope("reports[]");
  (void)state;
  reads(&how, TEXT(" "), "incomplete at 2, 1:2, record 1, found nothing: the text is empty");
  how.empty_allowed = true;
  reads(&how, TEXT(" "), "incomplete at 2, 1:2, record 1, found nothing: the text is empty");
}

/* Each prefix of `document` is incomplete, with as many records before as ended in it. */
static void is_incomplete_wherever_it_stops(const char *path, const char *document,
                                            const size_t *ends, size_t count) {
  const reading how = reading_envelope(path);
  size_t length = strlen(document);
  for (size_t stop = 0; stop < length; stop++) {
    text transcript = transcript_in_every_cut(&how, document, stop);
    char place[32];
    size_t records = 0, lines = 0;
    for (size_t i = 0; i < count; i++)
      records += ends[i] <= stop;
    for (size_t i = 0; i < transcript.length; i++)
      lines += transcript.bytes[i] == '\n';
    sprintf(place, "incomplete at %zu, ", stop + 1);
    assert_int_equal(lines, records);
    assert_true(last_line_is(&transcript, place));
    text_free(&transcript);
  }
  text whole = transcript_in_every_cut(&how, document, length);
  assert_true(last_line_is(&whole, "end {"));
  text_free(&whole);
}

static void an_envelope_that_stops_anywhere_is_incomplete_behind_its_whole_records(void **state) {
  static const size_t ends[] = {34, 39, 49, 54};
  (void)state;
  is_incomplete_wherever_it_stops("data.items[]",
                                  "{\"a\":[1e5,2],\"data\":{\"items\" : [{} , "
                                  "1,\"\\u00e4\\\\\",[[]]] , \"b\":null },\"c\":1}",
                                  ends, COUNT(ends));
}

static void what_is_kept_aside_has_the_limit_of_a_record(void **state) {
  static const char document[] = "{\"a\":[1,2],\"reports\":[1,2,3,4,5,6],\"b\":\"text\"}";
  static const char aside[] = "{\"a\":[1,2],\"b\":\"text\"}";
  reading how = reading_envelope("reports[]");
  (void)state;
  for (size_t limit = 1; limit <= sizeof document; limit++) {
    how.options.record_limit = limit;
    text transcript = transcript_in_every_cut(&how, TEXT(document));
    bool fits = limit >= sizeof aside - 1;
    assert_true(last_line_is(&transcript, fits ? "end {" : "limit at "));
    text_free(&transcript);
  }
  how.options.record_limit = sizeof aside - 2;
  reads(&how, TEXT(document),
        "1\n2\n3\n4\n5\n6\nlimit at 47, 1:47, record 7, found nothing: members around the list "
        "longer than limits.record_bytes allows");
}

static void a_member_kept_aside_has_the_limits_of_a_record(void **state) {
  reading how = reading_envelope("a[]");
  (void)state;
  how.options.record_limit = 8;
  reads(&how, TEXT("{\"a\":[12345678]}"), "12345678\nend {}");
  reads(&how, TEXT("{\"b\":[1,2,3,4]}"),
        "limit at 14, 1:14, record 1, found nothing: longer than limits.record_bytes allows");
  reads(&how, TEXT("{\"123456789\":1}"),
        "limit at 10, 1:10, record 1, found nothing: longer than limits.record_bytes allows");
  how = reading_envelope("a[]");
  how.options.depth_limit = 2;
  reads(&how, TEXT("{\"b\":[],\"a\":[[]]}"), "[]\nend {\"b\":[]}");
  reads(&how, TEXT("{\"b\":[[]],\"a\":[]}"),
        "limit at 7, 1:7, record 1, found nothing: nested deeper than limits.depth allows");
}

static void an_envelope_may_be_as_long_as_the_limit_of_the_text_and_no_longer(void **state) {
  static const char document[] = " {\"a\":1,\"data\":{\"items\":[1,{}]},\"b\":[]}\n";
  reading how = reading_envelope("data.items[]");
  (void)state;
  for (size_t limit = 1; limit < sizeof document; limit++) {
    char place[32];
    how.options.total_limit = limit;
    text transcript = transcript_in_every_cut(&how, TEXT(document));
    sprintf(place, "limit at %zu, ", limit + 1);
    assert_true(last_line_is(&transcript, limit == sizeof document - 1 ? "end {" : place));
    text_free(&transcript);
  }
}

static void a_long_envelope_is_the_same_in_chunks_of_any_size(void **state) {
  const reading how = reading_envelope("data.items[]");
  text document = {NULL, 0, 0}, end = {NULL, 0, 0};
  (void)state;
  text_put(&document, "{\"before\":\"");
  text_repeat(&document, "0123456789", 20000);
  text_put(&document, "\",\n\"data\":{\"items\":[\n");
  for (int i = 1; i <= 5000; i++) {
    char row[40];
    sprintf(row, "%s{\"row\": %d}", i == 1 ? "" : ",\n", i);
    text_put(&document, row);
  }
  text_put(&document, "],\"total\":5000}}");
  text_put(&end, "{\"row\": 5000}\nend {\"before\":\"");
  text_repeat(&end, "0123456789", 20000);
  text_put(&end, "\",\"data\":{\"total\":5000}}");
  reads_in_chunks(&how, &document, end.bytes);
  text_free(&end);
  text_free(&document);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_path_is_names_with_points_between_and_brackets_behind),
      cmocka_unit_test(the_list_may_be_all_there_is),
      cmocka_unit_test(the_list_may_be_empty),
      cmocka_unit_test(the_list_may_be_first_last_or_between),
      cmocka_unit_test(the_other_members_are_kept_as_they_were_written),
      cmocka_unit_test(white_space_around_members_is_not_kept),
      cmocka_unit_test(the_path_counts_from_the_top),
      cmocka_unit_test(the_way_to_the_list_may_be_begun_more_than_once),
      cmocka_unit_test(a_name_is_compared_by_what_it_means),
      cmocka_unit_test(a_name_that_is_only_similar_is_another),
      cmocka_unit_test(the_list_must_be_there),
      cmocka_unit_test(the_list_must_not_come_twice),
      cmocka_unit_test(the_list_must_be_an_array),
      cmocka_unit_test(objects_must_be_on_the_way_to_the_list),
      cmocka_unit_test(an_envelope_is_checked_to_the_letter),
      cmocka_unit_test(nothing_may_follow_an_envelope),
      cmocka_unit_test(an_empty_text_is_no_envelope),
      cmocka_unit_test(an_envelope_that_stops_anywhere_is_incomplete_behind_its_whole_records),
      cmocka_unit_test(what_is_kept_aside_has_the_limit_of_a_record),
      cmocka_unit_test(a_member_kept_aside_has_the_limits_of_a_record),
      cmocka_unit_test(an_envelope_may_be_as_long_as_the_limit_of_the_text_and_no_longer),
      cmocka_unit_test(a_long_envelope_is_the_same_in_chunks_of_any_size),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
