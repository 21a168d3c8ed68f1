#include "reader.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "compat.h"
#include "event_loop.h"
#include "failure.h"
#include "fold.h"
#include "http/transfer.h"
#include "plan.h"
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
  cs_lua_plan *plan; /* what is wanted of each record */
  int plan_reference;
  bool in_report;   /* the record given last has more usage rows */
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

static void release(lua_State *L, reader *self) {
  cs_transfer_free(self->transfer);
  self->transfer = NULL;
  cs_frame_free(self->frame);
  self->frame = NULL;
  cs_row_free(L, &self->row);
  luaL_unref(L, LUA_REGISTRYINDEX, self->plan_reference);
  self->plan_reference = LUA_NOREF;
}

static int reader_close(lua_State *L) {
  reader *self = check_reader(L);
  self->closing = true;
  if (!self->busy)
    release(L, self);
  return 0;
}

static int reader_gc(lua_State *L) {
  release(L, check_reader(L));
  return 0;
}

/* Around all that makes Lua values of the reader's own memory. Should that throw, the reader
   stays busy, so that only the collector frees it: without memory it cannot go on anyway. */
static void hold(reader *self) {
  self->busy = true;
}

static void let_go(lua_State *L, reader *self) {
  self->busy = false;
  if (self->closing)
    release(L, self);
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

/* COSTREAM_KERNEL in the environment says which instructions are used. */
static const cs_kernel *kernel_wanted(lua_State *L) {
  const char *name = getenv("COSTREAM_KERNEL");
  const cs_kernel *kernel = name == NULL ? cs_kernel_best() : cs_kernel_named(name);
  if (kernel == NULL)
    luaL_error(L, "COSTREAM_KERNEL: this machine has no kernel '%s'", name);
  return kernel;
}

static void use_plan(lua_State *L, reader *self, cs_frame_options *options) {
  lua_getfield(L, 1, "plan");
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    return;
  }
  self->plan = cs_lua_plan_check(L, -1);
  self->plan_reference = luaL_ref(L, LUA_REGISTRYINDEX);
  options->names = self->plan->plan.names;
  options->name_count = self->plan->plan.name_count;
  options->levels = self->plan->plan.by_usage ? CS_USAGE_DEPTH : 1;
}

/* reader{framing, path, nulls, numbers_text, trust_close, record_bytes, depth, body_bytes,
   plan} */
