#include "index.h"

#include <string.h>

#include "kernel.h"
#include "memory.h"

/* Bytes that are classified at once: they, and what is found in them, stay in the first caches.
 */
enum { TILE = 32 * 1024, TILE_BLOCKS = TILE / CS_BLOCK };

/* The most anchors in a block, and what stands behind the last, which is
   more than a kernel writes beyond them. */
enum { BLOCK_ANCHORS = CS_BLOCK / 2, ANCHORS_SLACK = CS_TEMPLATE_MEMBERS + 1 };

void cs_index_free(cs_index *index) {
  const cs_kernel *kernel = index->kernel;
  if (index->quotes != NULL)
    cs_memory_free(index->quotes - 1, (index->capacity + 1) * sizeof *index->quotes);
  cs_memory_free(index->before, index->before_capacity * sizeof *index->before);
  cs_memory_free(index->anchors, index->anchors_capacity * sizeof *index->anchors);
  cs_memory_free(index->marks, index->marks_capacity * sizeof *index->marks);
  cs_memory_free(index->doubts, index->doubts_capacity * sizeof *index->doubts);
  memset(index, 0, sizeof *index);
  index->kernel = kernel;
}

/* What was found in a block that was not full yet is found again once it is. */
static void forget_tail(cs_index *index) {
  index->anchors_end = index->anchors_kept;
  index->marks_end = index->marks_kept;
  if (index->anchors_first > index->anchors_end)
    index->anchors_first = index->anchors_end;
  if (index->marks_first > index->marks_end)
    index->marks_first = index->marks_end;
  index->end = index->blocks * CS_BLOCK;
}

/* Moves a list's positions down, by `less` each and to the front of its memory. */
static void move_positions(uint32_t *list, size_t *first, size_t *end, uint32_t less) {
  if (*first == 0 && less == 0)
    return; /* or each piece of a long record would cost as much as all before it */
  for (size_t i = *first; i < *end; i++)
    list[i - *first] = list[i] - less;
  *end -= *first;
  *first = 0;
}

static void end_lists(cs_index *index) {
  memset(index->anchors + index->anchors_end, 0xFF, ANCHORS_SLACK * sizeof *index->anchors);
  index->marks[index->marks_end] = UINT32_MAX;
}

void cs_index_renew(cs_index *index) {
  index->blocks = index->end = 0;
  index->carry = (cs_block_carry){0};
  index->anchors_first = index->anchors_end = index->anchors_kept = 0;
  index->marks_first = index->marks_end = index->marks_kept = 0;
  index->offset = 0;
  if (index->anchors != NULL && index->marks != NULL)
    end_lists(index);
}

static void pack_lists(cs_index *index, size_t moved) {
  size_t first = index->marks_first, end = index->marks_end;
  move_positions(index->doubts, &first, &end, 0);
  move_positions(index->anchors, &index->anchors_first, &index->anchors_end, (uint32_t)moved);
  move_positions(index->marks, &index->marks_first, &index->marks_end,
                 (uint32_t)(moved / CS_BLOCK));
  index->anchors_kept = index->anchors_end;
  index->marks_kept = index->marks_end;
  end_lists(index);
}

void cs_index_follow(cs_index *index, const cs_buffer *buffer) {
  size_t moved = (size_t)(buffer->offset - index->offset);
  index->offset = buffer->offset;
  if (moved == 0 || index->anchors == NULL)
    return;
  size_t gone = moved / CS_BLOCK;
  forget_tail(index);
  end_lists(index);
  cs_index_skip(index, moved);
  pack_lists(index, moved);
  index->blocks -= gone;
  index->end -= moved;
  memmove(index->quotes, index->quotes + gone, index->blocks * sizeof *index->quotes);
  memmove(index->before, index->before + gone, index->blocks * sizeof *index->before);
}

static bool grow(uint32_t **list, size_t *capacity, size_t needed) {
  if (needed <= *capacity)
    return true;
  size_t wanted = needed > SIZE_MAX / 8 ? needed : needed + needed / 2;
  uint32_t *moved = cs_memory_grow(*list, *capacity * sizeof **list, wanted * sizeof **list);
  if (moved == NULL)
    return false;
  *list = moved;
  *capacity = wanted;
  return true;
}

