#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "condition.h"
#include "fold.h"

static const char TYPE[] = "costream.plan";

cs_lua_plan *cs_lua_plan_check(lua_State *L, int index) {
  return luaL_checkudata(L, index, TYPE);
}

void cs_lua_plan_push_option(lua_State *L, const cs_lua_plan *plan, const char *name) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, plan->references);
  lua_getfield(L, -1, name);
  lua_replace(L, -2);
}

static size_t count_option(lua_State *L, const char *name) {
  lua_getfield(L, 1, name);
  size_t count = (size_t)lua_tointeger(L, -1);
  lua_pop(L, 1);
  return count;
}

/* Leaves list `name` of the options on the stack. */
static size_t push_list(lua_State *L, const char *name) {
  lua_getfield(L, 1, name);
  return lua_istable(L, -1) ? lua_rawlen(L, -1) : 0;
}

static bool read_names(lua_State *L, cs_plan *plan) {
  size_t count = push_list(L, "names");
  plan->names = calloc(count + 1, sizeof *plan->names);
  for (size_t i = 0; plan->names != NULL && i < count; i++) {
    size_t length = 0;
    lua_rawgeti(L, -1, (int)i + 1);
    const char *name = luaL_checklstring(L, -1, &length);
    char *copy = malloc(length + 1);
    if (copy == NULL)
      return false;
    memcpy(copy, name, length);
    plan->names[i] = (cs_span){copy, length};
    plan->name_count = i + 1;
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return plan->names != NULL;
}

/* The columns of list `name`, which counts from 1. */
static bool read_columns(lua_State *L, const char *name, size_t **columns, size_t *count) {
  *count = push_list(L, name);
  *columns = calloc(*count + 1, sizeof **columns);
  for (size_t i = 0; *columns != NULL && i < *count; i++) {
    lua_rawgeti(L, -1, (int)i + 1);
    (*columns)[i] = (size_t)lua_tointeger(L, -1) - 1;
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return *columns != NULL;
}

/* conditions = {{condition, column}, ...} */
static bool read_conditions(lua_State *L, cs_plan *plan) {
  size_t count = push_list(L, "conditions");
  // NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers is what it is
  plan->conditions = calloc(count + 1, sizeof *plan->conditions);
  for (size_t i = 0; plan->conditions != NULL && i < count; i++) {
    lua_rawgeti(L, -1, (int)i + 1);
    lua_rawgeti(L, -1, 1);
    lua_rawgeti(L, -2, 2);
    cs_condition *condition = cs_condition_check(L, -2);
    condition->column = (size_t)lua_tointeger(L, -1) - 1;
    plan->conditions[plan->condition_count++] = condition;
    lua_pop(L, 3);
  }
  lua_pop(L, 1);
  return plan->conditions != NULL;
}

static void read_fold(lua_State *L, cs_plan *plan) {
  lua_getfield(L, 1, "fold");
  if (!lua_isnil(L, -1))
    plan->fold = cs_fold_check(L, -1);
  lua_pop(L, 1);
}

static cs_delivery delivery_option(lua_State *L) {
  static const char *const names[] = {"rows", "chosen", "values", "fold", NULL};
  lua_getfield(L, 1, "delivery");
  int delivery = luaL_checkoption(L, -1, "rows", names);
  lua_pop(L, 1);
  return (cs_delivery)delivery;
}

static bool boolean_option(lua_State *L, const char *name) {
  lua_getfield(L, 1, name);
  bool value = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return value;
}

/* plan{names, columns = how many of them are columns, known_first, known_end = as of cs_plan,
   conditions, chosen = columns, fold, fold_columns, delivery, usage, nulls,
   numbers_text}: the caller has
   checked it. Columns count from 1 in the lists. */
static int plan_new(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  cs_lua_plan *self = lua_newuserdata(L, sizeof *self);
  memset(self, 0, sizeof *self);
  self->references = LUA_NOREF;
  luaL_getmetatable(L, TYPE);
  lua_setmetatable(L, -2);
  cs_plan *plan = &self->plan;
  plan->column_count = count_option(L, "columns");
  plan->known_first = count_option(L, "known_first");
  plan->known_end = count_option(L, "known_end");
  plan->by_usage = boolean_option(L, "usage");
  plan->integers = LUA_VERSION_NUM >= 503;
  plan->numbers_text = boolean_option(L, "numbers_text");
  self->delivery = delivery_option(L);
  plan->usage.columns_alone = self->delivery != CS_DELIVERY_ROWS;
  plan->usage.nulls = boolean_option(L, "nulls");
  read_fold(L, plan);
  if (!read_names(L, plan) || !read_conditions(L, plan) ||
      !read_columns(L, "fold_columns", &plan->fold_columns, &plan->fold_column_count) ||
      !read_columns(L, "chosen", &self->chosen, &self->chosen_count) || !cs_plan_prepare(plan))
    return luaL_error(L, "not enough memory");
  lua_pushvalue(L, 1);
  self->references = luaL_ref(L, LUA_REGISTRYINDEX);
  return 1;
}

static int plan_gc(lua_State *L) {
  cs_lua_plan *self = cs_lua_plan_check(L, 1);
  cs_plan_free(&self->plan);
  free(self->chosen);
  luaL_unref(L, LUA_REGISTRYINDEX, self->references);
  memset(self, 0, sizeof *self);
  self->references = LUA_NOREF;
  return 0;
}

/* rows() -> how many rows were delivered. */
static int plan_rows(lua_State *L) {
  cs_compat_push_integer(L, (int64_t)cs_lua_plan_check(L, 1)->rows);
  return 1;
}

void cs_plan_open(lua_State *L) {
  luaL_newmetatable(L, TYPE);
  lua_newtable(L);
  lua_pushcfunction(L, plan_rows);
  lua_setfield(L, -2, "rows");
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, plan_gc);
  lua_setfield(L, -2, "__gc");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
  lua_pushcfunction(L, plan_new);
  lua_setfield(L, -2, "plan");
}
