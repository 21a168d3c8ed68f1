/* Rows at random are folded one by one, by runs and backwards: the groups, counts, sums, least
   and greatest values are those of a plain fold, and so is the failure. */
#include "plain_fold.h"

/* A sum's bin is full when a thousand numbers as large as can be were added. */
enum { COLUMNS = 3, ROWS_MOST = 100, TIMES_MOST = 1100 };

/* A row, and how many times it comes. */
typedef struct row {
  cs_scalar columns[COLUMNS];
  size_t times;
} row;

typedef struct table {
  cs_fold_config config;
  cs_fold_by by[ENTRIES_MOST];
  size_t sums[ENTRIES_MOST];
  cs_fold_extreme_of extremes[ENTRIES_MOST];
  row rows[ROWS_MOST];
  size_t count;
  strings strings;
} table;

static void take_config(input *from, table *t) {
  cs_fold_config *const config = &t->config;
  *config = (cs_fold_config){.by = t->by,
                             .by_count = take_below(from, ENTRIES_MOST + 1),
                             .sums = t->sums,
                             .sum_count = take_below(from, ENTRIES_MOST + 1),
                             .extremes = t->extremes,
                             .extreme_count = take_below(from, ENTRIES_MOST + 1),
                             .group_limit = take_below(from, PLAIN_GROUPS + 1),
                             .byte_limit = 1 << 20,
                             .seed = {{take_byte(from), 0xd1b54a32d192ed03}}};
  for (size_t i = 0; i < config->by_count; i++)
    t->by[i] = (cs_fold_by){take_below(from, COLUMNS), take_below(from, 41)};
  for (size_t i = 0; i < config->sum_count; i++)
    t->sums[i] = take_below(from, COLUMNS);
  for (size_t i = 0; i < config->extreme_count; i++)
    t->extremes[i] = (cs_fold_extreme_of){take_below(from, COLUMNS), take_bool(from)};
}

static void take_rows(input *from, table *t) {
  size_t left = TIMES_MOST;
  for (t->count = 0; from->at < from->end && t->count < ROWS_MOST; t->count++) {
    row *const next = &t->rows[t->count];
    for (size_t i = 0; i < COLUMNS; i++)
      next->columns[i] = take_scalar(from, &t->strings);
    const unsigned times = take_byte(from);
    next->times = left <= 1 || times < 0xFE ? 1 : times == 0xFE && left > 20 ? 20 : left;
    left -= next->times - 1;
  }
}

/* How a fold went: the rows before the one that failed, if one did. */
typedef struct outcome_of_fold {
  cs_fold_status status;
  size_t added;
} outcome_of_fold;

static outcome_of_fold fold_plainly(plain_fold *fold, const table *t) {
  outcome_of_fold went = {CS_FOLD_OK, 0};
  for (size_t i = 0; i < t->count; i++)
    for (size_t k = 0; k < t->rows[i].times; k++) {
      went.status = plain_add(fold, t->rows[i].columns);
      if (went.status != CS_FOLD_OK)
        return went;
      went.added++;
    }
  return went;
}

static outcome_of_fold fold_each(cs_fold *fold, const table *t, bool backwards) {
  outcome_of_fold went = {CS_FOLD_OK, 0};
  for (size_t i = 0; i < t->count; i++) {
    const row *const next = &t->rows[backwards ? t->count - 1 - i : i];
    for (size_t k = 0; k < next->times; k++) {
      went.status = cs_fold_add(fold, next->columns);
      if (went.status != CS_FOLD_OK)
        return went;
      went.added++;
    }
  }
  return went;
}

/* By as many at once as `most` says. */
static outcome_of_fold fold_runs(cs_fold *fold, const table *t, size_t most) {
  outcome_of_fold went = {CS_FOLD_OK, 0};
  cs_scalar run[CS_FOLD_ROWS][COLUMNS + 1];
  size_t length = 0, added;
  for (size_t i = 0; i <= t->count && went.status == CS_FOLD_OK; i++)
    for (size_t k = 0; k < (i < t->count ? t->rows[i].times : 1); k++) {
      if (length == most || (i == t->count && length > 0)) {
        went.status = cs_fold_add_rows(fold, *run, COLUMNS + 1, length, &added);
        went.added += added;
        length = 0;
      }
      if (went.status != CS_FOLD_OK)
        break;
      if (i < t->count)
        memcpy(run[length++], t->rows[i].columns, sizeof t->rows[i].columns);
    }
  return went;
}

static void is_same_scalar(cs_scalar found, cs_scalar expected) {
  assert_int_equal(found.kind, expected.kind);
  if (expected.kind == CS_SCALAR_INTEGER)
    assert_true(found.integer == expected.integer);
  if (expected.kind == CS_SCALAR_REAL)
    assert_memory_equal(&found.real, &expected.real, sizeof found.real);
  if (expected.kind == CS_SCALAR_STRING)
    assert_int_equal(compare_texts(found.text, expected.text), 0);
}

