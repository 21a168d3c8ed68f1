#define _GNU_SOURCE /* RTLD_NEXT */
#include "fold_support.h"

#include <dlfcn.h>

/* All that a fold allocates with fails after so many times, unless that is negative. Volatile, as
   compilers take malloc to look at no variable. */
static volatile long allocations_left = -1;

static bool may_allocate(void) {
  if (allocations_left > 0)
    allocations_left--;
  return allocations_left != 0;
}

void *malloc(size_t size) {
  static void *(*next)(size_t);
  if (next == NULL)
    *(void **)&next = dlsym(RTLD_NEXT, "malloc");
  return may_allocate() ? next(size) : NULL;
}

void *calloc(size_t count, size_t size) {
  static void *(*next)(size_t, size_t);
  if (next == NULL)
    *(void **)&next = dlsym(RTLD_NEXT, "calloc");
  return may_allocate() ? next(count, size) : NULL;
}

static void fails(const cs_fold_config *config, cs_scalar before, cs_scalar value,
                  cs_fold_status status, size_t entry) {
  cs_fold *const fold = new_fold(config);
  add(fold, string("a"), string("b"), before);
  assert_int_equal(try_row(fold, string("a"), string("b"), value), status);
  assert_int_equal(cs_fold_entry(fold), entry);
  cs_fold_free(fold);
}

static void what_cannot_be_added_is_told(void **state) {
  static const size_t sums[] = {1, 2};
  const cs_scalar values[] = {string("1"), no, yes, other};
  cs_fold_config config = by_two_columns;
  config.sums = sums + 1;
  (void)state;
  for (size_t i = 0; i < COUNT(values); i++)
    fails(&config, real(1.0), values[i], CS_FOLD_NOT_A_NUMBER, 0);
  config.sums = sums;
  config.sum_count = 2;
  cs_fold *const fold = new_fold(&config);
  assert_int_equal(try_row(fold, absent, real(1.0), string("1")), CS_FOLD_NOT_A_NUMBER);
  assert_int_equal(cs_fold_entry(fold), 1);
  cs_fold_free(fold);
}

static void what_cannot_be_compared_is_told(void **state) {
  cs_fold_config config = extremes_of_all;
  (void)state;
  fails(&config, absent, yes, CS_FOLD_NOT_COMPARABLE, 0);
  fails(&config, absent, no, CS_FOLD_NOT_COMPARABLE, 0);
  fails(&config, absent, other, CS_FOLD_NOT_COMPARABLE, 0);
  fails(&config, real(1.0), string("1"), CS_FOLD_NOT_COMPARABLE, 0);
  fails(&config, string("1"), integer(1), CS_FOLD_NOT_COMPARABLE, 0);
  fails(&config, string("1"), other, CS_FOLD_NOT_COMPARABLE, 0);
  static const cs_fold_extreme_of later[] = {{1, true}, {2, true}};
  config.extremes = later;
  fails(&config, real(1.0), string("1"), CS_FOLD_NOT_COMPARABLE, 1);
}

static void objects_and_arrays_are_no_groups(void **state) {
  cs_fold *const fold = new_fold(&by_two_columns);
  (void)state;
  assert_int_equal(try_row(fold, other, string("a"), absent), CS_FOLD_NOT_A_GROUP);
  assert_int_equal(cs_fold_entry(fold), 0);
  assert_int_equal(try_row(fold, string("a"), other, absent), CS_FOLD_NOT_A_GROUP);
  assert_int_equal(cs_fold_entry(fold), 1);
  cs_fold_free(fold);
}

static void groups_are_limited(void **state) {
  cs_fold_config config = by_one_column;
  config.group_limit = 2;
  cs_fold *const fold = new_fold(&config);
  (void)state;
  add(fold, string("a"), absent, absent);
  add(fold, string("b"), absent, absent);
  add(fold, string("a"), absent, absent);
  assert_int_equal(try_row(fold, string("c"), absent, absent), CS_FOLD_TOO_MANY_GROUPS);
  cs_fold_free(fold);
}

static void the_bytes_of_keys_are_limited(void **state) {
  cs_fold_config config = by_two_columns;
  config.byte_limit = 10;
  cs_fold *const fold = new_fold(&config);
  (void)state;
  add(fold, string("abc"), string("de"), absent);
  add(fold, string("abc"), string("de"), absent);
  add(fold, string("abc"), string("df"), absent);
  add(fold, integer(1), absent, absent);
  assert_int_equal(try_row(fold, string("x"), absent, absent), CS_FOLD_TOO_LONG);
  cs_fold_free(fold);
}

static void the_bytes_of_extremes_are_limited(void **state) {
  cs_fold_config config = extremes_of_all;
  config.byte_limit = 13;
  cs_fold *const fold = new_fold(&config);
  (void)state;
  add(fold, absent, absent, string("bcdef"));
  add(fold, absent, absent, string("bcd"));
  add(fold, absent, absent, string("z"));
  add(fold, absent, absent, string("zxwvuts"));
  assert_int_equal(try_row(fold, absent, absent, string("zyxwvutsr")), CS_FOLD_TOO_LONG);
  cs_fold_free(fold);
}

/* Adds rows that need memory for groups, strings, bins of sums and extremes. */
static cs_fold_status add_many(cs_fold *fold) {
  static const char letters[] = "zzzzzzzzzzzzzzzzzzzz";
  cs_fold_status status = CS_FOLD_OK;
  char text[64];
  for (int i = 0; status == CS_FOLD_OK && i < 600; i++) {
    sprintf(text, "%04d and something behind it", i);
    const cs_scalar row[] = {i % 2 == 0 ? string(text) : yes, real(ldexp(1.0, 2 * i - 700)),
                             bytes(letters, (size_t)(i % 20))};
    status = cs_fold_add(fold, row);
  }
  return status;
}

static void memory_that_runs_out_at_any_time_is_told(void **state) {
  static const size_t sums[] = {1};
  cs_fold_config config = extremes_of_all;
  config.by = by_first;
  config.by_count = 1;
  config.sums = sums;
  config.sum_count = 1;
  cs_fold_status status = CS_FOLD_MEMORY;
  (void)state;
  for (long allocations = 1; status != CS_FOLD_OK; allocations++) {
    allocations_left = allocations;
    cs_fold *const fold = cs_fold_new(&config);
    status = fold == NULL ? CS_FOLD_MEMORY : add_many(fold);
    allocations_left = -1;
    assert_true(status == CS_FOLD_MEMORY || (status == CS_FOLD_OK && allocations > 10));
    cs_fold_free(fold);
  }
}

static void lists_of_absurd_length_are_refused(void **state) {
  cs_fold_config config = by_one_column;
  (void)state;
  config.by_count = SIZE_MAX / 8;
  assert_null(cs_fold_new(&config));
  config = by_two_columns;
  config.sum_count = SIZE_MAX / 4;
  assert_null(cs_fold_new(&config));
  config = extremes_of_all;
  config.extreme_count = SIZE_MAX / 4;
  assert_null(cs_fold_new(&config));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_cannot_be_added_is_told),
      cmocka_unit_test(what_cannot_be_compared_is_told),
      cmocka_unit_test(objects_and_arrays_are_no_groups),
      cmocka_unit_test(groups_are_limited),
      cmocka_unit_test(the_bytes_of_keys_are_limited),
      cmocka_unit_test(the_bytes_of_extremes_are_limited),
      cmocka_unit_test(memory_that_runs_out_at_any_time_is_told),
      cmocka_unit_test(lists_of_absurd_length_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
