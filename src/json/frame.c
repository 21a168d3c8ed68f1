#include "frame.h"

#include <stdlib.h>
#include <string.h>

#include "envelope.h"
#include "kernel.h"
#include "parse.h"
#include "records.h"
#include "scan.h"

/* Bytes that may wait to be looked at: what a slow reader lets into memory. */
enum { WINDOW = 256 * 1024 };

enum state {
  BEFORE,   /* nothing but white space came */
  ENVELOPE, /* around the list */
  ELEMENT_OR_END,
  ELEMENT,
  COMMA_OR_END,
  DOCUMENT,
  LINE,
  LINE_END,
  BEHIND, /* the text's own syntax ended it */
  ENDED,
  FAILED
};

struct cs_frame {
  enum state state;
  cs_framing framing;
  bool empty_allowed;
  cs_envelope *envelope; /* or NULL */
  cs_scan scan;
  cs_records records;
};

bool cs_frame_path_valid(const char *path) {
  size_t length = strlen(path);
  if (length < 3 || strcmp(path + length - 2, "[]") != 0)
    return false;
  size_t name = 0;
  for (size_t i = 0; i < length - 2; i++) {
    if (path[i] == '[' || path[i] == ']')
      return false;
    if (path[i] == '.' && name == 0)
      return false;
    name = path[i] == '.' ? 0 : name + 1;
  }
  return name > 0;
}

static bool same_names(const cs_records *records, const cs_frame_options *options) {
  const cs_names *names = &records->names;
  if (options->name_count != records->asked)
    return false;
  for (size_t i = 0; i < options->name_count; i++) {
    const cs_span *a = &names->texts[i], *b = &options->names[i];
    if (a->length != b->length || memcmp(a->bytes, b->bytes, a->length) != 0)
      return false;
  }
  return true;
}

static const cs_kernel *kernel_of(const cs_frame_options *options) {
  return options->kernel != NULL ? options->kernel : cs_kernel_best();
}

static size_t levels_of(const cs_frame_options *options) {
  return options->levels == 0 ? 1 : options->levels;
}

static bool same_rows(const cs_records *records, const cs_frame_options *options) {
  if (options->rows == NULL || !records->by_rows)
    return options->rows == NULL && !records->by_rows;
  return memcmp(&records->trail.form, options->rows, sizeof *options->rows) == 0;
}

/* What was learned from the records of `spent`, is it right for those of `frame`, too? */
static bool learns_the_same(const cs_frame *frame, const cs_frame *spent,
                            const cs_frame_options *options) {
  const cs_records *records = &spent->records;
  return frame->scan.number_range == spent->scan.number_range &&
         frame->scan.depth_limit == spent->scan.depth_limit &&
         records->index.kernel == kernel_of(options) && records->levels == levels_of(options) &&
         same_rows(records, options) && same_names(records, options);
}

static void take_over(cs_frame *frame, cs_frame *spent) {
  bool fixed = frame->framing != CS_FRAMING_DETECT && frame->framing == spent->framing;
  frame->scan.buffer = spent->scan.buffer;
  cs_buffer_renew(&frame->scan.buffer);
  frame->records = spent->records;
  cs_records_renew(&frame->records, fixed);
  memset(&spent->scan.buffer, 0, sizeof spent->scan.buffer);
  memset(&spent->records, 0, sizeof spent->records);
  spent->state = FAILED;
}

cs_frame *cs_frame_after(const cs_frame_options *options, cs_frame *spent) {
  cs_frame *frame = calloc(1, sizeof *frame);
  if (frame == NULL)
    return NULL;
  frame->framing = options->framing;
  frame->scan.number_range = options->number_range;
  frame->scan.record_limit = options->record_limit;
  frame->scan.depth_limit = options->depth_limit;
  frame->scan.total_limit = options->total_limit;
  bool ready = true;
  if (spent != NULL && learns_the_same(frame, spent, options))
    take_over(frame, spent);
  else
    ready = cs_records_init(&frame->records, kernel_of(options), options->names,
                            options->name_count, levels_of(options));
  if (options->rows != NULL && !frame->records.by_rows)
    cs_records_give_rows(&frame->records, options->rows);
  frame->records.known_first = (uint32_t)options->known_first;
  frame->records.known_end = (uint32_t)options->known_end;
  if (options->framing == CS_FRAMING_ENVELOPE) {
    frame->envelope = cs_envelope_new(options->path);
    ready = ready && frame->envelope != NULL;
  }
  if (ready)
    return frame;
  cs_frame_free(frame);
  return NULL;
}

cs_frame *cs_frame_new(const cs_frame_options *options) {
  return cs_frame_after(options, NULL);
}

void cs_frame_free(cs_frame *frame) {
  if (frame == NULL)
    return;
  cs_envelope_free(frame->envelope);
  cs_records_free(&frame->records);
  cs_buffer_free(&frame->scan.buffer);
  free(frame);
}

