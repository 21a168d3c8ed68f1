/* Lua strings that were made lately, to be used again: finding one here is cheaper than to have
   Lua find it. */
#ifndef CS_BINDING_STRINGS_H
#define CS_BINDING_STRINGS_H

#include <lua.h>
#include <stddef.h>
#include <stdint.h>

#include "json/span.h"

enum {
  CS_STRINGS = 1024,
  CS_STRING_LONGEST = 40, /* Lua keeps longer ones not but once */
  CS_STRING_PLACES = 64
};

typedef struct cs_strings {
  int kept; /* reference to the list of them, in the registry */
  int list; /* where that is on the stack while a row is made */
  struct cs_string_entry *entries;
  uint8_t misses[CS_STRING_PLACES]; /* lately, of the strings at a place in the record */
} cs_strings;

/* Of a zeroed cs_strings; throws when memory runs out. */
void cs_strings_open(lua_State *L, cs_strings *strings);

void cs_strings_free(lua_State *L, cs_strings *strings);

/* Pushes a table that cs_strings_push needs to stay where it is ([-0, +1]). */
void cs_strings_begin(lua_State *L, cs_strings *strings);

/* Pushes the string ([-0, +1]). Eight bytes from its first must be readable, however short it
   is. */
void cs_strings_push(lua_State *L, cs_strings *strings, cs_span text, size_t place);

#endif
