/* Memory that is taken in small pieces and given back as a whole. */
#ifndef CS_QUERY_ARENA_H
#define CS_QUERY_ARENA_H

#include <stddef.h>

typedef struct cs_arena_chunk cs_arena_chunk;

/* A zeroed cs_arena is empty and ready. */
typedef struct cs_arena {
  cs_arena_chunk *chunks;
  char *at;
  size_t left;
} cs_arena;

/* `count` times `size` bytes, all zero, aligned for pointers and 64-bit numbers; NULL when memory
   ran out. They stay where they are. */
void *cs_arena_take(cs_arena *arena, size_t count, size_t size);

void cs_arena_free(cs_arena *arena);

#endif
