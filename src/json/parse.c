#include "parse.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "memory.h"
#include "parse_string.h"
#include "unquoted.h"

/* Containers so deep have their first names foreseen; deeper ones are read all the same. */
enum { FORESEEN = 16 };

/* In the names foreseen: looking one up costs half of what a wrong guess does. Once it is gone,
   so many names are looked up before the next guess. */
enum { TRUST_MOST = 32, TRUST_LOST = 3, TRUST_PAUSE = 512 };

typedef struct parser {
  cs_strings strings;
  cs_names *names;
  const char *from;
  const char *to;
  cs_items *items;
  cs_item *item;  /* the next one, which there is room for: its name is filled in first */
  cs_item *full;  /* there is no more room */
  size_t step;    /* 1, or 0 when items are not listed as deep as here */
  uint32_t count; /* of those before */
  uint32_t wrong; /* how many there were when a name was foreseen wrongly the last time */
  cs_gap gap;     /* between a comma and what follows */
  bool object;    /* the innermost container is one */
  bool listed;    /* the items in it are */
  bool number_range;
  uint32_t spelling; /* the last one of this container */
  int trust;
  size_t depth;
  size_t levels;
  size_t depth_limit;
  const char *end; /* where it ended, and how */
  cs_parsed result;
  uint32_t outer[FORESEEN];               /* the last spelling of each container around */
  uint32_t open[CS_PARSE_LEVELS_MAX + 1]; /* their items */
  uint8_t objects[CS_PARSE_DEPTH_MAX / 8 + 1];
} parser;

/* What reads takes the byte where it begins, and gives the one behind; NULL: the end is told. */
static const char *end_here(parser *p, const char *at, cs_parsed result) {
  p->end = at;
  p->result = result;
  return NULL;
}

static CS_SELDOM const char *doubt(parser *p, const char *at) {
  return end_here(p, at, at >= p->to ? CS_PARSED_CUT : CS_PARSED_DOUBT);
}

static CS_SELDOM bool grow_items(parser *p) {
  cs_items *items = p->items;
  size_t capacity = items->capacity == 0 ? 64 : 2 * items->capacity;
  if (capacity > UINT32_MAX || capacity > SIZE_MAX / sizeof *items->list)
    return false;
  cs_item *list =
      cs_memory_grow(items->list, items->capacity * sizeof *list, capacity * sizeof *list);
  if (list == NULL)
    return false;
  items->list = list;
  items->capacity = capacity;
  p->item = list + p->count;
  p->full = list + capacity;
  return true;
}

static inline void no_name(parser *p) {
  p->item->name = CS_NAME_UNKNOWN;
  p->item->name_start = 0;
  p->item->name_length = 0;
}

/* Lists the value under way, unless it is too deep; then goes on behind it. */
static CS_ALWAYS_INLINE const char *add_item(parser *p, cs_kind kind, const char *start,
                                             size_t length, bool escaped, const char *behind) {
  cs_item *item = p->item;
  item->start = (uint32_t)(start - p->from);
  item->length = (uint32_t)length;
  item->behind = p->count + 1;
  item->kind = (uint8_t)kind;
  item->escaped = escaped;
  item += p->step;
  p->count += (uint32_t)p->step;
  p->item = item;
  if (item == p->full && !grow_items(p))
    return end_here(p, start, CS_PARSED_MEMORY);
  return behind;
}

static CS_SELDOM const char *end_string(parser *p, const char *at) {
  return p->strings.memory ? end_here(p, at, CS_PARSED_MEMORY) : end_here(p, at, CS_PARSED_CUT);
}

/* The closing quote of the string that begins here. */
static inline const char *read_string(parser *p, const char *at, bool *escaped) {
  const char *quote = cs_strings_end(&p->strings, at);
  if (quote == NULL)
    return end_string(p, at);
  *escaped = false;
  if (cs_strings_marked(&p->strings, quote) && !cs_strings_check(&p->strings, at, quote, escaped))
    return end_here(p, at, quote >= p->to ? CS_PARSED_CUT : CS_PARSED_DOUBT);
  return quote;
}

static CS_ALWAYS_INLINE const char *add_string(parser *p, const char *at) {
  bool escaped = false;
  const char *quote = read_string(p, at, &escaped);
  if (quote == NULL)
    return NULL;
  return add_item(p, CS_KIND_STRING, at + 1, (size_t)(quote - at) - 1, escaped, quote + 1);
}

static const char *add_literal(parser *p, const char *at, const char *literal, cs_kind kind) {
  size_t length = strlen(literal), seen = (size_t)(p->to - at);
  if (memcmp(at, literal, length) == 0)
    return add_item(p, kind, at, length, false, at + length);
  bool cut = seen < length && memcmp(at, literal, seen) == 0;
  return end_here(p, at, cut ? CS_PARSED_CUT : CS_PARSED_DOUBT);
}

