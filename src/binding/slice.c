#include "slice.h"

#include <time.h>

#include "compat.h"

#define SECOND INT64_C(1000000000)

static const char INSTANCE[] = "costream.slice";

static int64_t now(void) {
  struct timespec time;
  (void)clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * SECOND + time.tv_nsec;
}

cs_slice *cs_slice_of(lua_State *L) {
  lua_getfield(L, LUA_REGISTRYINDEX, INSTANCE);
  cs_slice *slice = lua_touserdata(L, -1);
  lua_pop(L, 1);
  return slice;
}

bool cs_slice_over(cs_slice *slice) {
  slice->rows = 0;
  return now() >= slice->end;
}

/* begin_slice(seconds): from now. */
static int begin_slice(lua_State *L) {
  lua_Number seconds = luaL_checknumber(L, 1);
  luaL_argcheck(L, seconds >= 0 && seconds <= 3600, 1, "no time slice");
  cs_slice_of(L)->end = now() + (int64_t)(seconds * (lua_Number)SECOND);
  return 0;
}

/* slice_over() -> have the seconds passed? */
static int slice_over(lua_State *L) {
  lua_pushboolean(L, cs_slice_over(cs_slice_of(L)));
  return 1;
}

void cs_slice_open(lua_State *L) {
  cs_slice *slice = lua_newuserdata(L, sizeof *slice);
  slice->end = 0;
  slice->rows = 0;
  lua_setfield(L, LUA_REGISTRYINDEX, INSTANCE);
  lua_pushcfunction(L, begin_slice);
  lua_setfield(L, -2, "begin_slice");
  lua_pushcfunction(L, slice_over);
  lua_setfield(L, -2, "slice_over");
}
