#include "reader.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "compat.h"
#include "event_loop.h"
#include "failure.h"
#include "http/transfer.h"
#include "request.h"
#include "row.h"
#include "json/frame.h"
#include "json/validator.h"

static const char TYPE[] = "costream.reader";

/* The most that feed() takes at once. */
enum { FEED = 64 * 1024 };

#define RECORD_BYTES (UINT64_C(16) * 1024 * 1024)
#define DEPTH        UINT64_C(512)

/* Born closed, with nothing to free; closing again does nothing. */
typedef struct reader {
  cs_frame *frame;       /* NULL: closed */
  cs_transfer *transfer; /* NULL: fed by hand */
  cs_row row;
  bool trust_close; /* lines may end with their connection */
  bool busy;        /* a Lua value is being made of its bytes, which may run any finalizer */
  bool closing;     /* one of those wanted to close it */
} reader;

static reader *check_reader(lua_State *L) {
  return luaL_checkudata(L, 1, TYPE);
}

static reader *check_open(lua_State *L) {
  reader *self = check_reader(L);
  if (self->frame == NULL || self->closing)
    luaL_error(L, "the reader is closed");
  return self;
}

static reader *check_idle(lua_State *L) {
  reader *self = check_open(L);
  if (self->busy)
    luaL_error(L, "a finalizer must not read the stream whose row is being made");
  return self;
}

static void release(reader *self) {
  cs_transfer_free(self->transfer);
  self->transfer = NULL;
  cs_frame_free(self->frame);
  self->frame = NULL;
  cs_row_free(&self->row);
}

static int reader_close(lua_State *L) {
  reader *self = check_reader(L);
  self->closing = true;
  if (!self->busy)
    release(self);
  return 0;
}

static int reader_gc(lua_State *L) {
  release(check_reader(L));
  return 0;
}

/* Around all that makes Lua values of the reader's own memory. Should that throw, the reader
   stays busy, so that only the collector frees it: without memory it cannot go on anyway. */
static void hold(reader *self) {
  self->busy = true;
}

static void let_go(reader *self) {
  self->busy = false;
  if (self->closing)
    release(self);
}

static bool boolean_option(lua_State *L, const char *name) {
  lua_getfield(L, 1, name);
  bool value = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return value;
}

static uint64_t count_option(lua_State *L, const char *name, uint64_t otherwise) {
  lua_getfield(L, 1, name);
  lua_Number number = lua_tonumber(L, -1);
  bool given = !lua_isnil(L, -1);
  lua_pop(L, 1);
  if (!given)
    return otherwise;
  return number < 9e15 ? (uint64_t)number : UINT64_MAX;
}

static cs_framing framing_option(lua_State *L) {
  static const char *const names[] = {"detect", "array", "lines", "envelope", "document", NULL};
  lua_getfield(L, 1, "framing");
  int framing = luaL_checkoption(L, -1, "detect", names);
  lua_pop(L, 1);
  return (cs_framing)framing;
}

/* reader{framing, path, nulls, numbers_text, trust_close, record_bytes, depth, body_bytes} */
static int reader_new(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  reader *self = lua_newuserdata(L, sizeof *self);
  memset(self, 0, sizeof *self);
  luaL_getmetatable(L, TYPE);
  lua_setmetatable(L, -2);
  self->row.nulls = boolean_option(L, "nulls");
  self->row.numbers_text = boolean_option(L, "numbers_text");
  self->trust_close = boolean_option(L, "trust_close");
  cs_frame_options options = {
      .framing = framing_option(L),
      .number_range = !self->row.numbers_text,
      .record_limit = (size_t)count_option(L, "record_bytes", RECORD_BYTES),
      .depth_limit = (size_t)count_option(L, "depth", DEPTH),
      .total_limit = count_option(L, "body_bytes", UINT64_MAX),
  };
  if (options.depth_limit > CS_VALIDATOR_DEPTH_MAX || options.record_limit > INT32_MAX)
    return luaL_error(L, "reader: a limit is too large");
  lua_getfield(L, 1, "path");
  options.path = lua_tostring(L, -1);
  if (options.framing == CS_FRAMING_ENVELOPE &&
      (options.path == NULL || !cs_frame_path_valid(options.path)))
    return luaL_error(L, "reader: no path to a list");
  self->frame = cs_frame_new(&options);
  lua_pop(L, 1);
  return self->frame != NULL ? 1 : luaL_error(L, "not enough memory");
}

