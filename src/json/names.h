/* The names of members, each known by a number: the same for all ways to write it. */
#ifndef CS_JSON_NAMES_H
#define CS_JSON_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "span.h"

#define CS_NAME_UNKNOWN UINT32_MAX

enum { CS_SPELLING_WORDS = 4 }; /* of 8 bytes, that are compared at once */

/* One way to write a name. */
typedef struct cs_spelling {
  uint64_t bytes[CS_SPELLING_WORDS]; /* the name, its quotes and the colon behind it ... */
  uint64_t mask[CS_SPELLING_WORDS];
  uint32_t length; /* ... so many bytes; 0 when they are more than fit */
  uint32_t name;
  uint32_t next;   /* the spelling that came behind it the last time */
  uint32_t inside; /* the first one inside its value, the last time */
  uint32_t chain;
  cs_span text; /* between the quotes */
} cs_spelling;

typedef struct cs_names {
  cs_spelling *spellings; /* the first stands for no name at all */
  size_t spelling_count;
  size_t spelling_capacity;
  uint32_t *spelling_chains; /* by hash; 0 ends one */
  cs_span *texts;            /* of the names, decoded */
  uint32_t *text_links;
  size_t text_count;
  size_t text_capacity;
  uint32_t *text_chains; /* a name's number + 1 */
} cs_names;

/* False when memory ran out. */
bool cs_names_init(cs_names *names);

/* Of a zeroed cs_names, too. */
void cs_names_free(cs_names *names);

/* The number of the name with this decoded text, made if there is none; CS_NAME_UNKNOWN when
   memory ran out or there are too many. The first gets 0, and so on. */
uint32_t cs_names_add(cs_names *names, cs_span text);

/* The spelling `raw`, as it stands between its quotes; 0 when there are too many or it is too
   long. Then *name is still right for a name that is known, and else CS_NAME_UNKNOWN. */
uint32_t cs_names_spelled(cs_names *names, cs_span raw, uint32_t *name);

#endif
