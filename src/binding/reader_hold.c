/* While Lua values are made of the reader's memory, any finalizer may run and ask it for things;
   and what makes them may throw, and leave the reader held by nobody. */
#include "compat.h"
#include "reader_private.h"

/* Is the reader on the stack of a C function that is under way below the one that asks? */
static bool is_on_stack(lua_State *L, const cs_reader *self) {
  lua_Debug call;
  for (int level = 1; lua_getstack(L, level, &call) != 0; level++) {
    lua_getinfo(L, "S", &call);
    bool in_c = *call.what == 'C';
    for (int i = 1; in_c && lua_getlocal(L, &call, i) != NULL; i++) {
      bool found = lua_touserdata(L, -1) == self;
      lua_pop(L, 1);
      if (found)
        return true;
    }
  }
  return false;
}

bool cs_reader_may_be_held(lua_State *L, const cs_reader *self) {
  return self->busy && (self->holder != L || is_on_stack(L, self));
}

/* A coroutine that is not the holder's asks while that is gone, as a rule: it could be under way
   only if one of its finalizers had resumed the one that asks. */
bool cs_reader_is_left(lua_State *L, cs_reader *self) {
  if (self->busy && (self->holder != L || !is_on_stack(L, self)))
    self->failed = CS_READER_LEFT;
  return self->failed == CS_READER_LEFT;
}
