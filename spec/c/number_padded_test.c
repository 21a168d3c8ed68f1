/* Numbers read with bytes behind them, whatever they are, are those read without. */
#include <errno.h>

#include "number_support.h"

static void is_as_strtod_or_integer(const char *text) {
  const bool whole = strpbrk(text, ".eE") == NULL;
  errno = 0;
  const long long integer = strtoll(text, NULL, 10);
  if (whole && errno == 0)
    is_integer(text, integer);
  else
    is_as_strtod(text);
}

/* What is read by vectors, and what is just beyond: every way to divide so many characters into
   digits, a fraction and an exponent. */
static void every_division_into_digits_is_read_alike(void **state) {
  (void)state;
  for (unsigned whole = 1; whole <= 20; whole++) {
    for (unsigned fraction = 0; fraction <= 20; fraction++) {
      for (unsigned form = 0; form < 12; form++) {
        static const char *const exponents[] = {"", "e-05", "e-5", "E-27", "e5", "e+12"};
        char text[64], *at = text;
        if (form % 2 == 1)
          *at++ = '-';
        at = put_digits(at, whole);
        if (fraction > 0) {
          *at++ = '.';
          at = put_digits(at, fraction);
        }
        strcpy(at, exponents[form / 2]);
        is_as_strtod_or_integer(text);
      }
    }
  }
}

static void zeros_are_read_alike_wherever_they_stand(void **state) {
  (void)state;
  for (unsigned zeros = 1; zeros <= 24; zeros++) {
    parse(text_of("0.", '0', zeros, ""));
    parse(text_of("-0.", '0', zeros, "1"));
    parse(text_of("-0.", '0', zeros, "e-10"));
    parse(text_of("1", '0', zeros, ""));
    parse(text_of("-1", '0', zeros, ".5"));
    parse(text_of("1", '0', zeros, "e-7"));
    parse(text_of("12.5", '0', zeros, ""));
    parse(text_of("1e-", '0', zeros, "7"));
    parse(text_of("1.25e-", '0', zeros, "17"));
  }
  is_real("0.0e-0", 0.0);
  is_real("-0.00000e-99", -0.0);
  is_integer("-0", 0);
}

static void exponents_are_read_alike(void **state) {
  static const char *const heads[] = {"1",
                                      "-9",
                                      "0.5",
                                      "8.23",
                                      "1234567.1234567",
                                      "-0.0",
                                      "1234567890123456",
                                      "123456789012345.6"};
  char text[64];
  (void)state;
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
    for (int exponent = 0; exponent < 400; exponent++) {
      static const char *const forms[] = {"%se-%d", "%se-%02d", "%sE-%03d", "%se%d", "%se+%04d"};
      for (size_t k = 0; k < sizeof forms / sizeof *forms; k++) {
        snprintf(text, sizeof text, forms[k], heads[i], exponent);
        is_as_strtod(text);
      }
    }
  }
}

static void integers_of_every_length_are_read_alike(void **state) {
  char text[64];
  (void)state;
  for (int i = 0; i < 40000; i++) {
    char *at = text;
    if (i % 2 == 0)
      *at++ = '-';
    *put_digits(at, 1 + below(21)) = '\0';
    is_as_strtod_or_integer(text);
  }
}

/* Of the numbers that amounts, quantities and rates are written as. */
static void usual_numbers_are_read_alike_before_any_bytes(void **state) {
  char text[64];
  (void)state;
  for (int i = 0; i < 100000; i++) {
    char *at = text;
    if (below(4) == 0)
      *at++ = '-';
    at = below(3) == 0 ? at + sprintf(at, "0") : put_digits(at, 1 + below(10));
    if (below(5) != 0) {
      *at++ = '.';
      for (unsigned zeros = below(6); zeros > 0; zeros--)
        *at++ = '0';
      at = put_digits(at, 1 + below(12));
    }
    if (below(4) == 0)
      at += sprintf(at, below(2) == 0 ? "e-%u" : "E-%02u", below(30));
    *at = '\0';
    is_as_strtod_or_integer(text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_division_into_digits_is_read_alike),
      cmocka_unit_test(zeros_are_read_alike_wherever_they_stand),
      cmocka_unit_test(exponents_are_read_alike),
      cmocka_unit_test(integers_of_every_length_are_read_alike),
      cmocka_unit_test(usual_numbers_are_read_alike_before_any_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