/* What stands behind the last byte may yet become part of a number. */
static CS_SELDOM const char *doubt_number(parser *p, const char *at) {
  const char *end = at;
  while (end < p->to && *end != '\0' && strchr("+-.eE0123456789", *end) != NULL)
    end++;
  return end_here(p, at, end >= p->to ? CS_PARSED_CUT : CS_PARSED_DOUBT);
}

static CS_SELDOM const char *add_unusual(parser *p, const char *at) {
  switch (*at) {
  case 't':
    return add_literal(p, at, "true", CS_KIND_TRUE);
  case 'f':
    return add_literal(p, at, "false", CS_KIND_FALSE);
  case 'n':
    return add_literal(p, at, "null", CS_KIND_NULL);
  default:
    break;
  }
  size_t length = cs_unquoted_number(at, p->number_range);
  return length == 0 ? doubt_number(p, at)
                     : add_item(p, CS_KIND_NUMBER, at, length, false, at + length);
}

static CS_ALWAYS_INLINE const char *add_unquoted(parser *p, const char *at) {
  size_t length = cs_usual_number(at);
  if (length != 0)
    return add_item(p, CS_KIND_NUMBER, at, length, false, at + length);
  return add_unusual(p, at);
}

/* The name in the string that begins here, whose closing quote is known. */
static CS_SELDOM const char *learn_name(parser *p, const char *at, const char *quote,
                                        uint32_t *spelling) {
  bool escaped;
  if (cs_strings_marked(&p->strings, quote) &&
      !cs_strings_check(&p->strings, at, quote, &escaped))
    return end_here(p, at, quote >= p->to ? CS_PARSED_CUT : CS_PARSED_DOUBT);
  cs_span raw = {at + 1, (size_t)(quote - at) - 1};
  *spelling = cs_names_spelled(p->names, raw, &p->item->name);
  at = cs_skip_spaces(quote + 1);
  return *at == ':' ? at + 1 : doubt(p, at);
}

static CS_ALWAYS_INLINE const char *find_name(parser *p, const char *at) {
  if (*at != '"')
    return doubt(p, at);
  const char *quote = cs_strings_end(&p->strings, at);
  if (quote == NULL)
    return end_string(p, at);
  size_t length = (size_t)(quote - at) - 1;
  const char *behind = quote + 2;
  uint32_t number = length + 3 > CS_SPELLING_BYTES ? 0 : cs_names_find(p->names, at, length + 3);
  if (number != 0)
    p->item->name = p->names->spellings[number].name;
  else
    behind = learn_name(p, at, quote, &number);
  p->item->name_length = (uint32_t)length;
  p->spelling = number;
  return behind;
}

/* Every item since the last wrong guess is worth some. */
static void gain_trust(parser *p) {
  uint32_t right = p->count - p->wrong;
  int trust = right >= TRUST_MOST ? TRUST_MOST : p->trust + (int)right;
  p->trust = trust > TRUST_MOST ? TRUST_MOST : trust;
  p->wrong = p->count;
}

static CS_SELDOM void lose_trust(parser *p) {
  gain_trust(p);
  p->trust = p->trust < TRUST_LOST ? -TRUST_PAUSE : p->trust - TRUST_LOST;
}

/* As read_name, of a member that is not listed. */
static CS_SELDOM const char *skip_name(parser *p, const char *at) {
  bool escaped;
  if (*at != '"')
    return doubt(p, at);
  const char *quote = read_string(p, at, &escaped);
  if (quote == NULL)
    return NULL;
  at = cs_skip_spaces(quote + 1);
  return *at == ':' ? cs_skip_spaces(at + 1) : doubt(p, at);
}

/* Reads the name that begins here and the colon behind it, up to the value. Where names come in
   any order, a guess costs more than to look each up. */
static CS_ALWAYS_INLINE const char *read_name(parser *p, const char *at, bool first) {
  if (p->step == 0)
    return skip_name(p, at);
  uint32_t before = p->spelling;
  cs_item *item = p->item;
  const cs_names *names = p->names;
  item->name_start = (uint32_t)(at + 1 - p->from);
  if (p->trust >= 0) {
    const cs_spelling *last = &names->spellings[before];
    uint32_t foreseen = first ? last->inside : last->next;
    const cs_spelling *spelling = &names->spellings[foreseen];
    if (cs_names_stands(spelling, at)) {
      item->name = spelling->name;
      item->name_length = spelling->length;
      p->spelling = foreseen;
      return cs_skip_spaces(at + spelling->length + 3);
    }
    lose_trust(p);
  } else {
    p->trust++;
  }
  at = find_name(p, at);
  if (at == NULL)
    return NULL;
  cs_spelling *last = &names->spellings[before];
  *(first ? &last->inside : &last->next) = p->spelling;
  return cs_skip_spaces(at);
}