static bool grow_blocks(cs_index *index, size_t needed) {
  if (!grow(&index->before, &index->before_capacity, needed))
    return false;
  if (needed <= index->capacity)
    return true;
  size_t wanted = index->before_capacity;
  bool first = index->quotes == NULL;
  uint64_t *quotes = cs_memory_grow(first ? NULL : index->quotes - 1,
                                    first ? 0 : (index->capacity + 1) * sizeof *quotes,
                                    (wanted + 1) * sizeof *quotes);
  if (quotes == NULL)
    return false;
  quotes[0] = 0;
  index->quotes = quotes + 1;
  index->capacity = wanted;
  return true;
}

/* Rows that have a template are short: behind a long one without, its anchors are of no use. */
enum { ANCHORS_MOST = 4 * TILE_BLOCKS * BLOCK_ANCHORS };

static bool make_room(cs_index *index, size_t blocks) {
  if (index->anchors_end - index->anchors_first > ANCHORS_MOST)
    index->anchors_first = index->anchors_end;
  if (index->anchors != NULL && index->marks != NULL && index->doubts != NULL)
    pack_lists(index, 0);
  return grow_blocks(index, index->blocks + blocks + 1) &&
         grow(&index->anchors, &index->anchors_capacity,
              index->anchors_end + blocks * BLOCK_ANCHORS + ANCHORS_SLACK) &&
         grow(&index->marks, &index->marks_capacity, index->marks_end + blocks + 1) &&
         grow(&index->doubts, &index->doubts_capacity, index->marks_end + blocks + 1);
}

static void classify_tail(cs_index *index, const cs_buffer *buffer) {
  char block[CS_BLOCK];
  size_t from = index->blocks * CS_BLOCK;
  memset(block, ' ', sizeof block);
  memcpy(block, buffer->bytes + from, buffer->end - from);
  cs_block_carry carry = index->carry;
  index->kernel->classify(index, block, index->blocks, index->blocks + 1);
  index->carry = carry;
  index->end = buffer->end;
}

/* The next `blocks` were classified for good. */
static void keep(cs_index *index, size_t blocks) {
  index->blocks += blocks;
  index->end = index->blocks * CS_BLOCK;
  index->anchors_kept = index->anchors_end;
  index->marks_kept = index->marks_end;
}

bool cs_index_extend(cs_index *index, const cs_buffer *buffer) {
  if (index->end == buffer->end)
    return true;
  size_t blocks = buffer->end / CS_BLOCK - index->blocks;
  if (blocks > TILE_BLOCKS)
    blocks = TILE_BLOCKS;
  forget_tail(index);
  if (!make_room(index, blocks + 1))
    return false;
  if (blocks == 0) {
    classify_tail(index, buffer);
  } else {
    index->kernel->classify(index, buffer->bytes + index->end, index->blocks,
                            index->blocks + blocks);
    keep(index, blocks);
  }
  end_lists(index);
  return true;
}

bool cs_index_look_ahead(cs_index *index, const cs_buffer *buffer, size_t at) {
  if (index->anchors != NULL)
    cs_index_skip(index, at);
  while (index->anchors_end - index->anchors_first <= CS_TEMPLATE_MEMBERS) {
    size_t end = index->end;
    if (!cs_index_extend(index, buffer))
      return false;
    if (index->end == end)
      return index->anchors != NULL;
    cs_index_skip(index, at);
  }
  return true;
}

bool cs_index_append(cs_index *index, cs_buffer *buffer, const char *bytes, size_t length) {
  size_t head = (CS_BLOCK - buffer->end % CS_BLOCK) % CS_BLOCK;
  size_t blocks = length < head ? 0 : (length - head) / CS_BLOCK;
  while (blocks > 0 && index->blocks < buffer->end / CS_BLOCK)
    if (!cs_index_extend(index, buffer))
      return false;
  if (blocks > 0) {
    forget_tail(index);
    if (!make_room(index, blocks + 1))
      return false;
    char *to = buffer->bytes + buffer->end;
    memcpy(to, bytes, head);
    buffer->end += head + blocks * CS_BLOCK;
    if (head > 0) {
      index->kernel->classify(index, to + head - CS_BLOCK, index->blocks, index->blocks + 1);
      keep(index, 1);
    }
    index->kernel->copy(index, to + head, bytes + head, index->blocks, index->blocks + blocks);
    keep(index, blocks);
    end_lists(index);
    bytes += head + blocks * CS_BLOCK;
    length -= head + blocks * CS_BLOCK;
  }
  memcpy(buffer->bytes + buffer->end, bytes, length);
  cs_buffer_commit(buffer, length);
  return true;
}
