/* Usage rows of reports: those that are had at once from reports much alike are those that a walk
   over the items gives, on every kernel and in every cut, page after page. */
#include "query/plan.h"
#include "reading.h"

enum { COLUMNS = 5, PAGES = 2 };

static const char *const names[] = {"id",    "unit",      "cost",  "rated_cost",
                                    "plans", "resources", "usage", "hidden"};

static void prepare(cs_plan *asked, input *from) {
  memset(asked, 0, sizeof *asked);
  asked->names = malloc(COUNT(names) * sizeof *asked->names);
  assert_non_null(asked->names);
  for (size_t i = 0; i < COUNT(names); i++) {
    char *const copy = malloc(strlen(names[i]) + 1);
    assert_non_null(copy);
    strcpy(copy, names[i]);
    asked->names[i] = (cs_span){copy, strlen(copy)};
  }
  asked->name_count = COUNT(names);
  asked->column_count = COLUMNS;
  asked->known_end = take_below(from, COUNT(names) + 1);
  asked->known_first = take_below(from, asked->known_end + 1);
  asked->by_usage = true;
  asked->usage.nulls = take_bool(from);
  asked->usage.columns_alone = true;
  assert_true(cs_plan_prepare(asked));
}

static reading reading_with(const cs_plan *asked, input *from) {
  reading how = reading_envelope("reports[]");
  take_limits(from, &how.options);
  how.options.names = asked->names;
  how.options.name_count = asked->name_count;
  how.options.known_first = asked->known_first;
  how.options.known_end = asked->known_end;
  how.options.levels = CS_USAGE_DEPTH;
  return how;
}

static void put_row(text *out, const cs_value *row) {
  for (size_t i = 0; i < COLUMNS; i++) {
    const char kind[] = {(char)('0' + row[i].kind), row[i].escaped ? '!' : ':', '\0'};
    text_put(out, kind);
    if (row[i].kind != CS_KIND_ABSENT)
      text_add(out, row[i].text.bytes, row[i].text.length);
    text_put(out, " ");
  }
  text_put(out, "; ");
}

/* The context is the plan. */
static void note_report(void *context, cs_frame *frame, cs_span record, text *out) {
  cs_plan *const asked = context;
  cs_usage *const usage = &asked->usage;
  cs_usage_step step = CS_USAGE_ROW;
  cs_inner_rows rows;
  bool known = true;
  note_text(NULL, frame, record, out);
  if (asked->known_end > asked->known_first)
    assert_true(cs_frame_is_known(frame, &known));
  text_put(out, known ? "" : "unknown ");
  if (cs_frame_inner_rows(frame, &rows)) {
    cs_usage_begin_rows(usage, rows, record.bytes);
  } else {
    cs_items *const items = cs_frame_items(frame);
    assert_non_null(items);
    step = cs_usage_begin(usage, items, record.bytes);
  }
  while (step == CS_USAGE_ROW) {
    step = cs_usage_next(usage);
    if (step == CS_USAGE_ROW)
      put_row(out, cs_usage_row(usage));
  }
  text_put(out, step == CS_USAGE_WRONG ? usage->wrong : "");
  text_put(out, "\n");
}

/* Only a frame that has seen such reports before has rows of them at once. */
static void pages_are_alike(reading *how, cs_plan *asked, const text *page, const cutting *cut,
                            const text *expected) {
  const cutting *const ways[PAGES] = {&whole_appended, cut};
  how->options.rows = &asked->usage.form;
  for (size_t k = 0; k < COUNT(kernel_names); k++) {
    const cs_kernel *const kernel = cs_kernel_named(kernel_names[k]);
    cs_frame *frame = NULL;
    how->options.kernel = kernel;
    for (size_t i = 0; kernel != NULL && i < PAGES; i++)
      assert_noted(page, expected, read_with(how, &frame, page, ways[i], note_report, asked),
                   kernel);
    cs_frame_free(frame);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  input from = {bytes, bytes + length};
  cs_plan asked;
  prepare(&asked, &from);
  reading how = reading_with(&asked, &from);
  const cutting cut = take_cutting(&from);
  text page = take_text(&from);
  how.options.kernel = cs_kernel_named("plain");
  text expected = read_text(&how, &page, &byte_by_byte, note_report, &asked);
  pages_are_alike(&how, &asked, &page, &cut, &expected);
  text_free(&expected);
  text_free(&page);
  cs_plan_free(&asked);
  return 0;
}
