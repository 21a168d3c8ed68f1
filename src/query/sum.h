/* Exact sums: whatever the order, what comes out is the sum of all that went in, rounded once.

   A sum is one long integer in units of a power of two far below the least double. Its 64-bit
   words are kept apart as bins until it is read: a bin counts in units of its word, two words
   wide, so that a double goes to one bin whole and carries are rare. Amounts of money touch one
   bin or two, which lie in the sum itself; only a sum with more has memory of its own. */
#ifndef CS_QUERY_SUM_H
#define CS_QUERY_SUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Two's complement. */
typedef struct cs_bin {
  uint64_t low;
  uint64_t high;
} cs_bin;

enum {
  CS_SUM_INLINE = 2,
  /* Where the lowest bit of a double's significand stands in the long integer, before its biased
     exponent is added. By this one, 2^-40 to 2^24 share a bin: all of a usual bill. */
  CS_SUM_POSITION_OF_REALS = 105,
  /* Where 1 stands: the double 2^52, whose lowest bit is 1, has the exponent 1023 + 52. */
  CS_SUM_POSITION_OF_ONE = CS_SUM_POSITION_OF_REALS + 1023 + 52
};

enum { CS_SUM_SEEN_INTEGER = 1, CS_SUM_SEEN_REAL = 2 };

/* A zeroed cs_sum is empty and ready. It may be moved. */
typedef struct cs_sum {
  cs_bin bins[CS_SUM_INLINE];
  cs_bin *others;               /* NULL until needed, then one for each word */
  uint8_t index[CS_SUM_INLINE]; /* the words of `bins`, 0 for none */
  uint8_t seen;
} cs_sum;

typedef enum cs_total_kind {
  CS_TOTAL_EMPTY,   /* nothing was added */
  CS_TOTAL_INTEGER, /* all were integers, and so is the sum, exactly */
  CS_TOTAL_REAL,    /* the double nearest to the sum, ties to even; 0.0 is never negative */
  CS_TOTAL_OVERFLOW /* the sum is beyond the greatest double; `real` is infinite */
} cs_total_kind;

typedef struct cs_total {
  cs_total_kind kind;
  int64_t integer; /* CS_TOTAL_INTEGER */
  double real;     /* CS_TOTAL_REAL, CS_TOTAL_OVERFLOW */
} cs_total;

/* Add `value`, which must be finite. False when memory ran out: the sum is then lost, and may
   only be freed. */
bool cs_sum_add_real(cs_sum *sum, double value);
bool cs_sum_add_integer(cs_sum *sum, int64_t value);

/* The sum so far. More may be added afterwards. */
cs_total cs_sum_read(const cs_sum *sum);

/* Leaves it empty. */
void cs_sum_free(cs_sum *sum);

/* Where what a bin holds should move on: as much is left for what comes. */
#define CS_BIN_LIMIT (INT64_C(1) << 62)

/* Adds a number whose lowest bit stands at `position`, when that takes few instructions;
   otherwise it does nothing but return false. */
static inline bool cs_sum_add_quickly(cs_sum *sum, int64_t value, unsigned position) {
  const bool second = sum->index[1] == position / 64;
  cs_bin *const bin = &sum->bins[second];
  /* Shifted by less than 64 bits, with the sign in all bits of the upper word that are left. */
  const uint64_t low = (uint64_t)value << position % 64;
  const uint64_t high = (uint64_t)(value >> 1 >> (~position & 63));
  const uint64_t new_low = bin->low + low;
  const uint64_t new_high = bin->high + high + (new_low < low);
  const uint64_t limit = CS_BIN_LIMIT;
  if (sum->index[second] != position / 64 || new_high + limit >= 2 * limit)
    return false;
  bin->low = new_low;
  bin->high = new_high;
  return true;
}

/* These add like those without `quickly` when that takes few instructions; otherwise they do
   nothing but return false. */
static inline bool cs_sum_add_real_quickly(cs_sum *sum, double value) {
  const int64_t hidden = INT64_C(1) << 52;
  int64_t bits;
  memcpy(&bits, &value, sizeof bits);
  const unsigned exponent = (unsigned)(bits >> 52) & 0x7ff;
  const int64_t sign = bits >> 63, magnitude = (bits & (hidden - 1)) | hidden;
  const unsigned position = (unsigned)CS_SUM_POSITION_OF_REALS + exponent;
  if (exponent == 0 ? value != 0 : !cs_sum_add_quickly(sum, (magnitude ^ sign) - sign, position))
    return false;
  sum->seen |= CS_SUM_SEEN_REAL;
  return true;
}

static inline bool cs_sum_add_integer_quickly(cs_sum *sum, int64_t value) {
  if (!cs_sum_add_quickly(sum, value, CS_SUM_POSITION_OF_ONE))
    return false;
  sum->seen |= CS_SUM_SEEN_INTEGER;
  return true;
}

#endif
