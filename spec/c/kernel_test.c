/* Every kernel that this machine runs finds what the plain one finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support.h"
#include "json/kernel.h"

enum { BLOCKS = 48, ROOM = BLOCKS * CS_BLOCK, PAD = 2 * CS_BLOCK, TRIES = 3000 };

static const char *const names[] = {"avx512", "avx2", "sse2", "neon"};
enum { NAMES = sizeof names / sizeof *names };

/* An index of BLOCKS blocks, in memory of its own. */
typedef struct found {
  cs_index index;
  uint64_t quotes[BLOCKS];
  uint32_t before[BLOCKS];
  uint32_t anchors[ROOM];
  uint32_t marks[BLOCKS + 1];
  uint32_t doubts[BLOCKS + 1];
} found;

static void begin(found *f, const cs_kernel *kernel) {
  memset(f, 0, sizeof *f);
  f->index.kernel = kernel;
  f->index.quotes = f->quotes;
  f->index.before = f->before;
  f->index.anchors = f->anchors;
  f->index.marks = f->marks;
  f->index.doubts = f->doubts;
}

static void assert_same(const found *a, const found *b) {
  assert_memory_equal(a->quotes, b->quotes, sizeof a->quotes);
  assert_memory_equal(a->before, b->before, sizeof a->before);
  assert_int_equal(a->index.anchors_end, b->index.anchors_end);
  assert_memory_equal(a->anchors, b->anchors, a->index.anchors_end * sizeof *a->anchors);
  assert_int_equal(a->index.marks_end, b->index.marks_end);
  assert_memory_equal(a->marks, b->marks, a->index.marks_end * sizeof *a->marks);
  assert_memory_equal(a->doubts, b->doubts, a->index.marks_end * sizeof *a->doubts);
  const cs_block_carry *x = &a->index.carry, *y = &b->index.carry;
  assert_true(x->in_string == y->in_string && x->escaped == y->escaped);
  assert_true(x->closed == y->closed && x->quotes == y->quotes);
  assert_int_equal(x->hex_left, y->hex_left);
  assert_int_equal(x->utf8_left, y->utf8_left);
  if (x->utf8_left > 0)
    assert_true(x->utf8_first == y->utf8_first && x->utf8_last == y->utf8_last);
}

/* Classified at once, in two parts, and while it is copied. */
static void check_text(const cs_kernel *kernel, const char *bytes, size_t cut) {
  static found plain, whole, parts, copied;
  static char copy[ROOM];
  begin(&plain, cs_kernel_named("plain"));
  plain.index.kernel->classify(&plain.index, bytes, 0, BLOCKS);
  begin(&whole, kernel);
  kernel->classify(&whole.index, bytes, 0, BLOCKS);
  assert_same(&plain, &whole);
  begin(&parts, kernel);
  kernel->classify(&parts.index, bytes, 0, cut);
  kernel->classify(&parts.index, bytes + cut * CS_BLOCK, cut, BLOCKS);
  assert_same(&plain, &parts);
  begin(&copied, kernel);
  kernel->copy(&copied.index, copy, bytes, 0, BLOCKS);
  assert_same(&plain, &copied);
  assert_memory_equal(bytes, copy, ROOM);
  for (uint32_t at = 0; at < ROOM; at += 7)
    assert_int_equal(plain.index.kernel->quotes_before(&plain.index, at),
                     kernel->quotes_before(&whole.index, at));
}

static const char *const pieces[] = {"\"",       "\\",
                                     ":",        "\":",
                                     "\\\"",     "\\\\\"",
                                     "\n",       "{\"a\":1}",
                                     "plain",    "\x1f",
                                     "\x7f",     "\xc3",
                                     "\xc3\xa9", "\xed\xa0\x80",
                                     "\"a",      "\\\\\\\\\\\\",
                                     "\xe2\x82", "\xf0\x9f\x98\x80",
                                     "\xf4\x90", "\"\":\"\"",
                                     ",",        "longer text without anything rare"};

static void make_text(char *bytes, uint64_t *seed) {
  size_t at = 0, kinds = next_random(seed) % (sizeof pieces / sizeof *pieces) + 1;
  while (at < ROOM) {
    const char *piece = pieces[next_random(seed) % kinds];
    size_t length = strlen(piece);
    if (length > ROOM - at)
      length = ROOM - at;
    memcpy(bytes + at, piece, length);
    at += length;
  }
}

