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
  usage->columns = calloc(CS_USAGE_LEVELS * plan->column_count + 1, sizeof *usage->columns);
  usage->name_count = CS_NAMES_MOST;
  usage->last = calloc(usage->name_count, sizeof *usage->last);
  usage->seen = calloc(usage->name_count, sizeof *usage->seen);
  return usage->columns != NULL && usage->last != NULL && usage->seen != NULL;
}

bool cs_plan_prepare(cs_plan *plan) {
  size_t count = plan->column_count + 1;
  plan->values = calloc(count, sizeof *plan->values);
  plan->scalars = calloc(count, sizeof *plan->scalars);
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

/* Strings as they were written, and numbers, take no call of more than the number's. */
static inline bool read_column(cs_plan *plan, const cs_value *values, size_t column) {
  const cs_value *value = &values[column];
  cs_scalar *scalar = &plan->scalars[column];
  const bool number = value->kind == CS_KIND_NUMBER;
  if ((value->kind == CS_KIND_STRING && !value->escaped) || (number && plan->numbers_text)) {
    scalar->kind = CS_SCALAR_STRING;
    scalar->text = value->text;
    return true;
  }
  if (number) {
    cs_scalar_read_number(scalar, value->text);
    if (!plan->integers && scalar->kind == CS_SCALAR_INTEGER)
      round_integer(scalar);
    return true;
  }
  return cs_scalar_read(scalar, value, &plan->scratches[column]);
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
  return cs_fold_add_padded(plan->fold, plan->scalars);
}
