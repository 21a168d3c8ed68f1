/* Reads a row by its anchors: each member for itself, whatever stands before it and behind it, so
   that rows whose members come in any order, come and go or come twice are read fast, too. It
   proves the row right or says nothing: then cs_parse is to read it. */
#ifndef CS_JSON_MEMBERS_H
#define CS_JSON_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "index.h"
#include "names.h"
#include "parse.h"
#include "record.h"

enum {
  CS_MEMBERS_MOST = 64,  /* of a row that is read so */
  CS_MEMBERS_NAMES = 32, /* the first names, whose items it knows */
};

typedef struct cs_members {
  uint8_t items_of[CS_MEMBERS_NAMES + 1]; /* the last item of a name, 0: none */
  uint64_t shape;                         /* of the row, as cs_shapes_hash */
  bool nested;                            /* some value is a container */
  cs_gap gap;                             /* from a value to the next name */
  cs_items inner;                         /* of a container in the row */
  unsigned misses;                        /* in a row */
  unsigned pause;                         /* rows that are not even tried */
} cs_members;

/* A zeroed cs_members is ready. */
void cs_members_free(cs_members *members);

/* As cs_parse; true means CS_PARSED_WHOLE. Lists the items of one level only. */
bool cs_members_read(cs_members *members, const cs_parse_options *options, cs_names *names,
                     cs_index *index, const cs_buffer *buffer, size_t from, size_t to,
                     cs_items *items, size_t *end);

#endif
