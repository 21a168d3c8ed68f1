#include "reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lualib.h>

#include "compat.h"
#include "event_loop.h"
#include "failure.h"
#include "file.h"
#include "reader_iterate.h"
#include "reader_private.h"
#include "request.h"

const char cs_reader_type[] = "costream.reader";

/* The most that feed() takes at once. */
enum { FEED = 64 * 1024 };

cs_reader *cs_reader_check(lua_State *L) {
  return luaL_checkudata(L, 1, cs_reader_type);
}

cs_reader *cs_reader_check_open(lua_State *L) {
  cs_reader *self = cs_reader_check(L);
  if (self->frame == NULL || self->closing)
    luaL_error(L, "the reader is closed");
  return self;
}

cs_reader *cs_reader_check_idle(lua_State *L) {
  cs_reader *self = cs_reader_check_open(L);
  if (cs_reader_is_left(L, self))
    luaL_error(L, "the reader was left in the middle of a row");
  if (self->busy)
    luaL_error(L, "a finalizer must not read the stream whose row is being made");
  return self;
}

void cs_reader_release(lua_State *L, cs_reader *self) {
  cs_transfer_free(self->transfer);
  self->transfer = NULL;
  cs_frame_free(self->frame);
  self->frame = NULL;
  cs_frame_free(self->spent);
  self->spent = NULL;
  cs_row_free(L, &self->row);
  luaL_unref(L, LUA_REGISTRYINDEX, self->plan_reference);
  self->plan_reference = LUA_NOREF;
}

/* A finalizer closes the reader whose row is being made: all that the row is not made of goes. */
static void release_connection(cs_reader *self) {
  if (self->answering)
    return;
  cs_transfer_free(self->transfer);
  self->transfer = NULL;
}

static int reader_close(lua_State *L) {
  cs_reader *self = cs_reader_check(L);
  self->closing = true;
  if (cs_reader_may_be_held(L, self))
    release_connection(self);
  else
    cs_reader_release(L, self);
  return 0;
}

/* retire(): as close(), but another reader may have its memory. */
static int reader_retire(lua_State *L) {
  cs_reader *self = cs_reader_check(L);
  if (self->busy)
    return reader_close(L);
  self->closing = true;
  cs_frame *spent = self->frame;
  self->frame = NULL;
  cs_reader_release(L, self);
  self->spent = spent;
  return 0;
}

static int reader_gc(lua_State *L) {
  cs_reader *self = cs_reader_check(L);
  cs_reader_release(L, self);
  cs_reader_free_batch(self);
  return 0;
}

/* feed(text, from) -> the position of the first byte that was not taken yet. */
static int reader_feed(lua_State *L) {
  cs_reader *self = cs_reader_check_idle(L);
  size_t length = 0;
  const char *text = luaL_checklstring(L, 2, &length);
  size_t from = (size_t)luaL_checkinteger(L, 3) - 1;
  luaL_argcheck(L, from <= length, 3, "behind the end of the text");
  size_t taken = length - from < FEED ? length - from : FEED;
  if (cs_frame_full(self->frame))
    taken = 0;
  if (taken > 0 && !cs_frame_append(self->frame, text + from, taken, length - from - taken))
    return luaL_error(L, "not enough memory");
  lua_pushinteger(L, (lua_Integer)from + (lua_Integer)taken + 1);
  return 1;
}

/* fill(file) -> how many bytes were read into the reader, 0 at the file's end; or nil and a
   message. The file must be open. */
static int reader_fill(lua_State *L) {
  cs_reader *self = cs_reader_check_idle(L);
  FILE *file = *(FILE **)luaL_checkudata(L, 2, LUA_FILEHANDLE); /* its first member everywhere */
  char *room = cs_frame_reserve(self->frame, FEED);
  if (room == NULL)
    return luaL_error(L, "not enough memory");
  size_t length = cs_file_read(file, room, FEED);
  int code = errno;
  if (length == 0 && ferror(file)) {
    lua_pushnil(L);
    lua_pushstring(L, strerror(code));
    return 2;
  }
  cs_frame_commit(self->frame, length);
  lua_pushinteger(L, (lua_Integer)length);
  return 1;
}

/* finish(empty_allowed): no more will be fed. */
static int reader_finish(lua_State *L) {
  cs_reader *self = cs_reader_check_idle(L);
  cs_frame_finish(self->frame, lua_toboolean(L, 2));
  return 0;
}

/* request(table) -> true, or nil and a failure. */
static int reader_request(lua_State *L) {
  cs_reader *self = cs_reader_check_idle(L);
  if (self->transfer != NULL)
    return luaL_error(L, "the reader has its request already");
  cs_loop *loop = cs_event_loop(L);
  cs_request request;
  cs_request_read(L, 2, &request);
  if (self->frame == NULL) /* a finalizer closed it meanwhile */
    return luaL_error(L, "the reader is closed");
  cs_http_error error;
  self->transfer = cs_transfer_start(loop, &request, cs_reader_sink(self), &error);
  if (self->transfer != NULL) {
    lua_pushboolean(L, 1);
    return 1;
  }
  lua_pushnil(L);
  cs_failure_push_http(L, &error);
  return 2;
}

/* ready() -> true when next() would not say "wait". */
static int reader_ready(lua_State *L) {
  cs_reader *self = cs_reader_check(L);
  bool ready = self->frame == NULL || self->closing || self->in_report ||
               self->failed != CS_READER_FINE || cs_frame_ready(self->frame) ||
               (self->transfer != NULL && cs_transfer_ready(self->transfer));
  lua_pushboolean(L, ready);
  return 1;
}

