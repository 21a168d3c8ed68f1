#include "condition.h"

#include <stdlib.h>
#include <string.h>

static bool copy_value(cs_condition *condition, const cs_scalar *value) {
  condition->value = *value;
  if (value->kind != CS_SCALAR_STRING || value->text.length == 0)
    return true;
  condition->bytes = malloc(value->text.length);
  if (condition->bytes == NULL)
    return false;
  memcpy(condition->bytes, value->text.bytes, value->text.length);
  condition->value.text.bytes = condition->bytes;
  return true;
}

bool cs_condition_init(cs_condition *condition, size_t column, cs_operator op,
                       const cs_scalar *values, size_t count) {
  *condition = (cs_condition){.column = column, .op = op};
  if (op == CS_OPERATOR_IN)
    return (condition->set = cs_key_set_new(values, count)) != NULL;
  if (count == 0)
    return true;
  if (op == CS_OPERATOR_CONTAINS && values->kind == CS_SCALAR_STRING)
    return (condition->needle = cs_needle_new(values->text)) != NULL;
  return copy_value(condition, values);
}

void cs_condition_free(cs_condition *condition) {
  free(condition->bytes);
  free(condition->set);
  free(condition->needle);
  memset(condition, 0, sizeof *condition);
}

static bool has_prefix(const cs_scalar *value, const cs_scalar *prefix) {
  return value->kind == CS_SCALAR_STRING && prefix->kind == CS_SCALAR_STRING &&
         value->text.length >= prefix->text.length &&
         (prefix->text.length == 0 ||
          memcmp(value->text.bytes, prefix->text.bytes, prefix->text.length) == 0);
}

static bool in_order(const cs_condition *condition, const cs_scalar *value) {
  if (!cs_scalar_comparable(value, &condition->value))
    return false;
  const int order = cs_scalar_compare(value, &condition->value);
  switch (condition->op) {
  case CS_OPERATOR_LESS:
    return order < 0;
  case CS_OPERATOR_AT_MOST:
    return order <= 0;
  case CS_OPERATOR_GREATER:
    return order > 0;
  default:
    return order >= 0;
  }
}

bool cs_condition_holds(const cs_condition *condition, const cs_scalar *value) {
  switch (condition->op) {
  case CS_OPERATOR_EQUAL:
    return cs_scalar_equal(value, &condition->value);
  case CS_OPERATOR_UNEQUAL:
    return value->kind != CS_SCALAR_ABSENT && value->kind != CS_SCALAR_OTHER &&
           !cs_scalar_equal(value, &condition->value);
  case CS_OPERATOR_LESS:
  case CS_OPERATOR_AT_MOST:
  case CS_OPERATOR_GREATER:
  case CS_OPERATOR_AT_LEAST:
    return in_order(condition, value);
  case CS_OPERATOR_IN:
    return cs_key_set_has(condition->set, value);
  case CS_OPERATOR_PREFIX:
    return has_prefix(value, &condition->value);
  case CS_OPERATOR_CONTAINS:
    return value->kind == CS_SCALAR_STRING && condition->needle != NULL &&
           cs_needle_is_in(condition->needle, value->text);
  case CS_OPERATOR_PRESENT:
    return value->kind != CS_SCALAR_ABSENT;
  case CS_OPERATOR_ABSENT:
    return value->kind == CS_SCALAR_ABSENT;
  }
  return false;
}
