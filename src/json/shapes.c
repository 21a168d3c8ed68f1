#include "shapes.h"

#include <stdlib.h>
#include <string.h>

#include "kernel.h"

/* Learning a shape costs as much as reading several rows: a row that fits earns a little of it,
   and rows that never come again soon stop it. */
enum { COST = 8, CREDIT_FIRST = 16 * COST, CREDIT_MOST = 64 * COST };

/* So many rows in a row without a template, and they are looked for more and more seldom. */
enum { MISSES_FREE = 16, PAUSE_MOST = 32 };

void cs_shapes_free(cs_shapes *shapes) {
  for (size_t i = 0; i < shapes->count; i++)
    free(shapes->list[i]);
  memset(shapes, 0, sizeof *shapes);
}

static bool fits(const cs_template *template, const cs_index *index, const cs_buffer *buffer,
                 size_t at, size_t to, uint32_t *quotes) {
  const uint32_t *anchors = index->anchors + index->anchors_first;
  size_t end = anchors[template->members];
  if (end >= to || (ptrdiff_t)anchors[0] + template->open != (ptrdiff_t)at ||
      index->marks[index->marks_first] <= end / CS_BLOCK)
    return false;
  *quotes = index->kernel->quotes_before(index, anchors[0]);
  return index->kernel->match(template, index, buffer->bytes, anchors, quotes);
}

/* Anchors of the row at `at`, and of more than any row that has a template. */
static void look_ahead(cs_index *index, const cs_buffer *buffer, size_t at) {
  cs_index_skip(index, at);
  while (index->anchors_end - index->anchors_first <= CS_TEMPLATE_MEMBERS) {
    size_t end = index->end;
    if (!cs_index_extend(index, buffer) || index->end == end)
      return; /* without memory rows have no templates */
    cs_index_skip(index, at);
  }
}

static void bring_forward(cs_shapes *shapes, size_t found) {
  cs_template *template = shapes->list[found];
  for (size_t i = found; i > 0; i--)
    shapes->list[i] = shapes->list[i - 1];
  shapes->list[0] = template;
}

void cs_shapes_ran(cs_shapes *shapes, const cs_template *template, const cs_buffer *buffer,
                   const uint32_t *anchors, uint64_t rows) {
  uint64_t missing = CREDIT_MOST - shapes->credit;
  shapes->credit += (unsigned)(rows < missing ? rows : missing);
  shapes->last_known = true;
  shapes->last_value_end =
      buffer->offset + (uint64_t)((int64_t)anchors[template->members] +
                                  template->slots[template->members - 1].end);
}

const cs_template *cs_shapes_match(cs_shapes *shapes, cs_index *index, const cs_buffer *buffer,
                                   size_t at, size_t to, const uint32_t **anchors,
                                   uint32_t *quotes) {
  if (shapes->count == 0)
    return NULL;
  if (shapes->pause > 0) {
    shapes->pause--;
    return NULL;
  }
  look_ahead(index, buffer, at);
  if (to > UINT32_MAX)
    to = UINT32_MAX; /* where there is no anchor */
  for (size_t i = 0; i < shapes->count; i++) {
    if (!fits(shapes->list[i], index, buffer, at, to, quotes))
      continue;
    if (i > 0)
      bring_forward(shapes, i);
    const cs_template *template = shapes->list[0];
    *anchors = index->anchors + index->anchors_first;
    index->anchors_first += template->members;
    shapes->misses = 0;
    cs_shapes_ran(shapes, template, buffer, *anchors, 1);
    return template;
  }
  shapes->misses++;
  if (shapes->misses > MISSES_FREE)
    shapes->pause = shapes->misses < PAUSE_MOST ? shapes->misses : PAUSE_MOST;
  return NULL;
}

static cs_template *room_for_one(cs_shapes *shapes) {
  if (shapes->count < CS_SHAPES) {
    cs_template *template = aligned_alloc(CS_BLOCK, sizeof *template);
    if (template == NULL)
      return NULL;
    shapes->list[shapes->count++] = template;
  }
  return shapes->list[shapes->count - 1];
}

static void learn(cs_shapes *shapes, cs_span text, const cs_items *items, size_t before,
                  bool number_range) {
  cs_template *template = room_for_one(shapes);
  if (template == NULL)
    return;
  if (cs_template_learn(template, text, items, before, number_range)) {
    template->id = ++shapes->learned;
    bring_forward(shapes, shapes->count - 1);
  } else {
    free(template);
    shapes->count--;
  }
}

void cs_shapes_saw(cs_shapes *shapes, const cs_index *index, const cs_buffer *buffer, size_t at,
                   size_t end, const cs_items *items, bool number_range) {
  if (shapes->credit == 0 && shapes->count == 0)
    shapes->credit = CREDIT_FIRST;
  uint64_t start = buffer->offset + at;
  bool follows = shapes->last_known && shapes->last_value_end >= buffer->offset;
  /* A shape that is known is not looked for in a row with a mark. */
  bool marked = index->marks != NULL && index->marks[index->marks_first] <= end / CS_BLOCK;
  if (follows && !marked && shapes->credit >= COST && shapes->pause == 0) {
    shapes->credit -= COST;
    cs_span text = {buffer->bytes + at, end - at};
    learn(shapes, text, items, (size_t)(start - shapes->last_value_end), number_range);
  }
  const cs_item *last = &items->list[items->count - 1];
  shapes->last_known = items->count > 1;
  shapes->last_value_end = start + last->start + last->length;
}
