#include "query/sum.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* As a fold does: the short way first. */
static void add(cs_sum *sum, double value) {
  assert_true(cs_sum_add_real_quickly(sum, value) || cs_sum_add_real(sum, value));
}

static void add_integer(cs_sum *sum, int64_t value) {
  assert_true(cs_sum_add_integer(sum, value));
}

static void is(const cs_sum *sum, cs_total_kind kind, double expected) {
  const cs_total total = cs_sum_read(sum);
  if (total.kind != kind || memcmp(&total.real, &expected, sizeof expected) != 0)
    fail_msg("kind %d, %a, expected %a", (int)total.kind, total.real, expected);
}

static void is_integer(const cs_sum *sum, int64_t expected) {
  const cs_total total = cs_sum_read(sum);
  if (total.kind != CS_TOTAL_INTEGER || total.integer != expected)
    fail_msg("kind %d, integer %lld", (int)total.kind, (long long)total.integer);
}

typedef struct vector {
  double values[8]; /* what is not given is 0.0, which changes nothing */
  double sum;
} vector;

static const vector vectors[] = {
    {{0.1, 0.2}, 0x1.3333333333334p-2},
    {{0.1, 0.2, -0.3}, 0x1p-55},
    {{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, 0.8},
    {{1e16, 1.0, -1e16}, 1.0},
    {{1e100, 1.0, -1e100}, 1.0},
    {{1e308, 1.0, -1e308, 1e-308, -1.0}, 1e-308},
    {{0x1p53, 1.0}, 0x1p53},
    {{0x1p53, 1.0, 0x1p-1074}, 0x1p53 + 2},
    {{0x1p53, 1.0, -0x1p-1074}, 0x1p53},
    {{0x1p53, 3.0}, 0x1p53 + 4},
    {{0x1p53, 3.0, -0x1p-1074}, 0x1p53 + 2},
    {{-0x1p53, -1.0, -0x1p-1074}, -0x1p53 - 2},
    {{0x1p53, -0.5, -0x1p-1074}, 0x1p53 - 1},
    {{0x1p53, -0.5}, 0x1p53},
    {{1.0, 0x1p-53}, 1.0},
    {{1.0, 0x1p-53, 0x1p-1074}, 0x1.0000000000001p0},
    {{0x1.0000000000001p0, 0x1p-53}, 0x1.0000000000002p0},
    {{0x1.fffffffffffffp0, 0x1p-53}, 2.0},
    {{0x1p-1074, 0x1p-1074}, 0x1p-1073},
    {{0x0.fffffffffffffp-1022, 0x1p-1074}, 0x1p-1022},
    {{0x1p-1022, -0x1p-1074}, 0x0.fffffffffffffp-1022},
    {{0x1.8p-1022, -0x1p-1022}, 0x1p-1023},
    {{-0x1p-1074}, -0x1p-1074},
    {{DBL_MAX, 0x1p969}, DBL_MAX},
    {{DBL_MAX, 0x1p970, -0x1p-1074}, DBL_MAX},
    {{DBL_MAX, DBL_MAX, -DBL_MAX}, DBL_MAX},
    {{DBL_MAX, DBL_MAX, DBL_MAX, -DBL_MAX, -DBL_MAX, -DBL_MAX, 0x1p-1074}, 0x1p-1074},
    {{1e308, 1e308, -1e308, -1e308, 5e-324}, 5e-324},
    {{-1e308, -1e308, 1e308}, -1e308},
    {{0x1p-40, 0x1p24, -0x1p24}, 0x1p-40},
    {{0x1p-41, 0x1p-40, 0x1p23, 0x1p24, 0x1p88, -0x1p88}, 0x1.8p24 + 0x1.8p-40},
};

static void hard_sums_are_rounded_once_in_every_order(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(vectors); i++) {
    for (size_t first = 0; first < 8; first++) {
      for (size_t step = 1; step < 8; step += 2) { /* prime to 8: comes by all of them */
        cs_sum sum = {0};
        for (size_t k = 0; k < 8; k++)
          add(&sum, vectors[i].values[(first + k * step) % 8]);
        is(&sum, CS_TOTAL_REAL, vectors[i].sum);
        cs_sum_free(&sum);
      }
    }
  }
}

static void hard_sums_change_their_sign_with_their_values(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(vectors); i++) {
    cs_sum sum = {0};
    for (size_t k = 0; k < 8; k++)
      add(&sum, -vectors[i].values[k]);
    is(&sum, CS_TOTAL_REAL, -vectors[i].sum);
    cs_sum_free(&sum);
  }
}

static void an_empty_sum_tells_that_it_is_empty(void **state) {
  const cs_sum sum = {0};
  (void)state;
  is(&sum, CS_TOTAL_EMPTY, 0.0);
}

