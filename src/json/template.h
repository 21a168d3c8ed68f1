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
  CS_TEMPLATE_CHECKS = 2 * (CS_TEMPLATE_MEMBERS + 1),
  CS_LITERAL = 32 /* bytes that one comparison looks at */
};

/* Some of the bytes between two values: those under `mask`, of the CS_LITERAL ones that begin
   at an offset from an anchor. */
typedef struct cs_check {
  uint8_t literal[CS_LITERAL];
  uint8_t mask[CS_LITERAL];
} cs_check;

/* Where a value is: from `start` bytes behind its own anchor to `end` bytes behind the next
   member's (which is negative). */
typedef struct cs_slot {
  int32_t start;
  int32_t end;
  uint32_t name;
  int32_t name_start; /* from its anchor */
  uint32_t name_length;
  bool string; /* `start` is behind its quote, `end` before the other; else any other scalar */
} cs_slot;

typedef struct cs_template {
  alignas(64) cs_check checks[CS_TEMPLATE_CHECKS];
  int32_t offsets[CS_TEMPLATE_CHECKS];  /* of the checks, from their anchors */
  uint32_t anchors[CS_TEMPLATE_CHECKS]; /* of which member; the row's end is one more */
  cs_slot slots[CS_TEMPLATE_MEMBERS];
  uint32_t scalars[CS_TEMPLATE_MEMBERS]; /* members that are no strings */
  uint32_t members;
  uint32_t check_count;
  uint32_t scalar_count;
  uint32_t quotes; /* from the first anchor to the one behind the row */
  int32_t open;    /* from the first anchor to the row's brace */
  int32_t close;   /* from the anchor behind the row to the byte behind the row's brace */
  int32_t next;    /* from there to the next row's brace */
  bool number_range;
} cs_template;

/* Learns the shape of the record in `text`, whose items are listed, and which a row of the same
   shape stands before, whose last value ends `before` bytes ahead of it. False when it can have
   none: for its values, its number of members or too many bytes between two of them. */
bool cs_template_learn(cs_template *template, cs_span text, const cs_items *items, size_t before,
                       bool number_range);

/* The value of member `member` of a row that matched. */
static inline cs_value cs_template_value(const cs_template *template, const char *bytes,
                                         const uint32_t *anchors, uint32_t member) {
  const cs_slot *slot = &template->slots[member];
  const char *start = bytes + anchors[member] + slot->start;
  cs_span text = {start, (size_t)(bytes + anchors[member + 1] + slot->end - start)};
  cs_kind kind = slot->string    ? CS_KIND_STRING
                 : *start == 'n' ? CS_KIND_NULL
                 : *start == 't' ? CS_KIND_TRUE
                 : *start == 'f' ? CS_KIND_FALSE
                                 : CS_KIND_NUMBER;
  return (cs_value){kind, false, text};
}

#endif
