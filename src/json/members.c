#include "members.h"

#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "memory.h"
#include "parse_string.h"
#include "shapes.h"
#include "unquoted.h"

/* So many rows in a row that could not be read, and they are tried more and more seldom. */
enum { MISSES_FREE = 4, PAUSE_MOST = 32 };

/* All positions are in the buffer. */
typedef struct row {
  cs_members *members;
  const cs_parse_options *options;
  cs_names *names;
  cs_index *index;
  cs_strings strings;
  const char *bytes;
  size_t from;
  size_t to;
  const uint32_t *anchor; /* what find_end found: of the next member, if there is one */
  size_t end;             /* behind the value */
  size_t next;            /* the next name; 0: there is none */
  size_t close;           /* the row's brace */
  size_t behind;          /* the first name of the next row; 0: that is not known */
  uint32_t inner;         /* quotes inside containers */
  uint32_t asked;         /* how many members seem to be asked for */
  uint32_t other_count;
  uint64_t others; /* a bit for each value that is no string: the last one's is the lowest */
  uint64_t found;  /* a bit for each member whose value find_end found */
  bool nested;     /* some value is a container */
} row;

void cs_members_free(cs_members *members) {
  cs_memory_free(members->inner.list, members->inner.capacity * sizeof *members->inner.list);
  memset(members, 0, sizeof *members);
}

/* The quotes among the bytes before bytes[at], at least 57 of them: the last byte's bit is the
   highest. */
static inline uint64_t quotes_before(const uint64_t *quotes, size_t at) {
  size_t last = at - 1;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  uint64_t bits;
  memcpy(&bits, (const char *)quotes + last / 8 - 7, sizeof bits);
  return bits << (~last & 7);
#else
  const uint64_t *there = quotes + last / CS_BLOCK;
  unsigned over = last % CS_BLOCK;
  return there[0] << (CS_BLOCK - 1 - over) | there[-1] >> 1 >> over;
#endif
}

/* Where the last of these quotes is, which there must be. */
static inline size_t last_quote(uint64_t bits, size_t at) {
  return at - CS_BLOCK + (size_t)(63 ^ __builtin_clzll(bits));
}

/* Where the name begins that ends before this anchor; 0 when it is too long to be seen at once.
 */
static inline size_t name_before(const row *r, uint32_t anchor) {
  size_t at = (size_t)anchor - 1;
  uint64_t bits = quotes_before(r->strings.quotes, at);
  return bits == 0 ? 0 : last_quote(bits, at);
}

/* Does a value end before bytes[end], a string if `string` is 1, and is the gap behind it? */
static inline bool seam_fits(const cs_seam *seam, const char *end, uint32_t string) {
#ifdef __SSE2__
  __m128i here = _mm_loadu_si128((const __m128i *)(const void *)(end - 1));
  __m128i there = _mm_loadu_si128((const __m128i *)(const void *)seam->bytes);
  uint32_t same = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(here, there));
  return (~same & (seam->bits | string)) == 0;
#else
  return memcmp(end - string, seam->bytes + 1 - string, seam->length + string) == 0;
#endif
}

/* What was proven to stand between two members. */
static void learn_gap(cs_seam *seam, const char *gap, size_t length) {
  if (length >= sizeof seam->bytes)
    return;
  memset(seam->bytes, 0, sizeof seam->bytes);
  seam->bytes[0] = '"';
  memcpy(seam->bytes + 1, gap, length);
  seam->bits = ((UINT32_C(1) << length) - 1) << 1;
  seam->length = (uint32_t)length;
}

/* The two brackets differ in one bit. */
static inline bool opens(char byte) {
  return (byte | ('{' ^ '[')) == '{';
}

/* A container is read by itself, and its anchors are passed over. Behind it; 0 for a doubt. */
static size_t skip_container(row *r, size_t start) {
  const cs_buffer *buffer = r->strings.buffer;
  cs_parse_options options = *r->options;
  size_t end = 0, classified = r->index->end;
  options.levels = 0;
  options.depth_limit--;
  r->nested = true;
  /* What moves the lists of the index is not worth following. */
  if (cs_parse(&options, r->names, r->index, buffer, start, r->to, &r->members->inner, &end) !=
          CS_PARSED_WHOLE ||
      r->index->end != classified)
    return 0;
  while (*r->anchor < end)
    r->anchor++;
  r->inner += r->index->kernel->quotes_before(r->index, (uint32_t)(end - 1)) -
              r->index->kernel->quotes_before(r->index, (uint32_t)start);
  return end;
}

