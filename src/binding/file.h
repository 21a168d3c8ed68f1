/* Bytes of C's files as they come. */
#ifndef CS_BINDING_FILE_H
#define CS_BINDING_FILE_H

#include <stddef.h>
#include <stdio.h>

/* Reads at most `most` bytes, at least one; 0 at the end or when that failed, as ferror() says.
   From a pipe or a terminal it does not wait for more once there may be a whole row. */
size_t cs_file_read(FILE *file, char *room, size_t most);

#endif
