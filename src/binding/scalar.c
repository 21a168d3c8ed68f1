#include "scalar.h"

#include "compat.h"

static cs_scalar number_of_lua(lua_State *L, int index) {
  cs_scalar scalar = {.kind = CS_SCALAR_REAL, .real = (double)lua_tonumber(L, index)};
#if LUA_VERSION_NUM >= 503
  if (lua_isinteger(L, index))
    scalar = (cs_scalar){.kind = CS_SCALAR_INTEGER, .integer = (int64_t)lua_tointeger(L, index)};
#else
  if (cs_scalar_whole(scalar.real, &scalar.integer))
    scalar.kind = CS_SCALAR_INTEGER;
#endif
  if (scalar.kind == CS_SCALAR_REAL && scalar.real != scalar.real)
    scalar.kind = CS_SCALAR_OTHER; /* not a number: it compares with nothing */
  return scalar;
}

cs_scalar cs_scalar_of_lua(lua_State *L, int index) {
  cs_scalar scalar = {.kind = CS_SCALAR_OTHER};
  switch (lua_type(L, index)) {
  case LUA_TNIL:
  case LUA_TNONE:
    scalar.kind = CS_SCALAR_ABSENT;
    break;
  case LUA_TLIGHTUSERDATA:
    if (lua_touserdata(L, index) == NULL)
      scalar.kind = CS_SCALAR_ABSENT;
    break;
  case LUA_TBOOLEAN:
    scalar.kind = lua_toboolean(L, index) ? CS_SCALAR_TRUE : CS_SCALAR_FALSE;
    break;
  case LUA_TNUMBER:
    return number_of_lua(L, index);
  case LUA_TSTRING:
    scalar.kind = CS_SCALAR_STRING;
    scalar.text.bytes = lua_tolstring(L, index, &scalar.text.length);
    break;
  default:
    break;
  }
  return scalar;
}

void cs_scalar_push(lua_State *L, const cs_scalar *scalar) {
  switch (scalar->kind) {
  case CS_SCALAR_FALSE:
  case CS_SCALAR_TRUE:
    lua_pushboolean(L, scalar->kind == CS_SCALAR_TRUE);
    break;
  case CS_SCALAR_INTEGER:
    cs_compat_push_integer(L, scalar->integer);
    break;
  case CS_SCALAR_REAL:
    lua_pushnumber(L, (lua_Number)scalar->real);
    break;
  case CS_SCALAR_STRING:
    lua_pushlstring(L, scalar->text.bytes, scalar->text.length);
    break;
  default:
    lua_pushnil(L);
    break;
  }
}