/* Behind the value that begins there, found by itself alone; 0 for a doubt. */
static size_t end_of_value(row *r, size_t start) {
  const char *at = r->bytes + start;
  size_t classified = r->index->end, length;
  if (start >= classified)
    return 0;
  if (opens(*at) && at[1] == *at + 2 && r->options->depth_limit > 1) { /* {} or [] */
    r->nested = true;
    return start + 2;
  }
  if (opens(*at))
    return skip_container(r, start);
  if (*at == '"') {
    const char *quote = cs_strings_end(&r->strings, at);
    return quote == NULL || r->index->end != classified ? 0 : (size_t)(quote + 1 - r->bytes);
  }
  length = *at == 't' || *at == 'n' ? 4 : *at == 'f' ? 5 : cs_usual_number(at);
  if (length == 0)
    length = cs_unquoted_number(at, r->options->number_range);
  return length == 0 ? 0 : start + length;
}

/* Is what stands before the next name, `next`, a border between rows, and before that a value
   that may be the one that begins at `start`? Then the row ends here. */
static inline bool border_fits(row *r, size_t start, size_t next) {
  const cs_border *border = &r->members->border;
  const char *from = r->bytes + next - border->length;
  if (border->length == 0 || memcmp(from, border->bytes, border->length) != 0 ||
      (r->bytes[start] == '"' && from[-1] != '"'))
    return false;
  r->end = next - border->length;
  r->close = r->end + border->close;
  r->behind = next;
  r->next = 0;
  return true;
}

/* What was proven to stand between the row before and this one, whose first name is there. */
static void learn_border(const row *r, size_t open) {
  cs_members *members = r->members;
  cs_border *border = &members->border;
  size_t end = members->value_end, length = open - end;
  if (end == 0 || length >= sizeof border->bytes)
    return;
  memcpy(border->bytes, r->bytes + end, length);
  border->length = length;
  border->close = members->close - end;
  border->open = r->from - end;
}

/* Where what is between two values is new, or the row ends: finds what is behind the value that
   begins at `start`, before this anchor, whose name is at `next`, unless it is a container. False
   for a doubt. */
static CS_SELDOM bool find_end(row *r, const uint32_t *anchor, size_t start, size_t next) {
  r->anchor = anchor;
  if (next > start && border_fits(r, start, next))
    return true;
  size_t end = end_of_value(r, start);
  if (end == 0 || end >= r->to)
    return false;
  r->end = end;
  const char *at = cs_skip_spaces(r->bytes + end);
  if (*at == '}') {
    r->close = (size_t)(at - r->bytes);
    r->next = 0;
    return r->close < r->to && r->close < r->index->end;
  }
  if (*at != ',')
    return false;
  r->next = (size_t)(cs_skip_spaces(at + 1) - r->bytes);
  if (*r->anchor >= r->to || name_before(r, *r->anchor) != r->next)
    return false;
  learn_gap(&r->members->seam, r->bytes + end, r->next - end);
  return true;
}

/* All that stands between values is proven to be structure here, byte by byte. Of a value it is
   proven that it is a string or has no quote at its end. The quotes at a string's ends are two
   and not escaped: where no block is in doubt, only strings hold escapes, and the next name
   begins with a quote that opens. */
static bool read_members(row *r, size_t open) {
  cs_members *const members = r->members;
  const char *const bytes = r->bytes;
  const uint64_t *const quotes = r->strings.quotes;
  const uint32_t *anchor = r->index->anchors + r->index->anchors_first;
  const size_t to = r->to;
  uint64_t strings = 0;
  cs_seam seam = members->seam;
  cs_member *member = members->list, *const full = member + CS_MEMBERS_MOST;
  member->open = (uint32_t)open;
  do {
    uint32_t colon = *anchor++, behind = *anchor;
    size_t start = (size_t)(cs_skip_spaces(bytes + colon + 1) - bytes), end = 0, next = 0;
    uint32_t string = bytes[start] == '"';
    uint64_t bits = behind < to ? quotes_before(quotes, (size_t)behind - 1) : 0;
    if (bits != 0) {
      next = last_quote(bits, (size_t)behind - 1);
      end = next - seam.length;
    }
    if (next <= start || !seam_fits(&seam, bytes + end, string)) {
      if (!find_end(r, anchor, start, next))
        return false;
      r->found |= (uint64_t)(r->behind == 0) << (member - members->list);
      anchor = r->anchor;
      end = r->end;
      next = r->next;
      seam = members->seam;
    }
    member->colon = colon;
    member->end = (uint32_t)end;
    member++;
    member->open = (uint32_t)next;
    strings = strings * 2 + string;
  } while (member->open != 0 && member < full);
  r->index->anchors_first = (size_t)(anchor - r->index->anchors);
  members->count = (uint32_t)(member - members->list);
  r->others = ~strings & UINT64_MAX >> (CS_MEMBERS_MOST - members->count);
  return member->open == 0;
}

