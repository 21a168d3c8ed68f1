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
#include "json/frame.h"

/* Born closed, with nothing to free; closing again does nothing. */
typedef struct cs_reader {
  cs_frame *frame;       /* NULL: closed */
  cs_frame *spent;       /* of a reader that was retired, until another takes it over */
  cs_transfer *transfer; /* NULL: fed by hand */
  cs_row row;
  cs_lua_plan *plan; /* what is wanted of each record */
  int plan_reference;
  bool in_report;   /* the record given last has more usage rows */
  bool trust_close; /* lines may end with their connection */
  bool busy;        /* a Lua value is being made of its bytes, which may run any finalizer */
  bool closing;     /* one of those wanted to close it */
} cs_reader;

/* The reader at index 1; each throws when it is not one, or not so. */
cs_reader *cs_reader_check(lua_State *L);
cs_reader *cs_reader_check_open(lua_State *L);
cs_reader *cs_reader_check_idle(lua_State *L);

/* Around all that makes Lua values of the reader's own memory. Should that throw, the reader
   stays busy, so that only the collector frees it: without memory it cannot go on anyway. */
void cs_reader_hold(cs_reader *self);
void cs_reader_let_go(lua_State *L, cs_reader *self);

/* How a transfer gives its bytes to the reader. */
cs_sink cs_reader_sink(cs_reader *self);

/* The frame wants bytes. True when it may go on; otherwise *results are what next() gives. */
bool cs_reader_refill(lua_State *L, const cs_reader *self, int *results);

/* What next() gives when it has no row: nil and a word, or nil and a failure. */
int cs_reader_no_row(lua_State *L, const char *word);

/* What next() gives, or this when the row was folded or refused. */
enum { CS_READER_NOTHING = -1 };

/* Gives what the plan wants of the row with these columns, if its conditions hold. */
int cs_reader_deliver(lua_State *L, cs_reader *self, cs_span record, const cs_value *columns);

/* Folds those of the frame's next rows for which the plan's conditions hold, and takes all. */
int cs_reader_fold_rows(lua_State *L, cs_reader *self, const cs_rows *rows);

/* Gives the record as it is. */
int cs_reader_deliver_whole(lua_State *L, cs_reader *self, cs_span record);

/* Pushes what the plan wants of the next row; or nil and "wait", "end", "refused" (the status is
   not 200), "unknown" with a record that is none, or a failure. Returns how many values that
   are. The reader must be idle. */
int cs_reader_next(lua_State *L, cs_reader *self);

#endif
