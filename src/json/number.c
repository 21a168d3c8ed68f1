#include "number.h"

#include <float.h>
#include <stdbool.h>
#include <string.h>

#include "decimal.h"
#include "eisel_lemire.h"

#if defined __SSE2__ && defined CS_EISEL_LEMIRE_USUAL
#include <emmintrin.h>
#endif

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
static uint64_t value_of_eight(uint64_t digits) {
  const uint64_t v = digits * 10 + (digits >> 8);
  return ((v & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x000f424000000064) +
          (v >> 16 & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x0000271000000001)) >>
         32;
}

static bool read_eight_digits(const char *at, uint64_t *value) {
  uint64_t v;
  memcpy(&v, at, sizeof v);
  if ((((v + UINT64_C(0x4646464646464646)) | (v - UINT64_C(0x3030303030303030))) &
       UINT64_C(0x8080808080808080)) != 0)
    return false;
  *value = value_of_eight(v - UINT64_C(0x3030303030303030));
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

#if defined __SSE2__ && defined CS_EISEL_LEMIRE_USUAL
enum { USUAL_DIGITS = 16, USUAL_LENGTH = 24 };

/* From [USUAL_DIGITS - n] on, n bytes are all ones. */
static const _Alignas(32) uint8_t first_bytes[2 * USUAL_DIGITS] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

static inline __m128i mask_of_first(size_t count) {
  return _mm_loadu_si128((const __m128i *)(first_bytes + USUAL_DIGITS - count));
}

static inline __m128i load_values(const char *at) {
  return _mm_sub_epi8(_mm_loadu_si128((const __m128i *)at), _mm_set1_epi8('0'));
}

/* Pairs, then fours, then eights. A pair's lower byte, the first digit, comes ten times to the
   upper one. */
static inline uint64_t value_of_sixteen(__m128i digits) {
  __m128i tens = _mm_set1_epi16(10 * 256 + 1);
  __asm__("" : "+x"(tens)); /* or one product is made of five shifts and sums */
  const __m128i pairs = _mm_srli_epi16(_mm_mullo_epi16(digits, tens), 8);
  const __m128i fours = _mm_madd_epi16(pairs, _mm_set1_epi32(100 | 1 << 16));
  const __m128i words = _mm_packs_epi32(fours, fours);
  const __m128i eights = _mm_madd_epi16(words, _mm_set1_epi32(10000 | 1 << 16));
  const uint64_t both = (uint64_t)_mm_cvtsi128_si64(eights);
  return (both & UINT32_MAX) * 100000000 + (both >> 32);
}

/* The power of ten in `length` characters from the 'e' on, when it is as small amounts have it: a
   minus and one or two digits. In few registers, so that none must be saved. */
static inline bool read_usual_exponent(const char *at, size_t length, int *exponent) {
  if ((at[0] | 0x20) != 'e' || at[1] != '-' || length > 4)
    return false;
  *exponent = '0' - at[length - 1];
  if (length == 4)
    *exponent -= 10 * (at[2] - '0');
  return true;
}

/* The digits are taken twice, from the first byte and from the second one on: those before the
   point are right in the one, those behind it in the other. They stay at the upper end of sixteen
   digits: the zeros behind them cost nothing, as the exponent makes good for them. */
static inline uint64_t join_digits(const char *at, __m128i values, size_t whole, size_t count) {
  const __m128i before = mask_of_first(whole);
  const __m128i behind = _mm_andnot_si128(before, mask_of_first(count));
  return value_of_sixteen(
      _mm_or_si128(_mm_and_si128(before, values), _mm_and_si128(behind, load_values(at + 1))));
}

/* Of one to eight digits, the first ones of `values`. */
static inline uint64_t value_of_few(uint64_t values, size_t count) {
  return value_of_eight(values << (64 - 8 * count)); /* their zeros come in front */
}

/* Of nine to sixteen digits. */
static inline uint64_t value_of_many(__m128i values, size_t count) {
  static const uint32_t powers[] = {1,      10,      100,      1000,     10000,
                                    100000, 1000000, 10000000, 100000000};
  const uint64_t behind = (uint64_t)_mm_cvtsi128_si64(_mm_srli_si128(values, 8));
  return value_of_eight((uint64_t)_mm_cvtsi128_si64(values)) * powers[count - 8] +
         value_of_few(behind, count - 8);
}

static inline int64_t whole_of(__m128i values, size_t count, bool negative) {
  const uint64_t whole = count <= 8 ? value_of_few((uint64_t)_mm_cvtsi128_si64(values), count)
                                    : value_of_many(values, count);
  const int64_t sign = -(int64_t)negative;
  return ((int64_t)whole ^ sign) - sign;
}

static inline bool parse_usual(const char *text, size_t length, cs_number *number) {
  const size_t negative = *text == '-', left = length - negative;
  const char *const at = text + negative;
  const __m128i values = load_values(at);
  const __m128i small = _mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values);
  uint64_t others = ~(uint64_t)(unsigned)_mm_movemask_epi8(small) | UINT64_MAX << left;
  const size_t whole = (size_t)__builtin_ctzll(others);
  if (whole == left) {
    if (left <= USUAL_DIGITS)
      *number = (cs_number){CS_NUMBER_INTEGER, whole_of(values, left, negative != 0), 0.0};
    return left <= USUAL_DIGITS;
  }
  const size_t point = at[whole] == '.';
  others &= others - point; /* takes the point out */
  const size_t end = (size_t)__builtin_ctzll(others);
  int exponent = 0;
  if (end != left && !read_usual_exponent(at + end, left - end, &exponent))
    return false;
  exponent += (int)whole - USUAL_DIGITS;
  const uint64_t mantissa = join_digits(at, values, whole, end - point);
  uint64_t bits = (uint64_t)negative << 63;
  if (mantissa != 0) {
    if (exponent < -27 || exponent >= 0)
      return false;
    bits |= cs_eisel_lemire_usual(mantissa, exponent);
  }
  *number = (cs_number){CS_NUMBER_REAL, 0, 0.0};
  memcpy(&number->real, &bits, sizeof bits);
  return true;
}

/* Its registers are not to be saved by who calls it last. */
__attribute__((noinline)) static void parse_any(const char *text, size_t length,
                                                cs_number *number) {
  *number = cs_number_parse(text, length);
}

void cs_number_parse_padded(const char *text, size_t length, cs_number *number) {
  if (length >= USUAL_LENGTH || !parse_usual(text, length, number))
    parse_any(text, length, number);
}
#else
void cs_number_parse_padded(const char *text, size_t length, cs_number *number) {
  *number = cs_number_parse(text, length);
}
#endif