static void is_same_total(cs_total found, cs_total expected) {
  assert_int_equal(found.kind, expected.kind);
  if (expected.kind == CS_TOTAL_INTEGER)
    assert_true(found.integer == expected.integer);
  if (expected.kind == CS_TOTAL_REAL)
    assert_memory_equal(&found.real, &expected.real, sizeof found.real);
}

/* Keys that are whole numbers are integers. */
static void is_key(cs_scalar found, cs_scalar expected) {
  if (expected.kind == CS_SCALAR_REAL && expected.real == floor(expected.real) &&
      expected.real >= -0x1p63 && expected.real < 0x1p63)
    expected = (cs_scalar){CS_SCALAR_INTEGER, (int64_t)expected.real, 0, {NULL, 0}};
  is_same_scalar(found, expected);
}

/* Absent, false, true, numbers, strings. */
static int order_of_keys(const cs_scalar *a, const cs_scalar *b) {
  static const int ranks[] = {
      [CS_SCALAR_ABSENT] = 0,  [CS_SCALAR_FALSE] = 1, [CS_SCALAR_TRUE] = 2,
      [CS_SCALAR_INTEGER] = 3, [CS_SCALAR_REAL] = 3,  [CS_SCALAR_STRING] = 4};
  int order = 0;
  return can_compare(a, b, &order) ? order : ranks[a->kind] - ranks[b->kind];
}

static void comes_behind(cs_fold *fold, size_t group, size_t keys) {
  int order = 0;
  for (size_t i = 0; order == 0 && i < keys; i++) {
    const cs_scalar before = cs_fold_key(fold, group - 1, i), key = cs_fold_key(fold, group, i);
    order = order_of_keys(&before, &key);
  }
  assert_true(order < 0);
}

static void is_same_group(cs_fold *fold, size_t number, plain_fold *expected) {
  const cs_fold_config *const config = expected->config;
  cs_scalar keys[ENTRIES_MOST];
  for (size_t i = 0; i < config->by_count; i++)
    keys[i] = cs_fold_key(fold, number, i);
  const plain_group *const group = plain_find(expected, keys);
  assert_non_null(group);
  for (size_t i = 0; i < config->by_count; i++)
    is_key(keys[i], group->keys[i]);
  assert_true(cs_fold_count(fold, number) == group->count);
  for (size_t i = 0; i < config->sum_count; i++)
    is_same_total(cs_fold_sum(fold, number, i), exact_read(&group->sums[i]));
  for (size_t i = 0; i < config->extreme_count; i++)
    is_same_scalar(cs_fold_extreme(fold, number, i), group->extremes[i]);
  if (number > 0)
    comes_behind(fold, number, config->by_count);
}

static void are_same_groups(cs_fold *fold, plain_fold *expected) {
  cs_fold_finish(fold);
  assert_int_equal(cs_fold_group_count(fold), expected->count);
  for (size_t i = 0; i < expected->count; i++)
    is_same_group(fold, i, expected);
}

static void is_same_failure(const cs_fold *fold, outcome_of_fold found, const plain_fold *plain,
                            outcome_of_fold expected) {
  assert_int_equal(found.status, expected.status);
  assert_int_equal(found.added, expected.added);
  if (expected.status >= CS_FOLD_NOT_A_GROUP)
    assert_int_equal(cs_fold_entry(fold), plain->entry);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  static table t;
  static plain_fold plain;
  static const cs_scalar no_keys[ENTRIES_MOST];
  input from = {bytes, bytes + length};
  t.strings.used = 0;
  take_config(&from, &t);
  const size_t most = 1 + take_below(&from, CS_FOLD_ROWS);
  take_rows(&from, &t);
  plain.config = &t.config;
  plain.count = 0;
  if (t.config.by_count == 0)
    plain_add_group(&plain, no_keys);
  const outcome_of_fold expected = fold_plainly(&plain, &t);
  for (size_t way = 0; way < 3; way++) {
    cs_fold *const fold = cs_fold_new(&t.config);
    assert_non_null(fold);
    const outcome_of_fold went =
        way == 2 ? fold_runs(fold, &t, most) : fold_each(fold, &t, way == 1);
    if (way != 1)
      is_same_failure(fold, went, &plain, expected);
    else
      assert_int_equal(went.status == CS_FOLD_OK, expected.status == CS_FOLD_OK);
    if (expected.status == CS_FOLD_OK)
      are_same_groups(fold, &plain);
    cs_fold_free(fold);
  }
  return 0;
}