static void classify_alike(void **state) {
  (void)state;
  static char bytes[ROOM + PAD];
  for (size_t n = 0; n < NAMES; n++) {
    const cs_kernel *kernel = cs_kernel_named(names[n]);
    uint64_t seed = 1000003;
    for (int i = 0; kernel != NULL && i < TRIES; i++) {
      make_text(bytes, &seed);
      check_text(kernel, bytes, next_random(&seed) % (BLOCKS + 1));
    }
  }
}

static void classify_bytes_alike(void **state) {
  (void)state;
  static char bytes[ROOM];
  for (size_t n = 0; n < NAMES; n++) {
    const cs_kernel *kernel = cs_kernel_named(names[n]);
    uint64_t seed = 77;
    for (int i = 0; kernel != NULL && i < TRIES / 10; i++) {
      for (size_t at = 0; at < ROOM; at++)
        bytes[at] = (char)next_random(&seed);
      check_text(kernel, bytes, 1);
    }
    for (int i = 0; kernel != NULL && i < ROOM; i++) {
      memset(bytes, "\":"[i % 2], ROOM);
      bytes[i] = '\\';
      check_text(kernel, bytes, 1);
    }
  }
}

/* Bytes that are the first or the last of what they may be in a character. */
static const unsigned char edges[] = {0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1,
                                      0xC2, 0xE0, 0xE1, 0xED, 0xF0, 0xF1, 0xF4, 0xF5};
enum { EDGES = sizeof edges };

/* As RFC 3629 spells it out; the text ends with a byte that begins a character. */
static bool is_utf8(const unsigned char *at, const unsigned char *end) {
  while (at < end) {
    unsigned char first = *at++;
    int more = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    if (first > 0xF4 || (first >= 0x80 && first < 0xC2))
      return false;
    if ((first == 0xE0 && *at < 0xA0) || (first == 0xED && *at > 0x9F) ||
        (first == 0xF0 && *at < 0x90) || (first == 0xF4 && *at > 0x8F))
      return false;
    for (; more > 0; more--, at++)
      if (*at < 0x80 || *at > 0xBF)
        return false;
  }
  return true;
}

static void check_characters(const cs_kernel *kernel) {
  static const size_t places[] = {9, 60, 61, 62, 63};
  char bytes[2 * CS_BLOCK];
  static found f;
  for (size_t i = 0; i < EDGES * EDGES * EDGES * EDGES; i++) {
    size_t place = places[i % (sizeof places / sizeof *places)];
    memset(bytes, 'a', sizeof bytes);
    bytes[1] = '"';
    for (size_t k = 0, rest = i; k < 4; k++, rest /= EDGES)
      bytes[place + k] = (char)edges[rest % EDGES];
    begin(&f, kernel);
    kernel->classify(&f.index, bytes, 0, 2);
    const unsigned char *all = (const unsigned char *)bytes;
    assert_int_equal(f.index.marks_end == 0, is_utf8(all, all + sizeof bytes));
    assert_int_equal(f.index.carry.utf8_left, 0);
  }
}

static void characters_are_proven(void **state) {
  (void)state;
  check_characters(cs_kernel_named("plain"));
  for (size_t n = 0; n < NAMES; n++)
    if (cs_kernel_named(names[n]) != NULL)
      check_characters(cs_kernel_named(names[n]));
}

enum { MEMBERS = 6 };

static const char *const member_names[MEMBERS] = {
    "a", "amount", "bb", "a_name_so_long_that_it_takes_two_comparisons", "x", "y"};

static const char *const scalars[] = {"0",
                                      "12",
                                      "1.5",
                                      "0.25",
                                      "-3",
                                      "8.23e-05",
                                      "1e9",
                                      "null",
                                      "true",
                                      "01",
                                      "1.",
                                      ".5",
                                      "1..2",
                                      "1.5.5",
                                      "-",
                                      "1.2e-",
                                      "nul",
                                      "falsey",
                                      "00.5",
                                      "1.e-5",
                                      "5e-3",
                                      "1.5e+3",
                                      "9.75e-1",
                                      "1.5-e3",
                                      "1234567890123456789012345678901",
                                      "12345678901234567890123456789012",
                                      "123456789012345678901234567890123",
                                      "0.12345678901234567890123456789012345",
                                      "1e999"};

