/* What every framing is made of: looks at the bytes of a buffer in order, one step at a time. */
#ifndef CS_JSON_SCAN_H
#define CS_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "error.h"
#include "validator.h"

typedef enum cs_step {
  CS_STEP_ON,     /* done: go on with the next */
  CS_STEP_RECORD, /* bytes[start] to bytes[at - 1] are a record */
  CS_STEP_MORE,   /* the bytes are used up */
  CS_STEP_END,
  CS_STEP_ERROR /* see `error` */
} cs_step;

/* No byte is left to look at for now. */
enum { CS_SCAN_DRY = -1 };

typedef struct cs_scan {
  cs_buffer buffer;
  size_t at;            /* the next byte to look at; buffer.start <= at <= buffer.end */
  bool finished;        /* no more bytes will come */
  bool in_value;        /* the validator is inside a value that began at buffer.start */
  bool text_ends_value; /* the end of the text ends a number, too: nothing must follow it */
  bool number_range;
  size_t record_limit;
  size_t depth_limit;
  uint64_t total_limit;
  uint64_t records; /* given so far */
  cs_validator validator;
  cs_json_error error;
} cs_scan;

/* The next byte that is not white space, not yet consumed, or CS_SCAN_DRY. */
int cs_scan_peek(cs_scan *scan);

/* The next byte, white space too, not yet consumed, or CS_SCAN_DRY. */
int cs_scan_peek_any(cs_scan *scan);

/* Behind the last byte that may be looked at: the limit of the whole text is before the rest. */
size_t cs_scan_visible_end(const cs_scan *scan);

/* Consumes the byte that was peeked at. */
void cs_scan_consume(cs_scan *scan);

/* The step to take when dry: more, or an error when no more will come or may come. */
cs_step cs_scan_dry(cs_scan *scan, const char *message);

/* Reads a value, which stands `around` levels deep in what is given out, from here to its end:
   CS_STEP_ON when it is complete, in the buffer from buffer.start to `at`. */
cs_step cs_scan_value(cs_scan *scan, size_t around);

/* Records the error that `message` tells of the byte at bytes[index]. */
cs_step cs_scan_fail(cs_scan *scan, cs_json_error_kind kind, const char *message, size_t index);

/* The byte that was peeked at is not what had to come. */
cs_step cs_scan_unexpected(cs_scan *scan, const char *message);

#endif
