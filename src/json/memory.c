#include "memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { LARGE = 64 * 1024 };

void cs_memory_free(void *memory, size_t size) {
  if (size < LARGE)
    free(memory);
  else
    munmap(memory, size);
}

void *cs_memory_grow(void *old, size_t old_size, size_t size) {
  if (size < LARGE)
    return realloc(old, size);
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return NULL;
  if (old_size > 0)
    memcpy(memory, old, old_size);
  cs_memory_free(old, old_size);
  return memory;
}
