/* Rows and folds of three columns, for the tests of folds. */
#ifndef SPEC_FOLD_SUPPORT_H
#define SPEC_FOLD_SUPPORT_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "query/fold.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const cs_scalar absent = {CS_SCALAR_ABSENT, 0, 0, {NULL, 0}};
static const cs_scalar no = {CS_SCALAR_FALSE, 0, 0, {NULL, 0}};
static const cs_scalar yes = {CS_SCALAR_TRUE, 0, 0, {NULL, 0}};
static const cs_scalar other = {CS_SCALAR_OTHER, 0, 0, {NULL, 0}};

static inline cs_scalar integer(int64_t value) {
  return (cs_scalar){CS_SCALAR_INTEGER, value, NAN, {NULL, 0}};
}

static inline cs_scalar real(double value) {
  return (cs_scalar){CS_SCALAR_REAL, 77, value, {NULL, 0}};
}

static inline cs_scalar bytes(const char *text, size_t length) {
  return (cs_scalar){CS_SCALAR_STRING, 77, NAN, {length == 0 ? NULL : text, length}};
}

static inline cs_scalar string(const char *text) {
  return bytes(text, strlen(text));
}

static const cs_fold_by by_first[] = {{0, 0}}, by_two[] = {{0, 0}, {1, 0}};
static const size_t sum_of_last[] = {2};
static const cs_fold_extreme_of extremes_of_last[] = {{2, false}, {2, true}};

#define LIMITS                                                                                   \
  .group_limit = 1000000, .byte_limit = 1u << 20,                                                \
  .seed = {{0x9e3779b97f4a7c15, 0xd1b54a32d192ed03}}

static const cs_fold_config by_one_column = {.by = by_first, .by_count = 1, LIMITS};
static const cs_fold_config by_two_columns = {
    .by = by_two, .by_count = 2, .sums = sum_of_last, .sum_count = 1, LIMITS};
static const cs_fold_config extremes_of_all = {
    .extremes = extremes_of_last, .extreme_count = 2, LIMITS};

static inline cs_fold *new_fold(const cs_fold_config *config) {
  cs_fold *const fold = cs_fold_new(config);
  assert_non_null(fold);
  return fold;
}

/* Strings come in a heap copy that is gone afterwards, so that a checker of memory sees reads
   outside and reads too late. */
static inline cs_fold_status try_row(cs_fold *fold, cs_scalar a, cs_scalar b, cs_scalar c) {
  cs_scalar row[] = {a, b, c};
  char *copies[COUNT(row)] = {NULL, NULL, NULL};
  for (size_t i = 0; i < COUNT(row); i++) {
    if (row[i].kind != CS_SCALAR_STRING || row[i].text.length == 0)
      continue;
    copies[i] = malloc(row[i].text.length);
    assert_non_null(copies[i]);
    memcpy(copies[i], row[i].text.bytes, row[i].text.length);
    row[i].text.bytes = copies[i];
  }
  const cs_fold_status status = cs_fold_add(fold, row);
  for (size_t i = 0; i < COUNT(row); i++)
    free(copies[i]);
  return status;
}

static inline void add(cs_fold *fold, cs_scalar a, cs_scalar b, cs_scalar c) {
  assert_int_equal(try_row(fold, a, b, c), CS_FOLD_OK);
}

static inline void is(cs_scalar found, cs_scalar expected) {
  assert_int_equal(found.kind, expected.kind);
  if (expected.kind == CS_SCALAR_INTEGER)
    assert_true(found.integer == expected.integer);
  if (expected.kind == CS_SCALAR_REAL)
    assert_memory_equal(&found.real, &expected.real, sizeof found.real);
  if (expected.kind == CS_SCALAR_STRING) {
    assert_int_equal(found.text.length, expected.text.length);
    if (expected.text.length > 0)
      assert_memory_equal(found.text.bytes, expected.text.bytes, expected.text.length);
  }
}

#endif
