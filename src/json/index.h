/* What the vector instructions find in a buffer, block by block of 64 bytes: where the strings
   are, and where the names of members end.

   An anchor is the position of a colon directly behind the quote that closes a string: nearly
   every member has one. A mark is a block whose strings need a closer look: it holds a backslash,
   or a byte that is wrong in a string, or is in doubt. */
#ifndef CS_JSON_INDEX_H
#define CS_JSON_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"

enum { CS_BLOCK = 64 };

/* What a block leaves to the next. */
typedef struct cs_block_carry {
  uint64_t in_string; /* all bits: the block began inside a string */
  uint64_t escaped;   /* 1: its first byte stands behind a backslash */
  uint64_t closed;    /* 1: the byte before it closed a string */
  uint64_t quotes;    /* so many before it; compared modulo 2^32 */
  uint32_t hex_left;  /* digits of \uXXXX that must come */
  uint32_t utf8_left; /* continuation bytes that must come */
  uint8_t utf8_first; /* least and greatest that the next one may be */
  uint8_t utf8_last;
} cs_block_carry;

typedef struct cs_kernel cs_kernel;

typedef struct cs_index {
  const cs_kernel *kernel;
  uint64_t *quotes;       /* a bit for each byte that is a quote and not escaped; quotes[-1]: 0 */
  uint32_t *before;       /* quotes before each block */
  size_t capacity;        /* blocks that there is room for in `quotes` ... */
  size_t before_capacity; /* ... and in `before` */
  size_t blocks;          /* classified for good */
  size_t end;             /* bytes that can be asked about; beyond `blocks` for now only */
  cs_block_carry carry;
  uint32_t *anchors;    /* positions in the buffer, ascending, then UINT32_MAX, so often that
                           more than any row has can be asked for */
  size_t anchors_first; /* those before are done with */
  size_t anchors_end;
  size_t anchors_kept; /* of blocks that are classified for good */
  size_t anchors_capacity;
  uint32_t *marks;  /* numbers of blocks, ascending, then UINT32_MAX */
  uint32_t *doubts; /* for each of them, 0: what it has of strings was proven right */
  size_t marks_first;
  size_t marks_end;
  size_t marks_kept;
  size_t marks_capacity;
  size_t doubts_capacity;
  uint64_t offset; /* of the buffer's first byte in the text */
} cs_index;

/* A zeroed cs_index with a kernel is empty and ready. */
void cs_index_free(cs_index *index);

/* Begins with another text, in the same memory. */
void cs_index_renew(cs_index *index);

/* Classifies more of the buffer, up to a tile of it; false when memory ran out. `index->end`
   grows unless all that the buffer holds has been classified. Positions are those of the buffer
   as it is now. */
bool cs_index_extend(cs_index *index, const cs_buffer *buffer);

/* Copies `length` bytes into the room that the buffer reserved, and classifies them on the way;
   false when memory ran out: then the buffer is as it was. */
bool cs_index_append(cs_index *index, cs_buffer *buffer, const char *bytes, size_t length);

/* Follows the buffer after its bytes may have moved. */
void cs_index_follow(cs_index *index, const cs_buffer *buffer);

/* Lets go of anchors and marks before bytes[at]. */
static inline void cs_index_skip(cs_index *index, size_t at) {
  while (index->anchors[index->anchors_first] < at)
    index->anchors_first++;
  while (index->marks[index->marks_first] < at / CS_BLOCK)
    index->marks_first++;
}

/* The anchors from bytes[at] on are there: of all that the buffer holds, or of more than any row
   that is read by them has. False when memory ran out. */
bool cs_index_look_ahead(cs_index *index, const cs_buffer *buffer, size_t at);

#endif
