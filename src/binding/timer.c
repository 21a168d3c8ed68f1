#include "timer.h"

#include <math.h>
#include <stdint.h>

#include "compat.h"
#include "event_loop.h"
#include "http/clock.h"
#include "http/timer.h"

static const char TYPE[] = "costream.timer";

/* `timer` is NULL once it was closed. */
typedef struct box {
  cs_timer *timer;
} box;

static int timer_close(lua_State *L) {
  box *self = luaL_checkudata(L, 1, TYPE);
  cs_timer_free(self->timer);
  self->timer = NULL;
  return 0;
}

/* passed() -> has its time come? True for one that was closed, so that no wait for it is left. */
static int timer_passed(lua_State *L) {
  box *self = luaL_checkudata(L, 1, TYPE);
  lua_pushboolean(L, self->timer == NULL || cs_timer_passed(self->timer));
  return 1;
}

static int64_t milliseconds_argument(lua_State *L) {
  double wanted = ceil(luaL_checknumber(L, 1) * 1000);
  luaL_argcheck(L, !isnan(wanted), 1, "not a number");
  if (wanted >= 9e18)
    return CS_NEVER;
  return wanted > 0 ? (int64_t)wanted : 0;
}

/* timer(seconds) -> one that passes then; wait() and timeout() count it in. */
static int timer_new(lua_State *L) {
  int64_t milliseconds = milliseconds_argument(L);
  box *self = lua_newuserdata(L, sizeof *self);
  self->timer = NULL;
  luaL_getmetatable(L, TYPE);
  lua_setmetatable(L, -2);
  self->timer = cs_timer_new(cs_event_loop(L), milliseconds);
  return self->timer != NULL ? 1 : luaL_error(L, "not enough memory");
}

void cs_timer_open(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"passed", timer_passed}, {"close", timer_close}, {NULL, NULL}};
  luaL_newmetatable(L, TYPE);
  lua_newtable(L);
  luaL_setfuncs(L, methods, 0);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, timer_close);
  lua_setfield(L, -2, "__gc");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
  lua_pushcfunction(L, timer_new);
  lua_setfield(L, -2, "timer");
}
