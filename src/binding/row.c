#include "row.h"

#include <stdlib.h>

#include "compat.h"
#include "json/number.h"
#include "json/string.h"
#include "json/validator.h"
#include "json/walk.h"

static const char LIST_METATABLE[] = "costream.list";

enum { IS_OBJECT = -1 };

/* The containers that are open, innermost last: on Lua's stack the table, and behind an object's
   table the name whose value is next; here, how many elements a list has so far. */
typedef struct nesting {
  size_t depth;
  int elements[CS_VALIDATOR_DEPTH_MAX]; /* or IS_OBJECT */
} nesting;

void cs_row_free(cs_row *row) {
  free(row->scratch);
  row->scratch = NULL;
  row->scratch_size = 0;
}

void cs_row_push_list_metatable(lua_State *L) {
  if (luaL_newmetatable(L, LIST_METATABLE)) {
    lua_pushliteral(L, "array");
    lua_setfield(L, -2, "__jsontype");
  }
}

static void push_string(lua_State *L, cs_row *row, cs_span raw) {
  if (!cs_string_escaped(raw.bytes, raw.length)) {
    lua_pushlstring(L, raw.bytes, raw.length);
    return;
  }
  if (raw.length > row->scratch_size) {
    char *scratch = realloc(row->scratch, raw.length);
    if (scratch == NULL) {
      luaL_error(L, "not enough memory");
      return;
    }
    row->scratch = scratch;
    row->scratch_size = raw.length;
  }
  size_t length = cs_string_decode(raw.bytes, raw.length, row->scratch);
  lua_pushlstring(L, row->scratch, length);
}

static void push_number(lua_State *L, const cs_row *row, cs_span text) {
  if (row->numbers_text) {
    lua_pushlstring(L, text.bytes, text.length);
    return;
  }
  cs_number number = cs_number_parse(text.bytes, text.length);
  if (number.kind == CS_NUMBER_INTEGER)
    cs_compat_push_integer(L, number.integer);
  else
    lua_pushnumber(L, number.real);
}

static void push_scalar(lua_State *L, cs_row *row, cs_token token, bool outermost) {
  switch (token.kind) {
  case CS_TOKEN_STRING:
    push_string(L, row, token.text);
    break;
  case CS_TOKEN_NUMBER:
    push_number(L, row, token.text);
    break;
  case CS_TOKEN_NULL:
    if (row->nulls || outermost)
      lua_pushlightuserdata(L, NULL);
    else
      lua_pushnil(L);
    break;
  default:
    lua_pushboolean(L, token.kind == CS_TOKEN_TRUE);
    break;
  }
}

static void open_container(lua_State *L, nesting *nest, bool object) {
  luaL_checkstack(L, 4, "a record nested too deep");
  if (nest->depth == CS_VALIDATOR_DEPTH_MAX)
    luaL_error(L, "the envelope is nested too deep");
  lua_newtable(L);
  if (!object) {
    cs_row_push_list_metatable(L);
    lua_setmetatable(L, -2);
  }
  nest->elements[nest->depth++] = object ? IS_OBJECT : 0;
}

/* The value on top of the stack goes into the container below it, if there is one. */
static void attach(lua_State *L, nesting *nest) {
  if (nest->depth == 0)
    return;
  int *elements = &nest->elements[nest->depth - 1];
  /* Each level's entry was set when it was opened. */
  if (*elements == IS_OBJECT) // NOLINT(clang-analyzer-core.UndefinedBinaryOperatorResult)
    lua_rawset(L, -3);        /* nil too: of a name that comes twice the last value wins */
  else
    lua_rawseti(L, -2, ++*elements);
}

void cs_row_push(lua_State *L, cs_row *row, cs_span value) {
  nesting nest;
  nest.depth = 0;
  luaL_checkstack(L, 4, "a record");
  cs_walk walk = cs_walk_begin(value);
  for (;;) {
    cs_token token = cs_walk_next(&walk);
    switch (token.kind) {
    case CS_TOKEN_END:
      return;
    case CS_TOKEN_OBJECT:
    case CS_TOKEN_ARRAY:
      open_container(L, &nest, token.kind == CS_TOKEN_OBJECT);
      break;
    case CS_TOKEN_OBJECT_END:
    case CS_TOKEN_ARRAY_END:
      nest.depth--;
      attach(L, &nest);
      break;
    case CS_TOKEN_NAME:
      push_string(L, row, token.text);
      break;
    default:
      push_scalar(L, row, token, nest.depth == 0);
      attach(L, &nest);
      break;
    }
  }
}
