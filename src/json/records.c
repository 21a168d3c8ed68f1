#include "records.h"

#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "memory.h"
#include "parse.h"

bool cs_records_init(cs_records *records, const cs_kernel *kernel, const cs_span *names,
                     size_t name_count, size_t levels) {
  memset(records, 0, sizeof *records);
  records->index.kernel = kernel;
  records->levels = levels;
  records->asked = name_count;
  if (!cs_names_init(&records->names))
    return false;
  for (size_t i = 0; i < name_count; i++)
    if (cs_names_add(&records->names, names[i]) != i)
      return false;
  cs_wanted_choose(&records->members.wanted, &records->names, name_count);
  return true;
}

void cs_records_give_rows(cs_records *records, const cs_row_form *form) {
  records->by_rows = true;
  cs_trail_init(&records->trail, form);
}

void cs_records_free(cs_records *records) {
  cs_index_free(&records->index);
  cs_names_free(&records->names);
  cs_shapes_free(&records->shapes);
  cs_trail_free(&records->trail);
  cs_members_free(&records->members);
  cs_memory_free(records->items.list, records->items.capacity * sizeof *records->items.list);
  records->items = (cs_items){NULL, 0, 0};
}

void cs_records_renew(cs_records *records, bool same_framing) {
  cs_index_renew(&records->index);
  if (!same_framing) {
    cs_shapes_free(&records->shapes);
    records->members.border.length = 0;
  }
  cs_shapes_lost(&records->shapes);
  cs_members_lost(&records->members);
  records->tried = 0;
  records->on_trail = records->validating = records->listed = records->by_members = false;
  records->has_rows = false;
  records->template = NULL;
  records->anchors = NULL;
  records->base = NULL;
  records->text = (cs_span){NULL, 0};
  records->matching.ahead = records->matching.ahead_end = NULL;
  records->run = (cs_run){.template = NULL};
}

char *cs_records_reserve(cs_records *records, cs_scan *scan, size_t length) {
  cs_buffer *buffer = &scan->buffer;
  cs_records_end_run(records, scan);
  cs_members_lost(&records->members);
  /* What leaves the buffer must have been seen: the strings behind depend on it. */
  while (records->index.end < buffer->start) {
    if (!cs_index_extend(&records->index, buffer))
      return NULL;
  }
  records->text = (cs_span){NULL, 0};
  char *room = cs_buffer_reserve(buffer, length);
  cs_index_follow(&records->index, buffer);
  return room;
}

static cs_parse_options options_of(const cs_records *records, const cs_scan *scan) {
  return (cs_parse_options){records->levels, scan->depth_limit, scan->number_range};
}

static cs_step give(cs_records *records, cs_scan *scan, size_t end) {
  const cs_buffer *buffer = &scan->buffer;
  scan->at = end;
  scan->in_value = false;
  records->tried = 0;
  records->validating = false;
  records->text = (cs_span){buffer->bytes + buffer->start, end - buffer->start};
  return CS_STEP_ON;
}

static bool match(cs_records *records, cs_scan *scan, size_t to) {
  const cs_buffer *buffer = &scan->buffer;
  uint32_t quotes = 0;
  const cs_template *template = cs_shapes_match(&records->shapes, &records->index, buffer,
                                                buffer->start, to, &records->anchors, &quotes);
  if (template == NULL)
    return false;
  int64_t end = (int64_t)records->anchors[template->members] + template->close;
  if ((size_t)end - buffer->start > scan->record_limit)
    return false;
  records->template = template;
  records->by_members = false;
  records->base = buffer->bytes;
  records->listed = false;
  give(records, scan, (size_t)end);
  cs_records_begin_run(records, scan, to, quotes);
  return true;
}

/* Byte by byte, from its first byte if it was read otherwise so far. */
static cs_step validate(cs_records *records, cs_scan *scan) {
  if (!records->validating) {
    scan->at = scan->buffer.start;
    scan->in_value = false;
    records->validating = true;
  }
  cs_step step = cs_scan_value(scan, 0);
  if (step != CS_STEP_ON)
    return step;
  records->template = NULL;
  records->by_members = false;
  records->listed = false;
  cs_shapes_lost(&records->shapes);
  return give(records, scan, scan->at);
}

