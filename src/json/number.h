/* Numbers of RFC 8259: exact text to value. */
#ifndef CS_JSON_NUMBER_H
#define CS_JSON_NUMBER_H

#include <stddef.h>
#include <stdint.h>

typedef enum cs_number_kind {
  CS_NUMBER_INTEGER,  /* written without fraction and exponent, fits int64_t */
  CS_NUMBER_REAL,     /* every other number: the nearest double, ties to even */
  CS_NUMBER_TOO_LARGE /* rounds to infinity */
} cs_number_kind;

typedef struct cs_number {
  cs_number_kind kind;
  int64_t integer; /* CS_NUMBER_INTEGER */
  double real;     /* CS_NUMBER_REAL */
} cs_number;

/* Reads `text`, which must follow RFC 8259's grammar of `number` (the caller has checked it).
   Any length is read exactly. "-0" is the integer 0; what is too small for a double is 0.0
   with its sign. Does not depend on the locale. */
cs_number cs_number_parse(const char *text, size_t length);

enum { CS_NUMBER_PAD = 32 };

/* Likewise, and faster: the CS_NUMBER_PAD bytes from text[0] may be read, whatever they are. That
   is so for what stands in a cs_buffer. */
void cs_number_parse_padded(const char *text, size_t length, cs_number *number);

#endif
