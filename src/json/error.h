/* What is wrong with a text, and where. */
#ifndef CS_JSON_ERROR_H
#define CS_JSON_ERROR_H

#include <stdint.h>

typedef enum cs_json_error_kind {
  CS_JSON_NONE,
  CS_JSON_MALFORMED,  /* no continuation could make it right */
  CS_JSON_INCOMPLETE, /* right as far as it goes, but it stops */
  CS_JSON_LIMIT,      /* more than the caller allowed */
  CS_JSON_MEMORY
} cs_json_error_kind;

/* The byte that was found where an error says what was expected. */
enum { CS_JSON_FOUND_NOTHING = -1 };

typedef struct cs_json_error {
  cs_json_error_kind kind;
  const char *message; /* static text: what was expected, or which limit was passed */
  int found;           /* the offending byte, 0 to 255, or CS_JSON_FOUND_NOTHING */
  uint64_t byte;       /* of the decoded text, from 1; just past the end when it stops */
  uint64_t line;       /* from 1, ended by line feeds */
  uint64_t column;     /* in bytes, from 1 */
  uint64_t record;     /* the one behind those that were given, from 1 */
} cs_json_error;

#endif
