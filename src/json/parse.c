#include "parse.h"

#include <stdlib.h>
#include <string.h>

#include "unquoted.h"
#include "validator.h"

#define ONES UINT64_C(0x0101010101010101)
#define TOPS UINT64_C(0x8080808080808080)

/* Containers so deep have their first names foreseen; deeper ones are read all the same. */
enum { FORESEEN = 16 };

typedef struct parser {
  const cs_parse_options *options;
  cs_names *names;
  cs_index *index;
  const cs_buffer *buffer;
  const char *bytes;
  size_t from;
  size_t at;
  size_t to;
  cs_items *items;
  size_t depth;
  size_t marks_passed;
  uint32_t name; /* of the value under way, and where it stands */
  uint32_t name_start;
  uint32_t name_length;
  uint32_t spelling;                      /* the last one of this container */
  uint32_t outer[FORESEEN];               /* the last one of each container around */
  uint32_t open[CS_PARSE_LEVELS_MAX + 1]; /* their items */
  uint8_t objects[CS_PARSE_DEPTH_MAX / 8 + 1];
} parser;

/* What a step says when the record goes on. */
enum { ON = -1 };

static inline int doubt(const parser *p) {
  return p->at >= p->to ? CS_PARSED_CUT : CS_PARSED_DOUBT;
}