/* A record that was cut is only read anew when there is so much more of it that all that is read
   twice comes to little. */
static bool worth_a_try(const cs_records *records, const cs_scan *scan, size_t available) {
  return available <= scan->record_limit && available >= records->tried + records->tried / 2;
}

/* Is there no end yet of an object like the last one, which had a template? Then that will most
   likely fit once all of it is there. */
static bool is_cut(const cs_records *records, const cs_scan *scan, size_t start, size_t to) {
  const char *record = scan->buffer.bytes + start;
  return records->template != NULL && to - start <= records->text.length && to - start > 0 &&
         *record == '{' && memchr(record, '}', to - start) == NULL;
}

static cs_step wait_for_more(cs_records *records, cs_scan *scan, size_t to) {
  records->tried = to - scan->buffer.start;
  scan->in_value = true;
  scan->at = to;
  return CS_STEP_MORE;
}

/* The record was read on its own, and its last value ends there. Its shape may be learned. */
static cs_step saw(cs_records *records, cs_scan *scan, size_t end, size_t value_end,
                   uint64_t shape) {
  size_t start = scan->buffer.start, before = 0;
  records->template = NULL;
  bool learns = cs_shapes_saw(&records->shapes, &records->index, &scan->buffer, start, end,
                              value_end, shape, &before);
  give(records, scan, end);
  if (learns && cs_records_items(records, scan) != NULL)
    cs_shapes_learn(&records->shapes, records->text, &records->items, before, scan->number_range,
                    shape);
  return CS_STEP_ON;
}

static bool read_members(cs_records *records, cs_scan *scan, size_t to) {
  cs_parse_options options = options_of(records, scan);
  cs_members *members = &records->members;
  size_t end = 0, start = scan->buffer.start;
  records->by_members = cs_members_read(members, &options, &records->names, &records->index,
                                        &scan->buffer, start, to, &end) &&
                        end - start <= scan->record_limit;
  if (!records->by_members) {
    cs_members_lost(members);
    return false;
  }
  const cs_member *last = &members->list[members->count - 1];
  size_t string = scan->buffer.bytes[last->end - 1] == '"';
  records->listed = false;
  saw(records, scan, end, last->end - string, members->shape);
  return true;
}

/* The record was read in one go, and its items are listed. */
static cs_step listed(cs_records *records, cs_scan *scan, size_t end) {
  const cs_items *items = &records->items;
  const cs_item *last = &items->list[items->count - 1];
  size_t start = scan->buffer.start, value_end = start;
  if (items->count > 1)
    value_end += last->start + last->length;
  records->listed = true;
  return saw(records, scan, end, value_end, cs_shapes_hash(items, scan->buffer.bytes + start));
}

bool cs_records_follow(cs_records *records, cs_scan *scan) {
  cs_shapes *shapes = &records->shapes;
  size_t start = scan->buffer.start, next = records->members.next;
  if (!records->by_members || next == 0 || (shapes->count > 0 && shapes->pause == 0))
    return false;
  shapes->pause -= shapes->count > 0;
  scan->buffer.start = next;
  if (read_members(records, scan, cs_scan_visible_end(scan))) {
    scan->records++;
    cs_fetch_ahead(&records->matching, records->text.length + CS_BLOCK);
    return true;
  }
  scan->buffer.start = start;
  return false;
}

/* Reads a record whose rows are wanted, if it is much like those before. CS_PARSED_DOUBT: it is
   for others to read. */
