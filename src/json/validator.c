#include "validator.h"

#include <string.h>

#include "number.h"

enum state {
  VALUE,         /* a value must come */
  VALUE_OR_END,  /* behind '[' */
  KEY,           /* behind ',' in an object */
  KEY_OR_END,    /* behind '{' */
  COLON,         /* behind a name */
  COMMA_OR_END,  /* behind a value in an array or object */
  STRING,        /* inside quotes */
  UTF8,          /* inside a character of several bytes */
  ESCAPE,        /* behind a backslash */
  HEX,           /* inside \uXXXX */
  LOW_BACKSLASH, /* behind a high surrogate */
  LOW_U,
  LITERAL, /* inside true, false, null */
  MINUS,   /* behind '-' */
  ZERO,    /* behind a leading zero */
  INTEGER,
  POINT, /* behind '.' */
  FRACTION,
  EXPONENT, /* behind 'e' */
  EXPONENT_SIGN,
  EXPONENT_DIGITS,
  DONE
};

static const char *const expected[] = {
    [VALUE] = "expected a value",
    [VALUE_OR_END] = "expected a value or ']'",
    [KEY] = "expected a name in quotes",
    [KEY_OR_END] = "expected a name in quotes or '}'",
    [COLON] = "expected ':' behind a name",
    [COMMA_OR_END] = "expected ',' or the closing bracket",
    [STRING] = "control characters must be escaped in a string",
    [UTF8] = "invalid UTF-8 in a string",
    [ESCAPE] = "unknown escape in a string",
    [HEX] = "expected four hexadecimal digits behind \\u",
    [LOW_BACKSLASH] = "a high surrogate needs its low surrogate",
    [LOW_U] = "a high surrogate needs its low surrogate",
    [LITERAL] = "expected true, false or null",
    [MINUS] = "expected a digit behind '-'",
    [ZERO] = "a number must not begin with a zero and further digits",
    [INTEGER] = "expected ',' or the closing bracket",
    [POINT] = "expected a digit behind the decimal point",
    [FRACTION] = "expected ',' or the closing bracket",
    [EXPONENT] = "expected a digit or a sign in the exponent",
    [EXPONENT_SIGN] = "expected a digit in the exponent",
    [EXPONENT_DIGITS] = "expected ',' or the closing bracket",
};

void cs_validator_begin(cs_validator *validator, size_t depth_limit, bool number_range) {
  validator->state = VALUE;
  validator->key = false;
  validator->number_range = number_range;
  validator->low_surrogate = false;
  validator->depth = 0;
  validator->depth_limit = depth_limit;
  validator->kind = CS_JSON_NONE;
  validator->message = NULL;
}

static cs_verdict wrong(cs_validator *validator, cs_json_error_kind kind, const char *message) {
  validator->kind = kind;
  validator->message = message;
  return CS_VERDICT_WRONG;
}

static cs_verdict unexpected(cs_validator *validator) {
  return wrong(validator, CS_JSON_MALFORMED, expected[validator->state]);
}

