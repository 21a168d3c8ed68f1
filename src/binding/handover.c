/* A debug hook may raise between any two instructions of Lua's, and memory may run out at most of
   them: a row that is in Lua's hands then is lost. Here a row is let go without any in between:
   whoever reads a stream has give() give what it returns. Until then the stream has `_passing`,
   and who finds it knows of a loss. LuaJIT calls give() in a tail call. That is not enough for
   other Luas, which up to 5.3 run one more instruction of the function that called C so: there a
   function of C's, which giver() makes, calls what reads the stream, and is what others call.

   A stream's `_quick` is the reader that `for` asks without a word to Lua. For values it is an
   upvalue of the iterator in `_aimed`, or where that is true, the field `_batch`. All would pass
   by what is said here: the reader is there only while nothing passes and nothing is broken. The
   fields are there, perhaps false, from the beginning, so that to set one takes no memory. */
#include "handover.h"

#include <stdbool.h>

#include "compat.h"

/* The names are upvalues, behind the stream of a handler or the function of a giver. */
typedef enum field { PASSING = 2, BROKEN, THROWN, LIVE, QUICK, BATCH, AIMED, LAST = AIMED } field;

static const char *const names[] = {
    [PASSING] = "_passing", [BROKEN] = "_broken", [THROWN] = "_thrown", [LIVE] = "_live",
    [QUICK] = "_quick",     [BATCH] = "_batch",   [AIMED] = "_aimed",
};

/* Sets a field of the stream at `index` to the value on top of the stack, which it pops. */
static void set(lua_State *L, int index, field name) {
  lua_pushvalue(L, lua_upvalueindex((int)name));
  lua_insert(L, -2);
  lua_rawset(L, index);
}

static void get(lua_State *L, int index, field name) {
  lua_pushvalue(L, lua_upvalueindex((int)name));
  lua_rawget(L, index);
}

static void set_flag(lua_State *L, int index, field name, bool flag) {
  lua_pushvalue(L, lua_upvalueindex((int)name));
  lua_pushboolean(L, flag);
  lua_rawset(L, index);
}

/* The reader on top of the stack, which it pops, or false is asked from now on. */
static void set_quick(lua_State *L, int index) {
  get(L, index, AIMED);
  if (lua_isfunction(L, -1)) {
    lua_insert(L, -2);
    lua_setupvalue(L, -2, 1);
    lua_pop(L, 1);
    return;
  }
  bool in_batches = lua_toboolean(L, -1);
  lua_pop(L, 1);
  set(L, index, in_batches ? BATCH : QUICK);
}

static void set_slow(lua_State *L, int index) {
  lua_pushboolean(L, 0);
  set_quick(L, index);
}

/* Breaks the stream for good with the error on top of the stack. */
static void break_stream(lua_State *L, int index) {
  get(L, index, BROKEN);
  bool is_first = !lua_toboolean(L, -1);
  lua_pop(L, 1);
  if (is_first) {
    lua_pushvalue(L, -1);
    set(L, index, THROWN);
    set_flag(L, index, BROKEN, true);
  }
  set_slow(L, index);
}

/* pass(stream, ...) -> ...: a row is on its way. */
static int pass(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  set_flag(L, 1, PASSING, true);
  get(L, 1, LIVE);
  bool may_be_quick = lua_toboolean(L, -1);
  lua_pop(L, 1);
  if (may_be_quick)
    set_slow(L, 1);
  return lua_gettop(L) - 1;
}

/* give(stream, raises, break_off, ok, ...) -> ...: what a protected call gave is there, and no
   row on its way any more; `_live` is the reader that may be asked for the next. If `raises`, it
   raises what is behind nil. Where the call failed, it gives break_off(stream, thrown). */
static int give(lua_State *L) {
  enum { STREAM = 1, RAISES, BREAK_OFF, OK, FIRST, SECOND };
  luaL_checktype(L, STREAM, LUA_TTABLE);
  if (!lua_toboolean(L, OK)) {
    lua_settop(L, FIRST);
    break_stream(L, STREAM);
    lua_pushvalue(L, BREAK_OFF);
    lua_pushvalue(L, STREAM);
    lua_pushvalue(L, FIRST);
    lua_call(L, 2, LUA_MULTRET);
    return lua_gettop(L) - FIRST;
  }
  set_flag(L, STREAM, PASSING, false);
  get(L, STREAM, LIVE);
  set_quick(L, STREAM);
  if (lua_toboolean(L, RAISES) && lua_gettop(L) >= SECOND && lua_isnil(L, FIRST) &&
      !lua_isnil(L, SECOND)) {
    lua_settop(L, SECOND);
    return lua_error(L);
  }
  return lua_gettop(L) - OK;
}

/* Makes a function of `function` with the value on top of the stack, which it pops. */
static void push_with_names(lua_State *L, lua_CFunction function) {
  for (int name = PASSING; name <= LAST; name++)
    lua_pushstring(L, names[name]);
  lua_pushcclosure(L, function, LAST);
}

#if LUA_VERSION_NUM >= 503
static int give_called(lua_State *L, int status, lua_KContext context) {
  (void)status, (void)context;
  return give(L);
}
#endif

/* (...) -> as give(), of what the function called with these gives. */
static int call_and_give(lua_State *L) {
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  int arguments = lua_gettop(L) - 1;
#if LUA_VERSION_NUM >= 503
  lua_callk(L, arguments, LUA_MULTRET, 0, give_called);
#elif LUA_VERSION_NUM == 502
  lua_callk(L, arguments, LUA_MULTRET, 0, give);
#else
  lua_call(L, arguments, LUA_MULTRET); /* no Lua before can suspend a `for` */
#endif
  return give(L);
}

/* giver(fn) -> a function that gives what give(fn(...)) does. */
static int giver(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  push_with_names(L, call_and_give);
  return 1;
}

/* (thrown) -> thrown */
static int handle(lua_State *L) {
  lua_settop(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  break_stream(L, 1);
  return 1;
}

/* breaker(stream) -> what xpcall() is to call where an error is raised: sets `_broken` for good,
   and `_thrown` to the error. */
static int breaker(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  push_with_names(L, handle);
  return 1;
}

static void set_function(lua_State *L, const char *name, lua_CFunction function) {
  lua_pushnil(L);
  push_with_names(L, function);
  lua_setfield(L, -2, name);
}

void cs_handover_open(lua_State *L) {
  set_function(L, "pass", pass);
#if LUA_VERSION_NUM == 501 /* LuaJIT may be what runs this */
  set_function(L, "give", give);
#endif
  set_function(L, "giver", giver);
  set_function(L, "breaker", breaker);
}
