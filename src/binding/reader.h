/* The userdata that gives rows: a frame, fed by hand or by a transfer. */
#ifndef CS_BINDING_READER_H
#define CS_BINDING_READER_H

#include <lua.h>

/* Adds `reader` and `path_valid` to the table on top of the stack ([-0, +0]). */
void cs_reader_open(lua_State *L);

#endif
