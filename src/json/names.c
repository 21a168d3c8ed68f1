#include "names.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "string.h"

/* Records that use names as data have no end of them: these many are learned. */
enum { LONGEST = 1024 };

/* Most slots stay free, so that nearly all names are found in the first that is looked at. */
enum { SLOTS_FIRST = 1024, SLOTS_EACH = 4 };

#define F8 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF
const uint8_t cs_names_masks[2 * CS_SPELLING_BYTES] = {F8, F8, F8, F8};

static uint64_t mixed(uint64_t *state) {
  *state += UINT64_C(0x9E3779B97F4A7C15);
  uint64_t z = *state;
  z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
  return z ^ z >> 31;
}

/* Whoever writes the texts knows neither the time to the nanosecond nor where memory lies. */
static void choose_keys(cs_names *names) {
  struct timespec now = {0, 0};
  clock_gettime(CLOCK_REALTIME, &now);
  uint64_t state = (uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec;
  state ^= (uint64_t)(uintptr_t)names->spellings ^ (uint64_t)(uintptr_t)&now << 20;
  for (int i = 0; i < CS_SPELLING_WORDS; i++)
    names->keys[i] = mixed(&state) | 1;
}

/* Of any text: a long one piece by piece, what was made of one goes into the next. */
static uint32_t hash_of(const cs_names *names, cs_span text) {
  char piece[CS_SPELLING_BYTES] = {0};
  size_t held = 0;
  for (;;) {
    size_t room = sizeof piece - held;
    size_t taken = text.length < room ? text.length : room;
    memcpy(piece + held, text.bytes, taken);
    text = (cs_span){text.bytes + taken, text.length - taken};
    uint32_t hash = cs_names_hash(names, cs_names_words(piece, held + taken));
    if (text.length == 0)
      return hash;
    memcpy(piece, &hash, sizeof hash);
    held = sizeof hash;
  }
}

/* A name as a spelling's bytes; their length, 0 when it does not fit. */
static size_t write_bytes(cs_span raw, char bytes[CS_SPELLING_BYTES]) {
  memset(bytes, 0, CS_SPELLING_BYTES);
  if (raw.length > CS_SPELLING_BYTES - 3)
    return 0;
  bytes[0] = '"';
  memcpy(bytes + 1, raw.bytes, raw.length);
  bytes[raw.length + 1] = '"';
  bytes[raw.length + 2] = ':';
  return raw.length + 3;
}

static void write_spelling(cs_spelling *spelling, cs_span raw) {
  size_t length = write_bytes(raw, spelling->bytes);
  spelling->bits = UINT64_C(1) << CS_SPELLING_BYTES;
  if (length > 0)
    spelling->bits = (UINT64_C(1) << length) - 1;
}

/* As cs_names_find makes it. */
static uint32_t hash_of_spelling(const cs_names *names, cs_span raw) {
  char bytes[CS_SPELLING_BYTES];
  size_t length = write_bytes(raw, bytes);
  return hash_of(names, length == 0 ? raw : (cs_span){bytes, length});
}

static bool same(cs_span a, cs_span b) {
  return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

static char *copy(cs_span text) {
  char *bytes = malloc(text.length + 1);
  if (bytes != NULL)
    memcpy(bytes, text.bytes, text.length);
  return bytes;
}

static bool make_table(cs_name_table *table, size_t slots) {
  table->slots = calloc(slots, sizeof *table->slots);
  table->mask = slots - 1;
  return table->slots != NULL;
}

static void put(cs_name_table *table, cs_name_slot slot) {
  size_t at = cs_names_slot(table, slot.hash);
  while (table->slots[at].number != 0)
    at = (at + 1) & table->mask;
  table->slots[at] = slot;
}

/* Makes sure that slots stay free when one more, the `count`th, is taken. */
static bool make_slot(cs_name_table *table, size_t count) {
  if (count * SLOTS_EACH <= table->mask + 1)
    return true;
  cs_name_table grown;
  if (!make_table(&grown, 2 * (table->mask + 1)))
    return false;
  for (size_t i = 0; i <= table->mask; i++)
    if (table->slots[i].number != 0)
      put(&grown, table->slots[i]);
  free(table->slots);
  *table = grown;
  return true;
}

bool cs_names_init(cs_names *names) {
  memset(names, 0, sizeof *names);
  names->spellings = calloc(1, sizeof *names->spellings);
  bool made = make_table(&names->spelling_table, SLOTS_FIRST);
  made = make_table(&names->text_table, SLOTS_FIRST) && made;
  if (!made || names->spellings == NULL) {
    cs_names_free(names);
    return false;
  }
  names->spelling_count = names->spelling_capacity = 1;
  names->spellings[0].name = CS_NAME_UNKNOWN;
  names->spellings[0].bits = UINT64_C(1) << CS_SPELLING_BYTES;
  choose_keys(names);
  return true;
}

void cs_names_free(cs_names *names) {
  for (size_t i = 1; names->spellings != NULL && i < names->spelling_count; i++)
    free(names->spellings[i].text);
  for (size_t i = 0; i < names->text_count; i++)
    free((char *)names->texts[i].bytes);
  free(names->spellings);
  free(names->spelling_table.slots);
  free(names->texts);
  free(names->text_table.slots);
  memset(names, 0, sizeof *names);
}

static uint32_t find_text(const cs_names *names, cs_span text, uint32_t hash) {
  const cs_name_table *table = &names->text_table;
  for (size_t at = cs_names_slot(table, hash);; at = (at + 1) & table->mask) {
    cs_name_slot slot = table->slots[at];
    if (slot.number == 0)
      return CS_NAME_UNKNOWN;
    if (slot.hash == hash && same(names->texts[slot.number - 1], text))
      return slot.number - 1;
  }
}

static bool grow_texts(cs_names *names) {
  size_t capacity = names->text_capacity == 0 ? 32 : 2 * names->text_capacity;
  cs_span *texts = realloc(names->texts, capacity * sizeof *texts);
  if (texts == NULL)
    return false;
  names->texts = texts;
  names->text_capacity = capacity;
  return true;
}

uint32_t cs_names_add(cs_names *names, cs_span text) {
  uint32_t hash = hash_of(names, text);
  uint32_t found = find_text(names, text, hash);
  if (found != CS_NAME_UNKNOWN || names->text_count == CS_NAMES_MOST)
    return found;
  if (names->text_count == names->text_capacity && !grow_texts(names))
    return CS_NAME_UNKNOWN;
  uint32_t name = (uint32_t)names->text_count;
  char *bytes = make_slot(&names->text_table, name + 1) ? copy(text) : NULL;
  if (bytes == NULL)
    return CS_NAME_UNKNOWN;
  names->texts[name] = (cs_span){bytes, text.length};
  put(&names->text_table, (cs_name_slot){hash, name + 1});
  names->text_count++;
  return name;
}

/* The name that `raw` spells: added if `learn`, else only looked up. */
static uint32_t name_of(cs_names *names, cs_span raw, bool learn) {
  char *decoded = NULL;
  cs_span text = raw;
  if (cs_string_escaped(raw.bytes, raw.length)) {
    decoded = malloc(raw.length);
    if (decoded == NULL)
      return CS_NAME_UNKNOWN;
    text = (cs_span){decoded, cs_string_decode(raw.bytes, raw.length, decoded)};
  }
  uint32_t name =
      learn ? cs_names_add(names, text) : find_text(names, text, hash_of(names, text));
  free(decoded);
  return name;
}

static bool grow_spellings(cs_names *names) {
  size_t capacity = 2 * names->spelling_capacity;
  cs_spelling *spellings = realloc(names->spellings, capacity * sizeof *spellings);
  if (spellings == NULL)
    return false;
  names->spellings = spellings;
  names->spelling_capacity = capacity;
  return true;
}

static uint32_t learn_spelling(cs_names *names, cs_span raw, uint32_t hash, uint32_t *name) {
  bool learn = names->spelling_count < CS_NAMES_MOST && raw.length <= LONGEST;
  *name = name_of(names, raw, learn);
  if (!learn || *name == CS_NAME_UNKNOWN)
    return 0;
  if (names->spelling_count == names->spelling_capacity && !grow_spellings(names))
    return 0;
  uint32_t number = (uint32_t)names->spelling_count;
  cs_spelling *spelling = &names->spellings[number];
  memset(spelling, 0, sizeof *spelling);
  spelling->text = make_slot(&names->spelling_table, number) ? copy(raw) : NULL;
  if (spelling->text == NULL)
    return 0;
  write_spelling(spelling, raw);
  spelling->length = (uint32_t)raw.length;
  spelling->name = *name;
  put(&names->spelling_table, (cs_name_slot){hash, number});
  names->spelling_count++;
  return number;
}

uint32_t cs_names_spelled(cs_names *names, cs_span raw, uint32_t *name) {
  uint32_t hash = hash_of_spelling(names, raw);
  const cs_name_table *table = &names->spelling_table;
  for (size_t at = cs_names_slot(table, hash);; at = (at + 1) & table->mask) {
    cs_name_slot slot = table->slots[at];
    if (slot.number == 0)
      return learn_spelling(names, raw, hash, name);
    const cs_spelling *spelling = &names->spellings[slot.number];
    if (slot.hash == hash && same((cs_span){spelling->text, spelling->length}, raw)) {
      *name = spelling->name;
      return slot.number;
    }
  }
}

uint32_t cs_names_find_seldom(cs_names *names, const char *text, size_t length, uint16_t *place) {
  /* Two names can share a place: the second is in the one beside it. */
  uint16_t *beside = names->lately + ((size_t)(place - names->lately) ^ 1);
  if (cs_names_stands(&names->spellings[*beside], text))
    return *beside;
  uint32_t number = length > CS_SPELLING_BYTES ? 0 : cs_names_find(names, text, length);
  *beside = *place;
  *place = (uint16_t)number;
  return number;
}
