/* A reader: a frame, where its bytes come from, and what is wanted of its records. Shared by the
   files that make up core.reader. */
#ifndef CS_BINDING_READER_PRIVATE_H
#define CS_BINDING_READER_PRIVATE_H

#include <lua.h>
#include <stdbool.h>

#include "http/sink.h"
#include "http/transfer.h"
#include "plan.h"
#include "row.h"
#include "slice.h"
#include "json/digest.h"
#include "json/frame.h"

/* Behind a row. */
typedef struct cs_position {
  uint64_t records; /* given, the last one wholly or partly */
  uint64_t digest;  /* of them all */
  uint64_t inner;   /* rows that the last one gave, if it is made of rows and not at their end */
} cs_position;

/* What a reader has ended with, for good, that its frame and its transfer do not tell. */
typedef enum cs_reader_failed {
  CS_READER_FINE,
  CS_READER_OTHER_RECORDS, /* those that were read before are not the same */
  CS_READER_FEWER_RECORDS, /* than were read before */
  CS_READER_FEWER_ROWS,    /* likewise, of the last of them */
  CS_READER_MORE_ROWS,     /* than are allowed */
  CS_READER_LEFT           /* in the middle of a row */
} cs_reader_failed;

/* Born closed, with nothing to free; closing again does nothing. */
typedef struct cs_reader {
  cs_frame *frame;       /* NULL: closed */
  cs_frame *spent;       /* of a reader that was retired, until another takes it over */
  cs_transfer *transfer; /* NULL: fed by hand */
  cs_row row;
  cs_lua_plan *plan; /* what is wanted of each record */
  int plan_reference;
  cs_slice *slice;    /* NULL: rows are given however long that takes */
  bool in_report;     /* the record given last has more usage rows */
  bool trust_close;   /* lines may end with their connection */
  bool empty_allowed; /* an answer without a body is whole, too */
  bool busy;      /* a Lua value is being made of its bytes, which may run any finalizer ... */
  bool answering; /* ... or of the transfer's */
  bool closing;   /* one of those wanted to close it */
  bool digests;   /* positions are wanted */
  bool resuming;  /* the records before `here` are under way */
  bool in_batch;
  cs_reader_failed failed;
  lua_State *holder; /* if busy: what makes the value; may be gone */
  const cs_kernel *kernel;
  cs_position here;      /* behind the row that was given or refused last */
  cs_position next;      /* behind the one under way */
  cs_position passed;    /* of the records that are read again */
  cs_position *batch;    /* before the rows of the last batch, then behind each */
  size_t batch_rows;     /* that have a position there */
  size_t batch_capacity; /* positions */
  uint64_t rows;         /* before conditions */
  uint64_t row_limit;
} cs_reader;

/* The name of its metatable. */
extern const char cs_reader_type[];

/* reader{framing, path, nulls, numbers_text, trust_close, empty_allowed, record_bytes, depth,
   body_bytes, rows, plan, sliced, digest, resume, after}. `sliced`: it says when the time slice
   is over. `digest`: position() is asked for. `resume` is what position() gave: {records, digest,
   inner}. `after` is a reader that was retired. */
int cs_reader_new(lua_State *L);

/* The reader at index 1; each throws when it is not one, or not so. */
cs_reader *cs_reader_check(lua_State *L);
cs_reader *cs_reader_check_open(lua_State *L);
cs_reader *cs_reader_check_idle(lua_State *L);

/* Frees all but what is asked of a reader that is closed. */
void cs_reader_release(lua_State *L, cs_reader *self);

/* Around all that takes a record and makes Lua values of the reader's own memory. Should that
   throw, the reader stays busy, and is left. */
static inline void cs_reader_hold(lua_State *L, cs_reader *self) {
  self->busy = true;
  self->holder = L;
}

static inline void cs_reader_let_go(lua_State *L, cs_reader *self) {
  self->busy = self->answering = false;
  if (self->closing)
    cs_reader_release(L, self);
}

/* Could what holds the reader still be under way? */
bool cs_reader_may_be_held(lua_State *L, const cs_reader *self);

/* Has it been left, so that rows may be lost? Then it fails for good. */
bool cs_reader_is_left(lua_State *L, cs_reader *self);

/* Record `record` is under way. */
static inline void cs_reader_begin_record(cs_reader *self, cs_span record) {
  if (self->digests)
    self->next = (cs_position){self->here.records + 1,
                               cs_digest_add(self->kernel, self->here.digest, record), 0};
}

/* The row under way was given or refused. */
static inline void cs_reader_pass(cs_reader *self) {
  if (self->digests)
    self->here = self->next;
}

/* Likewise the first `count` of these rows, at once. */
void cs_reader_pass_rows(cs_reader *self, const cs_rows *rows, size_t count);

/* How many of `wanted` rows may be read, which are counted. None: see CS_READER_MORE_ROWS. */
static inline size_t cs_reader_count_rows(cs_reader *self, size_t wanted) {
  uint64_t left = self->row_limit - self->rows;
  size_t count = wanted < left ? wanted : (size_t)left;
  self->rows += count;
  return count;
}

/* A batch of `most` rows at most begins, and ends; false when memory ran out. Each of its
   rows is noted. */
bool cs_reader_begin_batch(cs_reader *self, size_t most);
void cs_reader_note_row(cs_reader *self);
void cs_reader_end_batch(cs_reader *self);

/* What position() has to go back to; 0 rows are left of it. */
void cs_reader_free_batch(cs_reader *self);

/* position([back]) -> records, digest, inner: of the row that is `back` rows before the last one,
   see cs_position. The digest is written as 16 hexadecimal digits. */
int cs_reader_position(lua_State *L);

/* Reads `digest` and `resume` of the options at index 1, once the plan is known. */
void cs_reader_read_resume(lua_State *L, cs_reader *self);

/* Takes a record that was read before, and tells whether that shows a difference. */
cs_reader_failed cs_reader_read_again(cs_reader *self, cs_span record);

/* Fails for good: gives nil and the failure. */
int cs_reader_fail(lua_State *L, cs_reader *self, cs_reader_failed failed);

/* How a transfer gives its bytes to the reader. */
cs_sink cs_reader_sink(cs_reader *self);

/* The frame wants bytes. True when it may go on; otherwise *results are what next() gives. */
bool cs_reader_refill(lua_State *L, const cs_reader *self, int *results);

/* What next() gives when it has no row: nil and a word, or nil and a failure. */
int cs_reader_no_row(lua_State *L, const char *word);

/* What next() gives, or one of these. */
enum {
  CS_READER_NOTHING = -1, /* the row was folded or refused */
  CS_READER_MORE = -2     /* the frame wants bytes */
};

/* Gives what the plan wants of the row with these columns, if its conditions hold. */
int cs_reader_deliver(lua_State *L, cs_reader *self, cs_span record, const cs_value *columns);

/* Folds those of the frame's next rows for which the plan's conditions hold, and takes all. */
int cs_reader_fold_rows(lua_State *L, cs_reader *self, const cs_rows *rows);

/* Gives the record as it is. */
int cs_reader_deliver_whole(lua_State *L, cs_reader *self, cs_span record);

/* Pushes what the plan wants of the next row; or nil and "wait", "slice" (the time slice is over:
   ask again in the next), "end", "refused" (by its status), "unknown" with a record that is none,
   or a failure. Returns how many values that are. The reader must be idle. */
int cs_reader_next(lua_State *L, cs_reader *self);

#endif
