/* Rows of reports that are much alike: whatever way they are read, they are the same. */
#include "json/trail.h"

#include "query/plan.h"
#include "random_json.h"
#include "json/kernel.h"

#ifndef ROUNDS
#define ROUNDS 300
#endif

enum { COLUMNS = 5, REPORTS = 24 };

static const char *const names[] = {"id",    "unit",      "cost",  "rated_cost",
                                    "plans", "resources", "usage", "hidden"};
static const char *const kernels[] = {"avx512", "avx2", "sse2", "neon", "plain"};

/* A frame that may give rows at once, or one that never does. */
typedef struct reports {
  cs_plan plan;
  reading how;
  cs_frame *frame;
  size_t given; /* reports whose rows were given at once */
} reports;

static void begin(reports *r, const char *kernel, bool nulls, bool at_once) {
  memset(r, 0, sizeof *r);
  r->plan.names = malloc(COUNT(names) * sizeof *r->plan.names);
  assert_non_null(r->plan.names);
  for (size_t i = 0; i < COUNT(names); i++) {
    char *copy = malloc(strlen(names[i]) + 1);
    assert_non_null(copy);
    strcpy(copy, names[i]);
    r->plan.names[i] = (cs_span){copy, strlen(copy)};
  }
  r->plan.name_count = COUNT(names);
  r->plan.column_count = COLUMNS;
  r->plan.known_end = 2;
  r->plan.by_usage = true;
  r->plan.usage.nulls = nulls;
  r->plan.usage.columns_alone = true;
  assert_true(cs_plan_prepare(&r->plan));
  r->how = reading_envelope("reports[]");
  r->how.options.kernel = cs_kernel_named(kernel);
  r->how.options.names = r->plan.names;
  r->how.options.name_count = r->plan.name_count;
  r->how.options.known_end = r->plan.known_end;
  r->how.options.levels = CS_USAGE_DEPTH;
  r->how.options.rows = at_once ? &r->plan.usage.form : NULL;
}

/* Another text; the frame before it leaves what it learned. */
static void begin_text(reports *r) {
  cs_frame *frame = cs_frame_after(&r->how.options, r->frame);
  assert_non_null(frame);
  cs_frame_free(r->frame);
  r->frame = frame;
}

static void end(reports *r) {
  cs_frame_free(r->frame);
  cs_plan_free(&r->plan);
}

static void print_row(text *out, const cs_value *row) {
  for (size_t i = 0; i < COLUMNS; i++) {
    char kind[] = {(char)('0' + row[i].kind), row[i].escaped ? '!' : ':', '\0'};
    text_put(out, kind);
    text_add(out, row[i].text.bytes == NULL ? "" : row[i].text.bytes, row[i].text.length);
    text_put(out, " ");
  }
  text_put(out, "; ");
}

static void print_report(reports *r, cs_span record, text *out) {
  cs_usage *usage = &r->plan.usage;
  cs_inner_rows rows;
  bool known;
  text_add(out, record.bytes, record.length);
  assert_true(cs_frame_is_known(r->frame, &known));
  text_put(out, known ? "\n" : "\nunknown\n");
  cs_usage_step step = CS_USAGE_ROW;
  if (cs_frame_inner_rows(r->frame, &rows)) {
    r->given++;
    cs_usage_begin_rows(usage, rows, record.bytes);
  } else {
    cs_items *items = cs_frame_items(r->frame);
    assert_non_null(items);
    step = cs_usage_begin(usage, items, record.bytes);
  }
  while (step == CS_USAGE_ROW) {
    step = cs_usage_next(usage);
    if (step == CS_USAGE_ROW)
      print_row(out, cs_usage_row(usage));
  }
  text_put(out, step == CS_USAGE_WRONG ? usage->wrong : "");
  text_put(out, "\n");
}

/* Feeds the text in pieces of up to `step` bytes, and prints all that comes of it. */
static void print_text(reports *r, const text *from, size_t step, uint64_t *seed, text *out) {
  size_t at = 0;
  begin_text(r);
  out->length = 0;
  text_put(out, "");
  for (;;) {
    cs_span record;
    switch (cs_frame_next(r->frame, &record)) {
    case CS_FRAME_RECORD:
      print_report(r, record, out);
      break;
    case CS_FRAME_MORE:
      if (at == from->length) {
        cs_frame_finish(r->frame, false);
        break;
      }
      size_t left = from->length - at, length = 1 + below(seed, step);
      length = length < left ? length : left;
      if (below(seed, 2) == 0)
        feed(r->frame, from->bytes + at, length);
      else
        assert_true(cs_frame_append(r->frame, from->bytes + at, length, 0));
      at += length;
      break;
    case CS_FRAME_END:
      print_end(out, r->frame);
      return;
    default:
      print_failure(out, cs_frame_error(r->frame));
      return;
    }
  }
}

