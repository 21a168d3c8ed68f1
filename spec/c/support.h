/* Feeds a text to a frame by a plan of cuts and prints what comes out; whatever the plan, the
   transcript must be the same. Likewise a value to a validator, without the print. */
#ifndef SPEC_SUPPORT_H
#define SPEC_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json/frame.h"
#include "json/validator.h"

/* A literal and its length: it may hold NUL. */
#define TEXT(literal) (literal), sizeof(literal) - 1

typedef struct sample {
  const char *bytes;
  size_t length;
} sample;

#define SAMPLE(literal)                                                                          \
  { (literal), sizeof(literal) - 1 }
#define COUNT(array) (sizeof(array) / sizeof *(array))

typedef struct text {
  char *bytes; /* NUL-terminated, or NULL when empty */
  size_t length;
  size_t capacity;
} text;

static inline void text_add(text *out, const char *bytes, size_t length) {
  if (length >= out->capacity - out->length) {
    out->capacity = 2 * (out->length + length + 1);
    out->bytes = realloc(out->bytes, out->capacity);
    assert_non_null(out->bytes);
  }
  memcpy(out->bytes + out->length, bytes, length);
  out->length += length;
  out->bytes[out->length] = '\0';
}

static inline void text_put(text *out, const char *bytes) {
  text_add(out, bytes, strlen(bytes));
}

static inline void text_repeat(text *out, const char *bytes, size_t times) {
  for (size_t i = 0; i < times; i++)
    text_put(out, bytes);
}

static inline void text_free(text *out) {
  free(out->bytes);
  memset(out, 0, sizeof *out);
}

static inline uint64_t next_random(uint64_t *seed) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  *seed ^= *seed << 17;
  return *seed;
}

typedef struct reading {
  cs_frame_options options;
  bool empty_allowed;
} reading;

static inline reading reading_of(cs_framing framing) {
  reading result = {.options = {.framing = framing,
                                .number_range = true,
                                .record_limit = 1 << 20,
                                .depth_limit = 64,
                                .total_limit = UINT64_MAX}};
  return result;
}

static inline reading reading_envelope(const char *path) {
  reading result = reading_of(CS_FRAMING_ENVELOPE);
  result.options.path = path;
  return result;
}

static inline void print_failure(text *out, const cs_json_error *error) {
  static const char *const kinds[] = {"none", "malformed", "incomplete", "limit", "memory"};
  char line[256], found[16] = "nothing";
  if (error->found > ' ' && error->found < 0x7f)
    sprintf(found, "%c", error->found);
  else if (error->found != CS_JSON_FOUND_NOTHING)
    sprintf(found, "0x%02X", (unsigned)error->found);
  snprintf(line, sizeof line,
           "%s at %llu, %llu:%llu, record %llu, found %s: ", kinds[error->kind],
           (unsigned long long)error->byte, (unsigned long long)error->line,
           (unsigned long long)error->column, (unsigned long long)error->record, found);
  text_put(out, line);
  text_put(out, error->message == NULL ? "no message" : error->message);
}

static inline void print_end(text *out, const cs_frame *frame) {
  cs_span aside = cs_frame_aside(frame);
  text_put(out, "end");
  if (aside.length > 0) {
    text_put(out, " ");
    text_add(out, aside.bytes, aside.length);
  }
}

/* Prints one record, if there is one, as a line. */
static inline cs_frame_status take_one(cs_frame *frame, text *out) {
  cs_span record = {NULL, 0};
  cs_frame_status status = cs_frame_next(frame, &record);
  if (status == CS_FRAME_RECORD) {
    text_add(out, record.bytes, record.length);
    text_put(out, "\n");
  }
  return status;
}

/* Takes what there is. Whatever comes last must come again. */
static inline cs_frame_status drain(cs_frame *frame, text *out) {
  cs_span record = {NULL, 0};
  cs_frame_status status = CS_FRAME_RECORD;
  while (status == CS_FRAME_RECORD)
    status = take_one(frame, out);
  assert_int_equal(cs_frame_next(frame, &record), status);
  return status;
}

/* Writes rubbish behind what it commits, which must not be looked at. */
static inline void feed(cs_frame *frame, const char *bytes, size_t length) {
  static const char rubbish[] = "0]}\"\\ \xff";
  const size_t spare = sizeof rubbish - 1;
  char *room = cs_frame_reserve(frame, length + spare);
  assert_non_null(room);
  memcpy(room, bytes, length);
  memcpy(room + length, rubbish, spare);
  cs_frame_commit(frame, length);
}

typedef struct plan {
  const size_t *cuts; /* where chunks end, in order */
  size_t count;
  uint64_t greed; /* bit i: takes all records behind chunk i; else bit i + 1: takes one */
  bool early_end; /* the end is told together with the last chunk */
} plan;

