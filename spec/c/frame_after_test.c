/* A frame that has the memory of one before it, and what that learned, reads like a new one. */
#include "random_rows.h"
#include "rows_support.h"

#ifndef ROUNDS
#define ROUNDS 600
#endif

enum { TEXTS = 6, COLUMNS_ASKED = 12, PIECE = 1500 };

static reading rows_of_columns(size_t columns) {
  reading how = reading_of(CS_FRAMING_DETECT);
  how.empty_allowed = true;
  how.options.names = column_names;
  how.options.name_count = columns;
  how.options.known_end = 3;
  return how;
}

static void print_columns(cs_frame *frame, size_t columns, text *out) {
  cs_value values[COLUMNS_ASKED];
  bool known;
  assert_true(cs_frame_is_known(frame, &known));
  assert_true(cs_frame_columns(frame, values, columns));
  text_put(out, known ? "\n" : "\nunknown\n");
  for (size_t i = 0; i < columns; i++) {
    char kind[] = {(char)('0' + values[i].kind), values[i].escaped ? '!' : ':', '\0'};
    text_put(out, kind);
    text_add(out, values[i].text.bytes == NULL ? "" : values[i].text.bytes,
             values[i].text.length);
    text_put(out, " ");
  }
  text_put(out, "\n");
}

/* Feeds the text in pieces, and prints all that comes of it. */
static void print_text(cs_frame *frame, const reading *how, const text *from, uint64_t seed,
                       text *out) {
  size_t at = 0;
  out->length = 0;
  for (;;) {
    cs_span record;
    cs_frame_status status = cs_frame_next(frame, &record);
    if (status == CS_FRAME_RECORD) {
      text_add(out, record.bytes, record.length);
      print_columns(frame, how->options.name_count, out);
    } else if (status == CS_FRAME_MORE && at < from->length) {
      size_t left = from->length - at, length = 1 + below(&seed, PIECE);
      length = length < left ? length : left;
      feed(frame, from->bytes + at, length);
      at += length;
    } else if (status == CS_FRAME_MORE) {
      cs_frame_finish(frame, how->empty_allowed);
    } else {
      conclude(frame, status, out);
      return;
    }
  }
}

/* Each frame takes over from the one before, whether that came to its end or failed, was asked
   for the same or not. */
static void texts_in_turn_are_read_as_each_alone(void **state) {
  (void)state;
  uint64_t seed = 0x2545f4914f6cdd1d;
  text page = {NULL, 0, 0}, alone = {NULL, 0, 0}, after = {NULL, 0, 0};
  for (size_t round = 0; round < ROUNDS; round++) {
    cs_frame *frame = NULL;
    for (size_t i = 0; i < TEXTS; i++) {
      uint64_t of_table = round * 64 + i % 3 + 1, of_pieces = next_random(&seed);
      reading how = rows_of_columns(below(&seed, 8) == 0 ? 4 : COLUMNS_ASKED);
      next_random(&of_table);
      next_random(&of_table);
      page.length = 0;
      put_table(&page, &how, 20 + below(&seed, 60), &of_table);
      if (below(&seed, 3) == 0)
        set_trap(&page, &seed);
      cs_frame *first = cs_frame_new(&how.options);
      assert_non_null(first);
      print_text(first, &how, &page, of_pieces, &alone);
      cs_frame_free(first);
      cs_frame *next = cs_frame_after(&how.options, frame);
      assert_non_null(next);
      cs_frame_free(frame);
      frame = next;
      print_text(frame, &how, &page, of_pieces, &after);
      if (strcmp(alone.bytes, after.bytes) != 0)
        print_message("%s\n", page.bytes);
      assert_string_equal(alone.bytes, after.bytes);
    }
    cs_frame_free(frame);
  }
  text_free(&page);
  text_free(&alone);
  text_free(&after);
}

static cs_frame *read_columns(cs_frame *spent, const cs_span *names, size_t count,
                              cs_value *last) {
  static const char row[] = "{\"a\":1,\"b\":2}\n", odd[] = "{\"b\": 2, \"a\":1}\n";
  const cs_frame_options options = {.framing = CS_FRAMING_LINES,
                                    .record_limit = 1000,
                                    .depth_limit = 10,
                                    .total_limit = UINT64_MAX,
                                    .names = names,
                                    .name_count = count};
  cs_frame *frame = cs_frame_after(&options, spent);
  assert_non_null(frame);
  cs_frame_free(spent);
  for (size_t i = 0; i < 50; i++) {
    const char *bytes = i % 10 == 9 ? odd : row;
    assert_true(cs_frame_append(frame, bytes, strlen(bytes), 0));
  }
  cs_frame_finish(frame, false);
  cs_span record;
  while (cs_frame_next(frame, &record) == CS_FRAME_RECORD) {
    assert_true(cs_frame_columns(frame, last, count));
    for (size_t i = 0; i < count; i++)
      assert_int_equal(last[i].kind, CS_KIND_NUMBER);
  }
  return frame;
}

static void more_names_may_be_asked_for(void **state) {
  static const cs_span names[] = {{"a", 1}, {"b", 1}};
  (void)state;
  cs_value values[2];
  cs_frame *frame = read_columns(NULL, names, 1, values);
  frame = read_columns(frame, names, 2, values);
  frame = read_columns(frame, names, 1, values);
  cs_frame_free(frame);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(texts_in_turn_are_read_as_each_alone),
      cmocka_unit_test(more_names_may_be_asked_for),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