bool cs_frame_full(const cs_frame *frame) {
  if (frame->state == FAILED || frame->state == ENDED)
    return true;
  return frame->scan.buffer.end - frame->scan.at >= WINDOW;
}

char *cs_frame_reserve(cs_frame *frame, size_t length) {
  cs_scan *scan = &frame->scan;
  size_t ahead = scan->at - scan->buffer.start;
  /* A record that was given out is done with; one that is under way is not. */
  if (!scan->in_value) {
    scan->buffer.start = scan->at;
    ahead = 0;
  }
  char *room = cs_records_reserve(&frame->records, scan, length);
  scan->at = scan->buffer.start + ahead;
  return room;
}

bool cs_frame_append(cs_frame *frame, const char *bytes, size_t length, size_t following) {
  frame->records.matching.ahead = bytes + length;
  frame->records.matching.ahead_end = bytes + length + following;
  return cs_frame_reserve(frame, length) != NULL &&
         cs_index_append(&frame->records.index, &frame->scan.buffer, bytes, length);
}

void cs_frame_commit(cs_frame *frame, size_t length) {
  cs_buffer_commit(&frame->scan.buffer, length);
}

void cs_frame_finish(cs_frame *frame, bool empty_allowed) {
  frame->empty_allowed = empty_allowed;
  frame->scan.finished = true;
}

static cs_step before(cs_frame *frame) {
  int byte = cs_scan_peek(&frame->scan);
  if (byte == CS_SCAN_DRY) {
    bool empty = frame->scan.finished && frame->scan.at == frame->scan.buffer.end;
    bool lines = frame->framing == CS_FRAMING_LINES || frame->framing == CS_FRAMING_DETECT;
    if (empty && lines && frame->empty_allowed)
      return CS_STEP_END;
    return cs_scan_dry(&frame->scan, "the text is empty");
  }
  if (frame->framing == CS_FRAMING_DETECT)
    frame->framing = byte == '[' ? CS_FRAMING_ARRAY : CS_FRAMING_LINES;
  if (frame->framing == CS_FRAMING_ENVELOPE) {
    frame->state = ENVELOPE;
    return CS_STEP_ON;
  }
  if (frame->framing == CS_FRAMING_LINES || frame->framing == CS_FRAMING_DOCUMENT) {
    frame->scan.text_ends_value = true;
    frame->state = frame->framing == CS_FRAMING_LINES ? LINE : DOCUMENT;
    return CS_STEP_ON;
  }
  if (byte != '[')
    return cs_scan_unexpected(&frame->scan, "expected an array of records");
  cs_scan_consume(&frame->scan);
  frame->state = ELEMENT_OR_END;
  return CS_STEP_ON;
}

static cs_step around_list(cs_frame *frame) {
  cs_envelope_place place;
  cs_step step = cs_envelope_step(frame->envelope, &frame->scan, &place);
  if (step == CS_STEP_ON && place == CS_ENVELOPE_LIST)
    frame->state = ELEMENT_OR_END;
  if (step == CS_STEP_ON && place == CS_ENVELOPE_BEHIND)
    frame->state = BEHIND;
  return step;
}

static cs_step record(cs_frame *frame, enum state next) {
  cs_step step = cs_records_read(&frame->records, &frame->scan);
  if (step != CS_STEP_ON)
    return step;
  frame->state = next;
  frame->scan.records++;
  return CS_STEP_RECORD;
}

static cs_step close_list(cs_frame *frame) {
  cs_scan_consume(&frame->scan);
  frame->state = frame->envelope == NULL ? BEHIND : ENVELOPE;
  return CS_STEP_ON;
}

static cs_step element(cs_frame *frame) {
  cs_scan *scan = &frame->scan;
  if (!scan->in_value) {
    int byte = cs_scan_peek(scan);
    if (byte == CS_SCAN_DRY)
      return cs_scan_dry(scan, "the text stops inside the list of records");
    if (byte == ']' && frame->state == ELEMENT_OR_END)
      return close_list(frame);
  }
  return record(frame, COMMA_OR_END);
}

static cs_step behind_element(cs_frame *frame) {
  cs_scan *scan = &frame->scan;
  int byte = cs_scan_peek(scan);
  if (byte == CS_SCAN_DRY)
    return cs_scan_dry(scan, "the text stops inside the list of records");
  if (byte == ']')
    return close_list(frame);
  if (byte != ',')
    return cs_scan_unexpected(scan, "expected ',' or ']' behind a record");
  cs_scan_consume(scan);
  frame->state = ELEMENT;
  return CS_STEP_ON;
}

static cs_step line(cs_frame *frame) {
  cs_scan *scan = &frame->scan;
  if (!scan->in_value && cs_scan_peek(scan) == CS_SCAN_DRY) {
    bool whole = scan->finished && scan->at == scan->buffer.end;
    return whole ? CS_STEP_END : cs_scan_dry(scan, NULL);
  }
  return record(frame, LINE_END);
}

