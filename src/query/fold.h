/* Folds rows into groups: counts, exact sums, least and greatest values. */
#ifndef CS_QUERY_FOLD_H
#define CS_QUERY_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "key.h"
#include "scalar.h"
#include "sum.h"

/* Rows with an equal value in the column are of one group; 1 and 1.0 are equal, and absent values
   have a group, too. */
typedef struct cs_fold_by {
  size_t column;
  size_t characters; /* of a string, only so many from its beginning; 0 for all */
} cs_fold_by;

typedef struct cs_fold_extreme_of {
  size_t column;
  bool greatest; /* otherwise the least */
} cs_fold_extreme_of;

typedef struct cs_fold_config {
  const cs_fold_by *by; /* with none, there is one group, even of no rows */
  size_t by_count;
  const size_t *sums; /* columns */
  size_t sum_count;
  const cs_fold_extreme_of *extremes;
  size_t extreme_count;
  size_t group_limit;
  size_t byte_limit; /* of strings in keys and extremes, of all groups together */
  cs_seed seed;      /* random */
} cs_fold_config;

typedef enum cs_fold_status {
  CS_FOLD_OK,
  CS_FOLD_MEMORY,
  CS_FOLD_TOO_MANY_GROUPS,
  CS_FOLD_TOO_LONG,      /* the strings together passed the limit */
  CS_FOLD_NOT_A_GROUP,   /* an object or an array in entry cs_fold_entry() of `by` */
  CS_FOLD_NOT_A_NUMBER,  /* in that of `sums`, which would be short of it */
  CS_FOLD_NOT_COMPARABLE /* in that of `extremes`: no number and no string, or one after others */
} cs_fold_status;

typedef struct cs_fold cs_fold;

/* Copies what `config` points to. NULL when memory ran out. */
cs_fold *cs_fold_new(const cs_fold_config *config);

/* NULL is nothing to free. */
void cs_fold_free(cs_fold *fold);

/* Adds a row: `columns` is indexed by what the configuration calls columns, and is of no more use
   afterwards. After a failure the row is in the fold by half: all to be done is to free it. */
cs_fold_status cs_fold_add(cs_fold *fold, const cs_scalar *columns);

/* The most rows that are added at once. */
enum { CS_FOLD_ROWS = 32 };

/* Adds `count` rows, which begin `stride` scalars apart: *added of them, all unless one fails.
   The CS_KEY_SHORT bytes from the beginning of each string on may be read, whatever they are. */
cs_fold_status cs_fold_add_rows(cs_fold *fold, const cs_scalar *columns, size_t stride,
                                size_t count, size_t *added);

/* The entry that the last failure is about. */
size_t cs_fold_entry(const cs_fold *fold);

/* Puts the groups in the order of their keys, as cs_scalar_compare has it, the first key first.
   Must come after all rows and before what follows. */
void cs_fold_finish(cs_fold *fold);

/* Does a part of that, for a fraction of a millisecond; true when it is done. */
bool cs_fold_finish_some(cs_fold *fold);

size_t cs_fold_group_count(const cs_fold *fold);

/* Of one group; `entry` counts within its list in the configuration. Strings belong to the fold.
   Keys that are whole numbers are integers. Extremes of no values are absent. */
uint64_t cs_fold_count(const cs_fold *fold, size_t group);
cs_scalar cs_fold_key(const cs_fold *fold, size_t group, size_t entry);
cs_total cs_fold_sum(const cs_fold *fold, size_t group, size_t entry);
cs_scalar cs_fold_extreme(const cs_fold *fold, size_t group, size_t entry);

#endif
