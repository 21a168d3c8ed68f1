#include "interned.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"

typedef struct cs_interned_entry {
  uint64_t length; /* 0: none; the empty string is not kept */
  char bytes[CS_INTERNED_LONGEST];
} cs_interned_entry;

/* A place whose strings are hardly ever found makes no others give way: each miss counts one,
   each hit takes away some; over MISSES a string is kept only now and then. */
enum { MISSES = 64, NOW_AND_THEN = 32, HIT = 4 };

static void open_list(lua_State *L, cs_interned *interned) {
  interned->entries = calloc(CS_INTERNED, sizeof *interned->entries);
  if (interned->entries == NULL)
    luaL_error(L, "not enough memory");
  lua_createtable(L, CS_INTERNED, 0);
  interned->kept = luaL_ref(L, LUA_REGISTRYINDEX);
}

void cs_interned_free(lua_State *L, cs_interned *interned) {
  free(interned->entries);
  interned->entries = NULL;
  luaL_unref(L, LUA_REGISTRYINDEX, interned->kept);
  interned->kept = LUA_NOREF;
}

void cs_interned_begin(lua_State *L, cs_interned *interned) {
  if (interned->kept == LUA_NOREF)
    open_list(L, interned);
  lua_rawgeti(L, LUA_REGISTRYINDEX, interned->kept);
  interned->list = lua_gettop(L);
}

static size_t entry_of(cs_span text) {
  uint64_t first, last;
  memcpy(&first, text.bytes, sizeof first);
  if (text.length < 8) {
    first <<= 8 * (8 - text.length); /* the bytes behind it are not its own */
    last = 0;
  } else {
    memcpy(&last, text.bytes + text.length - 8, sizeof last);
  }
  uint64_t hash = (first ^ last << 1) * UINT64_C(0x9E3779B97F4A7C15) + text.length;
  hash = (hash ^ hash >> 32 ^ last) * UINT64_C(0xD6E8FEB86659FD93);
  return (size_t)(hash >> 48) % CS_INTERNED;
}

/* Is a string at this place likely to come again? */
static bool worth_keeping(cs_interned *interned, size_t place) {
  uint8_t *misses = &interned->misses[place % CS_INTERNED_PLACES];
  ++*misses;
  if (*misses <= MISSES)
    return true;
  if (*misses < MISSES + NOW_AND_THEN)
    return false;
  *misses = MISSES;
  return true;
}

void cs_interned_push(lua_State *L, cs_interned *interned, cs_span text, size_t place) {
  if (text.length - 1 >= CS_INTERNED_LONGEST) {
    lua_pushlstring(L, text.bytes, text.length);
    return;
  }
  size_t number = entry_of(text);
  cs_interned_entry *entry = &interned->entries[number];
  if (entry->length == text.length && memcmp(entry->bytes, text.bytes, text.length) == 0) {
    lua_rawgeti(L, interned->list, (int)number + 1);
    uint8_t *misses = &interned->misses[place % CS_INTERNED_PLACES];
    *misses = *misses > HIT ? *misses - HIT : 0;
    return;
  }
  lua_pushlstring(L, text.bytes, text.length);
  if (!worth_keeping(interned, place))
    return;
  entry->length = 0;
  lua_pushvalue(L, -1);
  lua_rawseti(L, interned->list, (int)number + 1);
  memcpy(entry->bytes, text.bytes, text.length);
  entry->length = text.length;
}
