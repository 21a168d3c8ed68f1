#include "number_support.h"

static void an_integer_that_fits_is_exact(void **state) {
  (void)state;
  is_integer("0", 0);
  is_integer("-1", -1);
  is_integer("1000012345", 1000012345);
  is_integer("9007199254740993", 9007199254740993);
  is_integer("-9007199254740993", -9007199254740993);
  is_integer("1000000000000000000", 1000000000000000000);
  is_integer("9223372036854775806", INT64_MAX - 1);
  is_integer("9223372036854775807", INT64_MAX);
  is_integer("-9223372036854775807", -INT64_MAX);
  is_integer("-9223372036854775808", INT64_MIN);
}

static void minus_zero_without_fraction_is_the_integer_zero(void **state) {
  (void)state;
  is_integer("-0", 0);
}

static void an_integer_that_does_not_fit_is_the_nearest_double(void **state) {
  (void)state;
  is_real("9223372036854775808", 0x1p63);
  is_real("-9223372036854775809", -0x1p63);
  is_real("9999999999999999999", 1e19);
  is_real("10000000000000000000", 1e19);
  is_real("18446744073709551616", 0x1p64);
  is_real("18446744073709551617", 0x1p64);
  is_real("36893488147419103233", 0x1p65);
  is_real("1090544144181609348835077142190", 0x1.b8779f2474dfbp+99);
}

static void a_fraction_or_an_exponent_makes_a_real(void **state) {
  (void)state;
  is_real("24.0", 24.0);
  is_real("1E+2", 100.0);
  is_real("1e-2", 0.01);
  is_real("-1.5e3", -1500.0);
  is_real("0.036312", 0.036312);
  is_real("2.5867339103034e-06", 2.5867339103034e-06);
}

static void zero_keeps_its_sign(void **state) {
  (void)state;
  is_real("0.0", 0.0);
  is_real("-0.0", -0.0);
  is_real("0e5", 0.0);
  is_real("-0e-5", -0.0);
  is_real("-0.000e999999999999999999999999", -0.0);
  is_real(text_of("-0.", '0', 10000, "e5"), -0.0);
}

static void halves_go_to_the_even_neighbour(void **state) {
  (void)state;
  is_real("9007199254740991.5", 0x1p53);
  is_real("9007199254740992.0", 0x1p53);
  is_real("9007199254740993.0", 0x1p53);
  is_real("9007199254740995.0", 0x1p53 + 4);
  is_real("9007199254740994.5", 0x1p53 + 2);
  is_real("4503599627370496.5", 0x1p52);
  is_real("4503599627370497.5", 0x1p52 + 2);
  is_real("9007199254740993e0", 0x1p53);
  is_real("900719925474099300e-2", 0x1p53);
  is_real("5e-324", 0x1p-1074);
  is_real("1.00000000000000011102230246251565404236316680908203125", 1.0);
  is_real("1.00000000000000033306690738754696212708950042724609375", 0x1.0000000000002p0);
}

static void one_digit_far_behind_decides_a_half(void **state) {
  (void)state;
  is_real("9007199254740993.00000000000000000000000000000000000000001", 0x1p53 + 2);
  is_real("9007199254740992.99999999999999999999999999999999999999999", 0x1p53);
  is_real(text_of("9007199254740993.", '0', 10000, ""), 0x1p53);
  is_real(text_of("9007199254740993.", '0', 10000, "1"), 0x1p53 + 2);
  is_real(text_of("9007199254740995.", '0', 10000, "1"), 0x1p53 + 4);
  is_real(text_of("9007199254740994.", '9', 10000, "8"), 0x1p53 + 2);
  is_real(text_of("1.00000000000000011102230246251565404236316680908203125", '0', 9000, "1e0"),
          0x1.0000000000001p0);
}

static void the_greatest_double_has_an_exact_border(void **state) {
  (void)state;
  is_real("1.7976931348623157e308", DBL_MAX);
  is_real("-1.7976931348623157e308", -DBL_MAX);
  is_real("1.7976931348623158e308", DBL_MAX);
  is_real("1.797693134862315807e308", DBL_MAX);
  is_real("1.7976931348623158079372897140530341507993e308", DBL_MAX);
  is_too_large("1.7976931348623158079372897140530341507994e308");
  is_too_large("1.797693134862315808e308");
  is_too_large("1.7976931348623159e308");
  is_too_large("-1.7976931348623159e308");
  is_too_large("1.8e308");
  is_too_large("1e309");
}

/* 2^1024 - 2^970 but for its last digit, 2: halfway between DBL_MAX and the next power of two. */
static const char top_half[] =
    "1797693134862315807937289714053034150799341327100378269361737789804449682927647509466490"
    "1797758720709633028641669288791094655554785194040263065748867150582068190890200070838367"
    "6273854845817711531764475730270069855571366959622842914819860834936475292719074168444365"
    "51070434271155969950809304288017790417449779";

