/* core.fold: groups of rows and their sums. */
#ifndef CS_BINDING_FOLD_H
#define CS_BINDING_FOLD_H

#include <lua.h>

#include "query/fold.h"

/* Adds `fold` to the table on top of the stack. */
void cs_fold_open(lua_State *L);

/* The fold at `index`; throws when it is none. */
cs_fold *cs_fold_check(lua_State *L, int index);

/* Pushes a failure table for what the fold at `index` could not take of the row with this number
   ([-0, +1]). */
void cs_fold_push_failure(lua_State *L, int index, cs_fold_status status, uint64_t row);

#endif
