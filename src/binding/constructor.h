/* Lua functions that make tables with certain fields of their arguments: Lua's own constructor
   knows the table's size and its keys beforehand, which makes it faster than setting one field
   after the other from C. */
#ifndef CS_BINDING_CONSTRUCTOR_H
#define CS_BINDING_CONSTRUCTOR_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CS_CONSTRUCTORS = 8 };

typedef struct cs_constructors {
  uint64_t ids[CS_CONSTRUCTORS];  /* 0: none */
  int functions[CS_CONSTRUCTORS]; /* references to them, in the registry */
  size_t next;                    /* the one that is given up next */
} cs_constructors;

/* Of a zeroed cs_constructors, too. */
void cs_constructors_free(lua_State *L, cs_constructors *constructors);

/* Pushes the one with this id, which is not 0 ([-0, +1]); pushes nothing and returns false when
   it is not there. */
bool cs_constructors_push(lua_State *L, const cs_constructors *constructors, uint64_t id);

/* Replaces the `count` strings on top of the stack, the names of the fields in the order of their
   arguments, by a new function and keeps it under `id` ([-count, +1]). Throws when memory runs
   out. */
void cs_constructors_make(lua_State *L, cs_constructors *constructors, uint64_t id, int count);

#endif
