#include "trail.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "kernel.h"
#include "memory.h"
#include "unquoted.h"

/* So many records in a row off the trail, and it is tried more and more seldom. */
enum { MISSES_FREE = 16, PAUSE_MOST = 32 };

void cs_trail_init(cs_trail *trail, const cs_row_form *form) {
  trail->form = *form;
  trail->stride = form->columns + form->columns % 2;
}

void cs_trail_free(cs_trail *trail) {
  free(trail->joints);
  free(trail->cells);
  cs_memory_free(trail->rows, trail->row_capacity * sizeof *trail->rows);
  memset(trail, 0, sizeof *trail);
}

cs_inner_rows cs_trail_rows(const cs_trail *trail) {
  return (cs_inner_rows){trail->rows, trail->row_count, trail->stride};
}

static CS_SELDOM bool grow_rows(cs_trail *trail) {
  size_t before = trail->row_capacity, capacity = 2 * before + 64 * trail->stride;
  if (capacity > SIZE_MAX / 4 / sizeof *trail->rows)
    return false;
  cs_cell *rows = cs_memory_grow(trail->rows, before * sizeof *rows, capacity * sizeof *rows);
  if (rows == NULL)
    return false;
  trail->rows = rows;
  trail->row_capacity = capacity;
  return true;
}

/* Two at once. */
static inline void copy_cells(cs_cell *to, const cs_cell *from, size_t stride) {
  for (size_t i = 0; i < stride; i += 2)
    memcpy(to + i, from + i, 2 * sizeof *to);
}

static bool add_row(cs_trail *trail) {
  size_t stride = trail->stride, at = trail->row_count * stride;
  if (trail->row_capacity - at < stride && !grow_rows(trail))
    return false;
  copy_cells(trail->rows + at, trail->cells + (CS_ROW_LISTS + 1) * stride, stride);
  trail->row_count++;
  return true;
}

/* What an object has from those around it. */
static void enter(cs_trail *trail, size_t level) {
  size_t stride = trail->stride;
  const cs_cell *outer = trail->cells + level * stride;
  copy_cells(trail->cells + (level + 1) * stride, outer, stride);
}

bool cs_trail_turn(cs_trail *trail, const cs_joint *joint) {
  const cs_turn *turn = joint->turns, *end = turn + joint->turn_count;
  for (; turn < end; turn++) {
    switch (turn->kind) {
    case CS_TURN_ENTER:
      enter(trail, turn->number);
      break;
    case CS_TURN_ROW:
      if (!add_row(trail))
        return false;
      break;
    case CS_TURN_NO_CELL:
      trail->cells[turn->number] = trail->cells[turn->number - trail->stride];
      break;
    case CS_TURN_KNOWN:
      trail->walk.known = true;
      break;
    default:
      trail->walk.known_null = true;
      break;
    }
  }
  return true;
}

/* The first anchor from bytes[at] on. */
static const uint32_t *anchor_from(const cs_index *index, size_t at) {
  size_t low = index->anchors_first, high = index->anchors_end;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (index->anchors[middle] < at)
      low = middle + 1;
    else
      high = middle;
  }
  return index->anchors + low;
}

typedef struct reading {
  cs_trail *trail;
  cs_index *index;
  const cs_buffer *buffer;
  size_t to;
} reading;

/* A longer one is not sought to its end, time and again while its record comes. */
enum { LAST_VALUE_MOST = 64 * 1024 };

/* The first quote from bytes[at] on; 0: there is none before bytes[to]. */
static size_t quote_from(const cs_index *index, size_t at, size_t to) {
  to = to < index->end ? to : index->end;
  while (at < to) {
    uint64_t quotes = index->quotes[at / CS_BLOCK] >> at % CS_BLOCK;
    if (quotes != 0) {
      at += (size_t)__builtin_ctzll(quotes);
      return at < to ? at : 0;
    }
    at += CS_BLOCK - at % CS_BLOCK;
  }
  return 0;
}

/* Where the value behind a joint ends; 0: nowhere so far. */
static size_t value_end(const reading *r, const cs_joint *joint) {
  const char *bytes = r->buffer->bytes;
  size_t at = r->trail->walk.at;
  size_t to = r->to - at < LAST_VALUE_MOST ? r->to : at + LAST_VALUE_MOST;
  if (joint->string)
    return quote_from(r->index, at, to);
  if (!joint->scalar)
    return at;
  while (at < to && (unsigned char)bytes[at] > ' ' && strchr(",]}", bytes[at]) == NULL)
    at++;
  return at < to ? at : 0;
}

