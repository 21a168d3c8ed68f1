#include "usage.h"

#include <string.h>

static const char *const no_lists[] = {
    "resources of a report is not a list",
    "plans of a report is not a list",
    "usage of a report is not a list",
};

static const char *const no_objects[] = {
    "resources of a report is not a list of objects",
    "plans of a report is not a list of objects",
    "usage of a report is not a list of objects",
};

static cs_usage_step wrong(cs_usage *usage, const char *what) {
  usage->wrong = what;
  return CS_USAGE_WRONG;
}

static inline bool has(const cs_usage *usage, size_t level, const cs_item *member) {
  if (member->kind >= CS_KIND_OBJECT || member->kind == CS_KIND_ABSENT ||
      (member->kind == CS_KIND_NULL && !usage->nulls))
    return false;
  bool innermost = level == CS_USAGE_LEVELS - 1;
  return innermost || (member->name != usage->cost && member->name != usage->rated_cost);
}

bool cs_usage_has(const cs_usage *usage, size_t level, const cs_item *member) {
  return has(usage, level, member);
}

/* Of members with the same name the last one counts: the others are taken out. */
static void drop_repeated(cs_usage *usage, uint32_t object) {
  cs_item *list = usage->items->list;
  usage->objects++;
  for (uint32_t i = object + 1; i < list[object].behind; i = list[i].behind) {
    uint32_t name = list[i].name;
    if (name >= usage->name_count)
      continue;
    if (usage->seen[name] == usage->objects)
      list[usage->last[name]].kind = CS_KIND_ABSENT;
    usage->seen[name] = usage->objects;
    usage->last[name] = i;
  }
}

/* Takes the columns of the object that was entered, and finds the list inside it. */
static cs_usage_step read_object(cs_usage *usage, uint32_t object) {
  const size_t level = usage->level, count = usage->column_count;
  const cs_item *const list = usage->items->list;
  const cs_value *const outer = usage->columns + level * count;
  cs_value *const columns = usage->columns + (level + 1) * count;
  const bool has_list = level + 1 < CS_USAGE_LEVELS;
  uint32_t inner = 0, behind = list[object].behind;
  if (!usage->columns_alone)
    drop_repeated(usage, object);
  for (size_t i = 0; i < count; i++)
    columns[i] = outer[i];
  for (uint32_t i = object + 1; i < behind; i = list[i].behind) {
    uint32_t name = list[i].name;
    /* Where the last member of a name does not count, nor do those before. */
    if (name < count)
      columns[name] =
          has(usage, level, &list[i]) ? cs_item_value(&list[i], usage->bytes) : outer[name];
    if (has_list && name == usage->lists[level])
      inner = i;
  }
  usage->object[level] = object;
  usage->next[level] = usage->behind[level] = 0;
  if (inner == 0 || list[inner].kind <= CS_KIND_NULL)
    return CS_USAGE_ROW;
  if (list[inner].kind != CS_KIND_ARRAY)
    return wrong(usage, no_lists[level]);
  usage->next[level] = inner + 1;
  usage->behind[level] = list[inner].behind;
  return CS_USAGE_ROW;
}

void cs_usage_begin_rows(cs_usage *usage, cs_inner_rows rows, const char *bytes) {
  usage->at_once = true;
  usage->rows = rows;
  usage->row = 0;
  usage->bytes = bytes;
}

static cs_usage_step next_row(cs_usage *usage) {
  const size_t count = usage->column_count;
  if (usage->row == usage->rows.count)
    return CS_USAGE_END;
  const cs_cell *cells = usage->rows.cells + usage->row * usage->rows.stride;
  cs_value *columns = usage->columns + CS_USAGE_LEVELS * count;
  for (size_t i = 0; i < count; i++)
    columns[i] = cs_cell_value(cells[i], usage->bytes);
  usage->row++;
  return CS_USAGE_ROW;
}

cs_usage_step cs_usage_begin(cs_usage *usage, cs_items *items, const char *bytes) {
  usage->at_once = false;
  usage->items = items;
  usage->bytes = bytes;
  usage->level = 0;
  if (items->list[0].kind != CS_KIND_OBJECT)
    return wrong(usage, "a report is not an object");
  return read_object(usage, 0);
}

/* Enters the next element of the innermost list, or leaves its object where there is none. */
static cs_usage_step move(cs_usage *usage) {
  size_t level = usage->level;
  uint32_t element = usage->next[level];
  if (element == usage->behind[level]) {
    if (level == 0)
      return CS_USAGE_END;
    usage->level--;
    return CS_USAGE_ROW;
  }
  if (usage->items->list[element].kind != CS_KIND_OBJECT)
    return wrong(usage, no_objects[level]);
  usage->next[level] = usage->items->list[element].behind;
  usage->level++;
  return read_object(usage, element);
}

cs_usage_step cs_usage_next(cs_usage *usage) {
  if (usage->at_once)
    return next_row(usage);
  if (usage->level == CS_USAGE_LEVELS - 1)
    usage->level--;
  for (;;) {
    cs_usage_step step = move(usage);
    if (step != CS_USAGE_ROW || usage->level == CS_USAGE_LEVELS - 1)
      return step;
  }
}
