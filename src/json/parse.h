/* Proves a record right in one go, with the help of the index of its strings, and lists its
   items. It gives up at the first doubt: what is wrong, and where, is for the validator to say.
 */
#ifndef CS_JSON_PARSE_H
#define CS_JSON_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "index.h"
#include "names.h"
#include "record.h"

enum { CS_PARSE_LEVELS_MAX = 8, CS_PARSE_DEPTH_MAX = 1024 };

typedef enum cs_parsed {
  CS_PARSED_WHOLE,
  CS_PARSED_CUT, /* right so far, but its end is not there */
  CS_PARSED_DOUBT,
  CS_PARSED_MEMORY
} cs_parsed;

typedef struct cs_parse_options {
  size_t levels; /* of containers whose items are listed, up to CS_PARSE_LEVELS_MAX */
  size_t depth_limit;
  bool number_range; /* a number too large for a double is a doubt */
} cs_parse_options;

/* Reads the value that begins at the buffer's bytes[from], up to bytes[to - 1]. CS_PARSED_WHOLE:
   `*end` is behind it, `items` are its own. A number that nothing follows is cut. */
cs_parsed cs_parse(const cs_parse_options *options, cs_names *names, cs_index *index,
                   const cs_buffer *buffer, size_t from, size_t to, cs_items *items, size_t *end);

#endif
