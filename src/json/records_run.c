/* Rows that follow each other and match one template. */
#include "kernel.h"
#include "records.h"

/* Of fewer rows the line feeds are counted with all others. */
enum { RUN_WORTH_COUNTING = 8 };

static void count_run(const cs_records *records, cs_buffer *buffer, uint64_t rows) {
  const cs_template *template = records->run.template;
  int64_t behind = records->anchors[template->members];
  int64_t last = template->feed_in_row ? behind : records->anchors[0];
  if (rows < RUN_WORTH_COUNTING)
    return;
  cs_buffer_count(buffer, records->run.from);
  cs_buffer_counted(buffer, (size_t)(behind + template->close), rows * template->feeds,
                    (size_t)(last + template->last_feed));
}

void cs_records_end_run(cs_records *records, cs_scan *scan) {
  const cs_run *run = &records->run;
  if (run->template == NULL)
    return;
  uint64_t rows = scan->records - run->first;
  if (rows > 0) {
    count_run(records, &scan->buffer, rows);
    cs_shapes_ran(&records->shapes, run->template, &scan->buffer, records->anchors, rows);
    records->index.anchors_first = (size_t)(run->anchors - records->index.anchors);
  }
  records->run.template = NULL;
}

static uint32_t below(size_t number) {
  return number < UINT32_MAX ? (uint32_t)number : UINT32_MAX; /* where there is no anchor */
}

/* A string is not null: does each row of the template have one with a known name? */
static bool are_known(const cs_records *records) {
  const cs_template *template = records->template;
  bool known = records->known_first == records->known_end;
  for (uint32_t i = 0; i < template->members && !known; i++) {
    uint32_t name = template->slots[i].name;
    known = template->slots[i].string && name >= records->known_first &&
            name < records->known_end && name < CS_TEMPLATE_NAMES &&
            template->members_of[name] == i;
  }
  return known;
}

void cs_records_begin_run(cs_records *records, const cs_scan *scan, size_t to, uint32_t quotes) {
  const cs_template *template = records->template;
  const cs_index *index = &records->index;
  if (!template->runs)
    return;
  size_t mark = (size_t)index->marks[index->marks_first] * CS_BLOCK;
  size_t limit = scan->record_limit, between = (size_t) template->next;
  records->run = (cs_run){
      .template = template,
      .anchors = records->anchors + template->members,
      .from = scan->at,
      .first = scan->records + 1,
      .known = are_known(records),
  };
  cs_matching *matching = &records->matching;
  matching->rows = CS_ROWS_MOST;
  matching->to = below(to < mark ? to : mark);
  matching->apart = below(limit < SIZE_MAX - between ? limit + between : limit);
  matching->quotes = quotes;
}

size_t cs_records_rows(cs_records *records, cs_scan *scan, cs_rows *rows) {
  cs_run *run = &records->run;
  if (run->template == NULL)
    return 0;
  if (run->proven == 0)
    run->proven = records->index.kernel->match(run->template, &records->index, scan->buffer.bytes,
                                               run->anchors, &records->matching);
  if (run->proven == 0)
    cs_records_end_run(records, scan);
  *rows = (cs_rows){run->template, scan->buffer.bytes, run->anchors, run->proven};
  return run->proven;
}

void cs_records_take(cs_records *records, cs_scan *scan, size_t count) {
  cs_run *run = &records->run;
  const cs_template *template = run->template;
  const uint32_t *behind = run->anchors + count * template->members;
  const uint32_t *last = behind - template->members;
  const char *bytes = scan->buffer.bytes;
  size_t start = (size_t)((ptrdiff_t)*last + template->close + template->next);
  size_t end = (size_t)((ptrdiff_t)*behind + template->close);
  run->proven -= count;
  run->anchors = behind;
  scan->buffer.start = start;
  scan->at = end;
  scan->records += count;
  records->anchors = last;
  records->listed = false;
  records->text = (cs_span){bytes + start, end - start};
}
