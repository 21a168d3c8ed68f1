/* The time slice: how long rows that are always there may keep everybody else waiting. */
#ifndef CS_BINDING_SLICE_H
#define CS_BINDING_SLICE_H

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct cs_slice {
  int64_t end;   /* nanoseconds of the monotonic clock */
  unsigned rows; /* since the clock was looked at */
} cs_slice;

/* The one slice of this state. It lives as long as the state. */
cs_slice *cs_slice_of(lua_State *L);

/* Is it over? */
bool cs_slice_over(cs_slice *slice);

/* Likewise, asked for each row: only now and then the clock is looked at. */
static inline bool cs_slice_over_at_row(cs_slice *slice) {
  enum { ROWS = 16 };
  return ++slice->rows >= ROWS && cs_slice_over(slice);
}

/* Adds begin_slice and slice_over to the table on top of the stack ([-0, +0]). */
void cs_slice_open(lua_State *L);

#endif
