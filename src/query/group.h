/* Groups of rows, found by their keys. */
#ifndef CS_QUERY_GROUP_H
#define CS_QUERY_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "key.h"

/* Whoever makes a group may put more behind its keys. */
typedef struct cs_group {
  uint64_t count;
  size_t key_count;
  cs_key keys[];
} cs_group;

typedef struct cs_group_slot {
  uint64_t hash;   /* of all keys */
  cs_group *group; /* NULL when the slot is free */
} cs_group_slot;

/* How far groups are put in order, see group_sort.c. */
typedef struct cs_group_sort {
  cs_group_slot *merged; /* what runs are merged into, as many as there are groups */
  size_t run;            /* the length of runs that are in order; 0 before there are any */
  size_t at;             /* so many have been sorted into such runs, or merged into longer ones */
  size_t left, right;    /* which of the two runs that are merged come next */
  bool begun, done;
} cs_group_sort;

/* Open addressing, at most half full. A zeroed cs_group_table is empty. */
typedef struct cs_group_table {
  cs_group_slot *slots;
  size_t capacity; /* of slots: 0 or a power of two, until they are put in order */
  size_t count;
  cs_group_sort sort;
} cs_group_table;

/* Room for one more group, without which it must not be searched. False when memory ran out. */
bool cs_group_table_reserve(cs_group_table *table);

/* Puts in a group, which is not there yet, after room for it was reserved. */
void cs_group_table_add(cs_group_table *table, uint64_t hash, cs_group *group);

/* Puts some more of the groups in the order of their keys, for a fraction of a millisecond; true
   when they are: those of slots[0] to slots[count - 1]. From the first call on none can be found
   or added any more. */
bool cs_group_table_sort(cs_group_table *table);

void cs_group_table_free(cs_group_table *table);

/* The group with these keys, or NULL. */
cs_group *cs_group_table_find(const cs_group_table *table, uint64_t hash, const cs_key *keys,
                              size_t count);

/* Likewise, for keys of which none is long; it may miss a group that is there. */
static inline cs_group *cs_group_table_find_quickly(const cs_group_table *table, uint64_t hash,
                                                    const cs_key *keys, const cs_key *keys_end) {
  const size_t mask = table->capacity - 1;
  const cs_group_slot *slot = &table->slots[hash & mask];
  for (size_t at = (size_t)hash; slot->hash != hash; slot = &table->slots[++at & mask])
    if (slot->group == NULL)
      return NULL;
  if (slot->group == NULL)
    return NULL;
  for (const cs_key *ours = slot->group->keys; keys < keys_end; ours++, keys++)
    if (!cs_key_equal_short(ours, keys))
      return NULL;
  return slot->group;
}

#endif
