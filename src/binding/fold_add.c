/* Rows of Lua's in a fold, and what is said of a row that a fold cannot take. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "compat.h"
#include "failure.h"
#include "fold.h"
#include "fold_private.h"

void cs_fold_push_field(lua_State *L, const cs_fold_box *self, const char *list, size_t entry) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, self->options);
  lua_getfield(L, -1, "fields");
  lua_getfield(L, -2, list);
  lua_rawgeti(L, -1, (int)entry + 1);
  if (lua_istable(L, -1)) {
    lua_getfield(L, -1, "field");
    lua_replace(L, -2);
  }
  lua_rawgeti(L, -3, (int)lua_tointeger(L, -1));
  lua_replace(L, -5);
  lua_pop(L, 3);
}

static void set_recovery(lua_State *L, const char *recovery) {
  lua_pushstring(L, recovery);
  lua_setfield(L, -2, "recovery");
}

static void push_entry_failure(lua_State *L, const cs_fold_box *self, const char *list,
                               size_t entry, const char *why, uint64_t row) {
  char number[24];
  snprintf(number, sizeof number, "%" PRIu64, row);
  cs_fold_push_field(L, self, list, entry);
  lua_pushfstring(L, "fold: %s: %s is %s in row %s", list, lua_tostring(L, -1), why, number);
  cs_failure_push(L, "malformed", lua_tostring(L, -1));
  lua_replace(L, -3);
  lua_pop(L, 1);
  cs_compat_push_integer(L, (int64_t)row);
  lua_setfield(L, -2, "row");
  set_recovery(L, "Leave such rows out with where, or choose another field.");
}

static void push_limit_failure(lua_State *L, const cs_fold_box *self, cs_fold_status status) {
  char message[96];
  if (status == CS_FOLD_TOO_MANY_GROUPS)
    snprintf(message, sizeof message, "fold: more groups than groups = %zu allows",
             self->group_limit);
  else
    snprintf(message, sizeof message, "fold: the texts of the groups are longer than %zu MiB",
             CS_FOLD_BYTES_MOST / 1024 / 1024);
  cs_failure_push(L, "limit", message);
  set_recovery(L,
               status == CS_FOLD_TOO_MANY_GROUPS
                   ? "Allow more with groups, or group by fields with fewer values."
                   : "Group by fields with fewer values, or by the first of their characters.");
}

/* `key` is what a value is that no group can be made of. */
static void push_failure(lua_State *L, const cs_fold_box *self, cs_fold_status status,
                         const char *key, uint64_t row) {
  size_t entry = cs_fold_entry(self->fold);
  switch (status) {
  case CS_FOLD_NOT_A_GROUP:
    push_entry_failure(L, self, "by", entry, key, row);
    break;
  case CS_FOLD_NOT_A_NUMBER:
    push_entry_failure(L, self, "sum", entry, "no number", row);
    break;
  case CS_FOLD_NOT_COMPARABLE: {
    bool greatest = entry >= self->min_count;
    push_entry_failure(L, self, greatest ? "max" : "min",
                       greatest ? entry - self->min_count : entry,
                       "no number or text, or not as in other rows,", row);
    break;
  }
  case CS_FOLD_TOO_MANY_GROUPS:
  case CS_FOLD_TOO_LONG:
    push_limit_failure(L, self, status);
    break;
  default:
    luaL_error(L, "not enough memory");
  }
}

void cs_fold_push_failure(lua_State *L, int index, cs_fold_status status, uint64_t row) {
  push_failure(L, cs_fold_box_check(L, index), status, "an object or a list", row);
}

/* What no group can be made of, which JSON has less of than Lua. */
static const char *name_key(lua_State *L, int index) {
  switch (lua_type(L, index)) {
  case LUA_TTABLE:
    return "an object or a list";
  case LUA_TNUMBER:
    return "not a number (NaN)";
  case LUA_TFUNCTION:
    return "a function";
  case LUA_TTHREAD:
    return "a coroutine";
  default:
    return "a userdata";
  }
}

/* The field, from 0, that an entry of `by` is about. */
static size_t key_field(lua_State *L, const cs_fold_box *self, size_t entry) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, self->options);
  lua_getfield(L, -1, "by");
  lua_rawgeti(L, -1, (int)entry + 1);
  lua_getfield(L, -1, "field");
  size_t field = (size_t)lua_tointeger(L, -1) - 1;
  lua_pop(L, 4);
  return field;
}

static bool is_infinite(const cs_scalar *scalar) {
  return scalar->kind == CS_SCALAR_REAL && isinf(scalar->real);
}

/* The entry of `sum` whose value is infinite, which JSON has not and no sum can hold: one and its
   opposite would make nothing. `sum_count` where there is none. */
static size_t find_infinite(lua_State *L, const cs_fold_box *self) {
  bool any = false;
  for (size_t i = 0; i < self->field_count; i++)
    any = any || is_infinite(&self->scalars[i]);
  if (!any)
    return self->sum_count;
  size_t entry = 0;
  lua_rawgeti(L, LUA_REGISTRYINDEX, self->options);
  lua_getfield(L, -1, "sum");
  for (; entry < self->sum_count; entry++) {
    lua_rawgeti(L, -1, (int)entry + 1);
    size_t field = (size_t)lua_tointeger(L, -1) - 1;
    lua_pop(L, 1);
    if (is_infinite(&self->scalars[field]))
      break;
  }
  lua_pop(L, 2);
  return entry;
}

int cs_fold_add_row(lua_State *L) {
  cs_fold_box *self = cs_fold_box_check(L, 1);
  uint64_t number = (uint64_t)luaL_checknumber(L, 3);
  lua_settop(L, 2);
  luaL_checkstack(L, (int)self->field_count + 8, "fold: too many fields");
  lua_rawgeti(L, LUA_REGISTRYINDEX, self->options);
  lua_getfield(L, -1, "fields");
  int fields = lua_gettop(L);
  for (size_t i = 0; i < self->field_count; i++) {
    lua_pushnil(L);
    if (lua_istable(L, 2)) {
      lua_rawgeti(L, fields, (int)i + 1);
      lua_rawget(L, 2);
      lua_replace(L, -2);
    }
    self->scalars[i] = cs_scalar_of_lua(L, -1); /* which stays on the stack with its text */
  }
  size_t infinite = find_infinite(L, self);
  if (infinite < self->sum_count) {
    lua_pushnil(L);
    push_entry_failure(L, self, "sum", infinite, "infinite", number);
    return 2;
  }
  cs_fold_status status = cs_fold_add(self->fold, self->scalars);
  if (status == CS_FOLD_OK) {
    lua_pushboolean(L, 1);
    return 1;
  }
  const char *key = "";
  if (status == CS_FOLD_NOT_A_GROUP)
    key = name_key(L, fields + 1 + (int)key_field(L, self, cs_fold_entry(self->fold)));
  lua_pushnil(L);
  push_failure(L, self, status, key, number);
  return 2;
}