/* Writes a row and where its members are; every second one is a string. */
static size_t write_row(char *out, cs_item *items, const char *space, uint64_t *seed) {
  size_t at = 0;
  for (size_t i = 0; i < MEMBERS; i++) {
    cs_item *item = &items[i + 1];
    const char *name = member_names[i];
    at += (size_t)sprintf(out + at, "%c\"%s\":%s", i == 0 ? '{' : ',', name, space);
    memset(item, 0, sizeof *item);
    item->name = (uint32_t)i;
    item->name_length = (uint32_t)strlen(name);
    item->name_start = (uint32_t)(at - strlen(space) - 2 - strlen(name));
    item->kind = i % 2 == 0 ? CS_KIND_STRING : CS_KIND_NUMBER;
    item->start = (uint32_t)(at + (i % 2 == 0));
    const char *scalar = scalars[next_random(seed) % (sizeof scalars / sizeof *scalars)];
    if (i % 2 == 0)
      at += (size_t)sprintf(out + at, "\"%.*s\"", (int)(next_random(seed) % 30),
                            "some text, long enough, for all");
    else
      at += (size_t)sprintf(out + at, "%s", scalar);
    item->length = (uint32_t)(at - item->start - (i % 2 == 0));
  }
  out[at++] = '}';
  return at;
}

/* Any rows from anchors[0] on. */
static cs_matching matching_of(const cs_index *index, const uint32_t *anchors, size_t rows) {
  return (cs_matching){.rows = rows,
                       .to = UINT32_MAX,
                       .apart = UINT32_MAX,
                       .quotes = index->kernel->quotes_before(index, *anchors)};
}

/* The first two rows teach, the third is to match. */
static void check_rows(const cs_kernel *kernel, const char *space, uint64_t *seed, bool mutate) {
  static char memory[ROOM + 2 * PAD];
  static cs_template template;
  static found plain, other;
  char *bytes = memory + PAD;
  cs_item list[MEMBERS + 1] = {{.kind = CS_KIND_OBJECT}};
  cs_items items = {list, MEMBERS + 1, MEMBERS + 1};
  memset(memory, 0, sizeof memory);
  size_t first = write_row(bytes, list, space, seed);
  size_t value_end = list[MEMBERS].start + list[MEMBERS].length;
  bytes[first] = '\n';
  size_t length = write_row(bytes + first + 1, list, space, seed), third = first + 1 + length + 1;
  cs_span row = {bytes + first + 1, length};
  assert_true(cs_template_learn(&template, row, &items, first + 1 - value_end, true));
  bytes[third - 1] = '\n';
  size_t end = third + write_row(bytes + third, list, space, seed);
  bytes[end] = '\n';
  write_row(bytes + end + 1, list, space, seed);
  if (mutate)
    bytes[third + next_random(seed) % (end - third)] = "\":,.0e-1 {}x"[next_random(seed) % 12];
  begin(&plain, cs_kernel_named("plain"));
  plain.index.kernel->classify(&plain.index, bytes, 0, BLOCKS);
  begin(&other, kernel);
  kernel->classify(&other.index, bytes, 0, BLOCKS);
  assert_same(&plain, &other);
  uint32_t at = 0;
  while (at < plain.index.anchors_end && plain.anchors[at] < third)
    at++;
  if (at + MEMBERS >= plain.index.anchors_end)
    return;
  const uint32_t *anchors = plain.anchors + at;
  cs_matching one = matching_of(&plain.index, anchors, 1), same = one;
  size_t fits = plain.index.kernel->match(&template, &plain.index, bytes, anchors, &one);
  assert_int_equal(fits,
                   kernel->match(&template, &other.index, bytes, other.anchors + at, &same));
  assert_int_equal(one.quotes, same.quotes);
}

