/* Decimal to double by big integers, for the few numbers that nothing shorter decides. */
#ifndef CS_JSON_DECIMAL_H
#define CS_JSON_DECIMAL_H

#include <stdint.h>

typedef struct cs_decimal {
  const char *digits; /* decimal digits, one point may be among them */
  const char *end;
  int64_t exponent; /* the power of ten that the last digit counts */
} cs_decimal;

/* The bits of the double nearest to `decimal`, ties to even; those of infinity when it is too
   large. `estimate` is the bits of a double close to it: every step away costs time. The value
   must be between 10^-343 and 10^330. */
uint64_t cs_decimal_round(const cs_decimal *decimal, uint64_t estimate);

#endif
