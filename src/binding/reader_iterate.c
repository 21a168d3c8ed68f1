/* read(), and what `for` calls: in C, since a function of Lua's in between would take as long as
   making a row's values does. */
#include "reader_iterate.h"

#include "compat.h"
#include "reader_private.h"

static bool is_idle(const cs_reader *self) {
  return self->frame != NULL && !self->closing && !self->busy;
}

/* As cs_reader_check without having Lua look for the type by its name, and NULL if it is none;
   the metatable of readers is the first upvalue. */
static cs_reader *reader_at(lua_State *L, int index) {
  cs_reader *self = lua_touserdata(L, index);
  if (self == NULL || !lua_getmetatable(L, index))
    return NULL;
  bool is_reader = lua_rawequal(L, -1, lua_upvalueindex(1));
  lua_pop(L, 1);
  return is_reader ? self : NULL;
}

/* The reader at index 1; that it was left is for cs_reader_next to say. */
static cs_reader *idle_reader(lua_State *L) {
  cs_reader *self = reader_at(L, 1);
  if (self != NULL && (is_idle(self) || (!self->closing && cs_reader_is_left(L, self))))
    return self;
  return cs_reader_check_idle(L);
}

/* read(reader) -> as cs_reader_next. */
static int reader_read(lua_State *L) {
  cs_reader *self = idle_reader(L);
  self->batch_rows = 0;
  return cs_reader_next(L, self);
}

/* For LuaJIT, which cannot suspend what a C function has called, and would not compile a loop
   that calls one for each row. */
#if LUA_VERSION_NUM == 501

/* A debug hook that raises could lose a row in the code that passes it on. */
static bool is_hooked(lua_State *L) {
  return lua_gethookmask(L) != 0;
}

/* read_unhooked(reader) -> as read(); nothing while there is a hook. */
static int reader_read_unhooked(lua_State *L) {
  return is_hooked(L) ? 0 : reader_read(L);
}

/* batch(reader, list, most) -> of how many rows the values were put into the list, one row's
   behind the other's: of `most`, or of those that were there. Then it also gives what read()
   gives behind nil. Nothing while there is a hook. */
static int reader_batch(lua_State *L) {
  if (is_hooked(L))
    return 0;
  cs_reader *self = idle_reader(L);
  luaL_checktype(L, 2, LUA_TTABLE);
  int most = (int)luaL_checkinteger(L, 3);
  luaL_argcheck(L, most > 0, 3, "no rows");
  lua_settop(L, 2);
  if (!cs_reader_begin_batch(self, (size_t)most))
    return luaL_error(L, "not enough memory");
  int rows = 0, end = 0;
  while (rows < most && (rows == 0 || is_idle(self))) {
    int results = cs_reader_next(L, self);
    if (lua_isnil(L, -results)) {
      cs_reader_end_batch(self);
      lua_pushinteger(L, rows);
      lua_replace(L, -results - 1);
      return results;
    }
    int values = results - 1; /* the row's number is below them */
    for (int i = values; i > 0; i--)
      lua_rawseti(L, 2, end + i);
    end += values;
    lua_settop(L, 2);
    cs_reader_note_row(self);
    rows++;
  }
  cs_reader_end_batch(self);
  lua_pushinteger(L, rows);
  return 1;
}
#endif

#if LUA_VERSION_NUM >= 503
static int results_above(lua_State *L, int status, lua_KContext bottom) {
  (void)status;
  return lua_gettop(L) - (int)bottom;
}
#elif LUA_VERSION_NUM == 502
static int results_above(lua_State *L) {
  int bottom = 0;
  lua_getctx(L, &bottom);
  return lua_gettop(L) - bottom;
}
#endif

/* Gives all that the function on top of the stack gives, with what `for` calls and the values
   below the function, `arguments` of them, for arguments. */
static int call_otherwise(lua_State *L, int arguments) {
  int bottom = lua_gettop(L) - 1;
  luaL_checkstack(L, arguments + 1, "a row");
  lua_pushvalue(L, 1);
  for (int i = 0; i < arguments; i++)
    lua_pushvalue(L, bottom - arguments + 1 + i);
#if LUA_VERSION_NUM >= 502
  lua_callk(L, arguments + 1, LUA_MULTRET, bottom, results_above);
#else
  lua_call(L, arguments + 1, LUA_MULTRET); /* no Lua before can suspend a `for` */
#endif
  return lua_gettop(L) - bottom;
}

/* What `for` calls is at index 1; the reader, if it is there, is on the stack, so that nobody
   frees it. */
static int iterate(lua_State *L, cs_reader *self, int otherwise) {
  int results = 1;
  /* Seen from what is called otherwise, the reader would be on the stack of this function. */
  if (self != NULL && self->busy)
    cs_reader_is_left(L, self);
  if (self != NULL && is_idle(self)) {
    results = cs_reader_next(L, self);
    if (!lua_isnil(L, -results))
      return results;
  }
  lua_pushvalue(L, otherwise);
  return call_otherwise(L, results - 1);
}

/* The reader is in a field of what is called; the upvalues are the metatable of readers, the
   field's name, and what is called when the reader has no row. */
static int iterate_field(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_rawget(L, 1);
  return iterate(L, reader_at(L, -1), lua_upvalueindex(3));
}

/* The reader is an upvalue, or nil is; the other is what is called when it has no row. */
static int iterate_aimed(lua_State *L) {
  lua_pushvalue(L, lua_upvalueindex(1));
  return iterate(L, lua_touserdata(L, -1), lua_upvalueindex(2));
}

/* field_iterator(name, otherwise) -> an iterator, which is to be the `__call` of tables. It gives
   what the plan wants of the next row of the reader that is in field `name`. Where there is no
   reader, or it has no row, it gives what otherwise(table) or otherwise(table, word, record) of
   read() gives. */
static int field_iterator(lua_State *L) {
  luaL_checktype(L, 1, LUA_TSTRING);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_pushcclosure(L, iterate_field, 3);
  return 1;
}

/* aimed_iterator(otherwise) -> an iterator likewise, whose first upvalue is to be the reader. */
static int aimed_iterator(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_pushnil(L);
  lua_pushvalue(L, 1);
  lua_pushcclosure(L, iterate_aimed, 2);
  return 1;
}

static void set_function(lua_State *L, const char *name, lua_CFunction function) {
  lua_pushvalue(L, -1);
  lua_pushcclosure(L, function, 1);
  lua_setfield(L, -3, name);
}

void cs_reader_iterate_open(lua_State *L) {
  set_function(L, "read", reader_read);
#if LUA_VERSION_NUM == 501
  set_function(L, "read_unhooked", reader_read_unhooked);
  set_function(L, "batch", reader_batch);
#endif
  set_function(L, "field_iterator", field_iterator);
  set_function(L, "aimed_iterator", aimed_iterator);
  lua_pop(L, 1);
}
