#include "row.h"

#include "compat.h"
#include "json/names.h"
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

void cs_row_open(lua_State *L, cs_row *row) {
  lua_newtable(L);
  row->names = luaL_ref(L, LUA_REGISTRYINDEX);
}

void cs_row_free(lua_State *L, cs_row *row) {
  luaL_unref(L, LUA_REGISTRYINDEX, row->names);
  row->names = LUA_NOREF;
  cs_interned_free(L, &row->interned);
  cs_constructors_free(L, &row->constructors);
  cs_scratch_free(&row->scratch);
}

void cs_row_push_list_metatable(lua_State *L) {
  if (luaL_newmetatable(L, LIST_METATABLE)) {
    lua_pushliteral(L, "array");
    lua_setfield(L, -2, "__jsontype");
  }
}

static void push_string(lua_State *L, cs_row *row, cs_span raw, bool escaped) {
  cs_span text = raw;
  if (escaped && !cs_scratch_decode(&row->scratch, raw, &text)) {
    luaL_error(L, "not enough memory");
    return;
  }
  lua_pushlstring(L, text.bytes, text.length);
}

static void push_number(lua_State *L, cs_number number) {
  if (number.kind == CS_NUMBER_INTEGER)
    cs_compat_push_integer(L, number.integer);
  else
    lua_pushnumber(L, number.real);
}

static void push_scalar(lua_State *L, cs_row *row, cs_token token, bool outermost) {
  switch (token.kind) {
  case CS_TOKEN_STRING:
    push_string(L, row, token.text, cs_string_escaped(token.text.bytes, token.text.length));
    break;
  case CS_TOKEN_NUMBER:
    if (row->numbers_text)
      lua_pushlstring(L, token.text.bytes, token.text.length);
    else
      push_number(L, cs_number_parse(token.text.bytes, token.text.length));
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
      push_string(L, row, token.text, cs_string_escaped(token.text.bytes, token.text.length));
      break;
    default:
      push_scalar(L, row, token, nest.depth == 0);
      attach(L, &nest);
      break;
    }
  }
}

/* Pushes the name of a member; `names` is where the table of those that were pushed before is. */
static void push_name(lua_State *L, cs_row *row, int names, uint32_t number, cs_span raw) {
  bool known = number != CS_NAME_UNKNOWN;
  if (known) {
    lua_rawgeti(L, names, (int)number + 1);
    if (!lua_isnil(L, -1))
      return;
    lua_pop(L, 1);
  }
  push_string(L, row, raw, cs_string_escaped(raw.bytes, raw.length));
  if (known) {
    lua_pushvalue(L, -1);
    lua_rawseti(L, names, (int)number + 1);
  }
}

/* Of a member of a record in the buffer: behind it more may be read. */
static void push_number_value(lua_State *L, const cs_row *row, cs_span text) {
  if (row->numbers_text) {
    lua_pushlstring(L, text.bytes, text.length);
    return;
  }
  cs_number number;
  cs_number_parse_padded(text.bytes, text.length, &number);
  push_number(L, number);
}

void cs_row_push_value(lua_State *L, cs_row *row, const cs_value *value, size_t place) {
  switch (value->kind) {
  case CS_KIND_STRING:
    if (value->escaped)
      push_string(L, row, value->text, true);
    else
      cs_interned_push(L, &row->interned, value->text, place);
    break;
  case CS_KIND_NUMBER:
    push_number_value(L, row, value->text);
    break;
  case CS_KIND_TRUE:
  case CS_KIND_FALSE:
    lua_pushboolean(L, value->kind == CS_KIND_TRUE);
    break;
  case CS_KIND_NULL:
    if (row->nulls)
      lua_pushlightuserdata(L, NULL);
    else
      lua_pushnil(L);
    break;
  case CS_KIND_ABSENT:
    lua_pushnil(L);
    break;
  default:
    cs_row_push(L, row, value->text);
    break;
  }
}

void cs_row_push_members(lua_State *L, cs_row *row, const cs_items *items, uint32_t object,
                         const char *bytes, cs_row_filter filter, const void *context) {
  int into = lua_gettop(L);
  luaL_checkstack(L, 8, "a record");
  cs_interned_begin(L, &row->interned);
  lua_rawgeti(L, LUA_REGISTRYINDEX, row->names);
  const cs_item *list = items->list;
  for (uint32_t i = object + 1; i < list[object].behind; i = list[i].behind) {
    if (filter != NULL && !filter(context, &list[i]))
      continue;
    cs_span name = {bytes + list[i].name_start, list[i].name_length};
    push_name(L, row, into + 2, list[i].name, name);
    cs_value value = cs_item_value(&list[i], bytes);
    cs_row_push_value(L, row, &value, i - object);
    lua_rawset(L, into); /* nil too: of a name that comes twice the last value wins */
  }
  lua_settop(L, into);
}

static void push_constructor(lua_State *L, cs_row *row, const cs_matched *matched) {
  const cs_template *template = matched->template;
  if (cs_constructors_push(L, &row->constructors, template->id))
    return;
  lua_rawgeti(L, LUA_REGISTRYINDEX, row->names);
  int names = lua_gettop(L);
  for (uint32_t i = 0; i < template->members; i++) {
    cs_span name = cs_template_name(template, matched->bytes, matched->anchors, i);
    push_name(L, row, names, template->slots[i].name, name);
  }
  cs_constructors_make(L, &row->constructors, template->id, (int)template->members);
  lua_replace(L, names);
}

void cs_row_push_matched(lua_State *L, cs_row *row, const cs_matched *matched) {
  const cs_template *template = matched->template;
  luaL_checkstack(L, CS_TEMPLATE_MEMBERS + 16, "a record");
  cs_interned_begin(L, &row->interned);
  push_constructor(L, row, matched);
  for (uint32_t i = 0; i < template->members; i++) {
    cs_value value = cs_template_value(template, matched->bytes, matched->anchors, i);
    if (value.kind == CS_KIND_STRING) /* which has no escapes */
      cs_interned_push(L, &row->interned, value.text, i);
    else
      cs_row_push_value(L, row, &value, i);
  }
  lua_call(L, (int)template->members, 1);
  lua_replace(L, -2);
}

void cs_row_push_record(lua_State *L, cs_row *row, const cs_items *items, cs_span record) {
  if (items->list[0].kind != CS_KIND_OBJECT) {
    cs_row_push(L, row, record);
    return;
  }
  lua_createtable(L, 0, (int)(items->count < 256 ? items->count - 1 : 256));
  cs_row_push_members(L, row, items, 0, record.bytes, NULL, NULL);
}
