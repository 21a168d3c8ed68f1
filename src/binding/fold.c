#include "fold.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compat.h"
#include "fold_private.h"

static const char TYPE[] = "costream.fold";

cs_fold_box *cs_fold_box_check(lua_State *L, int index) {
  return luaL_checkudata(L, index, TYPE);
}

cs_fold *cs_fold_check(lua_State *L, int index) {
  return cs_fold_box_check(L, index)->fold;
}

static size_t list_length(lua_State *L, const char *name) {
  lua_getfield(L, 1, name);
  size_t length = lua_istable(L, -1) ? lua_rawlen(L, -1) : 0;
  lua_pop(L, 1);
  return length;
}

/* The number `entry` of list `name`: a field's number from 1. */
static size_t field_of(lua_State *L, const char *name, size_t entry) {
  lua_getfield(L, 1, name);
  lua_rawgeti(L, -1, (int)entry + 1);
  size_t field = (size_t)lua_tointeger(L, -1);
  lua_pop(L, 2);
  return field - 1;
}

static cs_fold_by by_of(lua_State *L, size_t entry) {
  lua_getfield(L, 1, "by");
  lua_rawgeti(L, -1, (int)entry + 1);
  lua_getfield(L, -1, "field");
  lua_getfield(L, -2, "first");
  cs_fold_by by = {(size_t)lua_tointeger(L, -2) - 1, (size_t)lua_tointeger(L, -1)};
  lua_pop(L, 4);
  return by;
}

/* Different in each process and for each fold, so that no one can foresee which keys collide. */
static cs_seed make_seed(const void *self) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  uint64_t mixed = (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 30 ^ (uint64_t)(uintptr_t)self;
  cs_seed seed;
  memset(&seed, 0, sizeof seed);
  unsigned char *bytes = (unsigned char *)&seed;
  for (size_t i = 0; i < sizeof seed; i++) {
    mixed = (mixed ^ mixed >> 29) * UINT64_C(0xBF58476D1CE4E5B9) + i;
    bytes[i] = (unsigned char)(mixed >> 56);
  }
  return seed;
}

static cs_fold *make_fold(lua_State *L, cs_fold_box *self) {
  size_t extremes = self->min_count + self->max_count;
  size_t most = self->by_count + self->sum_count + extremes + 1;
  cs_fold_by *by = lua_newuserdata(L, most * sizeof *by);
  size_t *sums = lua_newuserdata(L, most * sizeof *sums);
  cs_fold_extreme_of *extreme = lua_newuserdata(L, most * sizeof *extreme);
  for (size_t i = 0; i < self->by_count; i++)
    by[i] = by_of(L, i);
  for (size_t i = 0; i < self->sum_count; i++)
    sums[i] = field_of(L, "sum", i);
  for (size_t i = 0; i < extremes; i++) {
    bool greatest = i >= self->min_count;
    extreme[i].greatest = greatest;
    extreme[i].column =
        greatest ? field_of(L, "max", i - self->min_count) : field_of(L, "min", i);
  }
  cs_fold_config config = {
      .by = by,
      .by_count = self->by_count,
      .sums = sums,
      .sum_count = self->sum_count,
      .extremes = extreme,
      .extreme_count = extremes,
      .group_limit = self->group_limit,
      .byte_limit = CS_FOLD_BYTES_MOST,
      .seed = make_seed(self),
  };
  return cs_fold_new(&config);
}

/* fold{fields = names, by = {{field=, first=}}, sum =, min =, max = numbers of fields,
   as = names of the keys, sum_names =, min_names =, max_names =, count = boolean,
   groups = limit}: the caller has checked it. */
static int fold_new(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  cs_fold_box *self = lua_newuserdata(L, sizeof *self);
  memset(self, 0, sizeof *self);
  self->options = LUA_NOREF;
  luaL_getmetatable(L, TYPE);
  lua_setmetatable(L, -2);
  self->field_count = list_length(L, "fields");
  self->by_count = list_length(L, "by");
  self->sum_count = list_length(L, "sum");
  self->min_count = list_length(L, "min");
  self->max_count = list_length(L, "max");
  lua_getfield(L, 1, "groups");
  self->group_limit = (size_t)lua_tonumber(L, -1);
  lua_getfield(L, 1, "count");
  self->counts = lua_toboolean(L, -1);
  lua_pop(L, 2);
  self->scalars = calloc(self->field_count + 1, sizeof *self->scalars);
  self->fold = self->scalars == NULL ? NULL : make_fold(L, self);
  if (self->fold == NULL)
    return luaL_error(L, "not enough memory");
  lua_settop(L, 2);
  lua_pushvalue(L, 1);
  self->options = luaL_ref(L, LUA_REGISTRYINDEX);
  return 1;
}

static int fold_gc(lua_State *L) {
  cs_fold_box *self = cs_fold_box_check(L, 1);
  cs_fold_free(self->fold);
  free(self->scalars);
  luaL_unref(L, LUA_REGISTRYINDEX, self->options);
  memset(self, 0, sizeof *self);
  self->options = LUA_NOREF;
  return 0;
}

static void push_total(lua_State *L, cs_total total) {
  if (total.kind == CS_TOTAL_EMPTY)
    lua_pushnil(L);
  else if (total.kind == CS_TOTAL_INTEGER)
    cs_compat_push_integer(L, total.integer);
  else
    lua_pushnumber(L, (lua_Number)total.real);
}