/* The end of `transcript`: that of the text, or its error; the counters must agree. */
static inline void conclude(cs_frame *frame, cs_frame_status status, text *transcript) {
  uint64_t lines = 0;
  for (size_t i = 0; i < transcript->length; i++)
    lines += transcript->bytes[i] == '\n';
  if (status == CS_FRAME_END) {
    print_end(transcript, frame);
  } else {
    assert_int_equal(status, CS_FRAME_ERROR);
    assert_int_equal(cs_frame_error(frame)->record, cs_frame_records(frame) + 1);
    print_failure(transcript, cs_frame_error(frame));
  }
  assert_true(cs_frame_records(frame) <= lines);
}

static inline text transcript_of(const reading *how, const char *bytes, size_t length, plan cut) {
  text out = {NULL, 0, 0};
  cs_frame *frame = cs_frame_new(&how->options);
  cs_frame_status status = CS_FRAME_MORE;
  size_t from = 0;
  assert_non_null(frame);
  for (size_t i = 0; i <= cut.count && status <= CS_FRAME_MORE; i++) {
    size_t to = i < cut.count ? cut.cuts[i] : length;
    feed(frame, bytes + from, to - from);
    from = to;
    if (i == cut.count && cut.early_end)
      cs_frame_finish(frame, how->empty_allowed);
    if ((cut.greed >> (i % 64) & 1) != 0)
      status = drain(frame, &out);
    else if ((cut.greed >> ((i + 1) % 64) & 1) != 0)
      status = take_one(frame, &out);
  }
  if (status <= CS_FRAME_MORE)
    cs_frame_finish(frame, how->empty_allowed);
  conclude(frame, drain(frame, &out), &out);
  if (cs_frame_error(frame)->kind == CS_JSON_NONE)
    assert_int_equal(cs_frame_bytes(frame), length);
  cs_frame_free(frame);
  return out;
}

/* Fails unless `cut` gives the transcript `whole`. */
static inline void same_transcript(const reading *how, const char *bytes, size_t length, plan cut,
                                   const text *whole) {
  text other = transcript_of(how, bytes, length, cut);
  if (other.length != whole->length || memcmp(other.bytes, whole->bytes, other.length) != 0) {
    print_message("text:\n%.*s\nwhole:\n%s\n%zu cuts, the first at %zu:\n%s\n", (int)length,
                  bytes, whole->bytes, cut.count, cut.count == 0 ? 0 : cut.cuts[0], other.bytes);
    fail();
  }
  text_free(&other);
}

/* A rising list of cuts of which each is `step` behind the last, or at random below that. */
static inline size_t cut_all_along(size_t *cuts, size_t length, size_t step, uint64_t *seed) {
  size_t count = 0;
  for (size_t at = 0; at + step < length;) {
    at += seed == NULL ? step : (size_t)(next_random(seed) % step) + (step > 8);
    cuts[count++] = at;
    if (seed != NULL && count == 8 * (length / step + 1))
      break;
  }
  return count;
}

static inline void same_in_steps(const reading *how, const char *bytes, size_t length,
                                 size_t step, uint64_t *seed, const text *whole) {
  size_t *cuts = malloc(sizeof *cuts * (8 * (length / step + 1) + 1));
  assert_non_null(cuts);
  size_t count = cut_all_along(cuts, length, step, seed);
  uint64_t greed = seed == NULL ? UINT64_MAX : next_random(seed);
  same_transcript(how, bytes, length, (plan){cuts, count, greed, greed % 2 == 0}, whole);
  free(cuts);
}

/* The transcript of the whole text, once all cuts of it were seen to give the same: every single
   one, a byte at a time, and some at random. For short texts. */
static inline text transcript_in_every_cut(const reading *how, const char *bytes, size_t length) {
  const text whole = transcript_of(how, bytes, length, (plan){NULL, 0, 0, true});
  uint64_t seed = 0x9e3779b97f4a7c15 + length;
  same_transcript(how, bytes, length, (plan){NULL, 0, 1, false}, &whole);
  for (size_t cut = 0; cut <= length; cut++)
    same_transcript(how, bytes, length, (plan){&cut, 1, cut % 4, cut % 2 == 0}, &whole);
  same_in_steps(how, bytes, length, 1, NULL, &whole);
  for (size_t round = 0; round < 8; round++)
    same_in_steps(how, bytes, length, 2 + round, &seed, &whole);
  return whole;
}

