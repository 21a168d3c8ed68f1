#include "arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 8, CHUNK = 16 * 1024 };

struct cs_arena_chunk {
  cs_arena_chunk *next;
  uint64_t bytes[]; /* for its alignment */
};

static void *new_chunk(cs_arena *arena, size_t bytes) {
  if (bytes > SIZE_MAX - sizeof(cs_arena_chunk))
    return NULL;
  cs_arena_chunk *const chunk = calloc(1, sizeof *chunk + bytes);
  if (chunk == NULL)
    return NULL;
  chunk->next = arena->chunks;
  arena->chunks = chunk;
  return chunk->bytes;
}

void *cs_arena_take(cs_arena *arena, size_t count, size_t size) {
  if (size > 0 && count > (SIZE_MAX - ALIGNMENT) / size)
    return NULL;
  const size_t bytes = (count * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (bytes > CHUNK / 4) /* a chunk of its own, and the one in use stays in use */
    return new_chunk(arena, bytes);
  if (arena->at == NULL || bytes > arena->left) {
    char *const fresh = new_chunk(arena, CHUNK);
    if (fresh == NULL)
      return NULL;
    arena->at = fresh;
    arena->left = CHUNK;
  }
  char *const taken = arena->at;
  arena->at += bytes;
  arena->left -= bytes;
  return taken;
}

void cs_arena_free(cs_arena *arena) {
  while (arena->chunks != NULL) {
    cs_arena_chunk *const next = arena->chunks->next;
    free(arena->chunks);
    arena->chunks = next;
  }
  memset(arena, 0, sizeof *arena);
}
