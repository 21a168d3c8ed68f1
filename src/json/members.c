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
  cs_item *items;
  size_t from;
  size_t to;
  const uint32_t *anchor; /* what find_end found: of the next member, if there is one */
  size_t end;             /* behind the value */
  size_t next;            /* the next name; 0: there is none */
  size_t close;           /* the row's brace */
  uint32_t name;          /* what learn_name learned */
  uint32_t inner;         /* quotes inside containers */
  uint32_t count;         /* of items */
  uint32_t unquoted;      /* how many of these there are */
  uint8_t others[CS_MEMBERS_MOST + 1]; /* items that are no strings */
} row;

/* The member under way, and what the ones before it came to: to be kept in registers. */
typedef struct place {
  const uint32_t *anchor;
  cs_item *item;
  uint32_t number; /* of the item */
  uint32_t unquoted;
  uint64_t shape;
  size_t wrong; /* not 0: some value is */
} place;

void cs_members_free(cs_members *members) {
  cs_memory_free(members->inner.list, members->inner.capacity * sizeof *members->inner.list);
  memset(members, 0, sizeof *members);
}

/* The last quote before position `at`; 0 when it is too far away to be seen at once. */
static inline size_t quote_before(const row *r, size_t at) {
  if (at < CS_BLOCK)
    return 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  uint64_t bits;
  memcpy(&bits, (const char *)r->strings.quotes + at / 8 - 7, sizeof bits);
  bits <<= 8 - at % 8;
#else
  const uint64_t *quotes = r->strings.quotes + at / CS_BLOCK;
  unsigned over = at % CS_BLOCK;
  uint64_t bits = over == 0 ? quotes[-1] : quotes[0] << (CS_BLOCK - over) | quotes[-1] >> over;
#endif
  return bits == 0 ? 0 : at - 1 - (size_t)__builtin_clzll(bits);
}

/* Where the name begins that ends before this anchor. */
static inline size_t name_before(const row *r, uint32_t anchor) {
  return quote_before(r, (size_t)anchor - 1);
}

static inline bool gap_stands(const cs_gap *gap, const char *at) {
#ifdef __SSE2__
  __m128i here = _mm_loadu_si128((const __m128i *)at);
  __m128i there = _mm_loadu_si128((const __m128i *)gap->bytes);
  return (~(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(here, there)) & gap->bits) == 0;
#else
  return memcmp(at, gap->bytes, gap->length) == 0;
#endif
}

/* What was proven to stand between two members. */
static void learn_gap(cs_gap *gap, const char *bytes, size_t length) {
  if (length >= sizeof gap->bytes)
    return;
  memcpy(gap->bytes, bytes, length);
  gap->bits = (UINT32_C(1) << length) - 1;
  gap->length = length;
}

/* A name that was not met before, or a long one. */
static CS_SELDOM bool learn_name(row *r, const char *open, size_t length) {
  const char *quote = open + 1 + length;
  bool escaped;
  if (cs_strings_marked(&r->strings, quote) &&
      !cs_strings_check(&r->strings, open, quote, &escaped))
    return false;
  cs_names_spelled(r->names, (cs_span){open + 1, length}, &r->name);
  return true;
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
  r->members->nested = true;
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
    r->members->nested = true;
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

/* Where what is between two values is new, or the row ends: finds what is behind the value that
   begins at `start`, before this anchor unless it is a container. False for a doubt. */
static CS_SELDOM bool find_end(row *r, const uint32_t *anchor, size_t start) {
  r->anchor = anchor;
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
  learn_gap(&r->members->gap, r->bytes + end, r->next - end);
  return true;
}

/* The name that begins at `open`. */
static CS_ALWAYS_INLINE bool read_name(row *r, const place *p, size_t open, uint32_t *name) {
  cs_item *item = p->item;
  const char *text = r->bytes + open;
  size_t length = (size_t)*p->anchor - open - 2;
  item->name_start = (uint32_t)(open + 1 - r->from);
  item->name_length = (uint32_t)length;
  uint32_t number = cs_names_find_again(r->names, text, length + 3);
  *name = r->names->spellings[number].name;
  if (number == 0) {
    if (!learn_name(r, text, length))
      return false;
    *name = r->name;
  }
  item->name = *name;
  return true;
}

/* Lists the value. The quotes at a string's ends are not escaped: before the first there is
   structure, and a backslash before the last marks it. */
static CS_ALWAYS_INLINE void add_value(row *r, place *p, size_t start, size_t end,
                                       uint32_t name) {
  cs_item *item = p->item;
  size_t string = r->bytes[start] == '"', length = end - start - 2 * string;
  p->wrong |= (size_t)(r->bytes[end - 1] == '"') ^ string;
  p->wrong |= length >> (8 * sizeof length - 1);
  item->start = (uint32_t)(start + string - r->from);
  item->length = (uint32_t)length;
  item->behind = p->number + 1;
  item->kind = (uint8_t)(CS_KIND_NUMBER + string);
  item->escaped = false;
  r->others[p->unquoted] = (uint8_t)p->number;
  p->unquoted += 1 - (uint32_t)string;
  r->members->items_of[name < CS_MEMBERS_NAMES ? name : CS_MEMBERS_NAMES] = (uint8_t)p->number;
  p->shape = p->shape * CS_SHAPES_FACTOR + (name * 2 + (uint32_t)string);
  p->item = item + 1;
  p->number++;
}

/* All that stands between values is proven to be structure here, byte by byte. */
static bool read_members(row *r, size_t open) {
  const cs_gap *gap = &r->members->gap;
  const char *const bytes = r->bytes;
  place p = {r->index->anchors + r->index->anchors_first, r->items + 1, 1, 0, 0, 0};
  do {
    uint32_t name;
    if (p.number > CS_MEMBERS_MOST || !read_name(r, &p, open, &name))
      return false;
    size_t start = (size_t)(cs_skip_spaces(bytes + *p.anchor + 1) - bytes);
    uint32_t behind = *++p.anchor;
    open = behind < r->to ? name_before(r, behind) : 0;
    size_t end = open - gap->length;
    if (open <= start + gap->length || opens(bytes[start]) || !gap_stands(gap, bytes + end)) {
      if (!find_end(r, p.anchor, start))
        return false;
      p.anchor = r->anchor;
      end = r->end;
      open = r->next;
    }
    add_value(r, &p, start, end, name);
    if (end > r->strings.marked && bytes[start] == '"' &&
        !cs_strings_check(&r->strings, bytes + start, bytes + end - 1, &p.item[-1].escaped))
      return false;
  } while (open != 0);
  r->index->anchors_first = (size_t)(p.anchor - r->index->anchors);
  r->count = p.number;
  r->unquoted = p.unquoted;
  r->members->shape = p.shape;
  return p.wrong == 0;
}

/* Digits, perhaps a point among them: what most numbers are. Bytes behind may be read. */
static inline bool is_simple_number(const char *text, size_t length) {
#ifdef __SSE2__
  __m128i bytes = _mm_loadu_si128((const __m128i *)text);
  __m128i values = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
  __m128i small = _mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values);
  uint32_t points = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('.')));
  uint32_t all = ~(uint32_t)_mm_movemask_epi8(small), last = (uint32_t)length - 1;
  uint32_t others = all & ((UINT32_C(2) << (last & 15)) - 1);
  uint32_t wrong = (others & (others - 1)) | (others & ~points);
  uint32_t ends = others | others >> (last & 15);
  uint32_t leading_zero = ~(all >> 1) & (last != 0) & (text[0] == '0');
  return (wrong | ((ends | leading_zero) & 1) | (uint32_t)(length > 16)) == 0;
