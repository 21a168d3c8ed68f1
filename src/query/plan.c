#include "plan.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

static uint32_t number_of(const cs_plan *plan, const char *name) {
  size_t length = strlen(name);
  for (size_t i = 0; i < plan->name_count; i++)
    if (plan->names[i].length == length && memcmp(plan->names[i].bytes, name, length) == 0)
      return (uint32_t)i;
  return CS_NAME_UNKNOWN;
}

static bool prepare_usage(cs_plan *plan) {
  cs_usage *usage = &plan->usage;
  usage->lists[0] = number_of(plan, "resources");
  usage->lists[1] = number_of(plan, "plans");
  usage->lists[2] = number_of(plan, "usage");
  usage->cost = number_of(plan, "cost");
  usage->rated_cost = number_of(plan, "rated_cost");
  usage->column_count = plan->column_count;
  usage->form = (cs_row_form){.columns = plan->column_count,
                              .lists = {usage->lists[0], usage->lists[1], usage->lists[2]},
                              .innermost = {usage->cost, usage->rated_cost},
                              .nulls = usage->nulls,
                              .known_first = (uint32_t)plan->known_first,
                              .known_end = (uint32_t)plan->known_end};
  usage->columns = calloc((CS_USAGE_LEVELS + 1) * plan->column_count + 1, sizeof *usage->columns);
  usage->name_count = CS_NAMES_MOST;
  usage->last = calloc(usage->name_count, sizeof *usage->last);
  usage->seen = calloc(usage->name_count, sizeof *usage->seen);
  return usage->columns != NULL && usage->last != NULL && usage->seen != NULL;
}

bool cs_plan_prepare(cs_plan *plan) {
  size_t count = plan->column_count + 1;
  plan->values = calloc(count, sizeof *plan->values);
  if (count > SIZE_MAX / CS_FOLD_ROWS)
    return false;
  plan->scalars = calloc(CS_FOLD_ROWS * count, sizeof *plan->scalars);
  plan->scratches = calloc(count, sizeof *plan->scratches);
  return plan->values != NULL && plan->scalars != NULL && plan->scratches != NULL &&
         (!plan->by_usage || prepare_usage(plan));
}

void cs_plan_free(cs_plan *plan) {
  for (size_t i = 0; i < plan->name_count; i++)
    free((char *)plan->names[i].bytes);
  for (size_t i = 0; plan->scratches != NULL && i < plan->column_count; i++)
    cs_scratch_free(&plan->scratches[i]);
  free(plan->names);
  free(plan->conditions);
  free(plan->fold_columns);
  free(plan->usage.columns);
  free(plan->usage.last);
  free(plan->usage.seen);
  free(plan->values);
  free(plan->scalars);
  free(plan->scratches);
  memset(plan, 0, sizeof *plan);
}

/* As the row's own value is, where all numbers are doubles. */
static void round_integer(cs_scalar *scalar) {
  scalar->real = (double)scalar->integer;
  if (!cs_scalar_whole(scalar->real, &scalar->integer) ||
      scalar->integer > INT64_C(1) << DBL_MANT_DIG ||
      scalar->integer < -(INT64_C(1) << DBL_MANT_DIG))
    scalar->kind = CS_SCALAR_REAL;
}

static __attribute__((noinline)) bool read_other(cs_plan *plan, cs_scalar *scalar, cs_value value,
                                                 size_t column) {
  return cs_scalar_read(scalar, &value, &plan->scratches[column]);
}

/* Strings as they were written, and numbers, take no call of more than the number's. The value is
   not a pointer's, so that it need not be in memory. */
static inline bool read_value(cs_plan *plan, cs_scalar *scalar, cs_value value, size_t column) {
  const bool number = value.kind == CS_KIND_NUMBER;
  if ((value.kind == CS_KIND_STRING && !value.escaped) || (number && plan->numbers_text)) {
    scalar->kind = CS_SCALAR_STRING;
    scalar->text.bytes = value.text.bytes;
    scalar->text.length = value.text.length;
    return true;
  }
  if (!number)
    return read_other(plan, scalar, value, column);
  cs_scalar_read_number(scalar, value.text);
  if (!plan->integers && scalar->kind == CS_SCALAR_INTEGER)
    round_integer(scalar);
  return true;
}

static inline bool read_column(cs_plan *plan, const cs_value *values, size_t column) {
  return read_value(plan, &plan->scalars[column], values[column], column);
}

cs_plan_answer cs_plan_holds(cs_plan *plan, const cs_value *values) {
  for (size_t i = 0; i < plan->condition_count; i++) {
    const cs_condition *condition = plan->conditions[i];
    if (!read_column(plan, values, condition->column))
      return CS_PLAN_MEMORY;
    if (!cs_condition_holds(condition, &plan->scalars[condition->column]))
      return CS_PLAN_NO;
  }
  return CS_PLAN_YES;
}

cs_fold_status cs_plan_fold(cs_plan *plan, const cs_value *values) {
  for (size_t i = 0; i < plan->fold_column_count; i++)
    if (!read_column(plan, values, plan->fold_columns[i]))
      return CS_FOLD_MEMORY;
  size_t added;
  return cs_fold_add_rows(plan->fold, plan->scalars, 0, 1, &added);
}

/* Rows that are still in question, by their numbers. */
typedef struct selection {
  uint8_t rows[CS_ROWS_MOST];
  size_t count;
} selection;

/* The scalars of a column, of the selected rows, one row's behind the other's. */
static bool read_rows(cs_plan *plan, const cs_rows *rows, const selection *selected,
                      size_t column) {
  const size_t stride = plan->column_count;
  const uint32_t member = rows->template->members_of[column];
  cs_scalar *scalar = plan->scalars + column;
  for (size_t i = 0; i < selected->count; i++, scalar += stride) {
    if (member == CS_TEMPLATE_NONE) {
      scalar->kind = CS_SCALAR_ABSENT;
      continue;
    }
    const cs_value value = cs_rows_value(rows, selected->rows[i], member);
    if (!read_value(plan, scalar, value, column))
      return false;
  }
  return true;
}

static bool select_rows(cs_plan *plan, const cs_rows *rows, selection *selected) {
  for (size_t i = 0; i < rows->count; i++)
    selected->rows[i] = (uint8_t)i;
  selected->count = rows->count;
  for (size_t i = 0; i < plan->condition_count && selected->count > 0; i++) {
    const cs_condition *condition = plan->conditions[i];
    const cs_scalar *scalar = plan->scalars + condition->column;
    size_t kept = 0;
    if (!read_rows(plan, rows, selected, condition->column))
      return false;
    for (size_t k = 0; k < selected->count; k++, scalar += plan->column_count) {
      selected->rows[kept] = selected->rows[k];
      kept += cs_condition_holds(condition, scalar);
    }
    selected->count = kept;
  }
  return true;
}

cs_fold_status cs_plan_fold_rows(cs_plan *plan, const cs_rows *rows, size_t *added,
                                 size_t *failed) {
  selection selected;
  *added = *failed = 0;
  if (!select_rows(plan, rows, &selected))
    return CS_FOLD_MEMORY;
  for (size_t i = 0; i < plan->fold_column_count; i++)
    if (!read_rows(plan, rows, &selected, plan->fold_columns[i]))
      return CS_FOLD_MEMORY;
  const cs_fold_status status =
      cs_fold_add_rows(plan->fold, plan->scalars, plan->column_count, selected.count, added);
  if (status != CS_FOLD_OK)
    *failed = selected.rows[*added];
  return status;
}