static void zero_is_never_negative(void **state) {
  cs_sum sum = {0};
  (void)state;
  add(&sum, -0.0);
  is(&sum, CS_TOTAL_REAL, 0.0);
  add(&sum, -0.0);
  is(&sum, CS_TOTAL_REAL, 0.0);
  add(&sum, -1.5);
  add(&sum, 1.5);
  is(&sum, CS_TOTAL_REAL, 0.0);
}

static void a_sum_beyond_the_greatest_double_is_told(void **state) {
  cs_sum sum = {0};
  (void)state;
  add(&sum, DBL_MAX);
  add(&sum, 0x1p970);
  is(&sum, CS_TOTAL_OVERFLOW, INFINITY);
  add(&sum, -0x1p970);
  is(&sum, CS_TOTAL_REAL, DBL_MAX);
  for (int i = 0; i < 3; i++)
    add(&sum, -DBL_MAX);
  is(&sum, CS_TOTAL_OVERFLOW, -INFINITY);
  cs_sum_free(&sum);
}

static void integers_are_added_as_integers(void **state) {
  cs_sum sum = {0};
  (void)state;
  add_integer(&sum, 9007199254740993);
  is_integer(&sum, 9007199254740993);
  add_integer(&sum, -9007199254740992);
  is_integer(&sum, 1);
  add_integer(&sum, -1);
  is_integer(&sum, 0);
  add_integer(&sum, INT64_MAX);
  is_integer(&sum, INT64_MAX);
  add_integer(&sum, INT64_MIN);
  add_integer(&sum, INT64_MIN + 1);
  is_integer(&sum, INT64_MIN);
}

static void integers_whose_sum_does_not_fit_give_the_nearest_double(void **state) {
  cs_sum sum = {0};
  (void)state;
  add_integer(&sum, INT64_MAX);
  add_integer(&sum, 1);
  is(&sum, CS_TOTAL_REAL, 0x1p63);
  add_integer(&sum, 1024);
  is(&sum, CS_TOTAL_REAL, 0x1p63);
  add_integer(&sum, 1);
  is(&sum, CS_TOTAL_REAL, 0x1p63 + 2048);
  add_integer(&sum, -1026);
  is_integer(&sum, INT64_MAX);
  for (int i = 0; i < 4; i++)
    add_integer(&sum, INT64_MIN);
  is(&sum, CS_TOTAL_REAL, -0x1.8p64);
}

static void one_real_among_integers_makes_the_sum_real(void **state) {
  cs_sum sum = {0};
  (void)state;
  add_integer(&sum, 9007199254740993);
  add(&sum, 0.0);
  is(&sum, CS_TOTAL_REAL, 0x1p53);
  add(&sum, 0x1p-1074);
  is(&sum, CS_TOTAL_REAL, 0x1p53 + 2);
  add_integer(&sum, -9007199254740993);
  is(&sum, CS_TOTAL_REAL, 0x1p-1074);
  cs_sum_free(&sum);
}

/* Each of these is as large as its bin takes, so that the bin is emptied all the time. */
static void full_bins_spill_into_the_next(void **state) {
  static const double large[] = {0x1.fffffffffffffp23, 0x1.fffffffffffffp87, -0x1.8p23, 0x1p-41};
  (void)state;
  for (size_t i = 0; i < COUNT(large); i++) {
    cs_sum sum = {0};
    for (int k = 0; k < 100000; k++)
      add(&sum, large[i]);
    is(&sum, CS_TOTAL_REAL, large[i] * 100000);
    add(&sum, 0x1p-1074);
    for (int k = 0; k < 100000; k++)
      add(&sum, -large[i]);
    is(&sum, CS_TOTAL_REAL, 0x1p-1074);
    cs_sum_free(&sum);
  }
}

static void the_greatest_doubles_spill_too(void **state) {
  cs_sum sum = {0};
  (void)state;
  for (int i = 0; i < 50000; i++)
    add(&sum, DBL_MAX);
  is(&sum, CS_TOTAL_OVERFLOW, INFINITY);
  for (int i = 0; i < 49999; i++)
    add(&sum, -DBL_MAX);
  is(&sum, CS_TOTAL_REAL, DBL_MAX);
  cs_sum_free(&sum);
}

static uint64_t seed = 0x9e3779b97f4a7c15;

static uint64_t next_random(void) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return seed;
}

/* A million amounts of cents that binary fractions cannot hold, against integer arithmetic. */
static void amounts_of_money_are_added_exactly(void **state) {
  cs_sum sum = {0};
  int64_t units = 0; /* of 2^-30 */
  (void)state;
  for (int i = 0; i < 1000000; i++) {
    const int64_t amount = (int64_t)(next_random() >> 20) - (INT64_C(1) << 42);
    units += amount;
    add(&sum, (double)amount * 0x1p-30);
  }
  is(&sum, CS_TOTAL_REAL, (double)units * 0x1p-30);
  assert_null(sum.others);
}

