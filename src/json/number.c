#include "number.h"

#include <float.h>
#include <stdbool.h>
#include <string.h>

#include "decimal.h"
#include "eisel_lemire.h"

/* So many decimal digits always fit a uint64_t. */
#define MANTISSA_DIGITS 19

typedef struct written {
  bool negative;
  bool whole;        /* no fraction, no exponent */
  cs_decimal all;    /* every digit */
  size_t count;      /* of digits in `all`, leading zeros too */
  uint64_t mantissa; /* the leading digits, at most MANTISSA_DIGITS once shortened */
  int64_t exponent;  /* the power of ten that the mantissa's last digit counts */
  bool cut;          /* digits other than zero follow the mantissa */
} written;

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
/* Daniel Lemire, "Quickly parsing eight digits", 2018; the check is the one of his fast_float. */
static bool read_eight_digits(const char *at, uint64_t *value) {
  uint64_t v;
  memcpy(&v, at, sizeof v);
  if ((((v + UINT64_C(0x4646464646464646)) | (v - UINT64_C(0x3030303030303030))) &
       UINT64_C(0x8080808080808080)) != 0)
    return false;
  v -= UINT64_C(0x3030303030303030);
  v = v * 10 + (v >> 8);
  *value = ((v & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x000f424000000064) +
            (v >> 16 & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x0000271000000001)) >>
           32;
  return true;
}
#else
static bool read_eight_digits(const char *at, uint64_t *value) {
  (void)at;
  (void)value;
  return false;
}
#endif

/* Appends digits to *value, modulo 2^64. */
static const char *read_digits(const char *at, const char *end, uint64_t *value) {
  uint64_t v = *value, eight;
  for (; end - at >= 8 && read_eight_digits(at, &eight); at += 8)
    v = v * 100000000 + eight;
  for (; at < end && is_digit(*at); at++)
    v = v * 10 + (uint64_t)(*at - '0');
  *value = v;
  return at;
}

/* `at` is behind the 'e'. What is too long stops growing where no text is long enough to bring
   it back into the range of double. */
static int64_t read_exponent(const char *at, const char *end) {
  const int64_t enough = INT64_C(100000000000000000);
  const bool negative = *at == '-';
  int64_t value = 0;
  if (!is_digit(*at))
    at++;
  for (; at < end && value < enough; at++)
    value = value * 10 + (*at - '0');
  return negative ? -value : value;
}

static void read_number(const char *text, size_t length, written *w) {
  const char *const end = text + length;
  const bool negative = length > 0 && *text == '-';
  const char *const digits = text + negative;
  uint64_t mantissa = 0;
  int64_t exponent = 0;
  const char *at = read_digits(digits, end, &mantissa);
  size_t count = (size_t)(at - digits);
  if (at < end && *at == '.') {
    const char *const fraction = at + 1;
    at = read_digits(fraction, end, &mantissa);
    exponent = fraction - at;
    count += (size_t)(at - fraction);
  }
  const char *const digits_end = at;
  if (at < end)
    exponent += read_exponent(at + 1, end);
  w->negative = negative;
  w->whole = count == length - negative;
  w->all = (cs_decimal){digits, digits_end, exponent};
  w->count = count;
  w->mantissa = mantissa;
  w->exponent = exponent;
  w->cut = false;
}

/* Reads the mantissa again, up to MANTISSA_DIGITS digits without leading zeros. */
static void shorten(written *w) {
  const char *at = w->all.digits;
  size_t left = w->count, taken = 0;
  w->mantissa = 0;
  for (; at < w->all.end && taken < MANTISSA_DIGITS; at++) {
    if (*at == '.')
      continue;
    w->mantissa = w->mantissa * 10 + (uint64_t)(*at - '0');
    taken += w->mantissa != 0;
    left--;
  }
  w->exponent += (int64_t)left;
  while (at < w->all.end && (*at == '0' || *at == '.'))
    at++;
  w->cut = at < w->all.end;
}

/* Where both operands are exact and the machine rounds once, its division or product is the
   nearest double: William D. Clinger, "How to Read Floating Point Numbers Accurately", 1990. */
static bool exact(const written *w, double *real) {
#if FLT_EVAL_METHOD == 0
  static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (w->mantissa > UINT64_C(1) << DBL_MANT_DIG || w->exponent < -22 || w->exponent > 22 ||
      w->cut)
    return false;
  *real = (double)w->mantissa;
  if (w->exponent < 0)
    *real /= powers[-w->exponent];
  else
    *real *= powers[w->exponent];
  return true;
#else
  (void)w;
  (void)real;
  return false;
#endif
}

static uint64_t nearest(const written *w) {
  const cs_rounded low = cs_eisel_lemire(w->mantissa, w->exponent);
  if (!w->cut && low.decided)
    return low.bits;
  if (w->cut && low.decided) {
    const cs_rounded high = cs_eisel_lemire(w->mantissa + 1, w->exponent);
    if (high.decided && high.bits == low.bits)
      return low.bits;
  }
  return cs_decimal_round(&w->all, low.bits);
}

static cs_number real_of(written *w) {
  cs_number number = {CS_NUMBER_REAL, 0, 0.0};
  if (w->count > MANTISSA_DIGITS)
    shorten(w);
  if (!exact(w, &number.real)) {
    const uint64_t bits = nearest(w);
    if (bits == CS_DOUBLE_INFINITY)
      return (cs_number){CS_NUMBER_TOO_LARGE, 0, 0.0};
    memcpy(&number.real, &bits, sizeof bits);
  }
  if (w->negative)
    number.real = -number.real;
  return number;
}

cs_number cs_number_parse(const char *text, size_t length) {
  written w;
  read_number(text, length, &w);
  if (!w.whole || w.count > MANTISSA_DIGITS || w.mantissa > (uint64_t)INT64_MAX + w.negative)
    return real_of(&w);
  if (w.mantissa > INT64_MAX)
    return (cs_number){CS_NUMBER_INTEGER, INT64_MIN, 0.0};
  const int64_t magnitude = (int64_t)w.mantissa;
  return (cs_number){CS_NUMBER_INTEGER, w.negative ? -magnitude : magnitude, 0.0};
}
