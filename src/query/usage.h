/* Usage rows: the innermost level of an IBM report (report, resource, plan, usage), each row with
   the scalar members of all its levels. Where a name is on several levels, the inner one wins;
   `cost` and `rated_cost` are the metric's own or absent, as a plan's would be counted again with
   each of its metrics. */
#ifndef CS_QUERY_USAGE_H
#define CS_QUERY_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/inner_rows.h"
#include "json/record.h"

/* Levels of objects, and of containers around their members in a report. */
enum { CS_USAGE_LEVELS = 4, CS_USAGE_DEPTH = 2 * CS_USAGE_LEVELS - 1 };

typedef enum cs_usage_step { CS_USAGE_ROW, CS_USAGE_END, CS_USAGE_WRONG } cs_usage_step;

typedef struct cs_usage {
  bool nulls;                          /* an inner null hides the outer value */
  bool columns_alone;                  /* nobody asks for the members themselves */
  uint32_t lists[CS_USAGE_LEVELS - 1]; /* the names `resources`, `plans` and `usage` */
  uint32_t cost;
  uint32_t rated_cost;
  uint32_t *last;      /* by name: the item that had it last ... */
  uint32_t *seen;      /* ... in the object with this number */
  size_t name_count;   /* that there is room for in both */
  uint32_t objects;    /* read so far */
  size_t column_count; /* names 0 to this - 1 are columns */
  cs_value *columns;   /* none of them, then what each level adds to those outside */
  cs_row_form form;    /* the same, for who gives the rows at once */
  bool at_once;        /* `rows` are there, not `items` */
  cs_inner_rows rows;
  size_t row; /* of those, the next */
  cs_items *items;
  const char *bytes;
  size_t level;                     /* of the innermost object that is open */
  uint32_t object[CS_USAGE_LEVELS]; /* their items */
  uint32_t next[CS_USAGE_LEVELS];   /* the next element of the list inside each */
  uint32_t behind[CS_USAGE_LEVELS]; /* and the end of that list */
  size_t shown;                     /* the level whose members are being made a row's */
  const char *wrong;                /* CS_USAGE_WRONG: what is */
} cs_usage;

/* Begins with a report; `items` and `bytes` are its own. Of members with one name in an object it
   takes all but the last out of the items (CS_KIND_ABSENT), unless columns are all that is asked
   for. CS_USAGE_ROW: cs_usage_next() may be called. */
cs_usage_step cs_usage_begin(cs_usage *usage, cs_items *items, const char *bytes);

/* Begins with a report whose rows are there already, of `form`. */
void cs_usage_begin_rows(cs_usage *usage, cs_inner_rows rows, const char *bytes);

/* Goes to the next usage: CS_USAGE_ROW when there is one. Its columns are those of
   cs_usage_row(), its members those that cs_usage_has() of each level's object. */
cs_usage_step cs_usage_next(cs_usage *usage);

static inline const cs_value *cs_usage_row(const cs_usage *usage) {
  return usage->columns + CS_USAGE_LEVELS * usage->column_count;
}

/* Is a member of the object on `level` one of the row's? */
bool cs_usage_has(const cs_usage *usage, size_t level, const cs_item *member);

#endif
