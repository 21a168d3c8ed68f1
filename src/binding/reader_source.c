/* Where a reader's bytes come from: a transfer's answer. */
#include <string.h>
#include <strings.h>

#include "compat.h"
#include "failure.h"
#include "reader_private.h"

/* While a row is made of the frame's bytes, they must stay where they are: a finalizer may drive
   the loop. */
static bool sink_full(void *context) {
  const cs_reader *self = context;
  return self->busy || self->in_report || self->failed != CS_READER_FINE ||
         cs_frame_full(self->frame);
}

static bool sink_append(void *context, const char *bytes, size_t length) {
  cs_reader *self = context;
  return cs_frame_append(self->frame, bytes, length, 0);
}

static char *sink_reserve(void *context, size_t length) {
  cs_reader *self = context;
  return cs_frame_reserve(self->frame, length);
}

static void sink_commit(void *context, size_t length) {
  cs_reader *self = context;
  cs_frame_commit(self->frame, length);
}

cs_sink cs_reader_sink(cs_reader *self) {
  return (cs_sink){self, sink_full, sink_append, sink_reserve, sink_commit};
}

/* NDJSON that announces itself may be empty: that is how it says "no rows". */
static bool announces_lines(const cs_reader *self) {
  static const char subtype[] = "ndjson";
  const char *type = cs_transfer_header(self->transfer, "Content-Type");
  while (type != NULL && *type != '\0') {
    if (strncasecmp(type, subtype, sizeof subtype - 1) == 0)
      return true;
    type++;
  }
  return false;
}

static bool proven_whole(const cs_reader *self) {
  return self->trust_close || cs_transfer_end_proven(self->transfer) ||
         cs_frame_proves_end(self->frame);
}

int cs_reader_no_row(lua_State *L, const char *word) {
  lua_pushnil(L);
  lua_pushstring(L, word);
  return 2;
}

static int http_failure(lua_State *L, const cs_reader *self) {
  cs_http_error error = *cs_transfer_error(self->transfer);
  lua_pushnil(L);
  cs_failure_push_http(L, &error);
  return 2;
}

static int unproven(lua_State *L, const cs_reader *self) {
  lua_pushnil(L);
  cs_failure_push(L, "incomplete",
                  "the answer stopped with its connection, and nothing proves it is whole");
  lua_pushboolean(L, cs_frame_bytes(self->frame) > 0);
  lua_setfield(L, -2, "unproven");
  return 2;
}

bool cs_reader_refill(lua_State *L, const cs_reader *self, int *results) {
  if (self->transfer == NULL) {
    *results = cs_reader_no_row(L, "wait");
    return false;
  }
  cs_transfer_pump(self->transfer);
  cs_transfer_state state = cs_transfer_state_of(self->transfer);
  if (cs_frame_ready(self->frame))
    return true;
  if (state == CS_TRANSFER_RUNNING) {
    *results = cs_reader_no_row(L, "wait");
    return false;
  }
  /* What a refusal says counts, however much of its body came. */
  if (cs_transfer_refused(self->transfer)) {
    *results = cs_reader_no_row(L, "refused");
    return false;
  }
  if (state == CS_TRANSFER_FAILED) {
    *results = http_failure(L, self);
    return false;
  }
  if (!proven_whole(self)) {
    *results = unproven(L, self);
    return false;
  }
  if (self->empty_allowed && cs_frame_bytes(self->frame) == 0) {
    *results = cs_reader_no_row(L, "end");
    return false;
  }
  cs_frame_finish(self->frame, announces_lines(self));
  return true;
}