static inline void reads(const reading *how, const char *bytes, size_t length,
                         const char *expected) {
  text whole = transcript_in_every_cut(how, bytes, length);
  if (strlen(expected) != whole.length || memcmp(expected, whole.bytes, whole.length) != 0) {
    print_message("text:\n%.*s\nexpected:\n%s\ngot:\n%s\n", (int)length, bytes, expected,
                  whole.bytes);
    fail();
  }
  text_free(&whole);
}

static inline bool last_line_is(const text *transcript, const char *beginning) {
  size_t last = transcript->length;
  while (last > 0 && transcript->bytes[last - 1] != '\n')
    last--;
  return strncmp(transcript->bytes + last, beginning, strlen(beginning)) == 0;
}

/* `value` between `before` and `behind`, in every cut. */
static inline text read_between(const reading *how, const char *before, sample value,
                                const char *behind) {
  text whole = {NULL, 0, 0};
  text_put(&whole, before);
  text_add(&whole, value.bytes, value.length);
  text_put(&whole, behind);
  text transcript = transcript_in_every_cut(how, whole.bytes, whole.length);
  text_free(&whole);
  return transcript;
}

/* A frame that was fed `bytes` and gave all of its records. */
static inline cs_frame *frame_behind(cs_framing framing, const char *bytes,
                                     cs_frame_status status) {
  const reading how = reading_of(framing);
  text records = {NULL, 0, 0};
  cs_frame *frame = cs_frame_new(&how.options);
  assert_non_null(frame);
  feed(frame, bytes, strlen(bytes));
  assert_int_equal(drain(frame, &records), status);
  text_free(&records);
  return frame;
}

static inline void reads_in_chunks(const reading *how, const text *bytes, const char *end) {
  static const size_t steps[] = {1, 20, 21, 22, 4096, 65535, 65536, 65537};
  text whole = transcript_of(how, bytes->bytes, bytes->length, (plan){NULL, 0, 0, true});
  uint64_t seed = 0x9e3779b97f4a7c15;
  assert_string_equal(whole.bytes + whole.length - strlen(end), end);
  for (size_t i = 0; i < COUNT(steps); i++)
    same_in_steps(how, bytes->bytes, bytes->length, steps[i], NULL, &whole);
  for (size_t step = 3; step < 200000; step *= 5)
    same_in_steps(how, bytes->bytes, bytes->length, step, &seed, &whole);
  text_free(&whole);
}

typedef struct outcome {
  cs_verdict verdict;
  size_t stop;
  cs_json_error_kind kind;
  const char *message;
} outcome;

typedef struct rules {
  size_t depth_limit;
  bool number_range;
} rules;

/* Shows the validator `to` bytes in a heap block of just that size, so that a checker of memory
   sees every byte too far. */
static inline cs_verdict show_copy(cs_validator *validator, const char *bytes, size_t from,
                                   size_t to, size_t *stop) {
  char *const copy = malloc(to + (to == 0));
  assert_non_null(copy);
  memcpy(copy, bytes, to);
  cs_verdict verdict = cs_validator_run(validator, copy, from, to, stop);
  free(copy);
  return verdict;
}

/* Reads in chunks that end at `cut`, then every `step` bytes; at the end tells the end. */
static inline outcome read_cut(rules rule, const char *bytes, size_t length, size_t cut,
                               size_t step) {
  cs_validator validator;
  memset(&validator, 0xa5, sizeof validator);
  cs_validator_begin(&validator, rule.depth_limit, rule.number_range);
  outcome result = {CS_VERDICT_MORE, 0, CS_JSON_NONE, NULL};
  for (size_t from = 0, to = cut; from < length && result.verdict == CS_VERDICT_MORE;) {
    result.verdict = show_copy(&validator, bytes, from, to, &result.stop);
    if (result.verdict == CS_VERDICT_MORE)
      assert_int_equal(result.stop, to);
    from = to;
    to = length - to < step ? length : to + step;
  }
  if (result.verdict == CS_VERDICT_MORE)
    result.verdict = cs_validator_finish(&validator, bytes, length);
  if (result.verdict == CS_VERDICT_DONE)
    return result;
  result.kind = validator.kind;
  result.message = validator.message;
  return result;
}

static inline void same_outcome(outcome a, outcome b) {
  assert_int_equal(a.verdict, b.verdict);
  assert_int_equal(a.stop, b.stop);
  assert_int_equal(a.kind, b.kind);
  assert_ptr_equal(a.message, b.message);
}

static inline outcome read_in_every_cut(rules rule, const char *bytes, size_t length) {
  const outcome whole = read_cut(rule, bytes, length, length, length);
  for (size_t cut = 0; cut <= length; cut++)
    same_outcome(read_cut(rule, bytes, length, cut, length), whole);
  for (size_t step = 1; step <= 3; step++)
    same_outcome(read_cut(rule, bytes, length, step > length ? length : step, step), whole);
  return whole;
}

#endif
