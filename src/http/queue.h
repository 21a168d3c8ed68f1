/* A bounded queue of bytes: a ring that grows up to its limit. */
#ifndef CS_HTTP_QUEUE_H
#define CS_HTTP_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct cs_queue {
  char *bytes;
  size_t capacity;
  size_t first; /* where the oldest byte is */
  size_t length;
  size_t limit;
} cs_queue;

/* True while `length` more bytes stay within the limit. An empty queue takes any length. */
bool cs_queue_fits(const cs_queue *queue, size_t length);

/* False when memory ran out; the queue is then as it was. */
bool cs_queue_append(cs_queue *queue, const char *bytes, size_t length);

/* The oldest bytes that lie side by side; `*length` is 0 only when the queue is empty. */
const char *cs_queue_front(const cs_queue *queue, size_t *length);

void cs_queue_drop(cs_queue *queue, size_t length);
void cs_queue_free(cs_queue *queue);

#endif
