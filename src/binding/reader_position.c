/* Where the rows of a reader stand, and how many they are. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "compat.h"
#include "reader_private.h"

void cs_reader_pass_rows(cs_reader *self, const cs_rows *rows, size_t count) {
  if (!self->digests)
    return;
  self->here.records += count;
  self->here.digest = cs_digest_add_rows(self->kernel, self->here.digest, rows, count);
}

static bool make_room(cs_reader *self, size_t positions) {
  if (positions <= self->batch_capacity)
    return true;
  cs_position *batch = realloc(self->batch, positions * sizeof *batch);
  if (batch == NULL)
    return false;
  self->batch = batch;
  self->batch_capacity = positions;
  return true;
}

bool cs_reader_begin_batch(cs_reader *self, size_t most) {
  if (self->digests && !make_room(self, most + 1))
    return false;
  if (self->in_batch) { /* the one before was left, and its rows are in nobody's hands */
    self->failed = CS_READER_LEFT;
    if (self->digests)
      self->here = self->batch[0];
  }
  self->in_batch = true;
  self->batch_rows = 0;
  if (self->digests)
    self->batch[0] = self->here;
  return true;
}

void cs_reader_note_row(cs_reader *self) {
  if (self->digests)
    self->batch[++self->batch_rows] = self->here;
}

void cs_reader_end_batch(cs_reader *self) {
  self->in_batch = false;
}

void cs_reader_free_batch(cs_reader *self) {
  if (self->in_batch && self->digests)
    self->here = self->batch[0];
  free(self->batch);
  self->batch = NULL;
  self->batch_rows = self->batch_capacity = 0;
  self->in_batch = false;
}

/* Behind the row that is `back` rows before the last one. Of a batch that is not finished, no row
   was given. */
static cs_position position_at(const cs_reader *self, size_t back) {
  if (self->in_batch)
    return self->batch[0];
  return back == 0 ? self->here : self->batch[self->batch_rows - back];
}

int cs_reader_position(lua_State *L) {
  const cs_reader *self = cs_reader_check(L);
  lua_Integer back = luaL_optinteger(L, 2, 0);
  if (!self->digests)
    return luaL_error(L, "reader: a position needs digest = true");
  luaL_argcheck(L, back >= 0 && (size_t)back <= self->batch_rows, 2, "before the last batch");
  cs_position position = position_at(self, (size_t)back);
  char digest[17];
  snprintf(digest, sizeof digest, "%016" PRIx64, position.digest);
  cs_compat_push_integer(L, (int64_t)position.records);
  lua_pushstring(L, digest);
  cs_compat_push_integer(L, (int64_t)position.inner);
  return 3;
}