/* feed(text, from) -> the position of the first byte that was not taken yet. */
static int reader_feed(lua_State *L) {
  reader *self = check_idle(L);
  size_t length = 0;
  const char *text = luaL_checklstring(L, 2, &length);
  size_t from = (size_t)luaL_checkinteger(L, 3) - 1;
  luaL_argcheck(L, from <= length, 3, "behind the end of the text");
  size_t taken = length - from < FEED ? length - from : FEED;
  if (cs_frame_full(self->frame))
    taken = 0;
  if (taken > 0) {
    char *room = cs_frame_reserve(self->frame, taken);
    if (room == NULL)
      return luaL_error(L, "not enough memory");
    memcpy(room, text + from, taken);
    cs_frame_commit(self->frame, taken);
  }
  lua_pushinteger(L, (lua_Integer)from + (lua_Integer)taken + 1);
  return 1;
}

/* finish(empty_allowed): no more will be fed. */
static int reader_finish(lua_State *L) {
  reader *self = check_idle(L);
  cs_frame_finish(self->frame, lua_toboolean(L, 2));
  return 0;
}

/* While a row is made of the frame's bytes, they must stay where they are: a finalizer may drive
   the loop. */
static bool sink_full(void *context) {
  const reader *self = context;
  return self->busy || cs_frame_full(self->frame);
}

static char *sink_reserve(void *context, size_t length) {
  reader *self = context;
  return cs_frame_reserve(self->frame, length);
}

static void sink_commit(void *context, size_t length) {
  reader *self = context;
  cs_frame_commit(self->frame, length);
}

/* request(table) -> true, or nil and a failure. */
static int reader_request(lua_State *L) {
  reader *self = check_idle(L);
  if (self->transfer != NULL)
    return luaL_error(L, "the reader has its request already");
  cs_loop *loop = cs_event_loop(L);
  cs_request request;
  cs_request_read(L, 2, &request);
  if (self->frame == NULL) /* a finalizer closed it meanwhile */
    return luaL_error(L, "the reader is closed");
  cs_sink sink = {self, sink_full, sink_reserve, sink_commit};
  cs_http_error error;
  self->transfer = cs_transfer_start(loop, &request, sink, &error);
  if (self->transfer != NULL) {
    lua_pushboolean(L, 1);
    return 1;
  }
  lua_pushnil(L);
  cs_failure_push_http(L, &error);
  return 2;
}

/* NDJSON that announces itself may be empty: that is how it says "no rows". */
static bool announces_lines(const reader *self) {
  static const char subtype[] = "ndjson";
  const char *type = cs_transfer_header(self->transfer, "Content-Type");
  while (type != NULL && *type != '\0') {
    if (strncasecmp(type, subtype, sizeof subtype - 1) == 0)
      return true;
    type++;
  }
  return false;
}

static bool proven_whole(const reader *self) {
  return self->trust_close || cs_transfer_end_proven(self->transfer) ||
         cs_frame_proves_end(self->frame);
}

/* What next() gives when it has no row: nil and a word, or nil and a failure. */
static int no_row(lua_State *L, const char *word) {
  lua_pushnil(L);
  lua_pushstring(L, word);
  return 2;
}

static int json_failure(lua_State *L, const reader *self) {
  cs_json_error error = *cs_frame_error(self->frame);
  lua_pushnil(L);
  cs_failure_push_json(L, &error);
  return 2;
}

static int http_failure(lua_State *L, const reader *self) {
  cs_http_error error = *cs_transfer_error(self->transfer);
  lua_pushnil(L);
  cs_failure_push_http(L, &error);
  return 2;
}

static int unproven(lua_State *L) {
  lua_pushnil(L);
  cs_failure_push(L, "incomplete",
                  "the answer stopped with its connection, and nothing proves it is whole");
  return 2;
}

