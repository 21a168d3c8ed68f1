/* Daniel Lemire, "Number Parsing at a Gigabyte per Second", Software: Practice and Experience 51
   (2021), after an idea of Michael Eisel; names of variables as there. */
#include "eisel_lemire.h"

#define FRACTION_BITS 52
#define HIDDEN_BIT    (UINT64_C(1) << FRACTION_BITS)
#define BIAS          1023
/* A double's 53 bits, one to round by, and one as the product may have a leading zero. */
#define SURE_BITS (FRACTION_BITS + 3)

typedef struct product {
  uint64_t high;
  uint64_t low;
} product;

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 uint128;

static product multiply(uint64_t a, uint64_t b) {
  const uint128 all = (uint128)a * b;
  return (product){(uint64_t)(all >> 64), (uint64_t)all};
}
#else
static product multiply(uint64_t a, uint64_t b) {
  const uint64_t mask = UINT32_MAX;
  const uint64_t low = (a & mask) * (b & mask);
  const uint64_t left = (a >> 32) * (b & mask) + (low >> 32);
  const uint64_t right = (a & mask) * (b >> 32) + (left & mask);
  return (product){(a >> 32) * (b >> 32) + (left >> 32) + (right >> 32),
                   (right << 32) | (low & mask)};
}
#endif

static int leading_zeros(uint64_t value) {
#ifdef __GNUC__
  return __builtin_clzll(value);
#else
  int count = 0;
  for (; value >> 63 == 0; value <<= 1)
    count++;
  return count;
#endif
}

/* w * 5^q, as exactly as the upper SURE_BITS bits need. */
static product times_power_of_five(uint64_t w, int q) {
  const uint64_t *const power = cs_powers_of_five[q - CS_LEAST_POWER];
  const uint64_t unsure = UINT64_MAX >> SURE_BITS;
  product z = multiply(w, power[0]);
  if ((z.high & unsure) == unsure) {
    const uint64_t carried = multiply(w, power[1]).high;
    z.low += carried;
    z.high += z.low < carried;
  }
  return z;
}

/* floor(log2(10^q)), by 217706 / 2^16 for log2(10); the offset keeps the shift off negatives. */
static int binary_exponent(int q) {
  return (217706 * q + (2048 << 16)) / (1 << 16) - 2048;
}

/* `m` is a significand with one bit more, which decides. No ties here: a tie needs a small q. */
static uint64_t round_subnormal(uint64_t m, int exponent) {
  if (exponent <= -63)
    return 0;
  m >>= 1 - exponent;
  return (m + (m & 1)) >> 1;
}

static uint64_t round_normal(uint64_t m, int exponent) {
  m = (m + (m & 1)) >> 1;
  /* Rounding up to the next power of two carries into the exponent, as it should. */
  const uint64_t bits = ((uint64_t)exponent << FRACTION_BITS) + (m - HIDDEN_BIT);
  return bits < CS_DOUBLE_INFINITY ? bits : CS_DOUBLE_INFINITY;
}

cs_rounded cs_eisel_lemire(uint64_t mantissa, int64_t exponent) {
  if (mantissa == 0 || exponent < CS_LEAST_POWER)
    return (cs_rounded){0, true};
  if (exponent > CS_GREATEST_POWER)
    return (cs_rounded){CS_DOUBLE_INFINITY, true};

  const int q = (int)exponent;
  const int zeros = leading_zeros(mantissa);
  const product z = times_power_of_five(mantissa << zeros, q);
  const int upper = (int)(z.high >> 63);
  const int shift = upper + 64 - SURE_BITS;
  const int biased = binary_exponent(q) + 63 + upper - zeros + BIAS;
  const bool decided = z.low != UINT64_MAX || (q >= -27 && q <= 55);
  uint64_t m = z.high >> shift;
  if (biased <= 0)
    return (cs_rounded){round_subnormal(m, biased), decided};

  const bool tie = z.low <= 1 && q >= -4 && q <= 23 && (m & 3) == 1 && m << shift == z.high;
  return (cs_rounded){round_normal(tie ? m - 1 : m, biased), decided};
}