static cs_step line_end(cs_frame *frame) {
  cs_scan *scan = &frame->scan;
  int byte = cs_scan_peek_any(scan);
  if (byte == CS_SCAN_DRY) {
    bool whole = scan->finished && scan->at == scan->buffer.end;
    return whole ? CS_STEP_END : cs_scan_dry(scan, NULL);
  }
  if (byte != ' ' && byte != '\t' && byte != '\r' && byte != '\n')
    return cs_scan_unexpected(scan, "expected the end of the line behind a record");
  cs_scan_consume(scan);
  if (byte == '\n')
    frame->state = LINE;
  return CS_STEP_ON;
}

static cs_step behind(cs_frame *frame) {
  cs_scan *scan = &frame->scan;
  if (cs_scan_peek(scan) != CS_SCAN_DRY)
    return cs_scan_unexpected(scan, "expected nothing behind the end");
  bool whole = scan->finished && scan->at == scan->buffer.end;
  return whole ? CS_STEP_END : cs_scan_dry(scan, NULL);
}

static cs_step take_step(cs_frame *frame) {
  switch (frame->state) {
  case BEFORE:
    return before(frame);
  case ENVELOPE:
    return around_list(frame);
  case ELEMENT_OR_END:
  case ELEMENT:
    return element(frame);
  case COMMA_OR_END:
    return behind_element(frame);
  case DOCUMENT:
    return record(frame, BEHIND);
  case LINE:
    return line(frame);
  case LINE_END:
    return line_end(frame);
  case BEHIND:
    return behind(frame);
  case ENDED:
    return CS_STEP_END;
  default:
    return CS_STEP_ERROR;
  }
}

/* Not inline, for the sake of the rows of a run. */
static __attribute__((noinline)) cs_frame_status next_by_steps(cs_frame *frame,
                                                               cs_span *record_span) {
  for (;;) {
    switch (take_step(frame)) {
    case CS_STEP_ON:
      break;
    case CS_STEP_RECORD:
      *record_span = frame->records.text;
      return CS_FRAME_RECORD;
    case CS_STEP_MORE:
      return CS_FRAME_MORE;
    case CS_STEP_END:
      frame->state = ENDED;
      return CS_FRAME_END;
    default:
      frame->state = FAILED;
      return CS_FRAME_ERROR;
    }
  }
}

cs_frame_status cs_frame_next(cs_frame *frame, cs_span *record_span) {
  cs_records *records = &frame->records;
  cs_rows rows;
  if (cs_records_rows(records, &frame->scan, &rows) > 0)
    cs_records_take(records, &frame->scan, 1);
  else if (!cs_records_follow(records, &frame->scan))
    return next_by_steps(frame, record_span);
  *record_span = records->text;
  return CS_FRAME_RECORD;
}

size_t cs_frame_rows(cs_frame *frame, cs_rows *rows) {
  size_t count = cs_records_rows(&frame->records, &frame->scan, rows);
  return frame->records.run.known ? count : 0;
}

void cs_frame_take(cs_frame *frame, size_t count) {
  cs_records_take(&frame->records, &frame->scan, count);
}

cs_items *cs_frame_items(cs_frame *frame) {
  return cs_records_items(&frame->records, &frame->scan);
}

bool cs_frame_inner_rows(const cs_frame *frame, cs_inner_rows *rows) {
  return cs_records_inner_rows(&frame->records, rows);
}

bool cs_frame_columns(cs_frame *frame, cs_value *values, size_t count) {
  return cs_records_columns(&frame->records, &frame->scan, values, count);
}

bool cs_frame_is_known(cs_frame *frame, bool *known) {
  return cs_records_are_known(&frame->records, &frame->scan, known);
}

cs_matched cs_frame_matched(const cs_frame *frame) {
  const cs_records *records = &frame->records;
  return (cs_matched){records->template, records->base, records->anchors};
}

const cs_json_error *cs_frame_error(const cs_frame *frame) {
  return &frame->scan.error;
}

bool cs_frame_proves_end(const cs_frame *frame) {
  return frame->state != BEFORE && frame->framing != CS_FRAMING_LINES;
}

bool cs_frame_ready(const cs_frame *frame) {
  if (frame->state == FAILED || frame->state == ENDED)
    return true;
  return frame->scan.finished || frame->scan.at < frame->scan.buffer.end;
}

cs_span cs_frame_aside(const cs_frame *frame) {
  cs_span aside = {NULL, 0};
  if (frame->envelope != NULL)
    aside.bytes = cs_envelope_aside(frame->envelope, &aside.length);
  return aside;
}

uint64_t cs_frame_records(const cs_frame *frame) {
  return frame->scan.records;
}

uint64_t cs_frame_bytes(const cs_frame *frame) {
  return cs_buffer_offset(&frame->scan.buffer, frame->scan.at);
}
