/* core.pass, core.give and core.breaker: how rows pass through Lua. */
#ifndef CS_BINDING_HANDOVER_H
#define CS_BINDING_HANDOVER_H

#include <lua.h>

/* Adds them to the table on top of the stack. */
void cs_handover_open(lua_State *L);

#endif
