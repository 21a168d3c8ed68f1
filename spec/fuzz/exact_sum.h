/* A sum of numbers, exactly and slowly: one integer that counts in units of the least double. */
#ifndef SPEC_FUZZ_EXACT_SUM_H
#define SPEC_FUZZ_EXACT_SUM_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "query/sum.h"

enum { LIMB_BITS = 32, LIMBS = 80, LEAST_EXPONENT = -1074, MANTISSA = 53 };

/* A limb may be negative, and larger than its bits, until it is read. */
typedef struct exact_sum {
  int64_t limbs[LIMBS];
  bool integers;
  bool reals;
} exact_sum;

/* Adds sign * magnitude * 2^(LEAST_EXPONENT + shift). */
static inline void exact_add(exact_sum *sum, uint64_t magnitude, int sign, unsigned shift) {
  const unsigned limb = shift / LIMB_BITS, bit = shift % LIMB_BITS;
  const uint64_t most = UINT32_MAX;
  const uint64_t low = (magnitude & most) << bit, high = (magnitude >> 32) << bit;
  sum->limbs[limb] += sign * (int64_t)(low & most);
  sum->limbs[limb + 1] += sign * (int64_t)((low >> 32) + (high & most));
  sum->limbs[limb + 2] += sign * (int64_t)(high >> 32);
}

static inline void exact_add_integer(exact_sum *sum, int64_t value) {
  sum->integers = true;
  exact_add(sum, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, value < 0 ? -1 : 1,
            -LEAST_EXPONENT);
}

static inline void exact_add_real(exact_sum *sum, double value) {
  int exponent;
  const double fraction = frexp(fabs(value), &exponent);
  sum->reals = true;
  if (value == 0)
    return;
  if (exponent - MANTISSA >= LEAST_EXPONENT)
    exact_add(sum, (uint64_t)ldexp(fraction, MANTISSA), value < 0 ? -1 : 1,
              (unsigned)(exponent - MANTISSA - LEAST_EXPONENT));
  else
    exact_add(sum, (uint64_t)ldexp(fraction, exponent - LEAST_EXPONENT), value < 0 ? -1 : 1, 0);
}

/* Makes each limb but the last one a digit; the last has the sign. */
static inline void exact_carry(exact_sum *sum) {
  const int64_t base = INT64_C(1) << LIMB_BITS;
  for (size_t i = 0; i + 1 < LIMBS; i++) {
    int64_t digit = sum->limbs[i] % base;
    digit += digit < 0 ? base : 0;
    sum->limbs[i + 1] += (sum->limbs[i] - digit) / base;
    sum->limbs[i] = digit;
  }
}

static inline bool exact_negate(exact_sum *sum) {
  const bool negative = sum->limbs[LIMBS - 1] < 0;
  for (size_t i = 0; negative && i < LIMBS; i++)
    sum->limbs[i] = -sum->limbs[i];
  exact_carry(sum);
  return negative;
}

static inline bool exact_bit(const exact_sum *sum, int at) {
  return at >= 0 && (sum->limbs[at / LIMB_BITS] >> at % LIMB_BITS & 1) != 0;
}

static inline int exact_top(const exact_sum *sum) {
  int top = LIMBS * LIMB_BITS - 1;
  while (top >= 0 && !exact_bit(sum, top))
    top--;
  return top;
}

/* The bits from `top` down to `bottom`. */
static inline uint64_t exact_bits(const exact_sum *sum, int top, int bottom) {
  uint64_t bits = 0;
  for (int at = top; at >= bottom; at--)
    bits = bits << 1 | exact_bit(sum, at);
  return bits;
}

/* The nearest double to the magnitude, ties to even. */
static inline double exact_round(const exact_sum *sum) {
  const int top = exact_top(sum);
  const int bottom = top >= MANTISSA ? top - MANTISSA + 1 : 0;
  uint64_t bits = exact_bits(sum, top, bottom);
  bool below_half = true;
  for (int at = bottom - 2; at >= 0; at--)
    below_half = below_half && !exact_bit(sum, at);
  if (exact_bit(sum, bottom - 1) && (!below_half || bits % 2 == 1))
    bits++;
  return ldexp((double)bits, bottom + LEAST_EXPONENT);
}

/* As cs_sum_read. */
static inline cs_total exact_read(const exact_sum *sum) {
  exact_sum copy = *sum;
  cs_total total = {CS_TOTAL_EMPTY, 0, 0};
  if (!sum->integers && !sum->reals)
    return total;
  exact_carry(&copy);
  const bool negative = exact_negate(&copy);
  const int top = exact_top(&copy);
  const uint64_t whole = top < 64 - LEAST_EXPONENT ? exact_bits(&copy, top, -LEAST_EXPONENT) : 0;
  const bool fits = top < 63 - LEAST_EXPONENT || (negative && whole == UINT64_C(1) << 63);
  if (!sum->reals && fits) {
    total.kind = CS_TOTAL_INTEGER;
    total.integer = negative ? (int64_t)(0 - whole) : (int64_t)whole;
    return total;
  }
  total.real = exact_round(&copy);
  total.kind = isinf(total.real) ? CS_TOTAL_OVERFLOW : CS_TOTAL_REAL;
  total.real = negative && total.real != 0 ? -total.real : total.real;
  return total;
}

#endif
