/* A proven JSON value as a Lua value. */
#ifndef CS_BINDING_ROW_H
#define CS_BINDING_ROW_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#include "json/span.h"

typedef struct cs_row {
  bool nulls;          /* null is costream.null, not nil */
  bool numbers_text;   /* numbers are given as written */
  char *scratch;       /* where escapes are undone */
  size_t scratch_size; /* a zeroed cs_row is ready */
} cs_row;

void cs_row_free(cs_row *row);

/* Pushes `value` ([-0, +1]); throws when memory runs out. A null that is not inside anything is
   always costream.null: nil would end a loop. Lists carry the metatable of
   cs_row_push_list_metatable. */
void cs_row_push(lua_State *L, cs_row *row, cs_span value);

/* Pushes the metatable that marks lists, `__jsontype` = "array" ([-0, +1]): with it an empty
   list can be told from an empty object. */
void cs_row_push_list_metatable(lua_State *L);

#endif
