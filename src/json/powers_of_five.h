/* The leading 128 bits of powers of five, for eisel_lemire.c. */
#ifndef CS_JSON_POWERS_OF_FIVE_H
#define CS_JSON_POWERS_OF_FIVE_H

#include <stdint.h>

#define CS_LEAST_POWER    (-342)
#define CS_GREATEST_POWER 308
#define CS_POWERS_OF_FIVE (CS_GREATEST_POWER - CS_LEAST_POWER + 1)

/* [q - CS_LEAST_POWER] is 5^q, shifted so that the highest bit is set: upper half, lower half. */
extern const uint64_t cs_powers_of_five[CS_POWERS_OF_FIVE][2];

#endif
