/* The bytes that came and are still needed, and where in the whole text they stand.

   Bytes are copied in once, behind `end`; what lies before `start` is done with and makes room
   when room is needed, in whole blocks, so that what is known of each block stays true. The
   CS_BUFFER_PAD bytes before bytes[0] and from bytes[end] may be read, too. */
#ifndef CS_JSON_BUFFER_H
#define CS_JSON_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

enum { CS_BUFFER_PAD = 64 };

typedef struct cs_buffer {
  char *bytes;
  size_t start; /* first byte that is still needed */
  size_t end;   /* behind the last byte that came */
  size_t capacity;
  uint64_t offset;     /* bytes of the text before bytes[0] */
  size_t counted;      /* line feeds before it have been counted; at most `start` when it moves */
  uint64_t lines;      /* line feeds before bytes[counted] */
  uint64_t line_start; /* offset in the text of the line that bytes[counted] is in */
} cs_buffer;

/* A zeroed cs_buffer is empty and ready. */
void cs_buffer_free(cs_buffer *buffer);

/* Empties it for another text, and keeps its memory. */
void cs_buffer_renew(cs_buffer *buffer);

/* Room for `length` more bytes at `end`, or NULL when memory ran out. Moves what is there. */
char *cs_buffer_reserve(cs_buffer *buffer, size_t length);

/* The first `length` of the reserved bytes have been written. */
void cs_buffer_commit(cs_buffer *buffer, size_t length);

/* Counts the line feeds before bytes[to]. */
void cs_buffer_count(cs_buffer *buffer, size_t to);

/* There are `feeds` line feeds from bytes[counted] to bytes[to - 1], the last at bytes[last]. */
void cs_buffer_counted(cs_buffer *buffer, size_t to, uint64_t feeds, size_t last);

/* The offset in the text of bytes[index]. */
uint64_t cs_buffer_offset(const cs_buffer *buffer, size_t index);

/* Fills in byte, line and column of bytes[index], where `counted` <= index <= `end`. */
void cs_buffer_locate(const cs_buffer *buffer, size_t index, cs_json_error *error);

#endif
