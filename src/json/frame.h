/* Finds whole records in bytes that come in chunks, and proves every byte right.

   Four framings: a JSON array, whose elements are the records; lines (NDJSON), a value a line,
   blank lines skipped; an envelope, an object with the list of records somewhere inside, whose
   other members are kept aside; a document, one value, which is the record. Unless said, the
   first byte that is not white space tells array ('[') from lines (anything else). A line may go
   on over line feeds inside its value, as a pretty-printed object does: nothing else could be
   meant.

   The result does not depend on where the chunks were cut: the same records, then the same end
   or the same error at the same place. Bytes go in through cs_frame_reserve and cs_frame_commit
   and are copied no further: a record is a span of them. */
#ifndef CS_JSON_FRAME_H
#define CS_JSON_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "inner_rows.h"
#include "kernel.h"
#include "record.h"
#include "rows.h"
#include "span.h"
#include "template.h"

typedef enum cs_framing {
  CS_FRAMING_DETECT,
  CS_FRAMING_ARRAY,
  CS_FRAMING_LINES,
  CS_FRAMING_ENVELOPE,
  CS_FRAMING_DOCUMENT
} cs_framing;

typedef struct cs_frame_options {
  cs_framing framing;
  const char *path;        /* envelope: "reports[]", "data.items[]"; copied */
  bool number_range;       /* a number too large for a double is an error */
  size_t record_limit;     /* bytes of one record, and of what is kept aside; at least 1 */
  size_t depth_limit;      /* levels inside one record, and of what is kept aside; at most
                              CS_VALIDATOR_DEPTH_MAX */
  uint64_t total_limit;    /* bytes of the whole text */
  const cs_kernel *kernel; /* NULL: the best */
  const cs_span *names;    /* of members, that get the numbers from 0; copied */
  size_t name_count;
  size_t known_first;      /* the known names have the numbers from this one ... */
  size_t known_end;        /* ... to the one before this; 0: there are none */
  size_t levels;           /* of containers in a record whose items are listed; 0 is 1 */
  const cs_row_form *rows; /* that records are made of, copied; NULL: nobody asks */
} cs_frame_options;

typedef enum cs_frame_status {
  CS_FRAME_RECORD, /* here is one */
  CS_FRAME_MORE,   /* needs more bytes, or to be told that there are none */
  CS_FRAME_END,    /* all records were given, and the text is proven whole */
  CS_FRAME_ERROR   /* see cs_frame_error; it stays */
} cs_frame_status;

typedef struct cs_frame cs_frame;

/* True when `path` names a list as an envelope's path must: names joined by '.', then "[]". */
bool cs_frame_path_valid(const char *path);

/* NULL when memory ran out. A path must be valid. */
cs_frame *cs_frame_new(const cs_frame_options *options);

/* Likewise, and it gets the memory of `spent`, and what that learned of its records, if they are
   read in the same way; `spent` is of no more use then but to be freed. NULL is allowed. */
cs_frame *cs_frame_after(const cs_frame_options *options, cs_frame *spent);

/* NULL is allowed. */
void cs_frame_free(cs_frame *frame);

/* True while enough bytes wait to be looked at, or none are wanted any more. */
bool cs_frame_full(const cs_frame *frame);

/* Room for `length` bytes, at least 1, or NULL when memory ran out; makes the last record's
   span invalid. */
char *cs_frame_reserve(cs_frame *frame, size_t length);

/* The first `length` of the reserved bytes have been written. */
void cs_frame_commit(cs_frame *frame, size_t length);

/* Adds a copy of `length` bytes, at least 1: as reserve, a copy and commit, but in one pass over
   them; pieces of 32 to 64 KiB are best. The `following` bytes behind them, which stay where they
   are until the next call, are likely to come next. False when memory ran out: then none was
   added. The last record's span becomes invalid. */
bool cs_frame_append(cs_frame *frame, const char *bytes, size_t length, size_t following);

/* No more bytes will come. A text of nothing but white space is an error, unless lines are looked
   for or possible and `empty_allowed`: then it has no records. */
void cs_frame_finish(cs_frame *frame, bool empty_allowed);

/* The next record; its span stays valid until the next call on the frame. */
cs_frame_status cs_frame_next(cs_frame *frame, cs_span *record);

/* The records behind the last one that have its shape, as far as they are here and proven, and
   each has a known name if one is asked for; valid until the next call on the frame. Their
   number; when there is none, cs_frame_next tells what comes. */
size_t cs_frame_rows(cs_frame *frame, cs_rows *rows);

/* Takes the first `count` of them, at least one, as cs_frame_next does. */
void cs_frame_take(cs_frame *frame, size_t count);

/* The items of the record that cs_frame_next gave last, valid as long, and the caller's to
   change; NULL when memory ran out. */
cs_items *cs_frame_items(cs_frame *frame);

/* The rows of that record, valid as long, if they are known without its items; else false. */
bool cs_frame_inner_rows(const cs_frame *frame, cs_inner_rows *rows);

/* The values of its members with the names 0 to `count` - 1, the last one where a name comes
   twice; false when memory ran out. A record that is no object has none. */
bool cs_frame_columns(cs_frame *frame, cs_value *values, size_t count);

/* Is that record an object with a member that has a known name and is not null? False when memory
   ran out. */
bool cs_frame_is_known(cs_frame *frame, bool *known);

/* That record as the row of a template, if it is one. */
cs_matched cs_frame_matched(const cs_frame *frame);

/* What went wrong, once cs_frame_next has said CS_FRAME_ERROR. */
const cs_json_error *cs_frame_error(const cs_frame *frame);

/* True once bytes other than white space came and the text's own syntax tells its end: an array,
   an envelope or a document that is an object, but not lines. */
bool cs_frame_proves_end(const cs_frame *frame);

/* True when cs_frame_next would find something new: bytes not yet looked at, or the end. */
bool cs_frame_ready(const cs_frame *frame);

/* An envelope's members other than the list, as the text of one JSON object; complete once
   cs_frame_next has said CS_FRAME_END. */
cs_span cs_frame_aside(const cs_frame *frame);

uint64_t cs_frame_records(const cs_frame *frame);

/* Bytes that have been looked at. */
uint64_t cs_frame_bytes(const cs_frame *frame);

#endif
