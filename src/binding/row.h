/* A proven JSON value as a Lua value. */
#ifndef CS_BINDING_ROW_H
#define CS_BINDING_ROW_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#include "constructor.h"
#include "interned.h"
#include "query/column.h"
#include "json/record.h"
#include "json/template.h"

typedef struct cs_row {
  bool nulls;        /* null is costream.null, not nil */
  bool numbers_text; /* numbers are given as written */
  int names;         /* reference to the list of members' names as Lua strings, in the registry */
  cs_interned interned;
  cs_scratch scratch;
  cs_constructors constructors; /* by shape */
} cs_row;

/* Makes what a zeroed cs_row needs; throws when memory runs out. */
void cs_row_open(lua_State *L, cs_row *row);

void cs_row_free(lua_State *L, cs_row *row);

/* Each throws when memory runs out. A null that is not inside anything is always costream.null:
   nil would end a loop. Lists carry the metatable of cs_row_push_list_metatable. */

/* Pushes any value ([-0, +1]). */
void cs_row_push(lua_State *L, cs_row *row, cs_span value);

/* Pushes a record ([-0, +1]): the items must list the members of an object. */
void cs_row_push_record(lua_State *L, cs_row *row, const cs_items *items, cs_span record);

/* Pushes a row in a cs_buffer, which must have a template ([-0, +1]). */
void cs_row_push_matched(lua_State *L, cs_row *row, const cs_matched *matched);

/* Pushes one value of a record in a cs_buffer ([-0, +1]), nil when it is absent. What came at the
   same `place` of an earlier record is not made again. cs_interned_begin() is to be called
   before. */
void cs_row_push_value(lua_State *L, cs_row *row, const cs_value *value, size_t place);

typedef bool (*cs_row_filter)(const void *context, const cs_item *member);

/* Sets the members of item `object` that `filter` lets pass in the table on top of the stack. */
void cs_row_push_members(lua_State *L, cs_row *row, const cs_items *items, uint32_t object,
                         const char *bytes, cs_row_filter filter, const void *context);

/* Pushes the metatable that marks lists, `__jsontype` = "array" ([-0, +1]): with it an empty
   list can be told from an empty object. */
void cs_row_push_list_metatable(lua_State *L);

#endif
