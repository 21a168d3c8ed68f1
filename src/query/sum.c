#include "sum.h"

#include <stdlib.h>

enum {
  /* The greatest double's bin is 33. It would take 2^60 rows to spill bin 34, so 35 stays 0. */
  BINS = 36,
  WORDS = BINS + 1,
  POSITION_OF_LEAST = CS_SUM_POSITION_OF_REALS + 1 /* of the least double there is */
};

/* The bin of a word, or NULL when memory ran out. */
static cs_bin *find_bin(cs_sum *sum, unsigned index) {
  for (size_t i = 0; i < CS_SUM_INLINE; i++) {
    if (sum->index[i] == 0)
      sum->index[i] = (uint8_t)index;
    if (sum->index[i] == index)
      return &sum->bins[i];
  }
  if (sum->others == NULL)
    sum->others = calloc(BINS, sizeof *sum->others);
  return sum->others == NULL ? NULL : &sum->others[index];
}

/* Takes a magnitude of less than 2^117. */
static void add_to_bin(cs_bin *bin, uint64_t low, uint64_t high, bool negative) {
  if (negative) {
    bin->high -= high + (bin->low < low);
    bin->low -= low;
  } else {
    bin->low += low;
    bin->high += high + (bin->low < low);
  }
}

/* The upper half of a bin is the lower half of the next. That one is not filled by so little: it
   would take 2^62 times. */
static bool spill(cs_sum *sum, unsigned index, cs_bin *bin) {
  cs_bin *const next = find_bin(sum, index + 1);
  if (next == NULL)
    return false;
  const bool negative = bin->high >> 63 != 0;
  add_to_bin(next, negative ? 0 - bin->high : bin->high, 0, negative);
  bin->high = 0;
  return true;
}

static bool is_full(const cs_bin *bin) {
  return bin->high + (uint64_t)CS_BIN_LIMIT >= 2 * (uint64_t)CS_BIN_LIMIT;
}

static bool put(cs_sum *sum, unsigned position, uint64_t magnitude, bool negative) {
  const unsigned index = position / 64, shift = position % 64;
  cs_bin *const bin = find_bin(sum, index);
  if (bin == NULL || (is_full(bin) && !spill(sum, index, bin)))
    return false;
  add_to_bin(bin, magnitude << shift, magnitude >> 1 >> (63 - shift), negative);
  return true;
}

bool cs_sum_add_real(cs_sum *sum, double value) {
  const uint64_t hidden = UINT64_C(1) << 52;
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  unsigned exponent = (unsigned)(bits >> 52) & 0x7ff;
  uint64_t significand = bits & (hidden - 1);
  sum->seen |= CS_SUM_SEEN_REAL;
  if (exponent != 0)
    significand |= hidden;
  else if (significand == 0)
    return true;
  else
    exponent = 1;
  return put(sum, (unsigned)CS_SUM_POSITION_OF_REALS + exponent, significand, bits >> 63 != 0);
}

bool cs_sum_add_integer(cs_sum *sum, int64_t value) {
  const bool negative = value < 0;
  sum->seen |= CS_SUM_SEEN_INTEGER;
  return put(sum, CS_SUM_POSITION_OF_ONE, negative ? 0 - (uint64_t)value : (uint64_t)value,
             negative);
}

void cs_sum_free(cs_sum *sum) {
  free(sum->others);
  memset(sum, 0, sizeof *sum);
}

static void add_word(uint64_t *words, size_t at, uint64_t value) {
  for (; value != 0 && at < WORDS; at++) {
    words[at] += value;
    value = words[at] < value;
  }
}

static void subtract_word(uint64_t *words, size_t at, uint64_t value) {
  for (; value != 0 && at < WORDS; at++) {
    const uint64_t before = words[at];
    words[at] -= value;
    value = before < value;
  }
}

