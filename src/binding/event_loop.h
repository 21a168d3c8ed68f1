/* The Lua state's one event loop: step, wait, timeout, pollfd. */
#ifndef CS_BINDING_EVENT_LOOP_H
#define CS_BINDING_EVENT_LOOP_H

#include <lua.h>

#include "http/loop.h"

/* The loop of this state, made when first asked for; throws when it cannot be made. */
cs_loop *cs_event_loop(lua_State *L);

/* Adds the functions to the table on top of the stack ([-0, +0]). */
void cs_event_loop_open(lua_State *L);

#endif
