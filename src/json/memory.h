/* Memory that grows. Large pieces come from the system and go back to it: between the small ones
   of a long-lived program they would leave holes in the heap that nothing else fits, page after
   page of an answer. */
#ifndef CS_JSON_MEMORY_H
#define CS_JSON_MEMORY_H

#include <stddef.h>

/* Makes `old`, of `old_size` bytes (NULL and 0 for none), `size` bytes large and keeps what is in
   it; NULL when memory ran out, and then `old` is as it was. Aligned for anything. */
void *cs_memory_grow(void *old, size_t old_size, size_t size);

/* `size` is that of the piece; NULL is allowed. */
void cs_memory_free(void *memory, size_t size);

#endif