/* Indexes of bytes in a word are those in memory. */
static inline uint64_t load_word(const char *at) {
  uint64_t word;
  memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

static inline bool is_space(char byte) {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

/* Behind the buffer's bytes stands a zero, which is no space. */
static inline void skip_space(parser *p) {
  const char *at = p->bytes + p->at;
  while (is_space(*at)) {
    at++;
    for (;;) { /* an indented line: mostly spaces */
      uint64_t others = load_word(at) ^ ONES * ' ';
      if (others != 0) {
        at += __builtin_ctzll(others) / 8;
        break;
      }
      at += sizeof others;
    }
  }
  p->at = (size_t)(at - p->bytes);
}

enum found { FOUND, NOT_THERE, NO_MEMORY };

static enum found classify_to(parser *p, size_t at) {
  while (at >= p->index->end) {
    size_t end = p->index->end;
    if (!cs_index_extend(p->index, p->buffer))
      return NO_MEMORY;
    if (p->index->end == end)
      return NOT_THERE;
  }
  return FOUND;
}

/* The first quote at or behind bytes[at], once that block has none. */
static enum found find_far_quote(parser *p, size_t at, size_t *quote) {
  for (;;) {
    enum found found = classify_to(p, at);
    if (found != FOUND)
      return found;
    uint64_t quotes = p->index->quotes[at / CS_BLOCK] >> at % CS_BLOCK;
    if (quotes != 0) {
      *quote = at + (size_t)__builtin_ctzll(quotes);
      return FOUND;
    }
    at += CS_BLOCK - at % CS_BLOCK;
    if (at > p->index->end) /* the block was not full when it was classified */
      at = p->index->end;
  }
}

static inline enum found find_quote(parser *p, size_t at, size_t *quote) {
  if (at >= p->index->end)
    return find_far_quote(p, at, quote);
  uint64_t quotes = p->index->quotes[at / CS_BLOCK] >> at % CS_BLOCK;
  if (quotes == 0)
    return find_far_quote(p, at, quote);
  *quote = at + (size_t)__builtin_ctzll(quotes);
  return FOUND;
}

/* Is a block marked between the two positions? They grow from call to call. */
static inline bool is_marked(parser *p, size_t first, size_t last) {
  const uint32_t *marks = p->index->marks + p->index->marks_first;
  while (marks[p->marks_passed] < first / CS_BLOCK)
    p->marks_passed++;
  return marks[p->marks_passed] <= last / CS_BLOCK;
}

static bool string_is_right(const char *text, size_t length) {
  cs_validator validator;
  size_t stop = 0;
  cs_validator_begin(&validator, 0, false);
  return cs_validator_run(&validator, text, 0, length, &stop) == CS_VERDICT_DONE &&
         stop == length;
}

/* Reads the string that begins here, to behind its closing quote. */
static inline int read_string(parser *p, bool *escaped) {
  size_t open = p->at, quote = 0;
  enum found found = find_quote(p, open + 1, &quote);
  if (found != FOUND)
    return found == NOT_THERE ? CS_PARSED_CUT : CS_PARSED_MEMORY;
  if (quote >= p->to)
    return CS_PARSED_CUT;
  *escaped = false;
  if (is_marked(p, open, quote)) {
    const char *text = p->bytes + open;
    if (!string_is_right(text, quote + 1 - open))
      return CS_PARSED_DOUBT;
    *escaped = memchr(text, '\\', quote - open) != NULL;
  }
  p->at = quote + 1;
  return ON;
}

static bool grow_items(cs_items *items) {
  size_t capacity = items->capacity == 0 ? 64 : 2 * items->capacity;
  if (capacity > SIZE_MAX / sizeof *items->list)
    return false;
  cs_item *list = realloc(items->list, capacity * sizeof *list);
  if (list == NULL)
    return false;
  items->list = list;
  items->capacity = capacity;
  return true;
}

/* Lists the value under way, unless it is too deep; false when memory ran out. */
static inline bool add_item(parser *p, cs_kind kind, size_t start, size_t length, bool escaped) {
  if (p->depth > p->options->levels)
    return true;
  cs_items *items = p->items;
  if (items->count == items->capacity && !grow_items(items))
    return false;
  cs_item *item = &items->list[items->count++];
  *item = (cs_item){
      .start = (uint32_t)(start - p->from),
      .length = (uint32_t)length,
      .name = p->name,
      .name_start = p->name_start,
      .name_length = p->name_length,
      .behind = (uint32_t)items->count,
      .kind = (uint8_t)kind,
      .escaped = escaped,
  };
  return true;
}

static inline int add_string(parser *p) {
  size_t open = p->at;
  bool escaped = false;
  int step = read_string(p, &escaped);
  if (step != ON)
    return step;
  return add_item(p, CS_KIND_STRING, open + 1, p->at - open - 2, escaped) ? ON : CS_PARSED_MEMORY;
}

/* How many digits stand at `at`. */
static inline size_t count_digits(const char *at) {
  size_t count = 0;
  for (;;) {
    uint64_t word = load_word(at + count) ^ ONES * '0';
    uint64_t others = (((word & ~TOPS) + ONES * (0x80 - 10)) | word) & TOPS;
    if (others != 0)
      return count + (size_t)__builtin_ctzll(others) / 8;
    count += sizeof word;
  }
}

/* The length of the number that begins at `text`; 0 when it is none. */
static inline size_t number_length(const char *text, bool number_range) {
  const char *at = text + (*text == '-');
  size_t digits = count_digits(at);
  if (digits == 0 || (*at == '0' && digits > 1))
    return 0;
  at += digits;
  if (*at == '.') {
    size_t fraction = count_digits(at + 1);
    if (fraction == 0)
      return 0;
    at += 1 + fraction;
  }
  if (*at != 'e' && *at != 'E' && at - text < CS_UNQUOTED_SHORT)
    return (size_t)(at - text);
  if (*at == 'e' || *at == 'E') {
    at++;
    at += *at == '+' || *at == '-';
    at += count_digits(at);
  }
  size_t length = (size_t)(at - text);
  return cs_unquoted_is_right(text, length, number_range) ? length : 0;
}

static inline int add_number(parser *p) {
  size_t length = number_length(p->bytes + p->at, p->options->number_range);
  /* What stands behind the last byte may yet become part of it. */
  if (length == 0 || p->at + length >= p->to) {
    size_t seen = 0;
    while (p->at + seen < p->to && strchr("+-.eE0123456789", p->bytes[p->at + seen]) != NULL &&
           p->bytes[p->at + seen] != '\0')
      seen++;
    return p->at + seen >= p->to ? CS_PARSED_CUT : CS_PARSED_DOUBT;
  }
  size_t start = p->at;
  p->at += length;
  return add_item(p, CS_KIND_NUMBER, start, length, false) ? ON : CS_PARSED_MEMORY;
}

static int add_literal(parser *p, const char *literal, cs_kind kind) {
  size_t length = strlen(literal), start = p->at;
  if (p->to - start < length)
    return memcmp(p->bytes + start, literal, p->to - start) == 0 ? CS_PARSED_CUT
                                                                 : CS_PARSED_DOUBT;
  if (memcmp(p->bytes + start, literal, length) != 0)
    return CS_PARSED_DOUBT;
  p->at += length;
  return add_item(p, kind, start, length, false) ? ON : CS_PARSED_MEMORY;
}

static inline int add_scalar(parser *p) {
  switch (p->bytes[p->at]) {
  case '"':
    return add_string(p);
  case 't':
    return add_literal(p, "true", CS_KIND_TRUE);
  case 'f':
    return add_literal(p, "false", CS_KIND_FALSE);
  case 'n':
    return add_literal(p, "null", CS_KIND_NULL);
  default:
    return add_number(p);
  }
}

static int open_container(parser *p, bool object) {
  size_t depth = p->depth;
  if (depth == p->options->depth_limit)
    return CS_PARSED_DOUBT;
  if (depth <= p->options->levels)
    p->open[depth] = (uint32_t)p->items->count;
  if (!add_item(p, object ? CS_KIND_OBJECT : CS_KIND_ARRAY, p->at, 0, false))
    return CS_PARSED_MEMORY;
  unsigned bit = 1u << depth % 8, bits = p->objects[depth / 8];
  p->objects[depth / 8] = (uint8_t)(object ? bits | bit : bits & ~bit);
  if (depth < FORESEEN)
    p->outer[depth] = p->spelling;
  p->depth++;
  p->at++;
  return ON;
}

static inline bool in_object(const parser *p) {
  size_t level = p->depth - 1;
  return (p->objects[level / 8] >> level % 8 & 1) != 0;
}

static int close_container(parser *p) {
  if ((p->bytes[p->at] == '}') != in_object(p))
    return CS_PARSED_DOUBT;
  p->at++;
  p->depth--;
  p->spelling = p->depth < FORESEEN ? p->outer[p->depth] : 0;
  if (p->depth <= p->options->levels) {
    cs_item *item = &p->items->list[p->open[p->depth]];
    item->length = (uint32_t)(p->at - p->from - item->start);
    item->behind = (uint32_t)p->items->count;
  }
  return ON;
}

static inline bool stands_here(const cs_spelling *spelling, const char *at) {
  uint64_t difference = 0;
  for (int i = 0; i < CS_SPELLING_WORDS; i++) {
    uint64_t word;
    memcpy(&word, at + 8 * i, sizeof word);
    difference |= (word ^ spelling->bytes[i]) & spelling->mask[i];
  }
  return difference == 0;
}

/* Reads a name that was not foreseen, and foresees it the next time. */
static int read_new_name(parser *p, bool first) {
  size_t open = p->at;
  bool escaped = false;
  int step = read_string(p, &escaped);
  if (step != ON)
    return step;
  p->name_start = (uint32_t)(open + 1 - p->from);
  p->name_length = (uint32_t)(p->at - open - 2);
  cs_span raw = {p->bytes + open + 1, p->name_length};
  uint32_t spelling = cs_names_spelled(p->names, raw, &p->name);
  cs_spelling *before = &p->names->spellings[p->spelling];
  *(first ? &before->inside : &before->next) = spelling;
  p->spelling = spelling;
  skip_space(p);
  if (p->bytes[p->at] != ':')
    return doubt(p);
  p->at++;
  return ON;
}

/* Reads the name that begins here and the colon behind it. */
static inline int read_name(parser *p, bool first) {
  const cs_spelling *before = &p->names->spellings[p->spelling];
  uint32_t foreseen = first ? before->inside : before->next;
  const cs_spelling *spelling = &p->names->spellings[foreseen];
  if (!stands_here(spelling, p->bytes + p->at) || spelling->length == 0)
    return p->bytes[p->at] == '"' ? read_new_name(p, first) : doubt(p);
  p->name = spelling->name;
  p->name_start = (uint32_t)(p->at + 1 - p->from);
  p->name_length = spelling->length - 3;
  p->spelling = foreseen;
  p->at += spelling->length;
  return ON;
}

static inline int read_value(parser *p) {
  if (is_space(p->bytes[p->at]))
    skip_space(p);
  char byte = p->bytes[p->at];
  return byte == '{' || byte == '[' ? open_container(p, byte == '{') : add_scalar(p);
}

/* Behind the bracket that opened a container: its first value, or its end. */
static int read_first(parser *p) {
  skip_space(p);
  char byte = p->bytes[p->at];
  if (byte == '}' || byte == ']')
    return close_container(p);
  p->name = CS_NAME_UNKNOWN;
  p->name_length = 0;
  if (!in_object(p))
    return read_value(p);
  int step = read_name(p, true);
  return step == ON ? read_value(p) : step;
}

/* Behind a value: the next one, or the container's end. */
static inline int read_next(parser *p) {
  if (is_space(p->bytes[p->at]))
    skip_space(p);
  char byte = p->bytes[p->at];
  if (byte != ',')
    return byte == '}' || byte == ']' ? close_container(p) : doubt(p);
  p->at++;
  if (is_space(p->bytes[p->at]))
    skip_space(p);
  if (!in_object(p)) {
    p->name = CS_NAME_UNKNOWN;
    p->name_length = 0;
    return read_value(p);
  }
  int step = read_name(p, false);
  return step == ON ? read_value(p) : step;
}

static int run(parser *p) {
  int step = read_value(p);
  while (step == ON) {
    char before = p->bytes[p->at - 1];
    if (p->at > p->to)
      return CS_PARSED_CUT;
    if (p->depth == 0)
      return CS_PARSED_WHOLE;
    step = before == '{' || before == '[' ? read_first(p) : read_next(p);
  }
  return step;
}

cs_parsed cs_parse(const cs_parse_options *options, cs_names *names, cs_index *index,
                   const cs_buffer *buffer, size_t from, size_t to, cs_items *items,
                   size_t *end) {
  parser p;
  memset(&p, 0, offsetof(parser, outer));
  p.options = options;
  p.names = names;
  p.index = index;
  p.buffer = buffer;
  p.bytes = buffer->bytes;
  p.from = p.at = from;
  p.to = to;
  p.items = items;
  p.name = CS_NAME_UNKNOWN;
  items->count = 0;
  if (classify_to(&p, from) == NO_MEMORY)
    return CS_PARSED_MEMORY;
  int step = run(&p);
  if (step == CS_PARSED_DOUBT && p.at >= to)
    return CS_PARSED_CUT;
  *end = p.at;
  return (cs_parsed)step;
}
