/* The index of a text that comes in pieces is that of the whole text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support.h"
#include "json/index.h"
#include "json/kernel.h"

enum { ROOM = 1 << 14, TRIES = 400, PIECE_MOST = 400 };

/* Rows of members; the ends of their names are the anchors. */
static size_t make_rows(char *rows, uint32_t *anchors, uint64_t *seed, size_t *count) {
  size_t length = 0;
  *count = 0;
  while (length < ROOM - 64) {
    size_t name = next_random(seed) % 20;
    rows[length++] = ',';
    rows[length++] = '"';
    memset(rows + length, 'n', name);
    length += name;
    rows[length++] = '"';
    anchors[(*count)++] = (uint32_t)length;
    rows[length++] = ':';
    for (size_t digits = 1 + next_random(seed) % 9; digits > 0; digits--)
      rows[length++] = '1';
  }
  return length;
}

static void anchors_are(cs_index *index, const cs_buffer *buffer, const uint32_t *anchors,
                        size_t count) {
  assert_true(cs_index_look_ahead(index, buffer, 0));
  size_t found = 0;
  while (found < count && anchors[found] < index->end)
    found++;
  assert_int_equal(index->anchors_end - index->anchors_first, found);
  assert_memory_equal(index->anchors + index->anchors_first, anchors, found * sizeof *anchors);
}

static void a_text_in_pieces_has_each_anchor_once(void **state) {
  (void)state;
  static char rows[ROOM];
  static uint32_t anchors[ROOM / 4];
  uint64_t seed = 11;
  for (int i = 0; i < TRIES; i++) {
    size_t count, length = make_rows(rows, anchors, &seed, &count);
    cs_index index = {.kernel = cs_kernel_best()};
    cs_buffer buffer = {0};
    for (size_t at = 0; at < length;) {
      size_t piece = 1 + next_random(&seed) % PIECE_MOST;
      piece = piece < length - at ? piece : length - at;
      assert_non_null(cs_buffer_reserve(&buffer, piece));
      assert_true(cs_index_append(&index, &buffer, rows + at, piece));
      at += piece;
      if (next_random(&seed) % 2 == 0)
        anchors_are(&index, &buffer, anchors, count);
    }
    cs_index_free(&index);
    cs_buffer_free(&buffer);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_text_in_pieces_has_each_anchor_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
