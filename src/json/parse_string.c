#include "parse_string.h"

#include "string.h"

/* Behind the bytes that cs_strings_end asks about. */
enum { AHEAD = 2 * CS_BLOCK };

/* The first marked block is that which is next in the list. */
static void note_mark(cs_strings *strings) {
  const cs_index *index = strings->index;
  uint32_t block = UINT32_MAX;
  if (index->marks != NULL)
    block = index->marks[index->marks_first + strings->marks_passed];
  strings->marked = block == UINT32_MAX ? SIZE_MAX : (size_t)block * CS_BLOCK;
}

static void note_index(cs_strings *strings) {
  const cs_index *index = strings->index;
  strings->quotes = index->quotes;
  strings->sure = index->end < AHEAD ? 0 : index->end - AHEAD;
  note_mark(strings);
}

void cs_strings_begin(cs_strings *strings, cs_index *index, const cs_buffer *buffer) {
  *strings = (cs_strings){.index = index, .buffer = buffer, .bytes = buffer->bytes};
  note_index(strings);
}

/* Classifies more; false when there is no more, or no memory. */
static bool extend(cs_strings *strings) {
  cs_index *index = strings->index;
  size_t end = index->end;
  if (!cs_index_extend(index, strings->buffer)) {
    strings->memory = true;
    return false;
  }
  note_index(strings);
  return index->end != end;
}

const char *cs_strings_far_end(cs_strings *strings, const char *at) {
  const cs_index *index = strings->index;
  size_t inside = (size_t)(at + 1 - strings->bytes);
  for (;;) {
    while (inside >= index->end)
      if (!extend(strings))
        return NULL;
    uint64_t quotes = index->quotes[inside / CS_BLOCK] >> inside % CS_BLOCK;
    if (quotes != 0)
      return strings->bytes + inside + __builtin_ctzll(quotes);
    inside += CS_BLOCK - inside % CS_BLOCK;
    if (inside > index->end) /* the block was not full when it was classified */
      inside = index->end;
  }
}

bool cs_strings_check(cs_strings *strings, const char *open, const char *quote, bool *escaped) {
  size_t first = (size_t)(open - strings->bytes), last = (size_t)(quote - strings->bytes);
  while (strings->marked < first - first % CS_BLOCK) {
    strings->marks_passed++;
    note_mark(strings);
  }
  *escaped = false;
  return strings->marked > last || cs_string_check(open + 1, (size_t)(quote - open) - 1, escaped);
}
