/* Overwrites what nobody may find in memory that was freed. */
#ifndef CS_HTTP_ERASE_H
#define CS_HTTP_ERASE_H

#include <stddef.h>

/* By way of `volatile`, else a compiler leaves out what nobody reads any more. */
static inline void cs_erase(void *bytes, size_t length) {
  volatile unsigned char *byte = bytes;
  while (length-- > 0)
    *byte++ = 0;
}

#endif