static void the_half_above_the_greatest_double_is_too_large_to_the_digit(void **state) {
  (void)state;
  is_real(text_of(top_half, '1', 1, ""), DBL_MAX);
  is_real(text_of(top_half, '1', 1, ".999999"), DBL_MAX);
  is_too_large(text_of(top_half, '2', 1, ""));
  is_too_large(text_of(top_half, '2', 1, ".0"));
  is_too_large(text_of(top_half, '2', 1, ".0000001"));
}

static void subnormals_are_exact(void **state) {
  (void)state;
  is_real("2.2250738585072014e-308", DBL_MIN);
  is_real("2.2250738585072011e-308", 0x0.fffffffffffffp-1022);
  is_real("2.2250738585072012e-308", DBL_MIN);
  is_real("8.442911973260991817129021e-309", 8.442911973260991817129021e-309);
  is_real("6.631236846766476e-316", 0x1p-1047);
  is_real("4.9406564584124654e-324", 0x1p-1074);
  is_real("7.4e-324", 0x1p-1074);
  is_real("7.5e-324", 0x1p-1073);
  is_real("-1e-323", -0x1p-1073);
}

static void what_is_too_small_is_zero_with_its_sign(void **state) {
  (void)state;
  is_real("2.4703282292062328e-324", 0x1p-1074);
  is_real("2.4703282292062327e-324", 0.0);
  is_real("-2.4703282292062327e-324", -0.0);
  is_real("1e-400", 0.0);
  is_real("-1e-400", -0.0);
  is_real("18446744073709551615e-343", 0.0);
}

static void exponents_of_absurd_length_are_read(void **state) {
  (void)state;
  is_real("1e-400000000000000000000", 0.0);
  is_real("-1e-400000000000000000000", -0.0);
  is_too_large("1e400000000000000000000");
  is_too_large("1e9223372036854775808");
  is_too_large("1e18446744073709551617");
  is_real("1e-18446744073709551617", 0.0);
  is_real(text_of("25e", '0', 10000, "2"), 2500.0);
  is_real(text_of("25e-", '0', 10000, "2"), 0.25);
  is_real(text_of("1e-", '9', 10000, ""), 0.0);
  is_too_large(text_of("1e+", '9', 10000, ""));
}

static void long_runs_of_zeros_and_exponents_cancel_out(void **state) {
  (void)state;
  is_real(text_of("0.", '0', 5000, "1e5001"), 1.0);
  is_real(text_of("0.", '0', 5000, "12345e5005"), 12345.0);
  is_real(text_of("-0.", '0', 5000, "1e5002"), -10.0);
  is_real(text_of("1", '0', 5000, "e-5000"), 1.0);
  is_real(text_of("1", '0', 5000, ".0e-5001"), 0.1);
  is_too_large(text_of("1", '0', 5000, ""));
  is_real(text_of("0.", '0', 5000, "1"), 0.0);
}

static void ten_thousand_digits_are_read_exactly(void **state) {
  (void)state;
  is_real(text_of("0.", '3', 10000, ""), 0x1.5555555555555p-2);
  is_real(text_of("0.", '6', 10000, ""), 0x1.5555555555555p-1);
  is_real(text_of("0.", '9', 10000, ""), 1.0);
  is_real(text_of("", '9', 10000, "e-10000"), 1.0);
  is_too_large(text_of("", '9', 10000, ""));
}

static void known_hard_cases_are_right(void **state) {
  static const char *const texts[] = {
      "3.518437208883201171875e13",
      "62.5364939768271845828",
      "8.10109172351e-10",
      "1.50000000000000011102230246251565",
      "7.2057594037927933e16",
      "7.3177701707893310e15",
      "6.631236846766476e-316",
      "2.2250738585072013830902327173324040642192159804623e-308",
      "8.9884656743115795386465259539451236680898848947115328e307",
      "1.448997445238699",
      "1.9430376160308388e16",
      "30078505129381147446200e-2",
      "0.500000000000000166533453693773481063544750213623046875",
      "17976931348623157081452742373170435679807056752e262",
      "9355950000000000000.00000000000000000000000000018446744",
      "3.2378839133029012895883522e-304",
      "2.9153411955413e-317",
      "89255.0e-22",
      "104110013277974872254e-225",
      "5708990770823839207320493820740630171355e-3"};
  (void)state;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    is_as_strtod(texts[i]);
}

