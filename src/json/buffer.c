#include "buffer.h"

#include <string.h>

#include "memory.h"

/* Before and behind the bytes. */
#define PADS ((size_t)2 * CS_BUFFER_PAD)

enum { CAPACITY_FIRST = 64 * 1024, WORTH_DROPPING = 16 * 1024, BLOCK = 64 };

void cs_buffer_free(cs_buffer *buffer) {
  if (buffer->bytes != NULL)
    cs_memory_free(buffer->bytes - CS_BUFFER_PAD, buffer->capacity + PADS);
  memset(buffer, 0, sizeof *buffer);
}

void cs_buffer_renew(cs_buffer *buffer) {
  *buffer = (cs_buffer){.bytes = buffer->bytes, .capacity = buffer->capacity};
}

void cs_buffer_counted(cs_buffer *buffer, size_t to, uint64_t feeds, size_t last) {
  if (feeds > 0)
    buffer->line_start = buffer->offset + last + 1;
  buffer->lines += feeds;
  buffer->counted = to;
}

/* Sixteen bytes at once, in the vectors that every compiler knows that compiles this, and four of
   them a step. */
typedef uint8_t lanes __attribute__((vector_size(16)));
enum { LANES = sizeof(lanes), STEP = 4 * LANES, STEPS_MOST = 255 / 4 };

static lanes feeds_in(const char *bytes) {
  lanes chunk, feeds = {0};
  feeds += '\n';
  memcpy(&chunk, bytes, LANES);
  return (lanes)(chunk == feeds);
}

/* In so many steps, at most STEPS_MOST. */
static uint64_t count_in_steps(const char *bytes, size_t steps) {
  lanes sums = {0};
  for (const char *end = bytes + steps * STEP; bytes < end; bytes += STEP)
    sums -= feeds_in(bytes) + feeds_in(bytes + LANES) + feeds_in(bytes + (size_t)2 * LANES) +
            feeds_in(bytes + (size_t)3 * LANES);
  uint64_t count = 0;
  for (size_t i = 0; i < LANES; i++)
    count += sums[i];
  return count;
}

void cs_buffer_count(cs_buffer *buffer, size_t to) {
  uint64_t feeds = 0;
  size_t at = buffer->counted;
  while (at + STEP <= to) {
    size_t steps = (to - at) / STEP;
    steps = steps < STEPS_MOST ? steps : STEPS_MOST;
    feeds += count_in_steps(buffer->bytes + at, steps);
    at += steps * STEP;
  }
  for (; at < to; at++)
    feeds += buffer->bytes[at] == '\n';
  size_t last = to;
  if (feeds > 0)
    while (buffer->bytes[--last] != '\n') {
    }
  if (to > buffer->counted)
    cs_buffer_counted(buffer, to, feeds, last);
}

static void drop_before_start(cs_buffer *buffer) {
  size_t dropped = buffer->start - buffer->start % BLOCK;
  cs_buffer_count(buffer, dropped);
  buffer->counted -= dropped;
  buffer->offset += dropped;
  memmove(buffer->bytes, buffer->bytes + dropped, buffer->end - dropped);
  buffer->end -= dropped;
  buffer->start -= dropped;
}

static bool grow(cs_buffer *buffer, size_t needed) {
  size_t capacity = buffer->capacity == 0 ? CAPACITY_FIRST : buffer->capacity;
  while (capacity < needed) {
    if (capacity > SIZE_MAX / 4)
      return false;
    capacity *= 2;
  }
  bool first = buffer->bytes == NULL;
  size_t before = first ? 0 : buffer->capacity + PADS;
  char *memory =
      cs_memory_grow(first ? NULL : buffer->bytes - CS_BUFFER_PAD, before, capacity + PADS);
  if (memory == NULL)
    return false;
  if (first)
    memset(memory, 0, CS_BUFFER_PAD);
  buffer->bytes = memory + CS_BUFFER_PAD;
  buffer->capacity = capacity;
  return true;
}

/* What is left to move is little beside what is dropped: so the same memory, which is in the
   caches, serves again, and little is moved once it is full. */
static bool drops_cheaply(const cs_buffer *buffer) {
  return buffer->start >= WORTH_DROPPING && buffer->end - buffer->start <= buffer->start / 8;
}

char *cs_buffer_reserve(cs_buffer *buffer, size_t length) {
  bool full = length > buffer->capacity - buffer->end;
  if (buffer->start >= BLOCK && (full || drops_cheaply(buffer)))
    drop_before_start(buffer);
  if (full) {
    if (length > SIZE_MAX - buffer->end)
      return NULL;
    if (buffer->end + length > buffer->capacity && !grow(buffer, buffer->end + length))
      return NULL;
  }
  return buffer->bytes + buffer->end;
}

void cs_buffer_commit(cs_buffer *buffer, size_t length) {
  buffer->end += length;
  memset(buffer->bytes + buffer->end, 0, CS_BUFFER_PAD);
}

uint64_t cs_buffer_offset(const cs_buffer *buffer, size_t index) {
  return buffer->offset + index;
}

void cs_buffer_locate(const cs_buffer *buffer, size_t index, cs_json_error *error) {
  cs_buffer there = *buffer;
  cs_buffer_count(&there, index);
  uint64_t at = cs_buffer_offset(buffer, index);
  error->byte = at + 1;
  error->line = there.lines + 1;
  error->column = at - there.line_start + 1;
}