/* How the reports of a text look: what is odd about them, one in how many times. */
typedef struct style {
  size_t odd;
  bool spaces;
  bool late; /* members behind the list */
} style;

static void put_value(text *out, const style *s, uint64_t *seed) {
  static const char *const odd[] = {"null",
                                    "true",
                                    "false",
                                    "[]",
                                    "{}",
                                    "{\"id\":1,\"cost\":[{\"id\":2}]}",
                                    "[{\"id\":2,\"unit\":\"u\"}]",
                                    "\"\"",
                                    "-1.5",
                                    "0",
                                    "\"a\\\"b\"",
                                    "\"a:\\u00e4\"",
                                    "[1,\"x\"]",
                                    "1E5",
                                    "\"\xC3\xA4\xE2\x82\xAC\"",
                                    "0.019508",
                                    "-0"};
  char value[32];
  if (s->odd > 0 && below(seed, s->odd) == 0) {
    text_put(out, odd[below(seed, COUNT(odd))]);
  } else if (below(seed, 2) == 0) {
    sprintf(value, "%zu.%zu", below(seed, 100000), below(seed, 1000));
    text_put(out, value);
  } else {
    sprintf(value, "%zu", below(seed, 1000000));
    text_put(out, value);
  }
}

static void put_text(text *out, uint64_t *seed) {
  text_put(out, "\"");
  for (size_t i = below(seed, 9); i > 0; i--)
    text_put(out, below(seed, 5) == 0 ? "a longer piece, {of: [text]} " : "x7");
  text_put(out, "\"");
}

static void put_colon(text *out, const style *s) {
  text_put(out, s->spaces ? "\": " : "\":");
}

static void put_members(text *out, const style *s, size_t level, bool *first, uint64_t *seed) {
  static const char *const members[][4] = {
      {"id", "entity", "month", "billable_cost_with_a_rather_long_name_of_all"},
      {"unit", "hidden", "cost", "x"},
      {"id", "cost", "rated_cost", "region"},
      {"unit", "quantity", "cost", "rated_cost"}};
  for (size_t i = 0; i < 4; i++) {
    size_t which = s->odd > 0 && below(seed, s->odd) == 0 ? below(seed, 4) : i;
    if (s->odd > 0 && below(seed, s->odd) == 0)
      continue;
    text_put(out, *first ? "\"" : ",\"");
    text_put(out, members[level][which]);
    put_colon(out, s);
    if (which < 2 && below(seed, s->odd > 0 ? s->odd : 1) == 0)
      put_text(out, seed);
    else
      put_value(out, s, seed);
    *first = false;
  }
  if (level == 3 && below(seed, 3) == 0)
    text_put(out, ",\"price\":[{\"tier\":1000,\"cost\":0.05}]");
}

static void put_list_name(text *out, const style *s, size_t level, bool first, uint64_t *seed) {
  static const char *const lists[] = {"resources", "plans", "usage"};
  size_t which = s->odd > 0 && below(seed, 8 * s->odd) == 0 ? below(seed, 3) : level;
  text_put(out, first ? "\"" : ",\"");
  text_put(out, lists[which]);
  put_colon(out, s);
}

/* Objects without recursion: `left` elements of each list that is open are still to come. */
static void put_report(text *out, const style *s, uint64_t *seed) {
  size_t left[CS_USAGE_LEVELS] = {1}, level = 0;
  for (;;) {
    bool first = true;
    left[level]--;
    text_put(out, "{");
    put_members(out, s, level, &first, seed);
    if (level < CS_USAGE_LEVELS - 1) {
      put_list_name(out, s, level, first, seed);
      left[++level] = below(seed, 4);
      text_put(out, "[");
      if (left[level] > 0)
        continue;
      text_put(out, "]");
      level--;
    }
    text_put(out, "}");
    while (level > 0 && left[level] == 0) {
      text_put(out, "]");
      first = false;
      level--;
      if (s->late && below(seed, 6) == 0)
        put_members(out, s, level, &first, seed);
      text_put(out, "}");
    }
    if (level == 0)
      return;
    text_put(out, ",");
  }
}