static const char *read_first_name(parser *p, const char *at) {
  return read_name(p, at, true);
}

static const char *close_container(parser *p, const char *at) {
  if ((*at == '}') != p->object)
    return doubt(p, at);
  at++;
  p->depth--;
  p->spelling = p->depth < FORESEEN ? p->outer[p->depth] : 0;
  p->step = p->depth <= p->levels;
  if (p->step != 0) {
    cs_item *item = &p->items->list[p->open[p->depth]];
    item->length = (uint32_t)(at - p->from) - item->start;
    item->behind = p->count;
  }
  if (p->depth == 0)
    return end_here(p, at, at > p->to ? CS_PARSED_CUT : CS_PARSED_WHOLE);
  size_t level = p->depth - 1;
  p->object = (p->objects[level / 8] >> level % 8 & 1) != 0;
  return at;
}

static inline bool closes(char byte) {
  return byte == '}' || byte == ']';
}

/* Behind a value: to the next one. */
static CS_ALWAYS_INLINE const char *read_on(parser *p, const char *at) {
  while (*(at = cs_skip_spaces(at)) != ',') {
    if (!closes(*at))
      return doubt(p, at);
    at = close_container(p, at);
    if (at == NULL)
      return NULL;
  }
  at = cs_skip_gap(&p->gap, at + 1);
  if (p->object)
    return read_name(p, at, false);
  no_name(p);
  return at;
}

/* At a bracket that opens a container: to what comes first inside. */
static const char *open_container(parser *p, const char *at) {
  size_t depth = p->depth;
  bool object = *at == '{';
  if (depth == p->depth_limit)
    return end_here(p, at, CS_PARSED_DOUBT);
  if (p->step != 0)
    p->open[depth] = p->count;
  if (add_item(p, object ? CS_KIND_OBJECT : CS_KIND_ARRAY, at, 0, false, at) == NULL)
    return NULL;
  unsigned bit = 1U << depth % 8, bits = p->objects[depth / 8];
  p->objects[depth / 8] = (uint8_t)(object ? bits | bit : bits & ~bit);
  if (depth < FORESEEN)
    p->outer[depth] = p->spelling;
  p->depth = depth + 1;
  p->object = object;
  p->step = depth + 1 <= p->levels;
  no_name(p);
  return cs_skip_spaces(at + 1);
}

static inline bool opens(char byte) {
  return byte == '{' || byte == '[';
}

/* A value that is no container has no end of its own to tell that it is whole: a number is when
   something follows. */
static CS_SELDOM void read_lone(parser *p, const char *at) {
  at = *at == '"' ? add_string(p, at) : add_unquoted(p, at);
  if (at == NULL)
    return;
  bool number = p->items->list[0].kind == CS_KIND_NUMBER;
  end_here(p, at, at > p->to || (number && at == p->to) ? CS_PARSED_CUT : CS_PARSED_WHOLE);
}

static void run(parser *p, const char *at) {
  if (!opens(*at)) {
    read_lone(p, at);
    return;
  }
  while (at != NULL) {
    if (*at == '"') {
      at = add_string(p, at);
    } else if (!opens(*at)) {
      at = add_unquoted(p, at);
    } else {
      at = open_container(p, at);
      if (at != NULL && !closes(*at)) {
        at = p->object ? read_first_name(p, at) : at;
        continue;
      }
    }
    if (at != NULL)
      at = read_on(p, at);
  }
}

cs_parsed cs_parse(const cs_parse_options *options, cs_names *names, cs_index *index,
                   const cs_buffer *buffer, size_t from, size_t to, cs_items *items,
                   size_t *end) {
  parser p;
  const char *start = cs_skip_spaces(buffer->bytes + from);
  cs_strings_begin(&p.strings, index, buffer);
  p.names = names;
  p.from = buffer->bytes + from;
  p.to = buffer->bytes + to;
  p.items = items;
  p.item = items->list;
  p.step = 1;
  p.count = p.wrong = 0;
  memset(&p.gap, 0, sizeof p.gap);
  p.object = false;
  p.number_range = options->number_range;
  p.spelling = 0;
  p.trust = names->trust;
  p.depth = 0;
  p.levels = options->levels;
  p.depth_limit = options->depth_limit;
  p.end = start;
  p.result = CS_PARSED_DOUBT;
  if (items->capacity == 0 && !grow_items(&p))
    return CS_PARSED_MEMORY;
  p.full = items->list + items->capacity;
  no_name(&p);
  run(&p, start);
  if (p.trust >= 0)
    gain_trust(&p);
  names->trust = p.trust;
  items->count = p.count;
  if (p.result == CS_PARSED_DOUBT && p.end >= p.to)
    return CS_PARSED_CUT;
  *end = (size_t)(p.end - buffer->bytes);
  return p.result;
}
