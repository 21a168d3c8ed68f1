/* Errors of the C parts as Lua tables: `kind`, `message`, and for a text that is wrong its
   `row`, `line`, `column` and `byte`. lua/costream/error.lua makes them what users see. */
#ifndef CS_BINDING_FAILURE_H
#define CS_BINDING_FAILURE_H

#include <lua.h>

#include "http/error.h"
#include "json/error.h"

/* Each pushes one table ([-0, +1]). Running out of memory is thrown instead. */
void cs_failure_push_json(lua_State *L, const cs_json_error *error);
void cs_failure_push_http(lua_State *L, const cs_http_error *error);
void cs_failure_push(lua_State *L, const char *kind, const char *message);

#endif
