/* Conditions on one column of a row. */
#ifndef CS_QUERY_CONDITION_H
#define CS_QUERY_CONDITION_H

#include <stdbool.h>
#include <stddef.h>

#include "key_set.h"
#include "needle.h"
#include "scalar.h"

typedef enum cs_operator {
  CS_OPERATOR_EQUAL,    /* numbers, strings and booleans that are equal */
  CS_OPERATOR_UNEQUAL,  /* numbers, strings and booleans that are not equal, of another type, too
                         */
  CS_OPERATOR_LESS,     /* this and the next three: number with number, string with string */
  CS_OPERATOR_AT_MOST,  /* not more */
  CS_OPERATOR_GREATER,  /* more */
  CS_OPERATOR_AT_LEAST, /* not less */
  CS_OPERATOR_IN,       /* equal to one of many */
  CS_OPERATOR_PREFIX,   /* strings that begin with these bytes */
  CS_OPERATOR_CONTAINS, /* strings with these bytes somewhere */
  CS_OPERATOR_PRESENT,  /* there, and not null */
  CS_OPERATOR_ABSENT    /* not there, or null */
} cs_operator;

typedef struct cs_condition {
  size_t column; /* which column is to be asked for */
  cs_operator op;
  cs_scalar value;   /* of those operators that have one */
  char *bytes;       /* its text, when it is a string */
  cs_key_set *set;   /* CS_OPERATOR_IN */
  cs_needle *needle; /* CS_OPERATOR_CONTAINS */
} cs_condition;

/* Makes a condition of `count` values: any number for CS_OPERATOR_IN, none for
   CS_OPERATOR_PRESENT and CS_OPERATOR_ABSENT, one for all others. Their strings are copied.
   Values that are absent, objects or arrays equal nothing. False when memory ran out: nothing is
   to be freed then. */
bool cs_condition_init(cs_condition *condition, size_t column, cs_operator op,
                       const cs_scalar *values, size_t count);

void cs_condition_free(cs_condition *condition);

/* What cannot be compared does not hold. */
bool cs_condition_holds(const cs_condition *condition, const cs_scalar *value);

#endif