/* Where the lists of names are on the stack while groups are made. */
typedef struct names {
  int as;
  int sum;
  int min;
  int max;
} names;

static names push_names(lua_State *L, const cs_fold_box *self) {
  int top = lua_gettop(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, self->options);
  lua_getfield(L, top + 1, "as");
  lua_getfield(L, top + 1, "sum_names");
  lua_getfield(L, top + 1, "min_names");
  lua_getfield(L, top + 1, "max_names");
  return (names){top + 2, top + 3, top + 4, top + 5};
}

static void push_keys(lua_State *L, const cs_fold_box *self, int as, size_t group) {
  for (size_t i = 0; i < self->by_count; i++) {
    cs_scalar key = cs_fold_key(self->fold, group, i);
    lua_rawgeti(L, as, (int)i + 1);
    cs_scalar_push(L, &key);
    lua_rawset(L, -3);
  }
}

static void push_sums(lua_State *L, const cs_fold_box *self, int sum, size_t group) {
  lua_createtable(L, 0, (int)self->sum_count);
  for (size_t i = 0; i < self->sum_count; i++) {
    lua_rawgeti(L, sum, (int)i + 1);
    push_total(L, cs_fold_sum(self->fold, group, i));
    lua_rawset(L, -3);
  }
}

static void push_extremes(lua_State *L, const cs_fold_box *self, int list, size_t group,
                          size_t first, size_t count) {
  lua_createtable(L, 0, (int)count);
  for (size_t i = 0; i < count; i++) {
    cs_scalar extreme = cs_fold_extreme(self->fold, group, first + i);
    lua_rawgeti(L, list, (int)i + 1);
    cs_scalar_push(L, &extreme);
    lua_rawset(L, -3);
  }
}

static void push_group(lua_State *L, const cs_fold_box *self, const names *lists, size_t group) {
  lua_createtable(L, 0, (int)self->by_count + 4);
  push_keys(L, self, lists->as, group);
  if (self->counts) {
    cs_compat_push_integer(L, (int64_t)cs_fold_count(self->fold, group));
    lua_setfield(L, -2, "count");
  }
  if (self->sum_count > 0) {
    push_sums(L, self, lists->sum, group);
    lua_setfield(L, -2, "sum");
  }
  if (self->min_count > 0) {
    push_extremes(L, self, lists->min, group, 0, self->min_count);
    lua_setfield(L, -2, "min");
  }
  if (self->max_count > 0) {
    push_extremes(L, self, lists->max, group, self->min_count, self->max_count);
    lua_setfield(L, -2, "max");
  }
}

/* finish() -> true when the groups are sorted, which all that follows does where it was not done;
   false: it has done a part of that, and wants to be called again. */
static int fold_finish(lua_State *L) {
  lua_pushboolean(L, cs_fold_finish_some(cs_fold_box_check(L, 1)->fold));
  return 1;
}

typedef struct range {
  size_t first, end;
} range;

/* Which groups arguments 2 and 3 say: from which one on, counted from 1, and how many at most.
   All without them. */
static range read_range(lua_State *L, const cs_fold_box *self) {
  cs_fold_finish(self->fold);
  const size_t count = cs_fold_group_count(self->fold);
  if (lua_isnoneornil(L, 2))
    return (range){0, count};
  const lua_Integer from = luaL_checkinteger(L, 2), most = luaL_checkinteger(L, 3);
  luaL_argcheck(L, from >= 1, 2, "groups count from 1");
  luaL_argcheck(L, most >= 0, 3, "no number of groups");
  const size_t first = (size_t)from - 1 < count ? (size_t)from - 1 : count;
  return (range){first, count - first < (size_t)most ? count : first + (size_t)most};
}

/* overflow([from, most]) -> the name of a field whose sum in some group is beyond any double, or
   nil. */
static int fold_overflow(lua_State *L) {
  cs_fold_box *self = cs_fold_box_check(L, 1);
  range groups = read_range(L, self);
  for (size_t i = groups.first; i < groups.end; i++)
    for (size_t j = 0; j < self->sum_count; j++)
      if (cs_fold_sum(self->fold, i, j).kind == CS_TOTAL_OVERFLOW) {
        cs_fold_push_field(L, self, "sum", j);
        return 1;
      }
  return 0;
}

/* groups([from, most]) -> the list of groups, sorted by their keys. */
static int fold_groups(lua_State *L) {
  cs_fold_box *self = cs_fold_box_check(L, 1);
  range groups = read_range(L, self);
  names lists = push_names(L, self);
  lua_createtable(L, (int)(groups.end - groups.first), 0);
  for (size_t i = groups.first; i < groups.end; i++) {
    push_group(L, self, &lists, i);
    lua_rawseti(L, -2, (int)(i - groups.first) + 1);
  }
  return 1;
}

void cs_fold_open(lua_State *L) {
  static const luaL_Reg methods[] = {{"add", cs_fold_add_row},
                                     {"finish", fold_finish},
                                     {"groups", fold_groups},
                                     {"overflow", fold_overflow},
                                     {NULL, NULL}};
  luaL_newmetatable(L, TYPE);
  lua_newtable(L);
  luaL_setfuncs(L, methods, 0);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, fold_gc);
  lua_setfield(L, -2, "__gc");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
  lua_pushcfunction(L, fold_new);
  lua_setfield(L, -2, "fold");
}
