#include "queue.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST ((size_t)16 * 1024)

bool cs_queue_fits(const cs_queue *queue, size_t length) {
  if (queue->length == 0)
    return true;
  return queue->length <= queue->limit && length <= queue->limit - queue->length;
}

static bool grow(cs_queue *queue, size_t needed) {
  size_t capacity = queue->capacity < SMALLEST ? SMALLEST : queue->capacity;
  while (capacity < needed) {
    if (capacity > SIZE_MAX / 2)
      return false;
    capacity *= 2;
  }
  char *bytes = malloc(capacity);
  if (bytes == NULL)
    return false;
  size_t head = queue->capacity - queue->first;
  if (head > queue->length)
    head = queue->length;
  if (head > 0)
    memcpy(bytes, queue->bytes + queue->first, head);
  if (queue->length > head)
    memcpy(bytes + head, queue->bytes, queue->length - head);
  free(queue->bytes);
  queue->bytes = bytes;
  queue->capacity = capacity;
  queue->first = 0;
  return true;
}

bool cs_queue_append(cs_queue *queue, const char *bytes, size_t length) {
  if (length == 0)
    return true;
  if (length > SIZE_MAX - queue->length)
    return false;
  size_t needed = queue->length + length;
  if (needed > queue->capacity && !grow(queue, needed))
    return false;
  size_t end = queue->first + queue->length;
  if (end >= queue->capacity)
    end -= queue->capacity;
  size_t tail = queue->capacity - end;
  if (tail > length)
    tail = length;
  memcpy(queue->bytes + end, bytes, tail);
  if (length > tail)
    memcpy(queue->bytes, bytes + tail, length - tail);
  queue->length = needed;
  return true;
}

const char *cs_queue_front(const cs_queue *queue, size_t *length) {
  size_t side = queue->capacity - queue->first;
  *length = side < queue->length ? side : queue->length;
  return *length == 0 ? NULL : queue->bytes + queue->first;
}

void cs_queue_drop(cs_queue *queue, size_t length) {
  queue->length -= length;
  queue->first += length;
  if (queue->first >= queue->capacity)
    queue->first -= queue->capacity;
  if (queue->length == 0)
    queue->first = 0; /* the next bytes lie in one piece, in memory that is warm */
}

void cs_queue_free(cs_queue *queue) {
  free(queue->bytes);
  *queue = (cs_queue){.limit = queue->limit};
}
