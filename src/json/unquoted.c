#include "unquoted.h"

#include <stdint.h>
#include <string.h>

#include "bytes.h"
#include "number.h"

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static const char *skip_digits(const char *at, const char *end) {
  while (at < end && is_digit(*at))
    at++;
  return at;
}

static bool number_is_right(const char *text, size_t length, bool number_range) {
  const char *const end = text + length;
  const char *const whole = text + (*text == '-');
  const char *at = skip_digits(whole, end);
  if (at == whole || (*whole == '0' && at > whole + 1))
    return false;
  if (at < end && *at == '.') {
    const char *const fraction = at + 1;
    at = skip_digits(fraction, end);
    if (at == fraction)
      return false;
  }
  bool suspect = length >= CS_UNQUOTED_SHORT;
  if (at < end && (*at == 'e' || *at == 'E')) {
    const char *digits = at + 1;
    if (digits < end && (*digits == '+' || *digits == '-'))
      digits++;
    suspect = suspect || at[1] != '-';
    at = skip_digits(digits, end);
    if (at == digits)
      return false;
  }
  return at == end &&
         !(number_range && suspect && cs_number_parse(text, length).kind == CS_NUMBER_TOO_LARGE);
}

bool cs_unquoted_is_right(const char *text, size_t length, bool number_range) {
  if (length == 0 || length > PTRDIFF_MAX)
    return false;
  switch (*text) {
  case 't':
    return length == 4 && memcmp(text, "true", 4) == 0;
  case 'f':
    return length == 5 && memcmp(text, "false", 5) == 0;
  case 'n':
    return length == 4 && memcmp(text, "null", 4) == 0;
  default:
    return number_is_right(text, length, number_range);
  }
}

/* How many digits stand at `at`. */
static size_t count_digits(const char *at) {
  size_t count = 0;
  for (;;) {
    uint64_t others = cs_others_than_digits(cs_load_word(at + count));
    if (others != 0)
      return count + (size_t)__builtin_ctzll(others) / 8;
    count += sizeof others;
  }
}

size_t cs_unquoted_number(const char *text, bool number_range) {
  const char *at = text + (*text == '-');
  size_t digits = count_digits(at);
  if (digits == 0 || (*at == '0' && digits > 1))
    return 0;
  at += digits;
  if (*at == '.') {
    size_t fraction = count_digits(at + 1);
    if (fraction == 0)
      return 0;
    at += 1 + fraction;
  }
  if (*at != 'e' && *at != 'E' && at - text < CS_UNQUOTED_SHORT)
    return (size_t)(at - text);
  if (*at == 'e' || *at == 'E') {
    at++;
    at += *at == '+' || *at == '-';
    at += count_digits(at);
  }
  size_t length = (size_t)(at - text);
  return number_is_right(text, length, number_range) ? length : 0;
}
