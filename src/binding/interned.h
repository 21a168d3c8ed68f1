/* Lua strings that were made lately, to be used again: finding one here is cheaper than to have
   Lua find it. */
#ifndef CS_BINDING_INTERNED_H
#define CS_BINDING_INTERNED_H

#include <lua.h>
#include <stddef.h>
#include <stdint.h>

#include "json/span.h"

enum {
  CS_INTERNED = 4096,
  CS_INTERNED_LONGEST = 48, /* bytes of a string that is kept */
  CS_INTERNED_PLACES = 64
};

/* How the strings at one place in the records fare. */
typedef struct cs_interned_place {
  uint64_t refused; /* a string is only looked for when its hash has none of these bits */
  uint32_t found;   /* of those that were looked for lately */
  uint32_t missed;
} cs_interned_place;

typedef struct cs_interned {
  int kept; /* reference to the list of them, in the registry */
  int list; /* where that is on the stack while a row is made */
  struct cs_interned_set *sets;
  cs_interned_place places[CS_INTERNED_PLACES];
} cs_interned;

/* One with `kept` = LUA_NOREF and else zeroed is empty and ready. */
void cs_interned_free(lua_State *L, cs_interned *interned);

/* Pushes a table that cs_interned_push needs to stay where it is ([-0, +1]). */
void cs_interned_begin(lua_State *L, cs_interned *interned);

/* Pushes the string ([-0, +1]), which has no zero byte. CS_INTERNED_LONGEST bytes from its first
   must be readable, however short it is. */
void cs_interned_push(lua_State *L, cs_interned *interned, cs_span text, size_t place);

#endif
