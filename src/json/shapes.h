/* The templates of the rows that came lately. */
#ifndef CS_JSON_SHAPES_H
#define CS_JSON_SHAPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "index.h"
#include "record.h"
#include "template.h"

enum { CS_SHAPES = 8, CS_SHAPES_LATELY = 64 };

/* Of the hash: of cs_wanted_signs of each member, then of the number of each that is no string.
 */
#define CS_SHAPES_FACTOR UINT64_C(0x5851F42D4C957F2D)

typedef struct cs_shapes {
  cs_template *list[CS_SHAPES]; /* or NULL; the likeliest first */
  uint64_t hashes[CS_SHAPES];   /* of the rows they were learned from */
  size_t count;
  cs_template *spare;                /* room for the next, or NULL */
  uint64_t lately[CS_SHAPES_LATELY]; /* hashes of rows without a template, each in its slot */
  uint64_t unknown;                  /* how many such rows there were */
  bool begun;
  uint64_t learned;        /* so far */
  uint64_t last_value_end; /* of the record that came last, in the whole text */
  bool last_known;
  unsigned credit; /* what may be spent on learning */
  unsigned misses; /* in a row */
  unsigned pause;  /* records that are not even compared */
} cs_shapes;

/* A zeroed cs_shapes is ready. */
void cs_shapes_free(cs_shapes *shapes);

/* The template of the row that begins at the buffer's bytes[at], all of it and of what comes
   behind before bytes[to]; NULL when none is known to fit. *anchors are the row's, *quotes those
   before the anchor behind it. */
const cs_template *cs_shapes_match(cs_shapes *shapes, cs_index *index, const cs_buffer *buffer,
                                   size_t at, size_t to, const uint32_t **anchors,
                                   uint32_t *quotes);

/* `rows` more matched one behind the other, the last one with these anchors. */
void cs_shapes_ran(cs_shapes *shapes, const cs_template *template, const cs_buffer *buffer,
                   const uint32_t *anchors, uint64_t rows);

/* Tells rows of different shapes apart, as far as names and kinds do; 0 for those that can have
   no template. */
uint64_t cs_shapes_hash(const cs_items *items, const char *record);

/* Remembers the record at bytes[at], whose last value ends before bytes[value_end] (a string's
   before its quote), which is `at` when there is none. True when it pays to learn its shape; then
   so many bytes are between the record before and it, from value to row. */
bool cs_shapes_saw(cs_shapes *shapes, const cs_index *index, const cs_buffer *buffer, size_t at,
                   size_t end, size_t value_end, uint64_t hash, size_t *before);

/* Learns that record's shape. */
void cs_shapes_learn(cs_shapes *shapes, cs_span text, const cs_items *items, size_t before,
                     bool number_range, uint64_t hash);

/* Of the record that came last nothing is known. */
static inline void cs_shapes_lost(cs_shapes *shapes) {
  shapes->last_known = false;
}

#endif
