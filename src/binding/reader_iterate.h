/* How Lua asks for row after row. */
#ifndef CS_BINDING_READER_ITERATE_H
#define CS_BINDING_READER_ITERATE_H

#include <lua.h>

/* Replaces the metatable of readers on top of the stack: sets functions in the table below it
   ([-1, +0]). */
void cs_reader_iterate_open(lua_State *L);

#endif
