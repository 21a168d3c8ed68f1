#include "buffer.h"

#include <stdlib.h>
#include <string.h>

enum { CAPACITY_FIRST = 64 * 1024, BLOCK = 64 };

void cs_buffer_free(cs_buffer *buffer) {
  if (buffer->bytes != NULL)
    free(buffer->bytes - CS_BUFFER_PAD);
  memset(buffer, 0, sizeof *buffer);
}

static size_t count_line_feeds(const char *bytes, size_t length) {
  size_t count = 0;
  while (length > 0) {
    const char *feed = memchr(bytes, '\n', length);
    if (feed == NULL)
      break;
    count++;
    length -= (size_t)(feed + 1 - bytes);
    bytes = feed + 1;
  }
  return count;
}

/* Index behind the last line feed of `length` bytes, 0 when there is none. */
static size_t last_line(const char *bytes, size_t length) {
  while (length > 0 && bytes[length - 1] != '\n')
    length--;
  return length;
}

static void drop_before_start(cs_buffer *buffer) {
  size_t dropped = buffer->start - buffer->start % BLOCK;
  size_t line = last_line(buffer->bytes, dropped);
  if (line > 0) {
    buffer->lines += count_line_feeds(buffer->bytes, line);
    buffer->line_start = buffer->offset + line;
  }
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
  char *memory = aligned_alloc(BLOCK, CS_BUFFER_PAD + capacity + CS_BUFFER_PAD);
  if (memory == NULL)
    return false;
  memset(memory, 0, CS_BUFFER_PAD);
  if (buffer->bytes != NULL) {
    memcpy(memory + CS_BUFFER_PAD, buffer->bytes, buffer->end);
    free(buffer->bytes - CS_BUFFER_PAD);
  }
  buffer->bytes = memory + CS_BUFFER_PAD;
  buffer->capacity = capacity;
  return true;
}

char *cs_buffer_reserve(cs_buffer *buffer, size_t length) {
  if (length > buffer->capacity - buffer->end) {
    if (buffer->start >= BLOCK)
      drop_before_start(buffer);
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
  uint64_t at = cs_buffer_offset(buffer, index);
  size_t line = last_line(buffer->bytes, index);
  uint64_t line_start = line > 0 ? buffer->offset + line : buffer->line_start;
  error->byte = at + 1;
  error->line = buffer->lines + count_line_feeds(buffer->bytes, line) + 1;
  error->column = at - line_start + 1;
}