#else
  return cs_usual_number(text) == length;
#endif
}

static bool check_others(const row *r) {
  const char *const bytes = r->bytes + r->from;
  for (uint32_t i = 0; i < r->unquoted; i++) {
    cs_item *item = &r->items[r->others[i]];
    const char *text = bytes + item->start;
    if (is_simple_number(text, item->length) || cs_usual_number(text) == item->length)
      continue;
    if (opens(*text)) {
      item->kind = *text == '{' ? CS_KIND_OBJECT : CS_KIND_ARRAY;
      continue;
    }
    if (!cs_unquoted_is_right(text, item->length, r->options->number_range))
      return false;
    if (*text >= 'a')
      item->kind = *text == 'n' ? CS_KIND_NULL : *text == 't' ? CS_KIND_TRUE : CS_KIND_FALSE;
  }
  return true;
}

/* A string holds no quote when all quotes of the row are those around strings. */
static bool quotes_are_right(const row *r) {
  const cs_kernel *kernel = r->index->kernel;
  return kernel->quotes_before(r->index, (uint32_t)r->close) -
             kernel->quotes_before(r->index, (uint32_t)r->from) ==
         r->inner + 4 * (r->count - 1) - 2 * r->unquoted;
}

static bool make_room(cs_items *items) {
  if (items->capacity > CS_MEMBERS_MOST)
    return true;
  cs_item *list = cs_memory_grow(items->list, items->capacity * sizeof *list,
                                 (CS_MEMBERS_MOST + 1) * sizeof *list);
  if (list == NULL)
    return false;
  items->list = list;
  items->capacity = CS_MEMBERS_MOST + 1;
  return true;
}

static bool read_row(row *r, cs_items *items) {
  uint32_t first = r->index->anchors[r->index->anchors_first];
  size_t open = (size_t)(cs_skip_spaces(r->bytes + r->from + 1) - r->bytes);
  if (first >= r->to || name_before(r, first) != open)
    return false;
  memset(r->members->items_of, 0, sizeof r->members->items_of);
  if (!read_members(r, open) || !check_others(r) || !quotes_are_right(r))
    return false;
  items->count = r->count;
  items->list[0] = (cs_item){.length = (uint32_t)(r->close + 1 - r->from),
                             .name = CS_NAME_UNKNOWN,
                             .behind = r->count,
                             .kind = CS_KIND_OBJECT};
  return true;
}

bool cs_members_read(cs_members *members, const cs_parse_options *options, cs_names *names,
                     cs_index *index, const cs_buffer *buffer, size_t from, size_t to,
                     cs_items *items, size_t *end) {
  if (members->pause > 0) {
    members->pause--;
    return false;
  }
  if (buffer->bytes[from] != '{' || options->levels != 1 || options->depth_limit < 1 ||
      from >= to || to > UINT32_MAX || !make_room(items) ||
      !cs_index_look_ahead(index, buffer, from))
    return false;
  if (members->gap.length == 0)
    learn_gap(&members->gap, ",", 1);
  row r;
  r.members = members;
  r.options = options;
  r.names = names;
  r.index = index;
  cs_strings_begin(&r.strings, index, buffer);
  r.bytes = buffer->bytes;
  r.from = from;
  r.to = to;
  r.items = items->list;
  r.inner = 0;
  members->nested = false;
  if (read_row(&r, items)) {
    members->misses = 0;
    *end = r.close + 1;
    return true;
  }
  members->misses++;
  if (members->misses > MISSES_FREE)
    members->pause = members->misses < PAUSE_MOST ? members->misses : PAUSE_MOST;
  return false;
}
