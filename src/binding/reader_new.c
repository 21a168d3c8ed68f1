/* Makes a reader of its options, a table at index 1. */
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "reader_private.h"
#include "json/kernel.h"
#include "json/validator.h"

#define RECORD_BYTES (UINT64_C(16) * 1024 * 1024)
#define DEPTH        UINT64_C(512)

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
    luaL_error(L,
               "COSTREAM_KERNEL: this machine has no kernel '%s': unset it for the fastest that "
               "it has, or set it to plain",
               name);
  return kernel;
}

static void use_plan(lua_State *L, cs_reader *self, cs_frame_options *options) {
  lua_getfield(L, 1, "plan");
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    return;
  }
  self->plan = cs_lua_plan_check(L, -1);
  self->plan_reference = luaL_ref(L, LUA_REGISTRYINDEX);
  options->names = self->plan->plan.names;
  options->name_count = self->plan->plan.name_count;
  options->known_first = self->plan->plan.known_first;
  options->known_end = self->plan->plan.known_end;
  options->levels = self->plan->plan.by_usage ? CS_USAGE_DEPTH : 1;
  if (self->plan->plan.by_usage && self->plan->plan.usage.columns_alone)
    options->rows = &self->plan->plan.usage.form;
}

/* A frame with these options, with what is left of the reader in field `after`. */
static cs_frame *make_frame(lua_State *L, const cs_frame_options *options) {
  lua_getfield(L, 1, "after");
  cs_reader *before = lua_isnil(L, -1) ? NULL : luaL_checkudata(L, -1, cs_reader_type);
  cs_frame *frame = cs_frame_after(options, before == NULL ? NULL : before->spent);
  if (before != NULL) {
    cs_frame_free(before->spent);
    before->spent = NULL;
  }
  lua_pop(L, 1);
  return frame;
}

int cs_reader_new(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  cs_reader *self = lua_newuserdata(L, sizeof *self);
  memset(self, 0, sizeof *self);
  self->plan_reference = self->row.names = self->row.interned.kept = LUA_NOREF;
  luaL_getmetatable(L, cs_reader_type);
  lua_setmetatable(L, -2);
  self->row.nulls = boolean_option(L, "nulls");
  self->row.numbers_text = boolean_option(L, "numbers_text");
  self->trust_close = boolean_option(L, "trust_close");
  self->slice = boolean_option(L, "sliced") ? cs_slice_of(L) : NULL;
  self->empty_allowed = boolean_option(L, "empty_allowed");
  self->row_limit = count_option(L, "rows", UINT64_MAX);
  self->kernel = kernel_wanted(L);
  cs_row_open(L, &self->row);
  cs_frame_options options = {
      .framing = framing_option(L),
      .number_range = !self->row.numbers_text,
      .record_limit = (size_t)count_option(L, "record_bytes", RECORD_BYTES),
      .depth_limit = (size_t)count_option(L, "depth", DEPTH),
      .total_limit = count_option(L, "body_bytes", UINT64_MAX),
      .kernel = self->kernel,
  };
  if (options.depth_limit > CS_VALIDATOR_DEPTH_MAX || options.record_limit > INT32_MAX)
    return luaL_error(L, "reader: a limit is too large");
  use_plan(L, self, &options);
  cs_reader_read_resume(L, self);
  lua_getfield(L, 1, "path");
  options.path = lua_tostring(L, -1);
  if (options.framing == CS_FRAMING_ENVELOPE &&
      (options.path == NULL || !cs_frame_path_valid(options.path)))
    return luaL_error(L, "reader: no path to a list");
  self->frame = make_frame(L, &options);
  lua_pop(L, 1);
  return self->frame != NULL ? 1 : luaL_error(L, "not enough memory");
}
