#include "group.h"

#include <stdlib.h>

enum { CAPACITY_FIRST = 64 };

static void put(cs_group_slot *slots, size_t capacity, cs_group_slot slot) {
  size_t at = (size_t)slot.hash & (capacity - 1);
  while (slots[at].group != NULL)
    at = (at + 1) & (capacity - 1);
  slots[at] = slot;
}

bool cs_group_table_reserve(cs_group_table *table) {
  if (table->count < table->capacity / 2)
    return true;
  if (table->capacity > SIZE_MAX / sizeof *table->slots / 2)
    return false;
  const size_t capacity = table->capacity == 0 ? CAPACITY_FIRST : 2 * table->capacity;
  cs_group_slot *const slots = calloc(capacity, sizeof *slots);
  if (slots == NULL)
    return false;
  for (size_t i = 0; i < table->capacity; i++)
    if (table->slots[i].group != NULL)
      put(slots, capacity, table->slots[i]);
  free(table->slots);
  table->slots = slots;
  table->capacity = capacity;
  return true;
}

void cs_group_table_add(cs_group_table *table, uint64_t hash, cs_group *group) {
  put(table->slots, table->capacity, (cs_group_slot){hash, group});
  table->count++;
}

static bool has_keys(const cs_group *group, const cs_key *keys, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!cs_key_equal(&group->keys[i], &keys[i]))
      return false;
  return true;
}

cs_group *cs_group_table_find(const cs_group_table *table, uint64_t hash, const cs_key *keys,
                              size_t count) {
  const size_t mask = table->capacity - 1;
  for (size_t at = (size_t)hash & mask; table->slots[at].group != NULL; at = (at + 1) & mask)
    if (table->slots[at].hash == hash && has_keys(table->slots[at].group, keys, count))
      return table->slots[at].group;
  return NULL;
}

void cs_group_table_free(cs_group_table *table) {
  free(table->slots);
  free(table->sort.merged);
  *table = (cs_group_table){0};
}
