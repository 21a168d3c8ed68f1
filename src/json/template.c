#include "template.h"

#include <string.h>

typedef struct lesson {
  cs_template *template;
  const char *record;
  const cs_item *members; /* in the record, its items without the first */
  size_t before;          /* bytes between the row before and this one's, from its last value */
} lesson;

/* All positions are from the record's first byte, negative ones are before it. */
static ptrdiff_t anchor_of(const cs_item *member) {
  return (ptrdiff_t)member->name_start + (ptrdiff_t)member->name_length + 1;
}

static bool is_string(const cs_item *member) {
  return member->kind == CS_KIND_STRING;
}

/* Fills in the comparison of the bytes from `from` to `to` - 1, of the CS_LITERAL that end before
   `end`. */
static void make_check(const lesson *l, cs_check *check, ptrdiff_t from, ptrdiff_t to,
                       ptrdiff_t end) {
  size_t length = (size_t)(to - from), at = (size_t)(from - (end - CS_LITERAL));
  memset(check, 0, sizeof *check);
  memcpy(check->literal + at, l->record + from, length);
  memset(check->mask + at, 0xFF, length);
}

/* The bytes from `from` to the value of member `member`, or of the next row's first; false when
   they are too many. */
static bool learn_literal(const lesson *l, uint32_t member, ptrdiff_t from) {
  cs_template *template = l->template;
  const cs_item *item = &l->members[member % template->members];
  ptrdiff_t position = anchor_of(item), to = (ptrdiff_t)item->start;
  ptrdiff_t middle = position + template->offset, end = middle + CS_LITERAL;
  if (l->record[position] != ':' || from < middle - CS_LITERAL)
    return false;
  make_check(l, &template->checks[member], from > middle ? from : middle, to, end);
  if (from >= middle)
    return true;
  cs_rest *rest = &template->rests[template->rest_count++];
  make_check(l, &rest->check, from, middle, middle);
  rest->anchor = member;
  rest->offset = (int32_t)(template->offset - CS_LITERAL);
  return true;
}

/* Where the comparisons stand: they reach to the value that is farthest from its anchor. */
static bool learn_offset(const lesson *l) {
  ptrdiff_t reach = 0;
  for (uint32_t i = 0; i < l->template->members; i++) {
    ptrdiff_t start = (ptrdiff_t)l->members[i].start - anchor_of(&l->members[i]);
    reach = start > reach ? start : reach;
  }
  l->template->offset = reach - CS_LITERAL;
  return reach <= CS_LITERAL;
}

static bool learn_slot(const lesson *l, uint32_t member) {
  cs_template *template = l->template;
  const cs_item *item = &l->members[member];
  if (item->kind == CS_KIND_OBJECT || item->kind == CS_KIND_ARRAY)
    return false;
  cs_slot *slot = &template->slots[member];
  slot->start = (ptrdiff_t)item->start - anchor_of(item);
  slot->name = item->name;
  slot->name_start = (int32_t)((ptrdiff_t)item->name_start - anchor_of(item));
  slot->name_length = item->name_length;
  slot->string = is_string(item);
  template->quotes += slot->string ? 4 : 2;
  if (item->name < CS_TEMPLATE_NAMES)
    template->members_of[item->name] = (uint8_t)member;
  bool last = member + 1 == template->members;
  ptrdiff_t end = last ? -(ptrdiff_t)l->before : (ptrdiff_t)(item->start + item->length);
  slot->end = end - anchor_of(last ? l->members : item + 1);
  if (!slot->string)
    template->scalars[template->scalar_count++] =
        (cs_template_scalar){member, slot->start, slot->end - slot->start};
  return learn_literal(l, member + 1, end);
}

/* Where the row ends: false when the row before it ended otherwise. */
static bool learn_bounds(const lesson *l, size_t length) {
  cs_template *template = l->template;
  const cs_item *last = &l->members[template->members - 1];
  size_t end = last->start + last->length, tail = length - end;
  if (tail > l->before || memcmp(l->record - l->before, l->record + end, tail) != 0)
    return false;
  ptrdiff_t anchor = anchor_of(l->members);
  template->open = (int32_t)-anchor;
  template->close = (int32_t)((ptrdiff_t)tail - (ptrdiff_t)l->before - anchor);
  template->next = (int32_t)(l->before - tail);
  return true;
}

static bool is_separator(char c) {
  return c == ',' || c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Can the next row follow without a look at what is between, and where are the line feeds? What
   stands before this row was proven to separate two in this text. */
static void learn_run(const lesson *l, ptrdiff_t length) {
  cs_template *template = l->template;
  const cs_item *first = l->members, *last = first + template->members - 1;
  const char *const end = l->record + length, *feed = l->record - template->next;
  template->runs = true;
  for (const char *at = feed; at < l->record; at++)
    template->runs = template->runs &&is_separator(*at);
  template->feeds = 0;
  for (const char *at = feed; (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++) {
    template->feeds++;
    feed = at;
  }
  ptrdiff_t place = feed - l->record;
  template->feed_in_row = place >= (ptrdiff_t)first->start;
  if (template->feed_in_row) {
    template->last_feed = (int32_t)(place - length + template->close);
    template->runs = template->runs &&place >= (ptrdiff_t)last->start + last->length;
  } else {
    template->last_feed = (int32_t)(place - anchor_of(first));
  }
}

bool cs_template_learn(cs_template *template, cs_span text, const cs_items *items, size_t before,
                       bool number_range) {
  size_t members = items->count - 1;
  if (items->list[0].kind != CS_KIND_OBJECT || members < 1 || members > CS_TEMPLATE_MEMBERS ||
      before > (size_t)2 * CS_LITERAL)
    return false;
  lesson l = {template, text.bytes, items->list + 1, before};
  template->members = (uint32_t)members;
  template->rest_count = 0;
  template->scalar_count = 0;
  template->quotes = 0;
  template->number_range = number_range;
  memset(template->members_of, CS_TEMPLATE_NONE, sizeof template->members_of);
  if (!learn_offset(&l) || !learn_literal(&l, 0, 0))
    return false;
  for (uint32_t i = 0; i < members; i++)
    if (!learn_slot(&l, i))
      return false;
  if (!learn_bounds(&l, text.length))
    return false;
  learn_run(&l, (ptrdiff_t)text.length);
  return true;
}
