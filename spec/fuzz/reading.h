/* Reads a text with a frame as an input says, and notes what it gave. */
#ifndef SPEC_FUZZ_READING_H
#define SPEC_FUZZ_READING_H

#include "input.h"
#include "json/kernel.h"

enum { CUTS = 4 };

static const char *const kernel_names[] = {"avx512", "avx2", "sse2", "neon", "plain"};

/* The lengths of the pieces that a text comes in, again and again. */
typedef struct cutting {
  size_t lengths[CUTS]; /* the first is 0: there is one piece */
  bool appends;         /* by cs_frame_append, else by reserve and commit */
} cutting;

static const cutting byte_by_byte = {{1, 1, 1, 1}, false};
static const cutting whole_appended = {{0}, true};
static const cutting whole_committed = {{0}, false};

static inline cutting take_cutting(input *from) {
  cutting cut;
  for (size_t i = 0; i < CUTS; i++)
    cut.lengths[i] = 1 + take_byte(from);
  cut.appends = take_bool(from);
  return cut;
}

/* One in so many inputs has a limit that its text may pass. */
static inline void take_limits(input *from, cs_frame_options *options) {
  const unsigned choice = take_byte(from);
  options->number_range = choice % 2 == 0;
  if (choice >> 1 & 1)
    options->record_limit = 1 + take_byte(from);
  if (choice >> 2 & 1)
    options->depth_limit = take_below(from, 8);
  if (choice >> 3 & 1)
    options->total_limit = 8 * (uint64_t)take_byte(from);
  options->levels = choice >> 4 & 7;
}

static inline reading take_reading(input *from) {
  static const char *const paths[] = {"a[]", "data.reports[]"};
  const unsigned choice = take_byte(from);
  reading how = reading_of((cs_framing)(choice % 5));
  how.empty_allowed = choice >> 3 & 1;
  how.options.path = paths[choice >> 4 & 1];
  take_limits(from, &how.options);
  return how;
}

/* What is noted of a record, which the frame has just given. */
typedef void (*note)(void *context, cs_frame *frame, cs_span record, text *out);

static inline void note_text(void *context, cs_frame *frame, cs_span record, text *out) {
  (void)context;
  (void)frame;
  text_add(out, record.bytes, record.length);
  text_put(out, "\n");
}

/* Gives the frame bytes[at] and some of those behind it, and returns how many. */
static inline size_t give_some(cs_frame *frame, const text *bytes, size_t at, size_t length,
                               bool append) {
  const size_t left = bytes->length - at;
  if (length == 0 || length > left)
    length = left;
  if (!append) {
    feed(frame, bytes->bytes + at, length);
    return length;
  }
  char *const copy = malloc(length); /* so that a read behind its end is seen */
  assert_non_null(copy);
  memcpy(copy, bytes->bytes + at, length);
  assert_true(cs_frame_append(frame, copy, length, 0));
  free(copy);
  return length;
}

/* Reads all of the text with a new frame that takes over what `*spent` has learned, unless that
   is NULL, and becomes `*spent`. */
static inline text read_with(const reading *how, cs_frame **spent, const text *bytes,
                             const cutting *cut, note take_note, void *context) {
  text out = {NULL, 0, 0};
  cs_frame *const frame = cs_frame_after(&how->options, *spent);
  cs_frame_status status = CS_FRAME_MORE;
  assert_non_null(frame);
  for (size_t at = 0, piece = 0; status <= CS_FRAME_MORE;) {
    cs_span record;
    status = cs_frame_next(frame, &record);
    if (status == CS_FRAME_RECORD) {
      take_note(context, frame, record, &out);
    } else if (status == CS_FRAME_MORE && at == bytes->length) {
      cs_frame_finish(frame, how->empty_allowed);
    } else if (status == CS_FRAME_MORE) {
      at += give_some(frame, bytes, at, cut->lengths[piece % CUTS], cut->appends);
      piece++;
    }
  }
  if (status == CS_FRAME_END)
    assert_int_equal(cs_frame_bytes(frame), bytes->length);
  text_put(&out, cs_frame_proves_end(frame) ? "proven: " : "");
  conclude(frame, status, &out);
  cs_frame_free(*spent);
  *spent = frame;
  return out;
}

/* With a frame of its own. */
static inline text read_text(const reading *how, const text *bytes, const cutting *cut,
                             note take_note, void *context) {
  cs_frame *frame = NULL;
  text out = read_with(how, &frame, bytes, cut, take_note, context);
  cs_frame_free(frame);
  return out;
}

/* Frees `found`. */
static inline void assert_noted(const text *bytes, const text *expected, text found,
                                const cs_kernel *kernel) {
  if (expected->length != found.length ||
      memcmp(expected->bytes, found.bytes, found.length) != 0) {
    print_message("kernel %s, text:\n%.*s\nexpected:\n%s\ngot:\n%s\n", kernel->name,
                  (int)bytes->length, bytes->bytes, expected->bytes, found.bytes);
    fail();
  }
  text_free(&found);
}

#endif