static bool is_space(unsigned char byte) {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

static bool is_digit(unsigned char byte) {
  return byte >= '0' && byte <= '9';
}

static bool inside_object(const cs_validator *validator) {
  size_t level = validator->depth - 1;
  return (validator->objects[level / 8] >> (level % 8) & 1) != 0;
}

static cs_verdict value_ended(cs_validator *validator) {
  if (validator->depth == 0) {
    validator->state = DONE;
    return CS_VERDICT_DONE;
  }
  validator->state = COMMA_OR_END;
  return CS_VERDICT_MORE;
}

static cs_verdict open_container(cs_validator *validator, bool object) {
  if (validator->depth == validator->depth_limit)
    return wrong(validator, CS_JSON_LIMIT, "nested deeper than limits.depth allows");
  size_t level = validator->depth++;
  unsigned bit = 1u << (level % 8);
  unsigned bits = validator->objects[level / 8];
  validator->objects[level / 8] = (uint8_t)(object ? bits | bit : bits & ~bit);
  validator->state = object ? KEY_OR_END : VALUE_OR_END;
  return CS_VERDICT_MORE;
}

static cs_verdict close_container(cs_validator *validator, unsigned char byte) {
  if ((byte == '}') != inside_object(validator))
    return unexpected(validator);
  validator->depth--;
  return value_ended(validator);
}

static cs_verdict begin_literal(cs_validator *validator, const char *rest) {
  validator->literal = rest;
  validator->state = LITERAL;
  return CS_VERDICT_MORE;
}

static cs_verdict begin_value(cs_validator *validator, unsigned char byte, size_t index) {
  switch (byte) {
  case '"':
    validator->key = false;
    validator->state = STRING;
    return CS_VERDICT_MORE;
  case '{':
    return open_container(validator, true);
  case '[':
    return open_container(validator, false);
  case 't':
    return begin_literal(validator, "rue");
  case 'f':
    return begin_literal(validator, "alse");
  case 'n':
    return begin_literal(validator, "ull");
  default:
    break;
  }
  if (byte != '-' && !is_digit(byte))
    return unexpected(validator);
  validator->number_start = index;
  validator->exponent_positive = false;
  validator->state = byte == '-' ? MINUS : byte == '0' ? ZERO : INTEGER;
  return CS_VERDICT_MORE;
}

/* A number under way takes a byte; false when the byte is not part of it. */
static bool number_takes(cs_validator *validator, unsigned char byte) {
  int next = -1;
  switch (validator->state) {
  case MINUS:
    next = byte == '0' ? ZERO : is_digit(byte) ? INTEGER : -1;
    break;
  case INTEGER:
    next = is_digit(byte) ? INTEGER : -1;
    /* fall through */
  case ZERO:
    next = byte == '.' ? POINT : byte == 'e' || byte == 'E' ? EXPONENT : next;
    break;
  case POINT:
    next = is_digit(byte) ? FRACTION : -1;
    break;
  case FRACTION:
    next = is_digit(byte) ? FRACTION : byte == 'e' || byte == 'E' ? EXPONENT : -1;
    break;
  case EXPONENT:
    next = byte == '+' || byte == '-' ? EXPONENT_SIGN : is_digit(byte) ? EXPONENT_DIGITS : -1;
    validator->exponent_positive = byte != '-';
    break;
  default:
    next = is_digit(byte) ? EXPONENT_DIGITS : -1;
    break;
  }
  if (next < 0)
    return false;
  validator->state = next;
  return true;
}

static bool number_may_end(const cs_validator *validator) {
  int state = validator->state;
  return state == ZERO || state == INTEGER || state == FRACTION || state == EXPONENT_DIGITS;
}

static cs_verdict number_ended(cs_validator *validator, const char *value, size_t end) {
  size_t length = end - validator->number_start;
  /* Shorter than this and without a positive exponent, no number reaches the largest double. */
  bool suspect = validator->exponent_positive || length > 300;
  if (validator->number_range && suspect &&
      cs_number_parse(value + validator->number_start, length).kind == CS_NUMBER_TOO_LARGE)
    return wrong(validator, CS_JSON_MALFORMED, "a number too large for a double");
  return value_ended(validator);
}

static cs_verdict string_ended(cs_validator *validator) {
  if (!validator->key)
    return value_ended(validator);
  validator->state = COLON;
  return CS_VERDICT_MORE;
}

/* The first byte of a character of several bytes: what may follow it (RFC 3629, section 4). */
static cs_verdict begin_utf8(cs_validator *validator, unsigned char byte) {
  validator->utf8_first = 0x80;
  validator->utf8_last = 0xBF;
  if (byte >= 0xC2 && byte <= 0xDF) {
    validator->utf8_left = 1;
  } else if (byte >= 0xE0 && byte <= 0xEF) {
    validator->utf8_left = 2;
    validator->utf8_first = byte == 0xE0 ? 0xA0 : 0x80;
    validator->utf8_last = byte == 0xED ? 0x9F : 0xBF;
  } else if (byte >= 0xF0 && byte <= 0xF4) {
    validator->utf8_left = 3;
    validator->utf8_first = byte == 0xF0 ? 0x90 : 0x80;
    validator->utf8_last = byte == 0xF4 ? 0x8F : 0xBF;
  } else {
    return wrong(validator, CS_JSON_MALFORMED, expected[UTF8]);
  }
  validator->state = UTF8;
  return CS_VERDICT_MORE;
}

static cs_verdict continue_utf8(cs_validator *validator, unsigned char byte) {
  if (byte < validator->utf8_first || byte > validator->utf8_last)
    return unexpected(validator);
  validator->utf8_first = 0x80;
  validator->utf8_last = 0xBF;
  if (--validator->utf8_left == 0)
    validator->state = STRING;
  return CS_VERDICT_MORE;
}

static cs_verdict begin_escape(cs_validator *validator, unsigned char byte) {
  if (byte == 'u') {
    validator->hex = 0;
    validator->hex_left = 4;
    validator->state = HEX;
    return CS_VERDICT_MORE;
  }
  if (byte == 0 || strchr("\"\\/bfnrt", byte) == NULL)
    return unexpected(validator);
  validator->state = STRING;
  return CS_VERDICT_MORE;
}

static cs_verdict hex_ended(cs_validator *validator) {
  bool high = validator->hex >= 0xD800 && validator->hex <= 0xDBFF;
  bool low = validator->hex >= 0xDC00 && validator->hex <= 0xDFFF;
  if (validator->low_surrogate != low)
    return wrong(validator, CS_JSON_MALFORMED,
                 low ? "a low surrogate without its high surrogate" : expected[LOW_U]);
  validator->low_surrogate = high;
  validator->state = high ? LOW_BACKSLASH : STRING;
  return CS_VERDICT_MORE;
}

static cs_verdict continue_hex(cs_validator *validator, unsigned char byte) {
  unsigned digit = 0;
  if (is_digit(byte))
    digit = (unsigned)byte - '0';
  else if ((byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F'))
    digit = ((unsigned)byte | 0x20u) - 'a' + 10;
  else
    return unexpected(validator);
  validator->hex = validator->hex << 4 | digit;
  return --validator->hex_left == 0 ? hex_ended(validator) : CS_VERDICT_MORE;
}

static cs_verdict continue_string(cs_validator *validator, unsigned char byte) {
  if (byte == '"')
    return string_ended(validator);
  if (byte == '\\') {
    validator->state = ESCAPE;
    return CS_VERDICT_MORE;
  }
  return byte < 0x20 ? unexpected(validator) : begin_utf8(validator, byte);
}

/* The state in which `byte` follows a high surrogate is right only for one byte. */
static cs_verdict exactly(cs_validator *validator, unsigned char byte, char right, int next) {
  if (byte != (unsigned char)right)
    return unexpected(validator);
  validator->state = next;
  if (next == HEX) {
    validator->hex = 0;
    validator->hex_left = 4;
  }
  return CS_VERDICT_MORE;
}

static cs_verdict continue_literal(cs_validator *validator, unsigned char byte) {
  if (byte != (unsigned char)*validator->literal)
    return unexpected(validator);
  validator->literal++;
  return *validator->literal == '\0' ? value_ended(validator) : CS_VERDICT_MORE;
}

static cs_verdict begin_key(cs_validator *validator, unsigned char byte) {
  if (byte != '"')
    return unexpected(validator);
  validator->key = true;
  validator->state = STRING;
  return CS_VERDICT_MORE;
}

static cs_verdict behind_value(cs_validator *validator, unsigned char byte) {
  if (byte == '}' || byte == ']')
    return close_container(validator, byte);
  if (byte != ',')
    return unexpected(validator);
  validator->state = inside_object(validator) ? KEY : VALUE;
  return CS_VERDICT_MORE;
}

/* Between tokens: white space is nothing. */
static cs_verdict structure(cs_validator *validator, unsigned char byte, size_t index) {
  if (is_space(byte))
    return CS_VERDICT_MORE;
  switch (validator->state) {
  case VALUE_OR_END:
    if (byte == ']')
      return close_container(validator, byte);
    /* fall through */
  case VALUE:
    return begin_value(validator, byte, index);
  case KEY_OR_END:
    if (byte == '}')
      return close_container(validator, byte);
    /* fall through */
  case KEY:
    return begin_key(validator, byte);
  case COLON:
    if (byte != ':')
      return unexpected(validator);
    validator->state = VALUE;
    return CS_VERDICT_MORE;
  default:
    return behind_value(validator, byte);
  }
}

static cs_verdict take(cs_validator *validator, unsigned char byte, size_t index) {
  switch (validator->state) {
  case STRING:
    return continue_string(validator, byte);
  case UTF8:
    return continue_utf8(validator, byte);
  case ESCAPE:
    return begin_escape(validator, byte);
  case HEX:
    return continue_hex(validator, byte);
  case LOW_BACKSLASH:
    return exactly(validator, byte, '\\', LOW_U);
  case LOW_U:
    return exactly(validator, byte, 'u', HEX);
  case LITERAL:
    return continue_literal(validator, byte);
  default:
    return structure(validator, byte, index);
  }
}

/* The index of the first byte of a string that needs a look: a quote, a backslash, a control
   character or one beyond ASCII. Eight bytes at a time. */
static size_t plain_run(const char *value, size_t from, size_t to) {
  const uint64_t ones = UINT64_C(0x0101010101010101);
  const uint64_t tops = UINT64_C(0x8080808080808080);
  while (to - from >= 8) {
    uint64_t word;
    memcpy(&word, value + from, sizeof word);
    uint64_t quote = word ^ (ones * '"');
    uint64_t backslash = word ^ (ones * '\\');
    uint64_t special = (word - ones * 0x20) | (quote - ones) | (backslash - ones) | word;
    if ((special & tops) != 0)
      break;
    from += 8;
  }
  while (from < to) {
    unsigned char byte = (unsigned char)value[from];
    if (byte < 0x20 || byte > 0x7F || byte == '"' || byte == '\\')
      break;
    from++;
  }
  return from;
}

static bool inside_number(const cs_validator *validator) {
  return validator->state >= MINUS && validator->state <= EXPONENT_DIGITS;
}

cs_verdict cs_validator_run(cs_validator *validator, const char *value, size_t from, size_t to,
                            size_t *stop) {
  cs_verdict verdict = CS_VERDICT_MORE;
  size_t at = from;
  while (at < to) {
    if (validator->state == STRING)
      at = plain_run(value, at, to);
    if (at == to)
      break;
    unsigned char byte = (unsigned char)value[at];
    if (inside_number(validator)) {
      if (number_takes(validator, byte)) {
        at++;
        continue;
      }
      /* The byte that ends a number belongs to what comes behind it. */
      bool misplaced_digit = validator->state == ZERO && is_digit(byte);
      if (misplaced_digit || !number_may_end(validator)) {
        verdict = unexpected(validator);
      } else {
        verdict = number_ended(validator, value, at);
        at = verdict == CS_VERDICT_WRONG ? validator->number_start : at;
      }
    } else {
      verdict = take(validator, byte, at);
      if (verdict != CS_VERDICT_WRONG)
        at++;
    }
    if (verdict != CS_VERDICT_MORE)
      break;
  }
  *stop = at;
  return verdict;
}

static const char *stops_inside(const cs_validator *validator) {
  int state = validator->state;
  if (state >= STRING && state <= LOW_U)
    return "the text stops inside a string";
  if (state == LITERAL || inside_number(validator))
    return "the text stops inside a value";
  if (validator->depth == 0)
    return "the text stops where a value is expected";
  return inside_object(validator) ? "the text stops inside an object"
                                  : "the text stops inside an array";
}

cs_verdict cs_validator_finish(cs_validator *validator, const char *value, size_t length) {
  if (validator->depth == 0 && inside_number(validator) && number_may_end(validator))
    return number_ended(validator, value, length);
  validator->message = stops_inside(validator);
  return CS_VERDICT_MORE;
}
