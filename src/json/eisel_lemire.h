/* Decimal to double by one multiplication, for nearly all numbers. */
#ifndef CS_JSON_EISEL_LEMIRE_H
#define CS_JSON_EISEL_LEMIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "powers_of_five.h"

#define CS_DOUBLE_INFINITY UINT64_C(0x7ff0000000000000)

typedef struct cs_rounded {
  uint64_t bits; /* of a double; those of infinity when too large */
  bool decided;  /* false: `bits` may be off by one */
} cs_rounded;

/* The double nearest to mantissa * 10^exponent, ties to even. */
cs_rounded cs_eisel_lemire(uint64_t mantissa, int64_t exponent);

#if defined __SIZEOF_INT128__ && defined __GNUC__
#define CS_EISEL_LEMIRE_USUAL 1

/* The bits of the double nearest to mantissa * 10^exponent, where 0 < mantissa < 10^16 and
   -27 <= exponent < 0. Nothing is left to be decided then: such a product is far from all bounds
   of double; it is no tie, as that would take 54 bits, times a power of 5, below 10^16; and the
   128 bits of a power down to 5^-27 suffice. They are always all taken, for without the lower
   ones every short binary fraction looks undecided. */
static inline uint64_t cs_eisel_lemire_usual(uint64_t mantissa, int exponent) {
  __extension__ typedef unsigned __int128 uint128;
  const uint64_t *const power = cs_powers_of_five[exponent - CS_LEAST_POWER];
  const unsigned zeros = (unsigned)__builtin_clzll(mantissa);
  const uint64_t w = mantissa << zeros;
  const uint128 z = (uint128)w * power[0] + (uint64_t)((uint128)w * power[1] >> 64);
  const uint64_t high = (uint64_t)(z >> 64);
  const unsigned upper = (unsigned)(high >> 63);
  /* floor(log2(10^exponent)), as in eisel_lemire.c, the place of the product's highest bit, and
     the bias; less 1, as the hidden bit of the significand adds one. */
  const unsigned biased =
      (unsigned)(217706 * exponent + (2048 << 16)) / (1 << 16) + 63 + 1023 - 2048 - 1;
  const uint64_t m = high >> (upper + 9);
  return ((uint64_t)(biased + upper - zeros) << 52) + ((m + 1) >> 1);
}
#endif

#endif
