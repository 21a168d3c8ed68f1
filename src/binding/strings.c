#include "strings.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"

typedef struct cs_string_entry {
  uint64_t length; /* 0: none; the empty string is not kept */
  char bytes[CS_STRING_LONGEST];
} cs_string_entry;

/* Behind so many strings in a row that were not found, those of a place are hardly kept. */
enum { MISSES = 32, NOW_AND_THEN = 16 };

void cs_strings_open(lua_State *L, cs_strings *strings) {
  strings->entries = calloc(CS_STRINGS, sizeof *strings->entries);
  if (strings->entries == NULL)
    luaL_error(L, "not enough memory");
  lua_createtable(L, CS_STRINGS, 0);
  strings->kept = luaL_ref(L, LUA_REGISTRYINDEX);
}

void cs_strings_free(lua_State *L, cs_strings *strings) {
  free(strings->entries);
  strings->entries = NULL;
  luaL_unref(L, LUA_REGISTRYINDEX, strings->kept);
  strings->kept = LUA_NOREF;
}

void cs_strings_begin(lua_State *L, cs_strings *strings) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, strings->kept);
  strings->list = lua_gettop(L);
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
  return (size_t)(hash >> 54) % CS_STRINGS;
}

/* Is a string at this place likely to come again? */
static bool worth_keeping(cs_strings *strings, size_t place) {
  uint8_t *misses = &strings->misses[place % CS_STRING_PLACES];
  ++*misses;
  if (*misses <= MISSES)
    return true;
  if (*misses < MISSES + NOW_AND_THEN)
    return false;
  *misses = MISSES;
  return true;
}

void cs_strings_push(lua_State *L, cs_strings *strings, cs_span text, size_t place) {
  if (text.length - 1 >= CS_STRING_LONGEST) {
    lua_pushlstring(L, text.bytes, text.length);
    return;
  }
  size_t number = entry_of(text);
  cs_string_entry *entry = &strings->entries[number];
  if (entry->length == text.length && memcmp(entry->bytes, text.bytes, text.length) == 0) {
    lua_rawgeti(L, strings->list, (int)number + 1);
    strings->misses[place % CS_STRING_PLACES] = 0;
    return;
  }
  lua_pushlstring(L, text.bytes, text.length);
  if (!worth_keeping(strings, place))
    return;
  entry->length = 0;
  lua_pushvalue(L, -1);
  lua_rawseti(L, strings->list, (int)number + 1);
  memcpy(entry->bytes, text.bytes, text.length);
  entry->length = text.length;
}