/* Notes the members that seem to be asked for, and the shape of the row. */
static void read_names(row *r) {
  cs_members *const members = r->members;
  const char *const bytes = r->bytes;
  const cs_member *member = members->list, *const end = member + members->count;
  uint32_t asked = 0, number = 0;
  uint64_t shape = r->others;
  for (; member < end; member++) {
    uint32_t signs = cs_wanted_signs(bytes + member->open, bytes + member->colon);
    members->asked[asked] = (uint8_t)number++;
    asked += members->wanted.first[cs_wanted_key(signs)] != 0;
    shape = shape * CS_SHAPES_FACTOR + signs;
  }
  r->asked = asked;
  members->shape = r->nested ? 0 : shape;
}

/* Digits, perhaps a point among them: what most numbers are. What stands behind is no digit, and
   16 bytes may be read. */
static inline bool is_simple_number(const char *text, size_t length) {
#ifdef __SSE2__
  size_t last = length - 1;
  __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)text);
  __m128i values = _mm_xor_si128(bytes, _mm_set1_epi8('0'));
  /* What is above nine, its sum with this has the top bit. */
  uint32_t all = (uint32_t)_mm_movemask_epi8(_mm_adds_epu8(values, _mm_set1_epi8(0x80 - 10)));
  uint32_t points = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('.')));
  uint32_t inside = (UINT32_C(2) << (last & 15)) - 1, others = all & inside;
  uint32_t wrong = (others & (others - 1)) | (others ^ (points & inside));
  uint32_t ends = others | others >> (last & 15), leading_zero = ~(all >> 1) & (text[0] == '0');
  return (wrong | ((ends | leading_zero) & 1) | last >> 4) == 0;
#else
  return cs_usual_number(text) == length;
#endif
}

/* A container that was taken for one value: it is, or there are more. */
static bool is_container(row *r, const cs_member *member, const char *text) {
  return end_of_value(r, (size_t)(text - r->bytes)) == member->end;
}

static bool check_others(row *r) {
  const cs_members *members = r->members;
  for (uint64_t others = r->others; others != 0; others &= others - 1) {
    r->other_count++;
    uint32_t number = members->count - 1 - (uint32_t)__builtin_ctzll(others);
    const cs_member *member = &members->list[number];
    const char *text = cs_member_text(r->bytes, member), *end = r->bytes + member->end;
    if (end <= text)
      return false;
    size_t length = (size_t)(end - text);
    if (is_simple_number(text, length))
      continue;
    if (opens(*text)) {
      if ((r->found >> number & 1) == 0 && !is_container(r, member, text))
        return false;
    } else if (cs_usual_number(text) != length &&
               !cs_unquoted_is_right(text, length, r->options->number_range)) {
      return false;
    }
  }
  return true;
}

/* A string holds no quote when all quotes of the row are those around strings. */
static bool quotes_are_right(const row *r) {
  const cs_kernel *kernel = r->index->kernel;
  return kernel->quotes_before(r->index, (uint32_t)r->close) -
             kernel->quotes_before(r->index, (uint32_t)r->from) ==
         r->inner + 4 * r->members->count - 2 * r->other_count;
}

static void find_asked(const row *r) {
  cs_members *members = r->members;
  for (uint32_t i = 0; i < r->asked; i++) {
    uint32_t number = members->asked[i];
    const cs_member *member = &members->list[number];
    uint32_t name = cs_wanted_find(&members->wanted, r->names, r->bytes + member->open,
                                   r->bytes + member->colon);
    if (name != CS_NAME_UNKNOWN)
      members->of_name[name] = (uint8_t)(number + 1);
  }
}

