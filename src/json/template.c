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

/* Adds the comparison of the bytes from `from` to `to` - 1, at most CS_LITERAL. */
static void add_check(const lesson *l, uint32_t check, uint32_t anchor, ptrdiff_t position,
                      ptrdiff_t from, ptrdiff_t to) {
  cs_template *template = l->template;
  size_t length = (size_t)(to - from);
  cs_check *c = &template->checks[check];
  memset(c, 0, sizeof *c);
  memcpy(c->literal + CS_LITERAL - length, l->record + from, length);
  memset(c->mask + CS_LITERAL - length, 0xFF, length);
  template->offsets[check] = (int32_t)(to - CS_LITERAL - position);
  template->anchors[check] = anchor;
}

/* The bytes from `from` to the value of member `member`, or of the next row's first; false when
   they are too many. */
static bool learn_literal(const lesson *l, uint32_t member, ptrdiff_t from) {
  cs_template *template = l->template;
  const cs_item *item = &l->members[member % template->members];
  ptrdiff_t position = anchor_of(item), to = (ptrdiff_t)item->start;
  if (l->record[position] != ':' || to - from > 2 * CS_LITERAL)
    return false;
  ptrdiff_t middle = to - CS_LITERAL;
  add_check(l, member, member, position, from > middle ? from : middle, to);
  if (from < middle)
    add_check(l, template->check_count++, member, position, from, middle);
  return true;
}

static bool learn_slot(const lesson *l, uint32_t member) {
  cs_template *template = l->template;
  const cs_item *item = &l->members[member];
  if (item->kind == CS_KIND_OBJECT || item->kind == CS_KIND_ARRAY)
    return false;
  cs_slot *slot = &template->slots[member];
  slot->start = (int32_t)((ptrdiff_t)item->start - anchor_of(item));
  slot->name = item->name;
  slot->name_start = (int32_t)((ptrdiff_t)item->name_start - anchor_of(item));
  slot->name_length = item->name_length;
  slot->string = is_string(item);
  template->quotes += slot->string ? 4 : 2;
  if (!slot->string)
    template->scalars[template->scalar_count++] = member;
  ptrdiff_t end = (ptrdiff_t)(item->start + item->length);
  if (member + 1 < template->members) {
    slot->end = (int32_t)(end - anchor_of(item + 1));
    return learn_literal(l, member + 1, end);
  }
  slot->end = (int32_t)(-(ptrdiff_t)l->before - anchor_of(l->members));
  return learn_literal(l, member + 1, -(ptrdiff_t)l->before);
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

bool cs_template_learn(cs_template *template, cs_span text, const cs_items *items, size_t before,
                       bool number_range) {
  size_t members = items->count - 1;
  if (items->list[0].kind != CS_KIND_OBJECT || members < 1 || members > CS_TEMPLATE_MEMBERS ||
      before > 2 * CS_LITERAL)
    return false;
  lesson l = {template, text.bytes, items->list + 1, before};
  template->members = (uint32_t)members;
  template->check_count = (uint32_t)members + 1;
  template->scalar_count = 0;
  template->quotes = 0;
  template->number_range = number_range;
  if (!learn_literal(&l, 0, 0))
    return false;
  for (uint32_t i = 0; i < members; i++)
    if (!learn_slot(&l, i))
      return false;
  return learn_bounds(&l, text.length);
}
