/* The shape of a row: everything but its values. Rows of one shape follow each other in their
   thousands; a template proves one with a few vector comparisons, and tells where its values
   are. It never says that a row is wrong, only that it is of another shape. */
#ifndef CS_JSON_TEMPLATE_H
#define CS_JSON_TEMPLATE_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "names.h"
#include "record.h"

enum {
  CS_TEMPLATE_MEMBERS = 64, /* the most members of a row that can have one */
  CS_TEMPLATE_NAMES = 32,   /* the first names, whose members it knows */
  CS_TEMPLATE_NONE = 0xFF,
  CS_LITERAL = 32 /* bytes that one comparison looks at */
};

/* Some of the bytes between two values: those under `mask`, of CS_LITERAL in a row. */
typedef struct cs_check {
  uint8_t literal[CS_LITERAL];
  uint8_t mask[CS_LITERAL];
} cs_check;

/* Where a value is: from `start` bytes behind its own anchor to `end` bytes behind the next
   member's (which is negative). */
typedef struct cs_slot {
  ptrdiff_t start;
  ptrdiff_t end;
  uint32_t name;
  int32_t name_start; /* from its anchor */
  uint32_t name_length;
  bool string; /* `start` is behind its quote, `end` before the other; else any other scalar */
} cs_slot;

/* A value that is no string. */
typedef struct cs_template_scalar {
  size_t member;
  ptrdiff_t start;
  ptrdiff_t more; /* the length is so much more than the distance of the anchors; negative */
} cs_template_scalar;

/* What is behind the same check of the same member: more bytes than one comparison looks at. */
typedef struct cs_rest {
  cs_check check;
  uint32_t anchor;
  int32_t offset; /* from there */
} cs_rest;

typedef struct cs_template {
  /* Of each member, and of the next row's first: all stand at one offset from their anchors. */
  alignas(64) cs_check checks[CS_TEMPLATE_MEMBERS + 1];
  cs_rest rests[CS_TEMPLATE_MEMBERS + 1];
  cs_slot slots[CS_TEMPLATE_MEMBERS];
  cs_template_scalar scalars[CS_TEMPLATE_MEMBERS];
  uint8_t members_of[CS_TEMPLATE_NAMES]; /* the last member of a name, or CS_TEMPLATE_NONE */
  uint64_t id;                           /* not 0; no other has had it */
  ptrdiff_t offset;
  uint32_t members;
  uint32_t rest_count;
  uint32_t scalar_count;
  uint32_t quotes; /* from the first anchor to the one behind the row */
  int32_t open;    /* from the first anchor to the row's brace */
  int32_t close;   /* from the anchor behind the row to the byte behind the row's brace */
  int32_t next;    /* from there to the next row's brace */
  bool number_range;
  bool runs;         /* nothing but a separator is between two rows, and `feeds` is right */
  bool feed_in_row;  /* the last of them is in the row, not before it */
  uint32_t feeds;    /* line feeds from the end of the row before to the end of the row */
  int32_t last_feed; /* from the first anchor, or the one behind the row */
} cs_template;

/* A row that a template proved. */
typedef struct cs_matched {
  const cs_template *template; /* NULL: none did */
  const char *bytes;           /* what the anchors count from */
  const uint32_t *anchors;
} cs_matched;

/* Learns the shape of the record in `text`, whose items are listed, and which a row of the same
   shape stands before, whose last value ends `before` bytes ahead of it. False when it can have
   none: for its values, its number of members or too many bytes between two of them. */
bool cs_template_learn(cs_template *template, cs_span text, const cs_items *items, size_t before,
                       bool number_range);

/* The name of member `member` of a row that matched. */
static inline cs_span cs_template_name(const cs_template *template, const char *bytes,
                                       const uint32_t *anchors, uint32_t member) {
  const cs_slot *slot = &template->slots[member];
  return (cs_span){bytes + anchors[member] + slot->name_start, slot->name_length};
}

/* The value of member `member` of a row that matched. */
static inline cs_value cs_template_value(const cs_template *template, const char *bytes,
                                         const uint32_t *anchors, uint32_t member) {
  const cs_slot *slot = &template->slots[member];
  const char *start = bytes + anchors[member] + slot->start;
  cs_span text = {start, (size_t)(bytes + anchors[member + 1] + slot->end - start)};
  cs_kind kind = slot->string ? CS_KIND_STRING : CS_KIND_NUMBER;
  if (!slot->string && *start >= 'a')
    kind = *start == 'n' ? CS_KIND_NULL : *start == 't' ? CS_KIND_TRUE : CS_KIND_FALSE;
  return (cs_value){kind, false, text};
}

#endif
