/* A record that was proven right, as the list of what it is made of.

   An item is a value. The first is the record itself; behind a container's item come those of its
   members or elements, down to as many levels as were asked for: what is deeper is only part of
   the text of its container. */
#ifndef CS_JSON_RECORD_H
#define CS_JSON_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "names.h"
#include "value.h"

typedef struct cs_item {
  uint32_t start; /* of the value's text in the record, as of cs_value */
  uint32_t length;
  uint32_t name;        /* of a member, or CS_NAME_UNKNOWN: then its text tells */
  uint32_t name_start;  /* a member's name in the record, between its quotes */
  uint32_t name_length; /* 0 and `name` unknown: an element */
  uint32_t behind;      /* number of the first item behind this one and those inside it */
  uint8_t kind;         /* cs_kind */
  bool escaped;
} cs_item;

typedef struct cs_items {
  cs_item *list;
  size_t count;
  size_t capacity;
} cs_items;

/* The value of an item of the record whose first byte is at `bytes`. */
static inline cs_value cs_item_value(const cs_item *item, const char *bytes) {
  return (cs_value){(cs_kind)item->kind, item->escaped, {bytes + item->start, item->length}};
}

#endif
