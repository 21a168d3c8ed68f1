#include "parse_string.h"

#include "bytes.h"
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

/* To the first byte that is no plain character of ASCII, before `end`; bytes behind it are read
   as well. */
static const char *skip_plain(const char *at, const char *end) {
#ifdef __SSE2__
  for (; at < end; at += 16) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)at);
    __m128i beyond = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' '));
    __m128i escapes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    unsigned others = (unsigned)_mm_movemask_epi8(_mm_or_si128(beyond, escapes));
    if (others != 0) {
      at += __builtin_ctz(others);
      return at < end ? at : end;
    }
  }
  return end;
#else
  (void)end;
  return at;
#endif
}

/* Four hexadecimal digits, the first below A: no surrogate. */
static bool is_usual_unicode(const char *at) {
  unsigned first = (unsigned char)at[0] - (unsigned)'0';
  for (int i = 1; i < 4; i++) {
    unsigned digit = (unsigned char)at[i] - (unsigned)'0';
    unsigned letter = ((unsigned char)at[i] | 0x20U) - (unsigned)'a';
    if ((digit > 9) & (letter > 5))
      return false;
  }
  return first <= 9;
}

/* As cs_string_check, of a string in a buffer. Most of those in a marked block are plain, or have
   few escapes. */
static bool check_string(const char *at, const char *end, bool *escaped) {
  for (;;) {
    at = skip_plain(at, end);
    if (at == end)
      return true;
    size_t length = at[1] == 'u' ? 6 : 2;
    if (*at != '\\' || (size_t)(end - at) < length)
      break;
    if (length == 6 ? !is_usual_unicode(at + 2) : !cs_string_check(at, length, escaped))
      break;
    *escaped = true;
    at += length;
  }
  bool before = *escaped;
  bool right = cs_string_check(at, (size_t)(end - at), escaped);
  *escaped = *escaped || before;
  return right;
}

bool cs_strings_check(cs_strings *strings, const char *open, const char *quote, bool *escaped) {
  size_t first = (size_t)(open - strings->bytes), last = (size_t)(quote - strings->bytes);
  while (strings->marked < first - first % CS_BLOCK) {
    strings->marks_passed++;
    note_mark(strings);
  }
  *escaped = false;
  return strings->marked > last || check_string(open + 1, quote, escaped);
}
