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

enum { CS_SHAPES = 8 };

typedef struct cs_shapes {
  cs_template *list[CS_SHAPES]; /* or NULL; the likeliest first */
  size_t count;
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

/* Remembers the record at bytes[at], whose items are listed, and may learn its shape. */
void cs_shapes_saw(cs_shapes *shapes, const cs_index *index, const cs_buffer *buffer, size_t at,
                   size_t end, const cs_items *items, bool number_range);

/* Of the record that came last nothing is known. */
static inline void cs_shapes_lost(cs_shapes *shapes) {
  shapes->last_known = false;
}

#endif