/* Does what ends a record stand behind the last joint's value? */
static cs_parsed read_ending(const reading *r, cs_parsed otherwise, size_t *end) {
  cs_trail *trail = r->trail;
  cs_trail_walk *walk = &trail->walk;
  const cs_joint *joint = &trail->joints[walk->joint];
  const cs_joint *ending = &trail->joints[joint->ending];
  const char *bytes = r->buffer->bytes;
  size_t at = walk->at, place = joint->ending == 0 ? 0 : value_end(r, joint);
  if (place == 0 || place + ending->head > r->to ||
      memcmp(bytes + place, ending->near.literal, ending->head) != 0)
    return otherwise;
  size_t length = place - at;
  if (joint->scalar && !cs_unquoted_is_right(bytes + at, length, trail->number_range))
    return CS_PARSED_DOUBT;
  if (joint->cell > 0)
    cs_trail_take(trail, joint, bytes, bytes + at, length);
  if (!cs_trail_turn(trail, ending))
    return CS_PARSED_DOUBT;
  walk->quotes += ending->quotes;
  *end = place + ending->head;
  return CS_PARSED_WHOLE;
}

/* What all the joints and values leave to be proven: that no value holds a quote, and no block
   of the record a byte that is wrong in a string, or a backslash. */
static bool is_right(const reading *r, size_t end) {
  const cs_index *index = r->index;
  const cs_trail_walk *walk = &r->trail->walk;
  uint32_t before = index->kernel->quotes_before(index, (uint32_t)walk->record);
  uint32_t within = index->kernel->quotes_before(index, (uint32_t)end - 1) - before;
  return within == walk->quotes && index->marks[index->marks_first] > end / CS_BLOCK;
}

static cs_parsed follow(const reading *r, size_t *end) {
  cs_trail *trail = r->trail;
  cs_index *index = r->index;
  for (;;) {
    const uint32_t *anchors = anchor_from(index, trail->walk.at);
    switch (index->kernel->follow(trail, r->buffer->bytes, anchors, r->to - CS_JOINT_AHEAD)) {
    case CS_TRAIL_LOST:
      return CS_PARSED_DOUBT;
    case CS_TRAIL_AWAY:
      return read_ending(r, CS_PARSED_DOUBT, end);
    default:
      break;
    }
    if (index->end == r->buffer->end)
      return read_ending(r, CS_PARSED_CUT, end);
    if (!cs_index_extend(index, r->buffer))
      return CS_PARSED_DOUBT;
  }
}

static bool is_tried(cs_trail *trail, bool resumed) {
  trail->left_out = !resumed && trail->pause > 0;
  if (trail->left_out)
    trail->pause--;
  return trail->count > 0 && !trail->left_out;
}

/* The walk begins with the record that begins at bytes[from], or goes on. */
static void begin_walk(cs_trail *trail, cs_index *index, size_t from, bool resumed) {
  cs_trail_walk *walk = &trail->walk;
  if (!resumed) {
    trail->row_count = 0;
    cs_index_skip(index, from);
    *walk = (cs_trail_walk){.record = from, .at = from};
  }
  walk->at = from + (walk->at - walk->record);
  walk->record = from;
}

static void note_success(cs_trail *trail) {
  trail->misses = 0;
  if (trail->credit < CS_TRAIL_CREDIT_MOST)
    trail->credit++;
}

static void note_miss(cs_trail *trail) {
  if (++trail->misses > MISSES_FREE)
    trail->pause = trail->misses < PAUSE_MOST ? trail->misses : PAUSE_MOST;
}

cs_parsed cs_trail_read(cs_trail *trail, const cs_parse_options *options, cs_index *index,
                        const cs_buffer *buffer, size_t from, size_t to, bool resumed,
                        size_t *end) {
  if (to > UINT32_MAX || to - from < CS_JOINT_AHEAD || (to - from) >> CS_CELL_LENGTH_BITS != 0 ||
      !is_tried(trail, resumed) || (index->end <= from && !cs_index_extend(index, buffer)))
    return CS_PARSED_DOUBT;
  begin_walk(trail, index, from, resumed);
  trail->number_range = options->number_range;
  reading r = {trail, index, buffer, to};
  cs_parsed parsed = follow(&r, end);
  if (parsed == CS_PARSED_WHOLE && !is_right(&r, *end))
    parsed = CS_PARSED_DOUBT;
  if (parsed == CS_PARSED_WHOLE) {
    index->anchors_first = (size_t)(anchor_from(index, *end) - index->anchors);
    note_success(trail);
  } else if (parsed == CS_PARSED_DOUBT) {
    note_miss(trail);
  }
  return parsed;
}