static void put_page(text *out, const style *s, uint64_t *seed) {
  out->length = 0;
  text_put(out, "{\"limit\":1,\"reports\":[");
  for (size_t i = 0; i < REPORTS; i++) {
    if (i > 0)
      text_put(out, below(seed, 4) == 0 ? " , " : ",");
    put_report(out, s, seed);
  }
  text_put(out, "],\"next\":null}");
}

/* Makes a byte another one, or two of them change places, or one go. */
static void spoil(text *page, uint64_t *seed) {
  static const char bytes[] = "\"\"\"\\{}[]:,,0-.e \n\x01\xC3\x80xt";
  size_t at = below(seed, page->length - 1);
  switch (below(seed, 4)) {
  case 0:
    memmove(page->bytes + at, page->bytes + at + 1, page->length - at);
    page->length--;
    break;
  case 1:
    page->bytes[at] ^= page->bytes[at + 1];
    page->bytes[at + 1] ^= page->bytes[at];
    page->bytes[at] ^= page->bytes[at + 1];
    break;
  default:
    page->bytes[at] = bytes[below(seed, COUNT(bytes) - 1)];
  }
}

/* Both readers say the same of texts of one style; true when in the end the rows of most reports
   were given at once. */
static bool readers_agree(const char *kernel, style s, bool nulls, bool spoilt, uint64_t seed) {
  reports quick, slow;
  text page = {NULL, 0, 0}, quickly = {NULL, 0, 0}, slowly = {NULL, 0, 0};
  const size_t texts = 12, learned = 8;
  begin(&quick, kernel, nulls, true);
  begin(&slow, kernel, nulls, false);
  for (size_t i = 0; i < texts; i++) {
    put_page(&page, &s, &seed);
    if (i == learned)
      quick.given = 0;
    for (size_t changes = spoilt && i > 0 ? 1 + below(&seed, 3) : 0; changes > 0; changes--)
      spoil(&page, &seed);
    /* What comes in small pieces is left to the validator, and teaches nothing. */
    size_t step = i >= learned / 2 && below(&seed, 2) == 0 ? 64 : 1 << 17;
    print_text(&quick, &page, step, &seed, &quickly);
    print_text(&slow, &page, 1 << 17, &seed, &slowly);
    if (strcmp(quickly.bytes, slowly.bytes) != 0)
      print_message("%s\n", page.bytes);
    assert_string_equal(quickly.bytes, slowly.bytes);
  }
  bool most = quick.given > (texts - learned) * REPORTS / 2;
  assert_int_equal(slow.given, 0);
  end(&quick);
  end(&slow);
  text_free(&page);
  text_free(&quickly);
  text_free(&slowly);
  return most;
}

static void each_kernel(style s, bool spoilt, bool quick) {
  uint64_t seed = 0x9e3779b97f4a7c15;
  for (size_t k = 0; k < COUNT(kernels); k++) {
    if (cs_kernel_named(kernels[k]) == NULL)
      continue;
    for (size_t i = 0; i < ROUNDS / 10; i++) {
      bool most = readers_agree(kernels[k], s, i % 2 == 1, spoilt, next_random(&seed));
      assert_true(most || !quick);
    }
  }
}

static void reports_alike_have_their_rows_at_once(void **state) {
  (void)state;
  each_kernel((style){0, false, false}, false, true);
  each_kernel((style){0, true, false}, false, true);
}

static void odd_reports_have_the_same_rows(void **state) {
  (void)state;
  each_kernel((style){40, false, false}, false, false);
  each_kernel((style){200, false, false}, false, false);
  each_kernel((style){15, true, true}, false, false);
}

static void members_behind_a_list_count_for_the_rows_in_it(void **state) {
  (void)state;
  each_kernel((style){0, false, true}, false, false);
  each_kernel((style){100, false, true}, false, false);
}

static void spoilt_reports_fail_in_the_same_way(void **state) {
  (void)state;
  each_kernel((style){0, false, false}, true, false);
  each_kernel((style){60, false, false}, true, false);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reports_alike_have_their_rows_at_once),
      cmocka_unit_test(odd_reports_have_the_same_rows),
      cmocka_unit_test(members_behind_a_list_count_for_the_rows_in_it),
      cmocka_unit_test(spoilt_reports_fail_in_the_same_way),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
