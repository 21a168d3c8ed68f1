/* One spelling for what Lua 5.1, LuaJIT, 5.2, 5.3 and 5.4 call differently. What is built for 5.1
   must run under LuaJIT, and the other way round: LuaRocks installs one for both. */
#ifndef CS_BINDING_COMPAT_H
#define CS_BINDING_COMPAT_H

#include <lauxlib.h>
#include <lua.h>
#include <stdint.h>

#if LUA_VERSION_NUM < 502
#define lua_rawlen(L, index) lua_objlen(L, index)

/* LuaJIT has luaL_setfuncs of its own, PUC 5.1 has not. */
#define luaL_setfuncs(L, functions, upvalues) cs_compat_setfuncs(L, functions)
static inline void cs_compat_setfuncs(lua_State *L, const luaL_Reg *functions) {
  for (; functions->name != NULL; functions++) {
    lua_pushcfunction(L, functions->func);
    lua_setfield(L, -2, functions->name);
  }
}
#endif

/* Lua 5.3 and later have integers; before, a number is the nearest double. */
static inline void cs_compat_push_integer(lua_State *L, int64_t integer) {
#if LUA_VERSION_NUM >= 503
  lua_pushinteger(L, (lua_Integer)integer);
#else
  lua_pushnumber(L, (lua_Number)integer);
#endif
}

#endif
