/* What core.fold keeps. Shared by the files that make it up. */
#ifndef CS_BINDING_FOLD_PRIVATE_H
#define CS_BINDING_FOLD_PRIVATE_H

#include <lua.h>
#include <stdbool.h>

#include "query/fold.h"
#include "scalar.h"

/* What the strings of all groups may take together. */
#define CS_FOLD_BYTES_MOST ((size_t)64 * 1024 * 1024)

/* What the entries are called, by their place in Lua's options, which the fold keeps. */
typedef struct cs_fold_box {
  cs_fold *fold;
  int options; /* reference to them in the registry */
  size_t field_count;
  size_t by_count;
  size_t sum_count;
  size_t min_count;
  size_t max_count;
  size_t group_limit;
  bool counts;
  cs_scalar *scalars;
} cs_fold_box;

/* The fold at `index`; throws when it is none. */
cs_fold_box *cs_fold_box_check(lua_State *L, int index);

/* Pushes the name of the field that entry `entry` of list `list` is about. */
void cs_fold_push_field(lua_State *L, const cs_fold_box *self, const char *list, size_t entry);

/* add(row, number) -> true, or nil and a failure. What is no table has no fields. */
int cs_fold_add_row(lua_State *L);

#endif
