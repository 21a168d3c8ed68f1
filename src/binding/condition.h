/* core.condition: a condition on one field. */
#ifndef CS_BINDING_CONDITION_H
#define CS_BINDING_CONDITION_H

#include <lua.h>

#include "query/condition.h"

/* Adds `condition` to the table on top of the stack. */
void cs_condition_open(lua_State *L);

/* The condition at `index`; throws when it is none. */
cs_condition *cs_condition_check(lua_State *L, int index);

#endif