static void match_alike(void **state) {
  (void)state;
  static const char *const spaces[] = {"", " ", "\n   "};
  for (size_t n = 0; n < NAMES; n++) {
    const cs_kernel *kernel = cs_kernel_named(names[n]);
    uint64_t seed = 4711;
    for (int i = 0; kernel != NULL && i < 4 * TRIES; i++)
      check_rows(kernel, spaces[i % 3], &seed, i % 4 == 0);
  }
}

/* Rows of one shape, of which the first two teach; then something may become wrong with one. */
static size_t write_rows(char *bytes, cs_template *template, size_t count, uint64_t *seed) {
  cs_item list[MEMBERS + 1] = {{.kind = CS_KIND_OBJECT}};
  cs_items items = {list, MEMBERS + 1, MEMBERS + 1};
  size_t at = 0, third = 0;
  for (size_t i = 0; i < count; i++) {
    size_t before = at - (list[MEMBERS].start + list[MEMBERS].length), start = at;
    size_t length = write_row(bytes + at, list, "", seed);
    if (i == 1)
      assert_true(
          cs_template_learn(template, (cs_span){bytes + at, length}, &items, before, true));
    at += length;
    bytes[at++] = '\n';
    list[MEMBERS].start += (uint32_t)start;
    third = i == 1 ? at : third;
  }
  return third;
}

static void check_run(const cs_kernel *kernel, uint64_t *seed, bool mutate) {
  enum { ROWS = 9, RUN = 6 };
  static char memory[ROOM + 2 * PAD];
  static cs_template template;
  static found other;
  char *bytes = memory + PAD;
  memset(memory, 0, sizeof memory);
  size_t third = write_rows(bytes, &template, ROWS, seed), length = strlen(bytes);
  if (mutate)
    bytes[third + next_random(seed) % (length - third)] = "\":,.0e-1 {}x"[next_random(seed) % 12];
  begin(&other, kernel);
  kernel->classify(&other.index, bytes, 0, BLOCKS);
  memset(other.anchors + other.index.anchors_end, 0xFF, ROWS * MEMBERS * sizeof *other.anchors);
  const uint32_t *anchors = other.anchors;
  while (*anchors < third)
    anchors++;
  if (*anchors == UINT32_MAX)
    return;
  cs_matching one = matching_of(&other.index, anchors, 1);
  size_t rows = 0;
  while (rows < RUN && anchors[rows * MEMBERS] != UINT32_MAX &&
         kernel->match(&template, &other.index, bytes, anchors + rows * MEMBERS, &one) == 1)
    rows++;
  cs_matching all = matching_of(&other.index, anchors, RUN);
  size_t run = kernel->match(&template, &other.index, bytes, anchors, &all);
  assert_true(run <= rows && (run > 0) == (rows > 0));
  assert_int_equal(all.quotes, kernel->quotes_before(&other.index, anchors[run * MEMBERS]));
  assert_true(mutate || run == rows);
  cs_matching few = matching_of(&other.index, anchors, RUN);
  few.to = anchors[3 * MEMBERS];
  assert_true(kernel->match(&template, &other.index, bytes, anchors, &few) <= 2);
  cs_matching short_rows = matching_of(&other.index, anchors, RUN);
  short_rows.apart = anchors[MEMBERS] - anchors[0] - 1;
  assert_int_equal(kernel->match(&template, &other.index, bytes, anchors, &short_rows), 0);
}

static void rows_match_at_once_as_one_by_one(void **state) {
  (void)state;
  for (size_t n = 0; n < NAMES; n++) {
    const cs_kernel *kernel = cs_kernel_named(names[n]);
    uint64_t seed = 815;
    for (int i = 0; kernel != NULL && i < 4 * TRIES; i++)
      check_run(kernel, &seed, i % 2 == 0);
  }
}

static void plain_runs_anywhere(void **state) {
  (void)state;
  assert_non_null(cs_kernel_named("plain"));
  assert_null(cs_kernel_named("none of them"));
  assert_ptr_equal(cs_kernel_best(), cs_kernel_named(cs_kernel_best()->name));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plain_runs_anywhere),  cmocka_unit_test(classify_alike),
      cmocka_unit_test(classify_bytes_alike), cmocka_unit_test(characters_are_proven),
      cmocka_unit_test(match_alike),          cmocka_unit_test(rows_match_at_once_as_one_by_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
