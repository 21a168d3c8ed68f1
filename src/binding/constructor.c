#include "constructor.h"

#include <stdio.h>
#include <string.h>

#include "compat.h"

void cs_constructors_free(lua_State *L, cs_constructors *constructors) {
  for (size_t i = 0; i < CS_CONSTRUCTORS; i++)
    if (constructors->ids[i] != 0)
      luaL_unref(L, LUA_REGISTRYINDEX, constructors->functions[i]);
  memset(constructors, 0, sizeof *constructors);
}

bool cs_constructors_push(lua_State *L, const cs_constructors *constructors, uint64_t id) {
  for (size_t i = 0; i < CS_CONSTRUCTORS; i++) {
    if (constructors->ids[i] == id) {
      lua_rawgeti(L, LUA_REGISTRYINDEX, constructors->functions[i]);
      return true;
    }
  }
  return false;
}

static void add_number(luaL_Buffer *code, const char *format, unsigned number) {
  char text[16];
  snprintf(text, sizeof text, format, number);
  luaL_addstring(code, text);
}

/* Any bytes as a literal of Lua. */
static void add_literal(luaL_Buffer *code, const char *text, size_t length) {
  luaL_addchar(code, '"');
  for (size_t i = 0; i < length; i++)
    add_number(code, "\\%03u", (unsigned char)text[i]);
  luaL_addchar(code, '"');
}

/* return function(a1, ...) return {["name"]=a1, ...} end */
static void push_code(lua_State *L, int first, int count) {
  luaL_Buffer code;
  luaL_buffinit(L, &code);
  luaL_addstring(&code, "return function(");
  for (int i = 0; i < count; i++)
    add_number(&code, i == 0 ? "a%u" : ",a%u", (unsigned)i);
  luaL_addstring(&code, ") return {");
  for (int i = 0; i < count; i++) {
    size_t length = 0;
    const char *name = lua_tolstring(L, first + i, &length);
    luaL_addchar(&code, '[');
    add_literal(&code, name, length);
    add_number(&code, "]=a%u,", (unsigned)i);
  }
  luaL_addstring(&code, "} end");
  luaL_pushresult(&code);
}

/* LuaJIT would compile the function on top of the stack, which C calls again and again, each time
   anew, and keep it all. What is built for Lua 5.1 runs there, too. */
static void only_interpret(lua_State *L) {
#if LUA_VERSION_NUM == 501
  lua_getfield(L, LUA_REGISTRYINDEX, "_LOADED");
  lua_getfield(L, -1, "jit");
  if (lua_istable(L, -1)) {
    lua_getfield(L, -1, "off");
    lua_pushvalue(L, -4);
    lua_call(L, 1, 0);
  }
  lua_pop(L, 2);
#else
  (void)L;
#endif
}

static void push_function(lua_State *L, int first, int count) {
  size_t length = 0;
  push_code(L, first, count);
  const char *code = lua_tolstring(L, -1, &length);
  if (luaL_loadbuffer(L, code, length, "=costream.row") != 0) {
    lua_error(L);
    return;
  }
  lua_call(L, 0, 1);
  only_interpret(L);
  lua_replace(L, -2);
}

void cs_constructors_make(lua_State *L, cs_constructors *constructors, uint64_t id, int count) {
  int first = lua_gettop(L) - count + 1;
  push_function(L, first, count);
  size_t place = constructors->next;
  constructors->next = (place + 1) % CS_CONSTRUCTORS;
  if (constructors->ids[place] != 0)
    luaL_unref(L, LUA_REGISTRYINDEX, constructors->functions[place]);
  constructors->ids[place] = 0;
  lua_pushvalue(L, -1);
  constructors->functions[place] = luaL_ref(L, LUA_REGISTRYINDEX);
  constructors->ids[place] = id;
  lua_replace(L, first);
  lua_settop(L, first);
}
