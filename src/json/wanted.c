#include "wanted.h"

#include <string.h>

/* Can it be written as it is? Else it comes with escapes, and is looked up. */
static bool is_plain(cs_span text) {
  for (size_t i = 0; i < text.length; i++)
    if (text.bytes[i] == '"' || text.bytes[i] == '\\' || (unsigned char)text.bytes[i] < ' ')
      return false;
  return true;
}

/* As cs_wanted_signs, of a name between its quotes. */
static uint32_t key_of(cs_span text) {
  const unsigned char *bytes = (const unsigned char *)text.bytes;
  uint32_t first = text.length == 0 ? (uint32_t)'"' : bytes[0];
  uint32_t last = text.length == 0 ? (uint32_t)'"' : bytes[text.length - 1];
  return cs_wanted_key(first | last << 8 | (uint32_t)(text.length + 2) << 16);
}

void cs_wanted_choose(cs_wanted *wanted, cs_names *names, size_t count) {
  for (size_t i = 0; i < count && i < CS_WANTED_MOST; i++) {
    cs_span text = names->texts[i];
    if (!is_plain(text))
      continue;
    uint32_t name;
    uint8_t *first = &wanted->first[key_of(text)], number = (uint8_t)(i + 1);
    wanted->spellings[number] = cs_names_spelled(names, text, &name);
    wanted->next[number] = *first;
    *first = number;
  }
}

uint32_t cs_wanted_find_seldom(const cs_wanted *wanted, const cs_names *names, const char *open,
                               const char *colon) {
  cs_span raw = {open + 1, (size_t)(colon - open) - 2};
  uint8_t number = wanted->first[cs_wanted_key(cs_wanted_signs(open, colon))];
  for (; number != 0; number = wanted->next[number]) {
    cs_span text = names->texts[number - 1];
    if (text.length == raw.length && memcmp(text.bytes, raw.bytes, raw.length) == 0)
      return number - 1U;
  }
  return CS_NAME_UNKNOWN;
}
