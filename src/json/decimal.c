/* Compares the decimal number with the point halfway between two neighbouring doubles, both as
   big integers. */
#include "decimal.h"

#include <stdbool.h>
#include <stddef.h>

#define FRACTION_BITS 52
#define HIDDEN_BIT    (UINT64_C(1) << FRACTION_BITS)
#define INFINITY_BITS (UINT64_C(0x7ff) << FRACTION_BITS)
/* The power of two that the last bit of a subnormal counts. */
#define LEAST_EXPONENT (-1074)

/* No point halfway between two doubles has more significant digits. One more digit stands for
   all that follow. */
#define MAX_DIGITS 768
/* The greatest integers are 5^(343 + 769) times a significand of 54 bits, or 769 digits times
   2^(1075 - 343) at most where they are few: all less than 2^2700 (log2(5) < 2.33). */
#define MAX_BITS 2700
#define LIMBS    96
_Static_assert((MAX_DIGITS + 1 + 343) * 233 / 100 + 54 < MAX_BITS, "bound of a scaled double");
_Static_assert(MAX_BITS + 64 <= LIMBS * 32, "room for the greatest integers");

typedef struct bigint {
  size_t count;
  uint32_t limbs[LIMBS]; /* the least first, the last not zero */
} bigint;

static void multiply_add(bigint *big, uint32_t factor, uint32_t summand) {
  uint64_t carry = summand;
  for (size_t i = 0; i < big->count; i++) {
    carry += (uint64_t)big->limbs[i] * factor;
    big->limbs[i] = (uint32_t)carry;
    carry >>= 32;
  }
  if (carry != 0)
    big->limbs[big->count++] = (uint32_t)carry;
}

static void multiply_by_power_of_five(bigint *big, int64_t power) {
  const uint32_t five_to_13 = 1220703125;
  for (; power >= 13; power -= 13)
    multiply_add(big, five_to_13, 0);
  for (; power > 0; power--)
    multiply_add(big, 5, 0);
}

static void shift_left(bigint *big, int64_t bits) {
  const size_t whole = (size_t)bits / 32;
  multiply_add(big, UINT32_C(1) << (bits % 32), 0);
  for (size_t i = big->count; i-- > 0;)
    big->limbs[i + whole] = big->limbs[i];
  for (size_t i = 0; i < whole; i++)
    big->limbs[i] = 0;
  big->count += whole;
}

static int compare(const bigint *a, const bigint *b) {
  if (a->count != b->count)
    return a->count < b->count ? -1 : 1;
  for (size_t i = a->count; i-- > 0;) {
    if (a->limbs[i] != b->limbs[i])
      return a->limbs[i] < b->limbs[i] ? -1 : 1;
  }
  return 0;
}

typedef struct scaled {
  bigint digits;
  int64_t exponent; /* times ten to this power */
} scaled;

/* Reads the digits after the first MAX_DIGITS: only whether one is not zero matters. */
static void read_rest(scaled *number, const char *at, const char *end) {
  bool inexact = false;
  for (; at < end; at++) {
    if (*at == '.')
      continue;
    inexact = inexact || *at != '0';
    number->exponent++;
  }
  if (inexact) {
    multiply_add(&number->digits, 10, 1);
    number->exponent--;
  }
}

static void read_digits(scaled *number, const cs_decimal *decimal) {
  const char *at = decimal->digits;
  uint32_t chunk = 0, scale = 1;
  size_t taken = 0;
  number->digits.count = 0;
  number->exponent = decimal->exponent;
  for (; at < decimal->end && taken < MAX_DIGITS; at++) {
    if (*at == '.' || (*at == '0' && taken == 0))
      continue;
    chunk = chunk * 10 + (uint32_t)(*at - '0');
    scale *= 10;
    taken++;
    if (scale == 1000000000) {
      multiply_add(&number->digits, scale, chunk);
      chunk = 0;
      scale = 1;
    }
  }
  multiply_add(&number->digits, scale, chunk);
  read_rest(number, at, decimal->end);
}

/* The point halfway between the double of `bits` and the next one away from zero is
 *significand * 2^(the result). */
static int64_t halfway_above(uint64_t bits, uint64_t *significand) {
  const uint64_t fraction = bits & (HIDDEN_BIT - 1);
  const int64_t biased = (int64_t)(bits >> FRACTION_BITS);
  *significand = 2 * (biased == 0 ? fraction : fraction | HIDDEN_BIT) + 1;
  return LEAST_EXPONENT - 1 + (biased == 0 ? 0 : biased - 1);
}

/* Less than, equal to or greater than zero, as `number` is to the point halfway above `bits`. */
static int compare_with_halfway(const scaled *number, uint64_t bits) {
  uint64_t significand;
  int64_t twos = halfway_above(bits, &significand) - number->exponent;
  bigint left = number->digits;
  bigint right = {2, {(uint32_t)significand, (uint32_t)(significand >> 32)}};
  if (right.limbs[1] == 0)
    right.count = 1;
  if (number->exponent > 0)
    multiply_by_power_of_five(&left, number->exponent);
  else
    multiply_by_power_of_five(&right, -number->exponent);
  if (twos > 0)
    shift_left(&right, twos);
  else
    shift_left(&left, -twos);
  return compare(&left, &right);
}

/* True when the double after `bits` is nearer; of two equally near ones the even one counts. */
static bool rounds_above(const scaled *number, uint64_t bits) {
  const int order = compare_with_halfway(number, bits);
  return order > 0 || (order == 0 && (bits & 1) != 0);
}

uint64_t cs_decimal_round(const cs_decimal *decimal, uint64_t estimate) {
  scaled number;
  uint64_t bits = estimate;
  read_digits(&number, decimal);
  while (bits < INFINITY_BITS && rounds_above(&number, bits))
    bits++;
  if (bits != estimate)
    return bits;
  while (bits > 0 && !rounds_above(&number, bits - 1))
    bits--;
  return bits;
}