/* The frame wants bytes. True when it may go on; otherwise *results are what next() gives. */
static bool refill(lua_State *L, const reader *self, int *results) {
  if (self->transfer == NULL) {
    *results = no_row(L, "wait");
    return false;
  }
  cs_transfer_pump(self->transfer);
  int status = cs_transfer_status(self->transfer);
  cs_transfer_state state = cs_transfer_state_of(self->transfer);
  if (cs_frame_ready(self->frame))
    return true;
  if (state == CS_TRANSFER_RUNNING) {
    *results = no_row(L, "wait");
    return false;
  }
  /* What a refusal says counts, however much of its body came. */
  if (status != 0 && status != 200) {
    *results = no_row(L, "refused");
    return false;
  }
  if (state == CS_TRANSFER_FAILED) {
    *results = http_failure(L, self);
    return false;
  }
  if (!proven_whole(self)) {
    *results = unproven(L);
    return false;
  }
  cs_frame_finish(self->frame, announces_lines(self));
  return true;
}

/* next() -> a row, or nil and "wait", "end", "refused" (the status is not 200) or a failure. */
static int reader_next(lua_State *L) {
  reader *self = check_idle(L);
  for (;;) {
    cs_span record;
    int results = 0;
    switch (cs_frame_next(self->frame, &record)) {
    case CS_FRAME_RECORD:
      hold(self);
      cs_row_push(L, &self->row, record);
      let_go(self);
      return 1;
    case CS_FRAME_END:
      return no_row(L, "end");
    case CS_FRAME_ERROR:
      return json_failure(L, self);
    default:
      if (!refill(L, self, &results))
        return results;
    }
  }
}

/* ready() -> true when next() would not say "wait". */
static int reader_ready(lua_State *L) {
  reader *self = check_reader(L);
  bool ready = self->frame == NULL || self->closing || cs_frame_ready(self->frame) ||
               (self->transfer != NULL && cs_transfer_ready(self->transfer));
  lua_pushboolean(L, ready);
  return 1;
}

/* aside() -> an envelope's members other than the list, as a table. */
static int reader_aside(lua_State *L) {
  reader *self = check_idle(L);
  cs_span aside = cs_frame_aside(self->frame);
  if (aside.bytes == NULL)
    return 0;
  hold(self);
  cs_row_push(L, &self->row, aside);
  let_go(self);
  return 1;
}

/* status() -> the answer's status, 0 before it is known. */
static int reader_status(lua_State *L) {
  reader *self = check_open(L);
  lua_pushinteger(L, self->transfer == NULL ? 0 : cs_transfer_status(self->transfer));
  return 1;
}

/* header(name) -> its value or nil. */
static int reader_header(lua_State *L) {
  reader *self = check_idle(L);
  const char *name = luaL_checkstring(L, 2);
  hold(self);
  lua_pushstring(L, self->transfer == NULL ? NULL : cs_transfer_header(self->transfer, name));
  let_go(self);
  return 1;
}

/* text() -> the body of an answer that was refused, cut at 64 KiB. */
static int reader_text(lua_State *L) {
  reader *self = check_idle(L);
  size_t length = 0;
  const char *text =
      self->transfer == NULL ? NULL : cs_transfer_error_body(self->transfer, &length);
  hold(self);
  lua_pushlstring(L, text == NULL ? "" : text, text == NULL ? 0 : length);
  let_go(self);
  return 1;
}

/* bytes() -> how many bytes of JSON have been read. */
static int reader_bytes(lua_State *L) {
  reader *self = check_open(L);
  cs_compat_push_integer(L, (int64_t)cs_frame_bytes(self->frame));
  return 1;
}

/* path_valid(path) -> does it name a list as an envelope's path must? */
static int path_valid(lua_State *L) {
  lua_pushboolean(L, cs_frame_path_valid(luaL_checkstring(L, 1)));
  return 1;
}

static const luaL_Reg methods[] = {
    {"feed", reader_feed},     {"finish", reader_finish}, {"request", reader_request},
    {"next", reader_next},     {"ready", reader_ready},   {"aside", reader_aside},
    {"status", reader_status}, {"header", reader_header}, {"text", reader_text},
    {"bytes", reader_bytes},   {"close", reader_close},   {NULL, NULL}};

void cs_reader_open(lua_State *L) {
  luaL_newmetatable(L, TYPE);
  lua_newtable(L);
  luaL_setfuncs(L, methods, 0);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, reader_gc);
  lua_setfield(L, -2, "__gc");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
  lua_pushcfunction(L, reader_new);
  lua_setfield(L, -2, "reader");
  lua_pushcfunction(L, path_valid);
  lua_setfield(L, -2, "path_valid");
}
