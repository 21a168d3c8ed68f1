#include "interned.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"

enum { WAYS = 2, SETS = CS_INTERNED / WAYS };

/* Sixteen bytes. */
#ifdef __SSE2__
#include <emmintrin.h>
typedef __m128i word;
#else
typedef struct word {
  uint64_t low;
  uint64_t high;
} word;
#endif

/* A string, and zeros behind it: as it has none itself, its length need not be known. */
typedef struct text {
  word first;
  word second;
  word third;
} text;

/* The strings of one hash. */
typedef struct cs_interned_set {
  text texts[WAYS]; /* all zeros: none; the empty string is not kept */
  uint64_t last;    /* the one that was used last; another makes room */
} cs_interned_set;

/* A place whose strings are hardly ever found soon makes no others give way, nor spends time on
   looking for them: of its strings only a part, by hash, is kept and looked for, and how that
   part fares says whether it should be larger. */
enum { MISSES = 32, LEAST_PART = 16 };

static void open_list(lua_State *L, cs_interned *interned) {
  interned->sets = calloc(SETS, sizeof *interned->sets);
  if (interned->sets == NULL)
    luaL_error(L, "not enough memory");
  lua_createtable(L, CS_INTERNED, 0);
  interned->kept = luaL_ref(L, LUA_REGISTRYINDEX);
}

void cs_interned_free(lua_State *L, cs_interned *interned) {
  free(interned->sets);
  interned->sets = NULL;
  luaL_unref(L, LUA_REGISTRYINDEX, interned->kept);
  interned->kept = LUA_NOREF;
}

void cs_interned_begin(lua_State *L, cs_interned *interned) {
  if (interned->kept == LUA_NOREF)
    open_list(L, interned);
  lua_rawgeti(L, LUA_REGISTRYINDEX, interned->kept);
  interned->list = lua_gettop(L);
}

static inline uint64_t load(const void *from) {
  uint64_t bytes;
  memcpy(&bytes, from, sizeof bytes);
  return bytes;
}

/* From [CS_INTERNED_LONGEST - n] on, n bytes are all ones. */
#define EIGHT_ONES 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
static const uint8_t first_bytes[2 * CS_INTERNED_LONGEST] = {EIGHT_ONES, EIGHT_ONES, EIGHT_ONES,
                                                             EIGHT_ONES, EIGHT_ONES, EIGHT_ONES};

#ifdef __SSE2__
static inline word load_masked(const char *bytes, const uint8_t *mask) {
  return _mm_and_si128(_mm_loadu_si128((const __m128i *)bytes),
                       _mm_loadu_si128((const __m128i *)mask));
}

static inline bool same(const text *a, const text *b) {
  __m128i equal = _mm_cmpeq_epi8(a->first, b->first);
  equal = _mm_and_si128(equal, _mm_cmpeq_epi8(a->second, b->second));
  equal = _mm_and_si128(equal, _mm_cmpeq_epi8(a->third, b->third));
  return _mm_movemask_epi8(equal) == 0xFFFF;
}
#else
static inline word load_masked(const char *bytes, const uint8_t *mask) {
  return (word){load(bytes) & load(mask), load(bytes + 8) & load(mask + 8)};
}

static inline uint64_t difference(word a, word b) {
  return (a.low ^ b.low) | (a.high ^ b.high);
}

static inline bool same(const text *a, const text *b) {
  return (difference(a->first, b->first) | difference(a->second, b->second) |
          difference(a->third, b->third)) == 0;
}
#endif

static inline text text_of(cs_span span) {
  const uint8_t *mask = first_bytes + CS_INTERNED_LONGEST - span.length;
  return (text){load_masked(span.bytes, mask), load_masked(span.bytes + 16, mask + 16),
                load_masked(span.bytes + 32, mask + 32)};
}

/* Its upper half is good. */
static inline uint64_t hash_of(cs_span span) {
  uint64_t first = load(span.bytes), middle = 0, last = 0;
  if (span.length < 8) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    first >>= 8 * (8 - span.length);
#else
    first <<= 8 * (8 - span.length); /* the bytes behind it are not its own */
#endif
  } else {
    middle = load(span.bytes + (span.length - 8) / 2);
    last = load(span.bytes + span.length - 8);
  }
  uint64_t hash = first * UINT64_C(0x9E3779B97F4A7C15) ^ middle * UINT64_C(0xD6E8FEB86659FD93);
  hash = (hash ^ hash >> 32) + last * UINT64_C(0xC2B2AE3D27D4EB4F) + span.length;
  return (hash ^ hash >> 29) * UINT64_C(0x165667B19E3779F9);
}

/* Too few were found, or enough: changes the part of a place's strings that is looked for. */
static void judge(cs_interned_place *place) {
  if (place->found < place->missed / 2 && place->refused < LEAST_PART - 1)
    place->refused = place->refused * 2 + 1;
  else if (place->found > place->missed)
    place->refused /= 2;
  place->found = place->missed = 0;
}

/* A new one: it takes the place of that which was not used last. */
static __attribute__((noinline)) void push_new(lua_State *L, cs_interned *interned, cs_span span,
                                               size_t number, cs_interned_place *place) {
  lua_pushlstring(L, span.bytes, span.length);
  cs_interned_set *set = &interned->sets[number];
  size_t way = 1 - (size_t)set->last;
  memset(&set->texts[way], 0, sizeof set->texts[way]);
  lua_pushvalue(L, -1);
  lua_rawseti(L, interned->list, (int)(number * WAYS + way) + 1);
  set->texts[way] = text_of(span);
  set->last = way;
  if (++place->missed == MISSES)
    judge(place);
}

void cs_interned_push(lua_State *L, cs_interned *interned, cs_span span, size_t place_number) {
  if (span.length - 1 >= CS_INTERNED_LONGEST) {
    lua_pushlstring(L, span.bytes, span.length);
    return;
  }
  uint64_t hash = hash_of(span);
  cs_interned_place *place = &interned->places[place_number % CS_INTERNED_PLACES];
  if ((hash >> 32 & place->refused) != 0) {
    lua_pushlstring(L, span.bytes, span.length);
    return;
  }
  size_t number = (size_t)(hash >> 40) % SETS;
  cs_interned_set *set = &interned->sets[number];
  text wanted = text_of(span);
  /* Two branches: the list need not wait for the comparison that it is thought to depend on. */
  if (same(&wanted, &set->texts[0])) {
    set->last = 0;
    place->found++;
    lua_rawgeti(L, interned->list, (int)(number * WAYS) + 1);
  } else if (same(&wanted, &set->texts[1])) {
    set->last = 1;
    place->found++;
    lua_rawgeti(L, interned->list, (int)(number * WAYS) + 2);
  } else {
    push_new(L, interned, span, number, place);
  }
}
