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
  CS_INTERNED_LONGEST = 40, /* Lua keeps longer ones not but once */
  CS_INTERNED_PLACES = 64
};

typedef struct cs_interned {
  int kept; /* reference to the list of them, in the registry */
  int list; /* where that is on the stack while a row is made */
  struct cs_interned_entry *entries;
  uint8_t misses[CS_INTERNED_PLACES]; /* lately, of the strings at a place in the record */
} cs_interned;

/* One with `kept` = LUA_NOREF and else zeroed is empty and ready. */
void cs_interned_free(lua_State *L, cs_interned *interned);

/* Pushes a table that cs_interned_push needs to stay where it is ([-0, +1]). */
void cs_interned_begin(lua_State *L, cs_interned *interned);

/* Pushes the string ([-0, +1]). Eight bytes from its first must be readable, however short it
   is. */
void cs_interned_push(lua_State *L, cs_interned *interned, cs_span text, size_t place);

#endif
