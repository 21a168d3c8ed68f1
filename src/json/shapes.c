#include "shapes.h"

#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "wanted.h"

/* Learning a shape costs as much as reading several rows: a row that fits earns a little of it,
   and rows that never come again soon stop it. */
enum { COST = 8, CREDIT_FIRST = 16 * COST, CREDIT_MOST = 64 * COST, TRICKLE = 16 };

/* A shape that comes so often is learned; the times are counted in a hash's last bits. */
#define OFTEN      UINT64_C(3)
#define OFTEN_MASK UINT64_C(3)

/* So many rows in a row without a template, and they are looked for more and more seldom. */
enum { MISSES_FREE = 16, PAUSE_MOST = 32 };

void cs_shapes_free(cs_shapes *shapes) {
  for (size_t i = 0; i < shapes->count; i++)
    free(shapes->list[i]);
  free(shapes->spare);
  memset(shapes, 0, sizeof *shapes);
}

static bool fits(const cs_template *template, const cs_index *index, const cs_buffer *buffer,
                 size_t at, uint32_t to, uint32_t *quotes) {
  const uint32_t *anchors = index->anchors + index->anchors_first;
  size_t end = anchors[template->members];
  if (end >= to || (ptrdiff_t)anchors[0] + template->open != (ptrdiff_t)at ||
      index->marks[index->marks_first] <= end / CS_BLOCK)
    return false;
  /* Most rows with another number of members show by this alone. */
  if (buffer->bytes[(ptrdiff_t)end + template->close - 1] != '}')
    return false;
  cs_matching matching = {
      .rows = 1,
      .to = to,
      .apart = UINT32_MAX,
      .quotes = index->kernel->quotes_before(index, anchors[0]),
  };
  if (index->kernel->match(template, index, buffer->bytes, anchors, &matching) == 0)
    return false;
  *quotes = matching.quotes;
  return true;
}

static void bring_forward(cs_shapes *shapes, size_t found) {
  cs_template *template = shapes->list[found];
  uint64_t hash = shapes->hashes[found];
  for (size_t i = found; i > 0; i--) {
    shapes->list[i] = shapes->list[i - 1];
    shapes->hashes[i] = shapes->hashes[i - 1];
  }
  shapes->list[0] = template;
  shapes->hashes[0] = hash;
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
  if (!cs_index_look_ahead(index, buffer, at))
    return NULL; /* without memory rows have no templates */
  const uint32_t bound = to < UINT32_MAX ? (uint32_t)to : UINT32_MAX; /* where no anchor is */
  for (size_t i = 0; i < shapes->count; i++) {
    if (!fits(shapes->list[i], index, buffer, at, bound, quotes))
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

/* Room for a template that is not in the list yet. */
static cs_template *room_for_one(cs_shapes *shapes) {
  if (shapes->spare == NULL)
    shapes->spare = aligned_alloc(CS_BLOCK, sizeof *shapes->spare);
  return shapes->spare;
}

void cs_shapes_learn(cs_shapes *shapes, cs_span text, const cs_items *items, size_t before,
                     bool number_range, uint64_t hash) {
  cs_template *template = room_for_one(shapes);
  if (template == NULL || !cs_template_learn(template, text, items, before, number_range))
    return;
  template->id = ++shapes->learned;
  shapes->spare = NULL;
  if (shapes->count == CS_SHAPES)
    shapes->spare = shapes->list[CS_SHAPES - 1];
  else
    shapes->count++;
  shapes->list[shapes->count - 1] = template;
  shapes->hashes[shapes->count - 1] = hash;
  bring_forward(shapes, shapes->count - 1);
  shapes->pause = 0; /* but still seldom looked for, until one fits */
}

static bool is_known(const cs_shapes *shapes, uint64_t hash) {
  for (size_t i = 0; i < shapes->count; i++)
    if (shapes->hashes[i] == hash)
      return true;
  return false;
}

uint64_t cs_shapes_hash(const cs_items *items, const char *record) {
  uint64_t others = 0;
  for (size_t i = 1; i < items->count; i++) {
    const cs_item *item = &items->list[i];
    if (item->kind >= CS_KIND_OBJECT)
      return 0;
    others = others * 2 + (item->kind != CS_KIND_STRING);
  }
  uint64_t shape = others;
  for (size_t i = 1; i < items->count; i++) {
    const char *name = record + items->list[i].name_start;
    uint32_t signs = cs_wanted_signs(name - 1, name + items->list[i].name_length + 1);
    shape = shape * CS_SHAPES_FACTOR + signs;
  }
  return shape;
}

/* Did rows of this shape come so often of late that it pays to learn it? */
static bool came_lately(cs_shapes *shapes, uint64_t hash) {
  uint64_t *slot = &shapes->lately[hash * UINT64_C(0x9E3779B97F4A7C15) >> 58];
  bool same = ((*slot ^ hash) & ~OFTEN_MASK) == 0;
  uint64_t times = same ? (*slot & OFTEN_MASK) + 1 : 1;
  *slot = (hash & ~OFTEN_MASK) | (times < OFTEN ? times : OFTEN);
  return times >= OFTEN;
}

/* Rows that fit earn most of what may be spent; a little is there for others, which may become
   rows that fit. */
static void earn(cs_shapes *shapes) {
  if (!shapes->begun)
    shapes->credit = CREDIT_FIRST;
  shapes->begun = true;
  if (++shapes->unknown % TRICKLE == 0 && shapes->credit < CREDIT_MOST)
    shapes->credit++;
}

bool cs_shapes_saw(cs_shapes *shapes, const cs_index *index, const cs_buffer *buffer, size_t at,
                   size_t end, size_t value_end, uint64_t hash, size_t *before) {
  uint64_t start = buffer->offset + at;
  bool follows = shapes->last_known && shapes->last_value_end >= buffer->offset, learns = false;
  earn(shapes);
  if (hash != 0 && came_lately(shapes, hash)) {
    /* A shape that is known is not looked for in a row with a mark. */
    bool marked = index->marks != NULL && index->marks[index->marks_first] <= end / CS_BLOCK;
    if (shapes->pause > 0 && is_known(shapes, hash)) {
      shapes->pause = 0;
    } else if (follows && !marked && shapes->credit >= COST) {
      shapes->credit -= COST;
      *before = (size_t)(start - shapes->last_value_end);
      learns = true;
    }
  }
  shapes->last_known = value_end > at;
  shapes->last_value_end = buffer->offset + value_end;
  return learns;
}