/* Of a row in marked blocks: its names with escapes, which may be asked for, too. */
static void find_escaped(const row *r) {
  cs_members *members = r->members;
  for (uint32_t i = 0; i < members->count; i++) {
    const cs_member *member = &members->list[i];
    const char *open = r->bytes + member->open;
    size_t length = member->colon - member->open - 2;
    if (!cs_has_byte(open + 1, length, '\\'))
      continue;
    uint32_t name = cs_member_name(r->names, r->bytes, member);
    if (name < CS_WANTED_MOST && members->of_name[name] <= i)
      members->of_name[name] = (uint8_t)(i + 1);
  }
}

/* Is the string between these quotes right? */
static bool check_string(row *r, const char *open, const char *quote) {
  bool escaped;
  return !cs_strings_marked(&r->strings, quote) ||
         cs_strings_check(&r->strings, open, quote, &escaped);
}

/* Of a row in blocks in doubt: all else is known to be right. */
static bool check_strings(row *r) {
  const cs_members *members = r->members;
  for (uint32_t i = 0; i < members->count; i++) {
    const cs_member *member = &members->list[i];
    const char *text = cs_member_text(r->bytes, member);
    if (!check_string(r, r->bytes + member->open, r->bytes + member->colon - 1) ||
        (*text == '"' && !check_string(r, text, r->bytes + member->end - 1)))
      return false;
  }
  return true;
}

/* Is some string of the row in doubt? */
static bool in_doubt(const row *r) {
  const cs_index *index = r->index;
  uint32_t doubts = 0;
  for (size_t i = index->marks_first; index->marks[i] <= r->close / CS_BLOCK; i++)
    doubts |= index->doubts[i];
  return doubts != 0;
}

/* Its first name; 0 for a doubt. */
static size_t first_name(const row *r) {
  const cs_members *members = r->members;
  if (members->next == r->from && r->from != 0)
    return members->next_name;
  uint32_t first = r->index->anchors[r->index->anchors_first];
  size_t open = (size_t)(cs_skip_spaces(r->bytes + r->from + 1) - r->bytes);
  if (first >= r->to || name_before(r, first) != open)
    return 0;
  learn_border(r, open);
  return open;
}

static bool read_row(row *r) {
  cs_members *members = r->members;
  memset(members->of_name, 0, sizeof members->of_name);
  size_t open = first_name(r);
  if (open == 0 || !read_members(r, open) || !check_others(r) || !quotes_are_right(r))
    return false;
  read_names(r);
  find_asked(r);
  members->marked = r->close >= r->strings.marked;
  if (!members->marked)
    return true;
  if (in_doubt(r) && !check_strings(r))
    return false;
  find_escaped(r);
  return true;
}

/* For the row behind this one. */
static void note_end(const row *r) {
  cs_members *members = r->members;
  members->value_end = members->list[members->count - 1].end;
  members->close = r->close;
  members->next = r->behind == 0 ? 0 : members->value_end + members->border.open;
  members->next_name = r->behind;
}

bool cs_members_read(cs_members *members, const cs_parse_options *options, cs_names *names,
                     cs_index *index, const cs_buffer *buffer, size_t from, size_t to,
                     size_t *end) {
  if (members->pause > 0) {
    members->pause--;
    return false;
  }
  if (buffer->bytes[from] != '{' || options->levels != 1 || options->depth_limit < 1 ||
      from >= to || to > UINT32_MAX || !cs_index_look_ahead(index, buffer, from))
    return false;
  if (members->seam.length == 0)
    learn_gap(&members->seam, ",", 1);
  row r;
  r.members = members;
  r.options = options;
  r.names = names;
  r.index = index;
  cs_strings_begin(&r.strings, index, buffer);
  r.bytes = buffer->bytes;
  r.from = from;
  r.to = to;
  r.behind = 0;
  r.inner = 0;
  r.other_count = 0;
  r.found = 0;
  r.nested = false;
  if (read_row(&r)) {
    members->misses = 0;
    note_end(&r);
    *end = r.close + 1;
    return true;
  }
  cs_members_lost(members);
  members->misses++;
  if (members->misses > MISSES_FREE)
    members->pause = members->misses < PAUSE_MOST ? members->misses : PAUSE_MOST;
  return false;
}