static double any_double(void) {
  double value;
  do {
    const uint64_t bits = next_random();
    memcpy(&value, &bits, sizeof value);
  } while (!isfinite(value));
  return value;
}

static void any_doubles_and_their_opposites_leave_what_was_there(void **state) {
  static double values[1000];
  (void)state;
  for (int round = 0; round < 50; round++) {
    cs_sum sum = {0};
    const double left = any_double();
    for (size_t i = 0; i < COUNT(values); i++)
      add(&sum, values[i] = any_double());
    add(&sum, left);
    for (size_t i = 0; i < COUNT(values); i++)
      add(&sum, -values[(i * 7) % COUNT(values)]);
    is(&sum, CS_TOTAL_REAL, left);
    cs_sum_free(&sum);
  }
}

static void are_equal(const cs_sum *a, const cs_sum *b) {
  const cs_total x = cs_sum_read(a), y = cs_sum_read(b);
  assert_int_equal(x.kind, y.kind);
  if (x.kind == CS_TOTAL_INTEGER)
    assert_true(x.integer == y.integer);
  else
    assert_memory_equal(&x.real, &y.real, sizeof x.real);
}

/* True when it was added; otherwise the sum must be as it was. */
static bool add_integer_quickly(cs_sum *sum, int64_t value) {
  const cs_sum before = *sum;
  if (cs_sum_add_integer_quickly(sum, value))
    return true;
  assert_memory_equal(before.bins, sum->bins, sizeof before.bins);
  assert_memory_equal(before.index, sum->index, sizeof before.index);
  assert_int_equal(before.seen, sum->seen);
  assert_ptr_equal(before.others, sum->others);
  return false;
}

static void integers_added_quickly_make_the_same_sum(void **state) {
  (void)state;
  for (int round = 0; round < 200; round++) {
    cs_sum sum = {0}, slow = {0};
    int quick = 0;
    assert_false(add_integer_quickly(&sum, 1)); /* there is no bin for it yet */
    for (int i = 0; i < 100; i++) {
      const int64_t value = (int64_t)next_random() >> (next_random() >> 20) % 64;
      if (add_integer_quickly(&sum, value))
        quick++;
      else
        add_integer(&sum, value);
      add_integer(&slow, value);
      if (round % 4 == 3) {
        const double amount = (double)(int64_t)(next_random() >> 30) * 0x1p-20;
        add(&sum, amount);
        add(&slow, amount);
      }
      are_equal(&sum, &slow);
    }
    assert_true(quick > 90);
    cs_sum_free(&sum);
    cs_sum_free(&slow);
  }
}

/* Fills the bin of the integers to the brim with powers of two. */
static void an_integer_for_which_a_bin_has_no_room_is_not_added_quickly(void **state) {
  static const int64_t most[] = {INT64_MAX, INT64_MIN};
  (void)state;
  for (size_t i = 0; i < COUNT(most); i++) {
    cs_sum sum = {0}, slow = {0};
    const double sign = i == 0 ? 1.0 : -1.0;
    add_integer(&sum, 1);
    add_integer(&slow, 1);
    for (int power = 87; power >= 24; power--)
      while (cs_sum_add_real_quickly(&sum, ldexp(sign, power)))
        assert_true(cs_sum_add_real(&slow, ldexp(sign, power)));
    assert_false(add_integer_quickly(&sum, most[i]));
    assert_true(add_integer_quickly(&sum, -1));
    add_integer(&slow, -1);
    add_integer(&sum, most[i]);
    add_integer(&slow, most[i]);
    are_equal(&sum, &slow);
    cs_sum_free(&sum);
    cs_sum_free(&slow);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(hard_sums_are_rounded_once_in_every_order),
      cmocka_unit_test(hard_sums_change_their_sign_with_their_values),
      cmocka_unit_test(an_empty_sum_tells_that_it_is_empty),
      cmocka_unit_test(zero_is_never_negative),
      cmocka_unit_test(a_sum_beyond_the_greatest_double_is_told),
      cmocka_unit_test(integers_are_added_as_integers),
      cmocka_unit_test(integers_whose_sum_does_not_fit_give_the_nearest_double),
      cmocka_unit_test(one_real_among_integers_makes_the_sum_real),
      cmocka_unit_test(full_bins_spill_into_the_next),
      cmocka_unit_test(the_greatest_doubles_spill_too),
      cmocka_unit_test(amounts_of_money_are_added_exactly),
      cmocka_unit_test(integers_added_quickly_make_the_same_sum),
      cmocka_unit_test(an_integer_for_which_a_bin_has_no_room_is_not_added_quickly),
      cmocka_unit_test(any_doubles_and_their_opposites_leave_what_was_there),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
