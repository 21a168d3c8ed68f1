/* What is wanted of each record: the columns, the conditions on them, and the fold. */
#ifndef CS_QUERY_PLAN_H
#define CS_QUERY_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "column.h"
#include "condition.h"
#include "fold.h"
#include "usage.h"
#include "json/rows.h"

typedef struct cs_plan {
  /* The names that the records' reader must know, in this order: first the columns. */
  cs_span *names;
  size_t name_count;
  size_t column_count;
  size_t known_first; /* a record has at least one of the names from this one ... */
  size_t known_end;   /* ... to the one before this; none are asked for when both are equal */
  const cs_condition **conditions; /* all must hold; they belong to somebody else */
  size_t condition_count;
  cs_fold *fold;        /* or NULL; belongs to somebody else */
  size_t *fold_columns; /* that the fold looks at */
  size_t fold_column_count;
  bool integers;     /* are exact up to 64 bits, not doubles beyond 2^53 */
  bool numbers_text; /* a number is the string that was written */
  bool by_usage;     /* a row is a usage of a record, which is a report */
  cs_usage usage;
  cs_value *values;   /* of the columns of the row under way */
  cs_scalar *scalars; /* of those that were asked for, of as many rows as are folded at once */
  cs_scratch *scratches;
} cs_plan;

/* Makes room for the columns, once all above is filled in; false when memory ran out. */
bool cs_plan_prepare(cs_plan *plan);

/* Frees what a zeroed plan was given or made; not the conditions and the fold themselves. */
void cs_plan_free(cs_plan *plan);

typedef enum cs_plan_answer { CS_PLAN_YES, CS_PLAN_NO, CS_PLAN_MEMORY } cs_plan_answer;

/* The values below must be of a record in a cs_buffer, behind whose end bytes may be read. */

/* Do all conditions hold for the row with these columns? */
cs_plan_answer cs_plan_holds(cs_plan *plan, const cs_value *values);

/* Adds the row with these columns to the fold. */
cs_fold_status cs_plan_fold(cs_plan *plan, const cs_value *values);

/* Adds those rows to the fold for which all conditions hold: *added of them. After a failure, row
 *failed is the one. */
cs_fold_status cs_plan_fold_rows(cs_plan *plan, const cs_rows *rows, size_t *added,
                                 size_t *failed);

#endif
