#include "condition.h"

#include <string.h>

#include "compat.h"
#include "scalar.h"

static const char TYPE[] = "costream.condition";

static const char *const operators[] = {
    "=", "~=", "<", "<=", ">", ">=", "in", "prefix", "contains", "present", "absent", NULL};

cs_condition *cs_condition_check(lua_State *L, int index) {
  return luaL_checkudata(L, index, TYPE);
}

/* Leaves the values' scalars in a userdata, and the values themselves in the list. */
static cs_scalar *read_list(lua_State *L, int index, size_t *count) {
  *count = lua_rawlen(L, index);
  cs_scalar *values = lua_newuserdata(L, (*count + 1) * sizeof *values);
  for (size_t i = 0; i < *count; i++) {
    lua_rawgeti(L, index, (int)i + 1);
    values[i] = cs_scalar_of_lua(L, -1); /* a string stays where it is: the list has it */
    lua_pop(L, 1);
  }
  return values;
}

/* condition(operator, value): `in` takes a list, `present` and `absent` take nothing. */
static int condition_new(lua_State *L) {
  cs_operator op = (cs_operator)luaL_checkoption(L, 1, NULL, operators);
  lua_settop(L, 2);
  size_t count = op == CS_OPERATOR_PRESENT || op == CS_OPERATOR_ABSENT ? 0 : 1;
  cs_scalar value = cs_scalar_of_lua(L, 2);
  cs_scalar *values = &value;
  if (op == CS_OPERATOR_IN) {
    luaL_checktype(L, 2, LUA_TTABLE);
    values = read_list(L, 2, &count);
  }
  cs_condition *self = lua_newuserdata(L, sizeof *self);
  memset(self, 0, sizeof *self);
  if (!cs_condition_init(self, 0, op, values, count))
    return luaL_error(L, "not enough memory");
  luaL_getmetatable(L, TYPE);
  lua_setmetatable(L, -2);
  return 1;
}

static int condition_gc(lua_State *L) {
  cs_condition *self = cs_condition_check(L, 1);
  cs_condition_free(self);
  memset(self, 0, sizeof *self);
  return 0;
}

/* holds(value) -> boolean */
static int condition_holds(lua_State *L) {
  const cs_condition *self = cs_condition_check(L, 1);
  cs_scalar value = cs_scalar_of_lua(L, 2);
  lua_pushboolean(L, cs_condition_holds(self, &value));
  return 1;
}

void cs_condition_open(lua_State *L) {
  luaL_newmetatable(L, TYPE);
  lua_newtable(L);
  lua_pushcfunction(L, condition_holds);
  lua_setfield(L, -2, "holds");
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, condition_gc);
  lua_setfield(L, -2, "__gc");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
  lua_pushcfunction(L, condition_new);
  lua_setfield(L, -2, "condition");
}
