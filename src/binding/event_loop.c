#include "event_loop.h"

#include <math.h>
#include <time.h>

#include "compat.h"

static const char TYPE[] = "costream.loop";
static const char INSTANCE[] = "costream.loop.instance";

typedef struct box {
  cs_loop *loop;
  bool closed; /* the Lua state is closing: finalizers must not make another */
} box;

static int loop_gc(lua_State *L) {
  box *owner = luaL_checkudata(L, 1, TYPE);
  cs_loop_free(owner->loop);
  owner->loop = NULL;
  owner->closed = true;
  return 0;
}

static box *new_box(lua_State *L) {
  box *owner = lua_newuserdata(L, sizeof *owner);
  owner->loop = NULL;
  owner->closed = false;
  luaL_getmetatable(L, TYPE);
  lua_setmetatable(L, -2);
  lua_setfield(L, LUA_REGISTRYINDEX, INSTANCE);
  return owner;
}

cs_loop *cs_event_loop(lua_State *L) {
  lua_getfield(L, LUA_REGISTRYINDEX, INSTANCE);
  box *owner = lua_touserdata(L, -1);
  lua_pop(L, 1);
  if (owner == NULL)
    owner = new_box(L);
  if (owner->closed)
    luaL_error(L, "the Lua state is closing");
  /* A child of fork, or whoever is left when a loop broke, goes on with a new one. */
  if (owner->loop != NULL && !cs_loop_usable(owner->loop)) {
    cs_loop_free(owner->loop);
    owner->loop = NULL;
  }
  if (owner->loop == NULL)
    owner->loop = cs_loop_new();
  if (owner->loop == NULL)
    luaL_error(L, "the event loop cannot be made: out of memory or file descriptors");
  return owner->loop;
}

static int broken(lua_State *L) {
  return luaL_error(L, "the event loop broke: out of memory or file descriptors");
}

/* read_trusted(file or nil) -> true when no more certificates have to be read for connections
   that trust the file, or the system's; false: it has read some, and wants to be called again. */
static int loop_read_trusted(lua_State *L) {
  const char *file = luaL_optstring(L, 1, NULL);
  lua_pushboolean(L, cs_loop_read_trusted(cs_event_loop(L), file));
  return 1;
}

/* step() -> was there anything to do? Does all work that is ready, without waiting. */
static int loop_step(lua_State *L) {
  cs_loop *loop = cs_event_loop(L);
  bool is_time = cs_loop_timeout(loop) == 0;
  uint64_t before = cs_loop_activity(loop);
  if (!cs_loop_step(loop))
    return broken(L);
  lua_pushboolean(L, is_time || cs_loop_activity(loop) != before);
  return 1;
}

/* wait(seconds or nil): waits for work at most so long, and does it. */
static int loop_wait(lua_State *L) {
  int milliseconds = -1;
  if (!lua_isnoneornil(L, 1)) {
    lua_Number seconds = luaL_checknumber(L, 1);
    lua_Number wanted = ceil(seconds * 1000);
    milliseconds = wanted > 0 ? wanted < 1e9 ? (int)wanted : 1000000000 : 0;
  }
  if (!cs_loop_wait(cs_event_loop(L), milliseconds))
    return broken(L);
  return 0;
}

/* timeout() -> seconds until step() has work by itself, nil for never. */
static int loop_timeout(lua_State *L) {
  int milliseconds = cs_loop_timeout(cs_event_loop(L));
  if (milliseconds < 0)
    return 0;
  lua_pushnumber(L, milliseconds / 1000.0);
  return 1;
}

/* unattended(seconds) -> how many transfers are under way whose readers asked for nothing in the
   last so many seconds. */
static int loop_unattended(lua_State *L) {
  lua_Number seconds = luaL_checknumber(L, 1);
  luaL_argcheck(L, seconds >= 0 && seconds < 1e6, 1, "no time to look back");
  lua_pushinteger(L, cs_loop_unattended(cs_event_loop(L), (int)(seconds * 1000)));
  return 1;
}

/* pollfd() -> the descriptor that is readable when step() has work, nil where there is none. */
static int loop_pollfd(lua_State *L) {
  int descriptor = cs_loop_pollfd(cs_event_loop(L));
  if (descriptor < 0)
    return 0;
  lua_pushinteger(L, descriptor);
  return 1;
}

/* alert(on): makes that descriptor readable until alert(false) or wait(). */
static int loop_alert(lua_State *L) {
  if (!cs_loop_alert(cs_event_loop(L), lua_toboolean(L, 1)))
    return broken(L);
  return 0;
}

/* now() -> seconds on a clock that only goes forward. */
static int loop_now(lua_State *L) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  lua_pushnumber(L, (lua_Number)now.tv_sec + (lua_Number)now.tv_nsec / 1e9);
  return 1;
}

void cs_event_loop_open(lua_State *L) {
  static const luaL_Reg functions[] = {{"read_trusted", loop_read_trusted},
                                       {"step", loop_step},
                                       {"wait", loop_wait},
                                       {"now", loop_now},
                                       {"timeout", loop_timeout},
                                       {"unattended", loop_unattended},
                                       {"pollfd", loop_pollfd},
                                       {"alert", loop_alert},
                                       {NULL, NULL}};
  luaL_newmetatable(L, TYPE);
  lua_pushcfunction(L, loop_gc);
  lua_setfield(L, -2, "__gc");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
  luaL_setfuncs(L, functions, 0);
}
