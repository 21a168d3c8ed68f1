/* Groups in the order of their keys: sorted in short runs, which are merged into longer ones, a
   part at a time. */
#include <stdlib.h>

#include "group.h"

enum { RUN = 512, PART = 1024 /* that are merged in one call */ };

/* For qsort, which hands on no more than the groups: so each knows how many keys it has. */
static int compare_groups(const void *a, const void *b) {
  const cs_group *const left = ((const cs_group_slot *)a)->group;
  const cs_group *const right = ((const cs_group_slot *)b)->group;
  int order = 0;
  for (size_t i = 0; order == 0 && i < left->key_count; i++) {
    const cs_scalar left_value = cs_key_value(&left->keys[i]);
    const cs_scalar right_value = cs_key_value(&right->keys[i]);
    order = cs_scalar_compare(&left_value, &right_value);
  }
  return order;
}

static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

/* Leaves no free slots between the groups. Without memory, they are sorted where they are. */
static void begin(cs_group_table *table) {
  size_t count = 0;
  for (size_t i = 0; i < table->capacity; i++) {
    const cs_group_slot slot = table->slots[i];
    table->slots[i].group = NULL;
    if (slot.group != NULL)
      table->slots[count++] = slot;
  }
  cs_group_sort *const sort = &table->sort;
  sort->begun = true;
  if (count <= RUN || (sort->merged = malloc(count * sizeof *sort->merged)) == NULL) {
    if (count > 1)
      qsort(table->slots, count, sizeof *table->slots, compare_groups);
    sort->done = true;
  }
}

static void begin_merging(cs_group_table *table, size_t run) {
  cs_group_sort *const sort = &table->sort;
  sort->run = run;
  sort->at = 0;
  sort->left = 0;
  sort->right = least(run, table->count);
  sort->done = run >= table->count;
}

static void sort_run(cs_group_table *table) {
  cs_group_sort *const sort = &table->sort;
  const size_t length = least(RUN, table->count - sort->at);
  qsort(&table->slots[sort->at], length, sizeof *table->slots, compare_groups);
  sort->at += length;
  if (sort->at == table->count)
    begin_merging(table, RUN);
}

static void end_merging(cs_group_table *table) {
  cs_group_slot *const merged = table->sort.merged;
  table->sort.merged = table->slots;
  table->slots = merged;
  table->capacity = table->count;
  begin_merging(table, table->sort.run * 2);
}

static void merge_some(cs_group_table *table) {
  cs_group_sort *const sort = &table->sort;
  const size_t first = sort->at - sort->at % (sort->run * 2);
  const size_t middle = least(first + sort->run, table->count);
  const size_t end = least(first + sort->run * 2, table->count);
  const size_t stop = least(sort->at + PART, end);
  const cs_group_slot *const slots = table->slots;
  while (sort->at < stop) {
    const bool takes_left =
        sort->left < middle &&
        (sort->right == end || compare_groups(&slots[sort->left], &slots[sort->right]) <= 0);
    sort->merged[sort->at++] = slots[takes_left ? sort->left++ : sort->right++];
  }
  if (sort->at < end)
    return;
  sort->left = end;
  sort->right = least(end + sort->run, table->count);
  if (end == table->count)
    end_merging(table);
}

bool cs_group_table_sort(cs_group_table *table) {
  cs_group_sort *const sort = &table->sort;
  if (!sort->begun)
    begin(table);
  else if (!sort->done && sort->run == 0)
    sort_run(table);
  else if (!sort->done)
    merge_some(table);
  if (sort->done) {
    free(sort->merged);
    sort->merged = NULL;
  }
  return sort->done;
}