static int reader_new(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  reader *self = lua_newuserdata(L, sizeof *self);
  memset(self, 0, sizeof *self);
  self->plan_reference = self->row.names = self->row.strings.kept = LUA_NOREF;
  luaL_getmetatable(L, TYPE);
  lua_setmetatable(L, -2);
  self->row.nulls = boolean_option(L, "nulls");
  self->row.numbers_text = boolean_option(L, "numbers_text");
  self->trust_close = boolean_option(L, "trust_close");
  cs_row_open(L, &self->row);
  cs_frame_options options = {
      .framing = framing_option(L),
      .number_range = !self->row.numbers_text,
      .record_limit = (size_t)count_option(L, "record_bytes", RECORD_BYTES),
      .depth_limit = (size_t)count_option(L, "depth", DEPTH),
      .total_limit = count_option(L, "body_bytes", UINT64_MAX),
      .kernel = kernel_wanted(L),
  };
  if (options.depth_limit > CS_VALIDATOR_DEPTH_MAX || options.record_limit > INT32_MAX)
    return luaL_error(L, "reader: a limit is too large");
  use_plan(L, self, &options);
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
  return self->busy || self->in_report || cs_frame_full(self->frame);
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

/* What next() gives, or NOTHING when the row was folded or refused. */
enum { NOTHING = -1 };

static int out_of_memory(lua_State *L) {
  return luaL_error(L, "not enough memory");
}

static bool usage_filter(const void *context, const cs_item *member) {
  const cs_usage *usage = context;
  return cs_usage_has(usage, usage->shown, member);
}

static void push_usage(lua_State *L, reader *self) {
  cs_usage *usage = &self->plan->plan.usage;
  lua_createtable(L, 0, 32);
  for (usage->shown = 0; usage->shown < CS_USAGE_LEVELS; usage->shown++)
    cs_row_push_members(L, &self->row, usage->items, usage->object[usage->shown], usage->bytes,
                        usage_filter, usage);
}

static int push_row(lua_State *L, reader *self, cs_span record) {
  if (self->in_report) {
    push_usage(L, self);
    return 1;
  }
  const cs_items *items = cs_frame_items(self->frame);
  if (items == NULL)
    return out_of_memory(L);
  cs_row_push_record(L, &self->row, items, record);
  return 1;
}

static int push_chosen(lua_State *L, reader *self, cs_span record, const cs_value *columns) {
  const cs_lua_plan *plan = self->plan;
  if (!self->in_report && *record.bytes != '{' && *record.bytes != '[')
    return push_row(L, self, record); /* a record that is no table has no fields to lose */
  lua_createtable(L, 0, (int)plan->chosen_count);
  int into = lua_gettop(L);
  cs_strings_begin(L, &self->row.strings);
  cs_lua_plan_push_option(L, plan, "names");
  for (size_t i = 0; i < plan->chosen_count; i++) {
    size_t column = plan->chosen[i];
    lua_rawgeti(L, into + 2, (int)column + 1);
    cs_row_push_value(L, &self->row, &columns[column], i);
    lua_rawset(L, into);
  }
  lua_settop(L, into);
  return 1;
}

static int push_values(lua_State *L, reader *self, const cs_value *columns) {
  const cs_lua_plan *plan = self->plan;
  luaL_checkstack(L, (int)plan->chosen_count + 8, "values");
  cs_strings_begin(L, &self->row.strings);
  cs_compat_push_integer(L, (int64_t)plan->rows);
  for (size_t i = 0; i < plan->chosen_count; i++)
    cs_row_push_value(L, &self->row, &columns[plan->chosen[i]], i);
  return (int)plan->chosen_count + 1;
}

/* A row that the fold could not take is the last. */
static int fold_row(lua_State *L, reader *self, const cs_value *columns) {
  cs_lua_plan *plan = self->plan;
  cs_fold_status status = cs_plan_fold(&plan->plan, columns);
  if (status == CS_FOLD_OK)
    return NOTHING;
  lua_pushnil(L);
  cs_lua_plan_push_option(L, plan, "fold");
  cs_fold_push_failure(L, lua_gettop(L), status);
  lua_replace(L, -2);
  cs_compat_push_integer(L, (int64_t)cs_frame_records(self->frame));
  lua_setfield(L, -2, "row");
  return 2;
}

static int deliver_as_wanted(lua_State *L, reader *self, cs_span record,
                             const cs_value *columns) {
  switch (self->plan->delivery) {
  case CS_DELIVERY_CHOSEN:
    return push_chosen(L, self, record, columns);
  case CS_DELIVERY_VALUES:
    return push_values(L, self, columns);
  default:
    return push_row(L, self, record);
  }
}

/* Gives the row with these columns, if the conditions hold. */
static int deliver(lua_State *L, reader *self, cs_span record, const cs_value *columns) {
  cs_lua_plan *plan = self->plan;
  switch (cs_plan_holds(&plan->plan, columns)) {
  case CS_PLAN_NO:
    return NOTHING;
  case CS_PLAN_MEMORY:
    return out_of_memory(L);
  default:
    break;
  }
  plan->rows++;
  if (plan->delivery == CS_DELIVERY_FOLD)
    return fold_row(L, self, columns);
  hold(self);
  int results = deliver_as_wanted(L, self, record, columns);
  let_go(L, self);
  return results;
}

static int usage_failure(lua_State *L, const reader *self) {
  lua_pushnil(L);
  cs_failure_push(L, "malformed", self->plan->plan.usage.wrong);
  return 2;
}

/* The next usage row of the report given last. */
static int next_usage(lua_State *L, reader *self) {
  cs_usage *usage = &self->plan->plan.usage;
  cs_usage_step step = cs_usage_next(usage);
  if (step == CS_USAGE_ROW)
    return deliver(L, self, (cs_span){NULL, 0}, cs_usage_row(usage));
  self->in_report = false;
  return step == CS_USAGE_END ? NOTHING : usage_failure(L, self);
}

static int begin_report(lua_State *L, reader *self, cs_span record) {
  const cs_items *items = cs_frame_items(self->frame);
  if (items == NULL)
    return out_of_memory(L);
  if (cs_usage_begin(&self->plan->plan.usage, items, record.bytes) == CS_USAGE_WRONG)
    return usage_failure(L, self);
  self->in_report = true;
  return NOTHING;
}

/* A record without any field that it should have: nil, "unknown" and its value. */
static int unknown_record(lua_State *L, reader *self, cs_span record) {
  no_row(L, "unknown");
  hold(self);
  cs_row_push(L, &self->row, record);
  let_go(L, self);
  return 3;
}

static bool is_known(const cs_plan *plan, const cs_items *items) {
  if (items->list[0].kind != CS_KIND_OBJECT)
    return false;
  for (size_t i = 1; i < items->count; i = items->list[i].behind) {
    const cs_item *item = &items->list[i];
    if (item->name >= plan->known_first && item->name < plan->known_end &&
        item->kind != CS_KIND_NULL)
      return true;
  }
  return false;
}

static int take_record(lua_State *L, reader *self, cs_span record) {
  cs_plan *plan = &self->plan->plan;
  if (plan->known_end > plan->known_first) {
    const cs_items *items = cs_frame_items(self->frame);
    if (items == NULL)
      return out_of_memory(L);
    if (!is_known(plan, items))
      return unknown_record(L, self, record);
  }
  if (plan->by_usage)
    return begin_report(L, self, record);
  if (plan->column_count > 0 && !cs_frame_columns(self->frame, plan->values, plan->column_count))
    return out_of_memory(L);
  return deliver(L, self, record, plan->values);
}

static int push_plain(lua_State *L, reader *self, cs_span record) {
  hold(self);
  int results = push_row(L, self, record);
  let_go(L, self);
  return results;
}

/* next() -> what the plan wants of the next row; or nil and "wait", "end", "refused" (the status
   is not 200), "unknown" with a record that is none, or a failure. */
static int reader_next(lua_State *L) {
  reader *self = check_idle(L);
  for (;;) {
    cs_span record;
    int results = NOTHING;
    if (self->in_report) {
      results = next_usage(L, self);
      if (results != NOTHING)
        return results;
      continue;
    }
    switch (cs_frame_next(self->frame, &record)) {
    case CS_FRAME_RECORD:
      results = self->plan == NULL ? push_plain(L, self, record) : take_record(L, self, record);
      if (results != NOTHING)
        return results;
      break;
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
  bool ready = self->frame == NULL || self->closing || self->in_report ||
               cs_frame_ready(self->frame) ||
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
  let_go(L, self);
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
  let_go(L, self);
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
  let_go(L, self);
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
  lua_pushcfunction(L, reader_next);
  lua_setfield(L, -2, "read");
  lua_pushcfunction(L, path_valid);
  lua_setfield(L, -2, "path_valid");
}
