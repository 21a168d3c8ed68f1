/* Decimal to double by one multiplication, for nearly all numbers. */
#ifndef CS_JSON_EISEL_LEMIRE_H
#define CS_JSON_EISEL_LEMIRE_H

#include <stdbool.h>
#include <stdint.h>

#define CS_DOUBLE_INFINITY UINT64_C(0x7ff0000000000000)

typedef struct cs_rounded {
  uint64_t bits; /* of a double; those of infinity when too large */
  bool decided;  /* false: `bits` may be off by one */
} cs_rounded;

/* The double nearest to mantissa * 10^exponent, ties to even. */
cs_rounded cs_eisel_lemire(uint64_t mantissa, int64_t exponent);

#endif
