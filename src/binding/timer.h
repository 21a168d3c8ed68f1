/* core.timer: a moment that the event loop wakes up for. */
#ifndef CS_BINDING_TIMER_H
#define CS_BINDING_TIMER_H

#include <lua.h>

/* Adds `timer` to the table on top of the stack ([-0, +0]). */
void cs_timer_open(lua_State *L);

#endif