static void add_bin(uint64_t *words, size_t index, const cs_bin *bin) {
  add_word(words, index, bin->low);
  if (bin->high >> 63 != 0)
    subtract_word(words, index + 1, 0 - bin->high);
  else
    add_word(words, index + 1, bin->high);
}

/* Writes the magnitude of the sum to `words` and returns its sign. */
static bool gather(const cs_sum *sum, uint64_t *words) {
  memset(words, 0, WORDS * sizeof *words);
  for (size_t i = 0; i < CS_SUM_INLINE; i++)
    add_bin(words, sum->index[i], &sum->bins[i]);
  for (size_t i = 0; sum->others != NULL && i < BINS; i++)
    add_bin(words, i, &sum->others[i]);
  const bool negative = words[WORDS - 1] >> 63 != 0;
  if (negative) {
    for (size_t i = 0; i < WORDS; i++)
      words[i] = ~words[i];
    add_word(words, 0, 1);
  }
  return negative;
}

/* How many bits the number has; 0 for 0. */
static size_t bit_length(const uint64_t *words) {
  size_t count = WORDS;
  while (count > 0 && words[count - 1] == 0)
    count--;
  if (count == 0)
    return 0;
  size_t length = 64 * count;
  for (uint64_t top = words[count - 1]; top >> 63 == 0; top <<= 1)
    length--;
  return length;
}

/* The 64 bits from `position` up, which stands below the last word. */
static uint64_t bits_at(const uint64_t *words, size_t position) {
  const size_t word = position / 64, shift = position % 64;
  return words[word] >> shift | words[word + 1] << 1 << (63 - shift);
}

static bool any_below(const uint64_t *words, size_t position) {
  for (size_t i = 0; i < position / 64; i++)
    if (words[i] != 0)
      return true;
  return (words[position / 64] & ((UINT64_C(1) << position % 64) - 1)) != 0;
}

static bool read_integer(const uint64_t *words, bool negative, int64_t *integer) {
  if (bit_length(words) > CS_SUM_POSITION_OF_ONE + 64)
    return false;
  const uint64_t magnitude = bits_at(words, CS_SUM_POSITION_OF_ONE);
  if (magnitude > (uint64_t)INT64_MAX + negative)
    return false;
  /* Its two's complement: the cast of what does not fit wraps round in every compiler there is,
     and is the implementation's to define, not undefined. */
  *integer = (int64_t)(negative ? 0 - magnitude : magnitude);
  return true;
}

static cs_total read_real(const uint64_t *words, bool negative) {
  const uint64_t infinity = UINT64_C(0x7ff) << 52;
  const size_t length = bit_length(words);
  const size_t lowest = length < POSITION_OF_LEAST + 53 ? POSITION_OF_LEAST : length - 53;
  uint64_t bits = bits_at(words, lowest);
  const bool half = (bits_at(words, lowest - 1) & 1) != 0;
  if (half && ((bits & 1) != 0 || any_below(words, lowest - 1)))
    bits++;
  /* The highest of the 53 bits counts 1 in the exponent; a subnormal number has none. A carry out
     of them ends there, too. */
  bits += (uint64_t)(lowest - POSITION_OF_LEAST) << 52;
  cs_total total = {bits < infinity ? CS_TOTAL_REAL : CS_TOTAL_OVERFLOW, 0, 0};
  if (bits > infinity)
    bits = infinity;
  bits |= (uint64_t)negative << 63;
  memcpy(&total.real, &bits, sizeof bits);
  return total;
}

cs_total cs_sum_read(const cs_sum *sum) {
  uint64_t words[WORDS];
  cs_total total = {CS_TOTAL_EMPTY, 0, 0};
  if (sum->seen == 0)
    return total;
  const bool negative = gather(sum, words);
  if ((sum->seen & CS_SUM_SEEN_REAL) == 0 && read_integer(words, negative, &total.integer))
    total.kind = CS_TOTAL_INTEGER;
  else
    total = read_real(words, negative);
  return total;
}