/* aside() -> an envelope's members other than the list, as a table. */
static int reader_aside(lua_State *L) {
  cs_reader *self = cs_reader_check_idle(L);
  cs_span aside = cs_frame_aside(self->frame);
  if (aside.bytes == NULL)
    return 0;
  cs_reader_hold(L, self);
  cs_row_push(L, &self->row, aside);
  cs_reader_let_go(L, self);
  return 1;
}

/* status() -> the answer's status, 0 before it is known. */
static int reader_status(lua_State *L) {
  cs_reader *self = cs_reader_check_open(L);
  lua_pushinteger(L, self->transfer == NULL ? 0 : cs_transfer_status(self->transfer));
  return 1;
}

/* sent() -> may something of the request have reached the server? */
static int reader_sent(lua_State *L) {
  cs_reader *self = cs_reader_check_open(L);
  lua_pushboolean(L, self->transfer != NULL && cs_transfer_sent(self->transfer));
  return 1;
}

/* What the answer was may be asked of a reader that was left, too. */
static cs_reader *check_answer(lua_State *L) {
  cs_reader *self = cs_reader_check_open(L);
  return cs_reader_is_left(L, self) ? self : cs_reader_check_idle(L);
}

/* Makes a string of the transfer's own bytes. */
static void push_answer(lua_State *L, cs_reader *self, const char *text, size_t length) {
  bool left = self->busy;
  if (!left)
    cs_reader_hold(L, self);
  self->answering = true;
  lua_pushlstring(L, text, length);
  self->answering = false;
  if (!left)
    cs_reader_let_go(L, self);
  else if (self->closing)
    release_connection(self);
}

/* header(name) -> its value or nil. */
static int reader_header(lua_State *L) {
  cs_reader *self = check_answer(L);
  const char *name = luaL_checkstring(L, 2);
  const char *value = self->transfer == NULL ? NULL : cs_transfer_header(self->transfer, name);
  if (value == NULL)
    return 0;
  push_answer(L, self, value, strlen(value));
  return 1;
}

/* retry_after() -> seconds that the answer asks to be left alone; 0 where it does not say. */
static int reader_retry_after(lua_State *L) {
  cs_reader *self = cs_reader_check_open(L);
  int64_t seconds = self->transfer == NULL ? 0 : cs_transfer_retry_after(self->transfer);
  lua_pushnumber(L, (lua_Number)seconds);
  return 1;
}

/* text() -> the body of an answer that was refused, cut at 64 KiB. */
static int reader_text(lua_State *L) {
  cs_reader *self = check_answer(L);
  size_t length = 0;
  const char *text =
      self->transfer == NULL ? NULL : cs_transfer_error_body(self->transfer, &length);
  push_answer(L, self, text == NULL ? "" : text, text == NULL ? 0 : length);
  return 1;
}

/* bytes() -> how many bytes of JSON have been read. */
static int reader_bytes(lua_State *L) {
  cs_reader *self = cs_reader_check_open(L);
  cs_compat_push_integer(L, (int64_t)cs_frame_bytes(self->frame));
  return 1;
}

/* records() -> how many records were given. */
static int reader_records(lua_State *L) {
  cs_reader *self = cs_reader_check_open(L);
  cs_compat_push_integer(L, (int64_t)cs_frame_records(self->frame));
  return 1;
}

/* rows() -> how many were read, those that conditions refused too; also once it is closed. */
static int reader_rows(lua_State *L) {
  cs_compat_push_integer(L, (int64_t)cs_reader_check(L)->rows);
  return 1;
}

/* limit_rows(most): it may give so many, those given before included. */
static int reader_limit_rows(lua_State *L) {
  cs_reader *self = cs_reader_check(L);
  lua_Number most = luaL_checknumber(L, 2);
  luaL_argcheck(L, most >= (lua_Number)self->rows && most <= 9007199254740992.0, 2,
                "not so many can be left");
  self->row_limit = (uint64_t)most;
  return 0;
}

/* path_valid(path) -> does it name a list as an envelope's path must? */
static int path_valid(lua_State *L) {
  lua_pushboolean(L, cs_frame_path_valid(luaL_checkstring(L, 1)));
  return 1;
}

static const luaL_Reg methods[] = {{"feed", reader_feed},
                                   {"fill", reader_fill},
                                   {"finish", reader_finish},
                                   {"request", reader_request},
                                   {"ready", reader_ready},
                                   {"aside", reader_aside},
                                   {"status", reader_status},
                                   {"sent", reader_sent},
                                   {"header", reader_header},
                                   {"text", reader_text},
                                   {"bytes", reader_bytes},
                                   {"records", reader_records},
                                   {"rows", reader_rows},
                                   {"limit_rows", reader_limit_rows},
                                   {"position", cs_reader_position},
                                   {"close", reader_close},
                                   {"retire", reader_retire},
                                   {"retry_after", reader_retry_after},
                                   {NULL, NULL}};

void cs_reader_open(lua_State *L) {
  luaL_newmetatable(L, cs_reader_type);
  lua_newtable(L);
  luaL_setfuncs(L, methods, 0);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, reader_gc);
  lua_setfield(L, -2, "__gc");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  cs_reader_iterate_open(L);
  lua_pushcfunction(L, cs_reader_new);
  lua_setfield(L, -2, "reader");
  lua_pushcfunction(L, path_valid);
  lua_setfield(L, -2, "path_valid");
}
