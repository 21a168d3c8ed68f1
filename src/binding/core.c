/* require "costream.core": the C parts as lua/costream uses them. */
/* For dladdr. NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>

#include "compat.h"
#include "condition.h"
#include "event_loop.h"
#include "fold.h"
#include "handover.h"
#include "plan.h"
#include "reader.h"
#include "request.h"
#include "row.h"
#include "slice.h"
#include "timer.h"

int luaopen_costream_core(lua_State *L);

/* pid() -> the process: another one after fork. */
static int pid(lua_State *L) {
  cs_compat_push_integer(L, getpid());
  return 1;
}

/* LuaJIT has it, but the headers of Lua 5.1 have not. */
#if LUA_VERSION_NUM == 501 && defined __GNUC__
extern int lua_isyieldable(lua_State *L) __attribute__((weak));
#endif

/* is_yieldable() -> can the coroutine that calls it be suspended here? nil where a Lua cannot
   tell: 5.1 and 5.2. In nginx there is no coroutine.isyieldable. */
static int is_yieldable(lua_State *L) {
#if LUA_VERSION_NUM >= 503
  lua_pushboolean(L, lua_isyieldable(L));
#elif LUA_VERSION_NUM == 501 && defined __GNUC__
  if (lua_isyieldable != NULL)
    lua_pushboolean(L, lua_isyieldable(L));
  else
    lua_pushnil(L);
#else
  lua_pushnil(L);
#endif
  return 1;
}

/* LuaJIT unloads this library before it has called all finalizers of its making: what a finalizer
   of a program's makes while the state is closed comes last. So it stays loaded. */
static void stay_loaded(void) {
#if defined(__GLIBC__)
  static const char anchor; /* something of this library's */
  Dl_info here;
  if (dladdr(&anchor, &here) != 0 && here.dli_fname != NULL)
    (void)dlopen(here.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
#endif
}

/* Before Lua 5.4 luaL_unref needs memory where the registry has nothing at 0, which is the head
   of its list of free references. It is called where something is closed, which must not fail
   half way; so the list, in which nil is the end unless zero is, gets one that stays. */
static void open_references(lua_State *L) {
#if LUA_VERSION_NUM < 504
  int at = 0;
  int next = 0;
  do {
    at = next;
    lua_rawgeti(L, LUA_REGISTRYINDEX, at);
    next = (int)lua_tointeger(L, -1);
    lua_pop(L, 1);
  } while (next != 0);
  lua_pushinteger(L, 0);
  lua_rawseti(L, LUA_REGISTRYINDEX, at);
#else
  (void)L;
#endif
}

#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
int luaopen_costream_core(lua_State *L) {
  stay_loaded();
  open_references(L);
  lua_newtable(L);
  lua_pushlightuserdata(L, NULL);
  lua_setfield(L, -2, "null");
  cs_row_push_list_metatable(L);
  lua_setfield(L, -2, "list");
  lua_pushcfunction(L, pid);
  lua_setfield(L, -2, "pid");
  lua_pushcfunction(L, is_yieldable);
  lua_setfield(L, -2, "is_yieldable");
  cs_event_loop_open(L);
  cs_condition_open(L);
  cs_fold_open(L);
  cs_handover_open(L);
  cs_plan_open(L);
  cs_reader_open(L);
  cs_request_open(L);
  cs_slice_open(L);
  cs_timer_open(L);
  return 1;
}
