/* A fold in the simplest way there is. */
#ifndef SPEC_FUZZ_PLAIN_FOLD_H
#define SPEC_FUZZ_PLAIN_FOLD_H

#include "compare.h"
#include "exact_sum.h"
#include "query/fold.h"

enum { ENTRIES_MOST = 2, PLAIN_GROUPS = 128 };

typedef struct plain_group {
  cs_scalar keys[ENTRIES_MOST];
  exact_sum sums[ENTRIES_MOST];
  cs_scalar extremes[ENTRIES_MOST];
  uint64_t count;
} plain_group;

typedef struct plain_fold {
  const cs_fold_config *config;
  plain_group groups[PLAIN_GROUPS];
  size_t count;
  size_t entry; /* that the last failure is about */
} plain_fold;

static inline bool is_same_key(const cs_scalar *a, const cs_scalar *b) {
  return are_equal(a, b) || (a->kind == CS_SCALAR_ABSENT && b->kind == CS_SCALAR_ABSENT);
}

/* The first characters: a byte that goes on with one begins none. */
static inline cs_span cut_text(cs_span whole, size_t characters) {
  size_t begun = 0, at = 0;
  if (characters == 0 || whole.length <= characters)
    return whole;
  for (; at < whole.length; at++) {
    begun += ((unsigned char)whole.bytes[at] & 0xC0) != 0x80;
    if (begun > characters)
      break;
  }
  return (cs_span){whole.bytes, at};
}

static inline bool plain_keys(plain_fold *fold, const cs_scalar *row, cs_scalar *keys) {
  for (size_t i = 0; i < fold->config->by_count; i++) {
    keys[i] = row[fold->config->by[i].column];
    fold->entry = i;
    if (keys[i].kind == CS_SCALAR_OTHER)
      return false;
    if (keys[i].kind == CS_SCALAR_STRING)
      keys[i].text = cut_text(keys[i].text, fold->config->by[i].characters);
  }
  return true;
}

/* The group with these keys; NULL when there is none. */
static inline plain_group *plain_find(plain_fold *fold, const cs_scalar *keys) {
  for (size_t g = 0; g < fold->count; g++) {
    size_t same = 0;
    while (same < fold->config->by_count && is_same_key(&fold->groups[g].keys[same], &keys[same]))
      same++;
    if (same == fold->config->by_count)
      return &fold->groups[g];
  }
  return NULL;
}

static inline plain_group *plain_add_group(plain_fold *fold, const cs_scalar *keys) {
  assert_true(fold->count < PLAIN_GROUPS);
  plain_group *const group = &fold->groups[fold->count++];
  memset(group, 0, sizeof *group);
  memcpy(group->keys, keys, fold->config->by_count * sizeof *keys);
  return group;
}

static inline bool plain_sums(plain_fold *fold, plain_group *group, const cs_scalar *row) {
  for (size_t i = 0; i < fold->config->sum_count; i++) {
    const cs_scalar *const value = &row[fold->config->sums[i]];
    fold->entry = i;
    if (value->kind == CS_SCALAR_INTEGER)
      exact_add_integer(&group->sums[i], value->integer);
    else if (value->kind == CS_SCALAR_REAL)
      exact_add_real(&group->sums[i], value->real);
    else if (value->kind != CS_SCALAR_ABSENT)
      return false;
  }
  return true;
}

/* An integer wins over an equal real; no zero is negative. */
static inline bool plain_extreme(cs_scalar *best, const cs_scalar *value, bool greatest) {
  int order = greatest ? 1 : -1;
  if (value->kind == CS_SCALAR_ABSENT)
    return true;
  if (!can_compare(value, best->kind == CS_SCALAR_ABSENT ? value : best, &order))
    return false;
  if (best->kind == CS_SCALAR_ABSENT || (greatest ? order > 0 : order < 0) ||
      (order == 0 && value->kind == CS_SCALAR_INTEGER))
    *best = *value;
  if (best->kind == CS_SCALAR_REAL && best->real == 0)
    best->real = 0.0;
  return true;
}

static inline cs_fold_status plain_add(plain_fold *fold, const cs_scalar *row) {
  const cs_fold_config *const config = fold->config;
  cs_scalar keys[ENTRIES_MOST];
  if (!plain_keys(fold, row, keys))
    return CS_FOLD_NOT_A_GROUP;
  plain_group *group = plain_find(fold, keys);
  if (group == NULL && fold->count >= config->group_limit)
    return CS_FOLD_TOO_MANY_GROUPS;
  if (group == NULL)
    group = plain_add_group(fold, keys);
  group->count++;
  if (!plain_sums(fold, group, row))
    return CS_FOLD_NOT_A_NUMBER;
  for (size_t i = 0; i < config->extreme_count; i++) {
    const cs_fold_extreme_of *const of = &config->extremes[i];
    fold->entry = i;
    if (!plain_extreme(&group->extremes[i], &row[of->column], of->greatest))
      return CS_FOLD_NOT_COMPARABLE;
  }
  return CS_FOLD_OK;
}

#endif
