/* core.plan: what a stream wants of each record, shared by all its readers. */
#ifndef CS_BINDING_PLAN_H
#define CS_BINDING_PLAN_H

#include <lua.h>
#include <stdint.h>

#include "query/plan.h"

typedef enum cs_delivery {
  CS_DELIVERY_ROWS,   /* a table with all fields */
  CS_DELIVERY_CHOSEN, /* a table with the chosen fields alone */
  CS_DELIVERY_VALUES, /* the row's number and the values of the chosen fields */
  CS_DELIVERY_FOLD    /* nothing: they go into the fold */
} cs_delivery;

typedef struct cs_lua_plan {
  cs_plan plan;
  cs_delivery delivery;
  size_t *chosen; /* columns */
  size_t chosen_count;
  uint64_t rows;  /* delivered so far */
  int references; /* to what it uses, in the registry; `names` and `fold` are in there */
} cs_lua_plan;

/* Adds `plan` to the table on top of the stack. */
void cs_plan_open(lua_State *L);

/* The plan at `index`; throws when it is none. */
cs_lua_plan *cs_lua_plan_check(lua_State *L, int index);

/* Pushes what field `name` of the plan's options was ([-0, +1]). */
void cs_lua_plan_push_option(lua_State *L, const cs_lua_plan *plan, const char *name);

#endif
