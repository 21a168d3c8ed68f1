/* Where a transfer puts the bytes of a body: whoever reads them provides one. */
#ifndef CS_HTTP_SINK_H
#define CS_HTTP_SINK_H

#include <stdbool.h>
#include <stddef.h>

typedef struct cs_sink {
  void *context;
  /* True while it wants no more: the transfer is paused (backpressure). */
  bool (*full)(void *context);
  /* Takes a copy of `length` bytes; false when memory ran out. Asked only while not full. */
  bool (*append)(void *context, const char *bytes, size_t length);
  /* Room for `length` bytes, or NULL when memory ran out. Asked only while not full. */
  char *(*reserve)(void *context, size_t length);
  /* The first `length` of the reserved bytes have been written. */
  void (*commit)(void *context, size_t length);
} cs_sink;

#endif
