/* What the row that was read last by its members is made of. */
#include "members.h"

#include "memory.h"

/* What a value is that begins so. */
static const uint8_t kinds[256] = {
    ['"'] = CS_KIND_STRING, ['{'] = CS_KIND_OBJECT, ['['] = CS_KIND_ARRAY,
    ['n'] = CS_KIND_NULL,   ['t'] = CS_KIND_TRUE,   ['f'] = CS_KIND_FALSE,
    ['-'] = CS_KIND_NUMBER, ['0'] = CS_KIND_NUMBER, ['1'] = CS_KIND_NUMBER,
    ['2'] = CS_KIND_NUMBER, ['3'] = CS_KIND_NUMBER, ['4'] = CS_KIND_NUMBER,
    ['5'] = CS_KIND_NUMBER, ['6'] = CS_KIND_NUMBER, ['7'] = CS_KIND_NUMBER,
    ['8'] = CS_KIND_NUMBER, ['9'] = CS_KIND_NUMBER};

static inline cs_value value_of_member(const cs_members *members, const char *bytes,
                                       const cs_member *member) {
  const char *text = cs_member_text(bytes, member), *end = bytes + member->end;
  cs_kind kind = (cs_kind)kinds[(unsigned char)*text];
  if (kind != CS_KIND_STRING)
    return (cs_value){kind, false, {text, (size_t)(end - text)}};
  size_t length = (size_t)(end - text) - 2;
  bool escaped = members->marked && cs_has_byte(text + 1, length, '\\');
  return (cs_value){kind, escaped, {text + 1, length}};
}

void cs_members_columns(const cs_members *members, const char *bytes, cs_value *values,
                        size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t number = members->of_name[i];
    values[i] = number == 0 ? (cs_value){CS_KIND_ABSENT, false, {NULL, 0}}
                            : value_of_member(members, bytes, &members->list[number - 1]);
  }
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

bool cs_members_list(const cs_members *members, cs_names *names, const char *bytes, cs_span text,
                     cs_items *items) {
  if (!make_room(items))
    return false;
  uint32_t from = (uint32_t)(text.bytes - bytes);
  items->count = members->count + 1;
  items->list[0] = (cs_item){.length = (uint32_t)text.length,
                             .name = CS_NAME_UNKNOWN,
                             .behind = (uint32_t)items->count,
                             .kind = CS_KIND_OBJECT};
  cs_item *item = items->list;
  const cs_member *member = members->list;
  for (uint32_t i = 0; i < members->count; i++, member++) {
    item++;
    item->name = cs_member_name(names, bytes, member);
    cs_value value = value_of_member(members, bytes, member);
    item->start = (uint32_t)(value.text.bytes - text.bytes);
    item->length = (uint32_t)value.text.length;
    item->kind = (uint8_t)value.kind;
    item->escaped = value.escaped;
    item->name_start = member->open + 1 - from;
    item->name_length = member->colon - member->open - 2;
    item->behind = i + 2;
  }
  return true;
}
