/* The rows that a record with lists inside each other is made of, as far as their columns go. */
#ifndef CS_JSON_INNER_ROWS_H
#define CS_JSON_INNER_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "value.h"

enum { CS_ROW_LISTS = 3, CS_ROW_INNERMOST = 2, CS_CELL_LENGTH_BITS = 29 };

/* What rows are. Names are numbers; CS_NAME_UNKNOWN is none. */
typedef struct cs_row_form {
  size_t columns;                       /* the names before this one */
  uint32_t lists[CS_ROW_LISTS];         /* the lists' names, the outermost first */
  uint32_t innermost[CS_ROW_INNERMOST]; /* names that count on the innermost level alone */
  uint32_t nulls;                       /* not 0: an inner null hides the outer value */
  uint32_t known_first;                 /* the known names, as of cs_frame_options */
  uint32_t known_end;
} cs_row_form;

/* A value of a row, in the record; never with escapes. */
typedef struct cs_cell {
  uint32_t start;
  uint32_t length_and_kind; /* the kind above CS_CELL_LENGTH_BITS; 0: absent */
} cs_cell;

typedef struct cs_inner_rows {
  const cs_cell *cells; /* those of the first row, and so on */
  size_t count;
  size_t stride; /* from one to the next, in cells */
} cs_inner_rows;

/* The value in a cell of the record whose first byte is at `bytes`. */
static inline cs_value cs_cell_value(cs_cell cell, const char *bytes) {
  uint32_t most = (UINT32_C(1) << CS_CELL_LENGTH_BITS) - 1;
  return (cs_value){(cs_kind)(cell.length_and_kind >> CS_CELL_LENGTH_BITS),
                    false,
                    {bytes + cell.start, cell.length_and_kind & most}};
}

#endif