static cs_parsed read_on_trail(cs_records *records, cs_scan *scan, size_t to) {
  bool resumed = scan->in_value;
  size_t end = 0, start = scan->buffer.start;
  if (!records->by_rows || (resumed && !records->on_trail))
    return CS_PARSED_DOUBT;
  cs_parse_options options = options_of(records, scan);
  cs_parsed parsed = cs_trail_read(&records->trail, &options, &records->index, &scan->buffer,
                                   start, to, resumed, &end);
  bool more = !scan->finished && to == scan->buffer.end;
  size_t length = parsed == CS_PARSED_WHOLE ? end - start : to - start;
  if (length > scan->record_limit || (parsed == CS_PARSED_CUT && !more))
    parsed = CS_PARSED_DOUBT;
  records->on_trail = parsed == CS_PARSED_CUT;
  records->tried = 0;
  if (parsed == CS_PARSED_WHOLE) {
    records->template = NULL;
    records->by_members = records->listed = false;
    records->has_rows = true;
    cs_shapes_lost(&records->shapes);
    give(records, scan, end);
  }
  return parsed;
}

cs_step cs_records_read(cs_records *records, cs_scan *scan) {
  records->has_rows = false;
  if (records->validating)
    return validate(records, scan);
  if (!scan->in_value)
    scan->buffer.start = scan->at;
  size_t start = scan->buffer.start, to = cs_scan_visible_end(scan);
  if (scan->in_value && to - start == records->tried && to == scan->buffer.end && !scan->finished)
    return CS_STEP_MORE;
  if (match(records, scan, to) || read_members(records, scan, to))
    return CS_STEP_ON;
  switch (read_on_trail(records, scan, to)) {
  case CS_PARSED_WHOLE:
    return CS_STEP_ON;
  case CS_PARSED_CUT:
    return wait_for_more(records, scan, to);
  default:
    break;
  }
  if (!worth_a_try(records, scan, to - start))
    return validate(records, scan);
  if (!scan->in_value && !scan->finished && to == scan->buffer.end &&
      is_cut(records, scan, start, to))
    return wait_for_more(records, scan, to);
  cs_parse_options options = options_of(records, scan);
  size_t end = 0;
  switch (cs_parse(&options, &records->names, &records->index, &scan->buffer, start, to,
                   &records->items, &end)) {
  case CS_PARSED_WHOLE:
    listed(records, scan, end);
    if (records->by_rows)
      cs_trail_saw(&records->trail, &records->names, records->text);
    return CS_STEP_ON;
  case CS_PARSED_CUT:
    if (scan->finished || to < scan->buffer.end)
      return validate(records, scan);
    return wait_for_more(records, scan, to);
  case CS_PARSED_MEMORY:
    return cs_scan_fail(scan, CS_JSON_MEMORY, "not enough memory", start);
  default:
    return validate(records, scan);
  }
}

static bool list_template(cs_records *records) {
  const cs_template *template = records->template;
  cs_items *items = &records->items;
  if (items->capacity <= template->members) {
    cs_item *list = cs_memory_grow(items->list, items->capacity * sizeof *list,
                                   (template->members + 1) * sizeof *list);
    if (list == NULL)
      return false;
    items->list = list;
    items->capacity = template->members + 1;
  }
  const char *bytes = records->base, *record = records->text.bytes;
  items->count = template->members + 1;
  items->list[0] = (cs_item){.length = (uint32_t)records->text.length,
                             .name = CS_NAME_UNKNOWN,
                             .behind = (uint32_t)items->count,
                             .kind = CS_KIND_OBJECT};
  for (uint32_t i = 0; i < template->members; i++) {
    const cs_slot *slot = &template->slots[i];
    cs_value value = cs_template_value(template, bytes, records->anchors, i);
    const char *name = cs_template_name(template, bytes, records->anchors, i).bytes;
    items->list[i + 1] = (cs_item){.start = (uint32_t)(value.text.bytes - record),
                                   .length = (uint32_t)value.text.length,
                                   .name = slot->name,
                                   .name_start = (uint32_t)(name - record),
                                   .name_length = slot->name_length,
                                   .behind = i + 2,
                                   .kind = (uint8_t)value.kind};
  }
  return true;
}

