/* Lua values as the scalars of conditions and folds, and back. */
#ifndef CS_BINDING_SCALAR_H
#define CS_BINDING_SCALAR_H

#include <lua.h>

#include "query/scalar.h"

/* What the value at `index` is. A string's text is Lua's own, valid while the value is there.
   costream.null is absent, as nil is; whatever JSON has not is `other`. */
cs_scalar cs_scalar_of_lua(lua_State *L, int index);

/* Pushes it; nil for what is absent ([-0, +1]). */
void cs_scalar_push(lua_State *L, const cs_scalar *scalar);

#endif