static void every_power_of_ten_is_the_nearest_double(void **state) {
  char text[64];
  (void)state;
  for (int exponent = -400; exponent <= 400; exponent++) {
    sprintf(text, "1e%d", exponent);
    is_as_strtod(text);
    sprintf(text, "9999999999999999999e%d", exponent);
    is_as_strtod(text);
    sprintf(text, "0.99999999999999999999e%d", exponent);
    is_as_strtod(text);
  }
}

static void printed_doubles_are_read_as_strtod_reads_them(void **state) {
  char text[64];
  (void)state;
  for (int i = 0; i < 100000; i++) {
    sprintf(text, "%.*e", (int)below(26), any_double());
    is_as_strtod(text);
  }
}

static void amounts_of_money_are_read_as_strtod_reads_them(void **state) {
  char text[64];
  (void)state;
  for (int i = 0; i < 100000; i++) {
    sprintf(text, "%.*f", (int)(1 + below(18)), below(1u << 30) / (1.0 + below(1u << 30)));
    is_as_strtod(text);
  }
}

static void random_digits_are_read_as_strtod_reads_them(void **state) {
  char text[256];
  (void)state;
  for (int i = 0; i < 150000; i++) {
    char *at = text;
    if (below(2) == 0)
      *at++ = '-';
    at = put_digits(at, 1 + below(below(8) == 0 ? 60 : 22));
    *at++ = '.';
    at = put_digits(at, 1 + below(below(8) == 0 ? 60 : 22));
    if (below(3) != 0)
      at += sprintf(at, "%c%d", below(2) == 0 ? 'e' : 'E', (int)below(680) - 350);
    *at = '\0';
    is_as_strtod(text);
  }
}

static void long_integers_are_read_as_strtod_reads_them(void **state) {
  char text[400];
  (void)state;
  for (int i = 0; i < 20000; i++) {
    *put_digits(text, 20 + below(300)) = '\0';
    is_as_strtod(text);
  }
}

/* All digits of the point halfway above a random double, where long double holds it. */
static int print_half(char *text, size_t size) {
  const double low = fabs(any_double()), high = nextafter(low, INFINITY);
  const long double half = isinf(high) ? (long double)low : ((long double)low + high) / 2;
  const int length = snprintf(text, size, "%.780Le", half);
  return (int)(strchr(text, 'e') - text) < length ? length : 0;
}

static void halves_of_random_doubles_are_read_as_strtod_reads_them(void **state) {
  char text[1000], near[1000];
  (void)state;
  for (int i = 0; i < 3000; i++) {
    assert_true(print_half(text, sizeof text) > 0);
    const char *const exponent = strchr(text, 'e');
    const size_t digits = (size_t)(exponent - text);
    is_as_strtod(text);
    sprintf(near, "%.*s1%s", (int)digits, text, exponent);
    is_as_strtod(near);
    sprintf(near, "%.*s%s", (int)(17 + below(30)), text, exponent);
    is_as_strtod(near);
    strcpy(near, text);
    size_t last = digits - 1;
    while (near[last] == '0')
      last--;
    near[last] = (char)(near[last] - (near[last] != '.'));
    memset(near + last + 1, '9', digits - last - 1);
    is_as_strtod(near);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_integer_that_fits_is_exact),
      cmocka_unit_test(minus_zero_without_fraction_is_the_integer_zero),
      cmocka_unit_test(an_integer_that_does_not_fit_is_the_nearest_double),
      cmocka_unit_test(a_fraction_or_an_exponent_makes_a_real),
      cmocka_unit_test(zero_keeps_its_sign),
      cmocka_unit_test(halves_go_to_the_even_neighbour),
      cmocka_unit_test(one_digit_far_behind_decides_a_half),
      cmocka_unit_test(the_greatest_double_has_an_exact_border),
      cmocka_unit_test(the_half_above_the_greatest_double_is_too_large_to_the_digit),
      cmocka_unit_test(subnormals_are_exact),
      cmocka_unit_test(what_is_too_small_is_zero_with_its_sign),
      cmocka_unit_test(exponents_of_absurd_length_are_read),
      cmocka_unit_test(long_runs_of_zeros_and_exponents_cancel_out),
      cmocka_unit_test(ten_thousand_digits_are_read_exactly),
      cmocka_unit_test(known_hard_cases_are_right),
      cmocka_unit_test(every_power_of_ten_is_the_nearest_double),
      cmocka_unit_test(printed_doubles_are_read_as_strtod_reads_them),
      cmocka_unit_test(amounts_of_money_are_read_as_strtod_reads_them),
      cmocka_unit_test(random_digits_are_read_as_strtod_reads_them),
      cmocka_unit_test(long_integers_are_read_as_strtod_reads_them),
      cmocka_unit_test(halves_of_random_doubles_are_read_as_strtod_reads_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