cs_items *cs_records_items(cs_records *records, cs_scan *scan) {
  if (records->listed)
    return &records->items;
  if (records->template != NULL) {
    records->listed = list_template(records);
    return records->listed ? &records->items : NULL;
  }
  if (records->by_members) {
    records->listed = cs_members_list(&records->members, &records->names, scan->buffer.bytes,
                                      records->text, &records->items);
    return records->listed ? &records->items : NULL;
  }
  /* The validator proved it: now that it is whole, it is read in one go. The byte behind it is
     shown, too, since it ends a number. */
  cs_parse_options options = options_of(records, scan);
  size_t end = 0, start = (size_t)(records->text.bytes - scan->buffer.bytes);
  records->listed =
      cs_parse(&options, &records->names, &records->index, &scan->buffer, start,
               start + records->text.length + 1, &records->items, &end) == CS_PARSED_WHOLE;
  return records->listed ? &records->items : NULL;
}

static void template_columns(const cs_records *records, cs_value *values, size_t count) {
  const cs_template *template = records->template;
  const char *bytes = records->base;
  const uint32_t *anchors = records->anchors;
  for (size_t i = 0; i < count; i++) {
    uint32_t member = template->members_of[i];
    values[i] = member == CS_TEMPLATE_NONE ? (cs_value){CS_KIND_ABSENT, false, {NULL, 0}}
                                           : cs_template_value(template, bytes, anchors, member);
  }
}

static __attribute__((noinline)) bool item_columns(cs_records *records, cs_scan *scan,
                                                   cs_value *values, size_t count) {
  memset(values, 0, count * sizeof *values);
  const cs_items *items = cs_records_items(records, scan);
  if (items == NULL)
    return false;
  if (items->list[0].kind != CS_KIND_OBJECT)
    return true;
  cs_value other; /* not asked for: nobody could foresee a branch here */
  for (size_t i = 1; i < items->count; i = items->list[i].behind) {
    cs_value *places[] = {&other, values + items->list[i].name};
    *places[items->list[i].name < count] = cs_item_value(&items->list[i], records->text.bytes);
  }
  return true;
}

bool cs_records_columns(cs_records *records, cs_scan *scan, cs_value *values, size_t count) {
  if (records->template != NULL && !records->listed && count <= CS_TEMPLATE_NAMES)
    template_columns(records, values, count);
  else if (records->by_members && count <= CS_WANTED_MOST)
    cs_members_columns(&records->members, scan->buffer.bytes, values, count);
  else
    return item_columns(records, scan, values, count);
  return true;
}

bool cs_records_inner_rows(const cs_records *records, cs_inner_rows *rows) {
  if (records->has_rows)
    *rows = cs_trail_rows(&records->trail);
  return records->has_rows;
}

/* Has no later member the same name? */
static bool is_last(const cs_items *items, size_t number) {
  const cs_item *list = items->list;
  for (size_t i = list[number].behind; i < items->count; i = list[i].behind)
    if (list[i].name == list[number].name)
      return false;
  return true;
}

bool cs_records_are_known(cs_records *records, cs_scan *scan, bool *known) {
  *known = false;
  /* A known name that comes twice and is null the second time needs a closer look. */
  if (records->has_rows && !records->trail.walk.known_null) {
    *known = records->trail.walk.known;
    return true;
  }
  if (!records->listed && records->template != NULL && records->known_end <= CS_TEMPLATE_NAMES) {
    const cs_template *template = records->template;
    for (uint32_t i = records->known_first; i < records->known_end && !*known; i++) {
      uint32_t member = template->members_of[i];
      *known = member != CS_TEMPLATE_NONE &&
               cs_template_value(template, records->base, records->anchors, member).kind !=
                   CS_KIND_NULL;
    }
    return true;
  }
  if (records->by_members && records->known_end <= CS_WANTED_MOST) {
    for (uint32_t i = records->known_first; i < records->known_end && !*known; i++)
      *known = cs_members_has(&records->members, scan->buffer.bytes, i);
    return true;
  }
  const cs_items *items = cs_records_items(records, scan);
  if (items == NULL)
    return false;
  if (items->list[0].kind != CS_KIND_OBJECT)
    return true;
  for (size_t i = 1; i < items->count && !*known; i = items->list[i].behind) {
    const cs_item *item = &items->list[i];
    *known = item->name >= records->known_first && item->name < records->known_end &&
             item->kind != CS_KIND_NULL && is_last(items, i);
  }
  return true;
}
