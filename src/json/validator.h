/* Proves one JSON value right, byte by byte, wherever its bytes are cut.

   RFC 8259 to the letter: structure, escapes, control characters, UTF-8 and the grammar of
   numbers. Two things that its grammar leaves open are refused, because no right value could be
   given for them: an escaped surrogate without its partner, and (unless the caller takes numbers
   as text) a number that is too large for a double. */
#ifndef CS_JSON_VALIDATOR_H
#define CS_JSON_VALIDATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

/* Deepest nesting a caller may allow. */
enum { CS_VALIDATOR_DEPTH_MAX = 1024 };

typedef enum cs_verdict {
  CS_VERDICT_MORE, /* right so far */
  CS_VERDICT_DONE, /* the value is complete */
  CS_VERDICT_WRONG /* see `kind` and `message` */
} cs_verdict;

typedef struct cs_validator {
  int state;
  bool key;                 /* the string under way is a member's name */
  bool number_range;        /* false: numbers of any size are right */
  bool exponent_positive;   /* of the number under way */
  unsigned hex_left;        /* digits of \uXXXX still to come */
  uint32_t hex;             /* its value so far */
  bool low_surrogate;       /* the escape under way must be a low surrogate */
  unsigned utf8_left;       /* continuation bytes still to come */
  unsigned char utf8_first; /* least and greatest that the next one may be */
  unsigned char utf8_last;
  const char *literal; /* what remains of true, false or null */
  size_t number_start; /* index in the value where the number under way began */
  size_t depth;
  size_t depth_limit;
  cs_json_error_kind kind; /* CS_VERDICT_WRONG: malformed or limit, and why */
  const char *message;
  uint8_t objects[CS_VALIDATOR_DEPTH_MAX / 8]; /* a bit a level: object, not array */
} cs_validator;

/* Prepares for a value. `depth_limit` is from 0 to CS_VALIDATOR_DEPTH_MAX. */
void cs_validator_begin(cs_validator *validator, size_t depth_limit, bool number_range);

/* Reads value[from] to value[to - 1]; all of the value from its first byte must be there.
   `*stop` is where it stopped: `to` when more is wanted, the index behind a complete value, or
   the index of the wrong byte. */
cs_verdict cs_validator_run(cs_validator *validator, const char *value, size_t from, size_t to,
                            size_t *stop);

/* The text ends here. A number that may end is then complete; all else is a text that stops
   early: CS_VERDICT_MORE, with `message` saying inside what. A number of `length` bytes that is
   out of range is CS_VERDICT_WRONG. */
cs_verdict cs_validator_finish(cs_validator *validator, const char *value, size_t length);

#endif
