#include "names.h"

#include <stdlib.h>
#include <string.h>

#include "string.h"

/* Records that use names as data have no end of them: these many are learned. */
enum { MOST = 4096, LONGEST = 1024, CHAINS = 1024 };

static size_t chain_of(cs_span text) {
  uint64_t hash = text.length;
  for (size_t i = 0; i < text.length; i++)
    hash = (hash ^ (unsigned char)text.bytes[i]) * UINT64_C(0x9E3779B97F4A7C15);
  return (size_t)(hash >> 40) % CHAINS;
}

static bool same(cs_span a, cs_span b) {
  return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

static bool copy(cs_span text, cs_span *out) {
  char *bytes = malloc(text.length + 1);
  if (bytes == NULL)
    return false;
  memcpy(bytes, text.bytes, text.length);
  *out = (cs_span){bytes, text.length};
  return true;
}

bool cs_names_init(cs_names *names) {
  memset(names, 0, sizeof *names);
  names->spelling_chains = calloc(CHAINS, sizeof *names->spelling_chains);
  names->text_chains = calloc(CHAINS, sizeof *names->text_chains);
  names->spellings = calloc(1, sizeof *names->spellings);
  if (names->spelling_chains == NULL || names->text_chains == NULL || names->spellings == NULL) {
    cs_names_free(names);
    return false;
  }
  names->spelling_count = names->spelling_capacity = 1;
  names->spellings[0].name = CS_NAME_UNKNOWN;
  return true;
}

void cs_names_free(cs_names *names) {
  for (size_t i = 1; i < names->spelling_count; i++)
    free((char *)(uintptr_t)names->spellings[i].text.bytes);
  for (size_t i = 0; i < names->text_count; i++)
    free((char *)(uintptr_t)names->texts[i].bytes);
  free(names->spellings);
  free(names->spelling_chains);
  free(names->texts);
  free(names->text_links);
  free(names->text_chains);
  memset(names, 0, sizeof *names);
}

static uint32_t find_text(const cs_names *names, cs_span text, size_t chain) {
  for (uint32_t at = names->text_chains[chain]; at != 0; at = names->text_links[at - 1])
    if (same(names->texts[at - 1], text))
      return at - 1;
  return CS_NAME_UNKNOWN;
}

static bool grow_texts(cs_names *names) {
  size_t capacity = names->text_capacity == 0 ? 32 : 2 * names->text_capacity;
  cs_span *texts = realloc(names->texts, capacity * sizeof *texts);
  if (texts == NULL)
    return false;
  names->texts = texts;
  uint32_t *links = realloc(names->text_links, capacity * sizeof *links);
  if (links == NULL)
    return false;
  names->text_links = links;
  names->text_capacity = capacity;
  return true;
}

uint32_t cs_names_add(cs_names *names, cs_span text) {
  size_t chain = chain_of(text);
  uint32_t found = find_text(names, text, chain);
  if (found != CS_NAME_UNKNOWN || names->text_count == MOST)
    return found;
  if (names->text_count == names->text_capacity && !grow_texts(names))
    return CS_NAME_UNKNOWN;
  uint32_t name = (uint32_t)names->text_count;
  if (!copy(text, &names->texts[name]))
    return CS_NAME_UNKNOWN;
  names->text_links[name] = names->text_chains[chain];
  names->text_chains[chain] = name + 1;
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
  uint32_t name = learn ? cs_names_add(names, text) : find_text(names, text, chain_of(text));
  free(decoded);
  return name;
}

/* `"text":` as words to be compared with what stands in a record. */
static void write_words(cs_spelling *spelling) {
  char bytes[sizeof spelling->bytes] = {0}, mask[sizeof spelling->mask] = {0};
  size_t length = spelling->text.length + 3;
  spelling->length = 0;
  if (length > sizeof bytes)
    return;
  bytes[0] = '"';
  memcpy(bytes + 1, spelling->text.bytes, spelling->text.length);
  bytes[length - 2] = '"';
  bytes[length - 1] = ':';
  memset(mask, 0xFF, length);
  memcpy(spelling->bytes, bytes, sizeof bytes);
  memcpy(spelling->mask, mask, sizeof mask);
  spelling->length = (uint32_t)length;
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

static uint32_t learn_spelling(cs_names *names, cs_span raw, size_t chain, uint32_t *name) {
  bool learn = names->spelling_count < MOST && raw.length <= LONGEST;
  *name = name_of(names, raw, learn);
  if (!learn || *name == CS_NAME_UNKNOWN)
    return 0;
  if (names->spelling_count == names->spelling_capacity && !grow_spellings(names))
    return 0;
  cs_spelling *spelling = &names->spellings[names->spelling_count];
  memset(spelling, 0, sizeof *spelling);
  if (!copy(raw, &spelling->text))
    return 0;
  write_words(spelling);
  spelling->name = *name;
  spelling->chain = names->spelling_chains[chain];
  names->spelling_chains[chain] = (uint32_t)names->spelling_count;
  return (uint32_t)names->spelling_count++;
}

uint32_t cs_names_spelled(cs_names *names, cs_span raw, uint32_t *name) {
  size_t chain = chain_of(raw);
  for (uint32_t at = names->spelling_chains[chain]; at != 0; at = names->spellings[at].chain) {
    if (same(names->spellings[at].text, raw)) {
      *name = names->spellings[at].name;
      return at;
    }
  }
  return learn_spelling(names, raw, chain, name);
}
