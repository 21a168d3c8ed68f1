#include "fold.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "extreme.h"
#include "group.h"

/* Keeps what a usual row has no use for from taking its registers. */
#ifdef __GNUC__
#define NOT_INLINE    __attribute__((noinline))
#define ALWAYS_INLINE inline __attribute__((always_inline))
#else
#define NOT_INLINE
#define ALWAYS_INLINE inline
#endif

typedef struct by_column {
  size_t column;
  size_t characters; /* SIZE_MAX for all */
  size_t quick;      /* as many of them as a short key has */
} by_column;

struct cs_fold {
  by_column *by;
  const size_t *sums;
  const cs_fold_extreme_of *extremes;
  size_t by_count;
  size_t sum_count;
  size_t extreme_count;
  size_t group_limit;
  size_t bytes_left;
  cs_seed seed;
  size_t sums_at;     /* where they begin in a group */
  size_t extremes_at; /* likewise */
  size_t group_size;
  size_t entry;
  cs_key *keys; /* of the rows that are being added, row by row */
  cs_group_table table;
  cs_arena arena; /* of all that stays: groups, the strings of their keys, the lists */
};

static cs_sum *sums_of(const cs_fold *fold, cs_group *group) {
  return (void *)((char *)group + fold->sums_at);
}

static cs_extreme *extremes_of(const cs_fold *fold, cs_group *group) {
  return (void *)((char *)group + fold->extremes_at);
}

/* Adds `count` times `size` to `*total`, unless that is too much for it. */
static bool grow(size_t *total, size_t count, size_t size) {
  if (count > (SIZE_MAX - *total) / size)
    return false;
  *total += count * size;
  return true;
}

/* All parts of a group are made of pointers and 64-bit numbers, so that none needs a gap. */
static bool lay_out(cs_fold *fold) {
  size_t size = sizeof(cs_group);
  if (!grow(&size, fold->by_count, sizeof(cs_key)))
    return false;
  fold->sums_at = size;
  if (!grow(&size, fold->sum_count, sizeof(cs_sum)))
    return false;
  fold->extremes_at = size;
  if (!grow(&size, fold->extreme_count, sizeof(cs_extreme)))
    return false;
  fold->group_size = size;
  return true;
}

static void *copy_list(cs_fold *fold, const void *list, size_t count, size_t size) {
  void *const copy = cs_arena_take(&fold->arena, count, size);
  if (copy != NULL && count > 0)
    memcpy(copy, list, count * size);
  return copy;
}

static bool copy_by(cs_fold *fold, const cs_fold_by *by, size_t count) {
  fold->by_count = count;
  fold->by = cs_arena_take(&fold->arena, count, sizeof *fold->by);
  if (count > SIZE_MAX / CS_FOLD_ROWS)
    return false;
  fold->keys = cs_arena_take(&fold->arena, CS_FOLD_ROWS * count, sizeof *fold->keys);
  if (fold->by == NULL || fold->keys == NULL)
    return false;
  for (size_t i = 0; i < count; i++) {
    const size_t characters = by[i].characters == 0 ? SIZE_MAX : by[i].characters;
    const size_t quick = characters < CS_KEY_SHORT ? characters : CS_KEY_SHORT;
    fold->by[i] = (by_column){by[i].column, characters, quick};
  }
  return true;
}

static bool copy_lists(cs_fold *fold, const cs_fold_config *config) {
  fold->sum_count = config->sum_count;
  fold->extreme_count = config->extreme_count;
  fold->sums = copy_list(fold, config->sums, config->sum_count, sizeof *config->sums);
  fold->extremes =
      copy_list(fold, config->extremes, config->extreme_count, sizeof *config->extremes);
  return fold->sums != NULL && fold->extremes != NULL &&
         copy_by(fold, config->by, config->by_count);
}

/* What a key points to is the row's. */
static bool own_keys(cs_fold *fold, cs_group *group) {
  for (size_t i = 0; i < group->key_count; i++) {
    cs_key *const key = &group->keys[i];
    if (!cs_key_is_string(key))
      continue;
    const size_t length = cs_key_length(key);
    char *const bytes = cs_arena_take(&fold->arena, length, 1);
    if (bytes == NULL)
      return false;
    if (length > 0)
      memcpy(bytes, key->bytes, length);
    key->bytes = bytes;
  }
  return true;
}

static bool spend_bytes(cs_fold *fold, const cs_key *keys) {
  for (size_t i = 0; i < fold->by_count; i++) {
    const size_t length = cs_key_is_string(&keys[i]) ? cs_key_length(&keys[i]) : 0;
    if (length > fold->bytes_left)
      return false;
    fold->bytes_left -= length;
  }
  return true;
}

/* Makes a group of a row's keys. */
static cs_fold_status add_group(cs_fold *fold, uint64_t hash, const cs_key *keys,
                                cs_group **group) {
  if (fold->table.count >= fold->group_limit)
    return CS_FOLD_TOO_MANY_GROUPS;
  if (!spend_bytes(fold, keys))
    return CS_FOLD_TOO_LONG;
  cs_group *const made = cs_arena_take(&fold->arena, 1, fold->group_size);
  if (made == NULL)
    return CS_FOLD_MEMORY;
  made->key_count = fold->by_count;
  for (size_t i = 0; i < fold->by_count; i++)
    made->keys[i] = keys[i];
  if (!own_keys(fold, made))
    return CS_FOLD_MEMORY;
  cs_group_table_add(&fold->table, hash, made);
  *group = made;
  return cs_group_table_reserve(&fold->table) ? CS_FOLD_OK : CS_FOLD_MEMORY;
}

static bool set_up(cs_fold *fold, const cs_fold_config *config) {
  cs_group *only;
  fold->seed = config->seed;
  fold->bytes_left = config->byte_limit;
  /* The only group, of no keys, is the one that each row finds. */
  fold->group_limit = config->by_count == 0 ? 1 : config->group_limit;
  return copy_lists(fold, config) && lay_out(fold) && cs_group_table_reserve(&fold->table) &&
         (config->by_count > 0 ||
          add_group(fold, fold->seed.words[0], fold->keys, &only) == CS_FOLD_OK);
}

cs_fold *cs_fold_new(const cs_fold_config *config) {
  cs_fold *const fold = calloc(1, sizeof *fold);
  if (fold != NULL && !set_up(fold, config)) {
    cs_fold_free(fold);
    return NULL;
  }
  return fold;
}

static void free_group(cs_fold *fold, cs_group *group) {
  for (size_t i = 0; i < fold->sum_count; i++)
    cs_sum_free(&sums_of(fold, group)[i]);
  for (size_t i = 0; i < fold->extreme_count; i++)
    cs_extreme_free(&extremes_of(fold, group)[i]);
}

void cs_fold_free(cs_fold *fold) {
  if (fold == NULL)
    return;
  for (size_t i = 0; i < fold->table.capacity; i++)
    if (fold->table.slots[i].group != NULL)
      free_group(fold, fold->table.slots[i].group);
  cs_group_table_free(&fold->table);
  cs_arena_free(&fold->arena);
  free(fold);
}

static cs_fold_status fail(cs_fold *fold, cs_fold_status status, size_t entry) {
  fold->entry = entry;
  return status;
}

/* Makes a key when that takes few instructions: of a short string, where a cut leaves ASCII. */
static ALWAYS_INLINE bool make_key_quickly(cs_key *key, const cs_scalar *value,
                                           const by_column *by, bool padded) {
  const uint64_t high_bits = UINT64_C(0x8080808080808080);
  if (value->kind != CS_SCALAR_STRING)
    return false;
  const size_t all = value->text.length, length = all < by->quick ? all : by->quick;
  if (padded)
    cs_key_set_padded(key, value->text.bytes, length);
  else
    cs_key_set_text(key, value->text.bytes, length);
  if (length == all)
    return true;
  const uint64_t *const w = key->words;
  return by->characters == by->quick && ((w[0] | w[1] | w[2] | w[3]) & high_bits) == 0;
}

/* Makes the keys of rows and their hashes; the bits of those are set whose keys take more. */
static ALWAYS_INLINE uint32_t make_keys(cs_fold *fold, const cs_scalar *columns, size_t stride,
                                        size_t count, bool padded, uint64_t *hashes) {
  uint32_t others = 0;
  for (size_t row = 0; row < count; row++)
    hashes[row] = fold->seed.words[0];
  for (size_t i = 0; i < fold->by_count; i++) {
    const by_column by = fold->by[i];
    const cs_scalar *value = columns + by.column;
    cs_key *key = fold->keys + i;
    for (size_t row = 0; row < count; row++, value += stride, key += fold->by_count) {
      if (make_key_quickly(key, value, &by, padded))
        hashes[row] = cs_key_hash_short(key, hashes[row], &fold->seed);
      else
        others |= UINT32_C(1) << row;
    }
  }
  return others;
}

/* The group of any row. A new one, if need be. */
static cs_fold_status find_group(cs_fold *fold, const cs_scalar *columns, cs_key *keys,
                                 cs_group **group) {
  uint64_t hash = fold->seed.words[0];
  for (size_t i = 0; i < fold->by_count; i++) {
    const cs_scalar *const value = &columns[fold->by[i].column];
    if (value->kind == CS_SCALAR_OTHER)
      return fail(fold, CS_FOLD_NOT_A_GROUP, i);
    cs_key_set_value(&keys[i], value, fold->by[i].characters);
    hash = cs_key_hash(&keys[i], hash, &fold->seed);
  }
  *group = cs_group_table_find(&fold->table, hash, keys, fold->by_count);
  return *group != NULL ? CS_FOLD_OK : add_group(fold, hash, keys, group);
}

static cs_fold_status add_to_extremes(cs_fold *fold, cs_extreme *extremes,
                                      const cs_scalar *columns) {
  static const cs_fold_status meaning[] = {
      [CS_EXTREME_OK] = CS_FOLD_OK,
      [CS_EXTREME_NOT_COMPARABLE] = CS_FOLD_NOT_COMPARABLE,
      [CS_EXTREME_TOO_LONG] = CS_FOLD_TOO_LONG,
      [CS_EXTREME_MEMORY] = CS_FOLD_MEMORY,
  };
  for (size_t i = 0; i < fold->extreme_count; i++) {
    const cs_fold_extreme_of *const of = &fold->extremes[i];
    const cs_extreme_status status =
        cs_extreme_add(&extremes[i], of->greatest, &columns[of->column], &fold->bytes_left);
    if (status != CS_EXTREME_OK)
      return fail(fold, meaning[status], i);
  }
  return CS_FOLD_OK;
}

static cs_fold_status add_to_sum(cs_sum *sum, const cs_scalar *value) {
  bool added = true;
  if (value->kind == CS_SCALAR_REAL)
    added = cs_sum_add_real(sum, value->real);
  else if (value->kind == CS_SCALAR_INTEGER)
    added = cs_sum_add_integer(sum, value->integer);
  else if (value->kind != CS_SCALAR_ABSENT)
    return CS_FOLD_NOT_A_NUMBER;
  return added ? CS_FOLD_OK : CS_FOLD_MEMORY;
}

/* What is left to do for a row of `group` from the sum with index `from` on. */
NOT_INLINE static cs_fold_status add_rest(cs_fold *fold, cs_group *group,
                                          const cs_scalar *columns, size_t from) {
  for (size_t i = from; i < fold->sum_count; i++) {
    const cs_scalar *const value = &columns[fold->sums[i]];
    const cs_fold_status status = add_to_sum(&sums_of(fold, group)[i], value);
    if (status != CS_FOLD_OK)
      return fail(fold, status, i);
  }
  return add_to_extremes(fold, extremes_of(fold, group), columns);
}

static ALWAYS_INLINE cs_fold_status add_to_group(cs_fold *fold, cs_group *group,
                                                 const cs_scalar *columns) {
  group->count++;
  cs_sum *sum = sums_of(fold, group);
  for (size_t i = 0; i < fold->sum_count; i++, sum++) {
    const cs_scalar *const value = &columns[fold->sums[i]];
    const bool added = value->kind == CS_SCALAR_REAL ? cs_sum_add_real_quickly(sum, value->real)
                       : value->kind == CS_SCALAR_INTEGER
                           ? cs_sum_add_integer_quickly(sum, value->integer)
                           : value->kind == CS_SCALAR_ABSENT;
    if (!added)
      return add_rest(fold, group, columns, i);
  }
  return fold->extreme_count == 0 ? CS_FOLD_OK : add_rest(fold, group, columns, fold->sum_count);
}

NOT_INLINE static cs_fold_status add_slowly(cs_fold *fold, const cs_scalar *columns,
                                            cs_key *keys) {
  cs_group *group;
  const cs_fold_status status = find_group(fold, columns, keys, &group);
  return status == CS_FOLD_OK ? add_to_group(fold, group, columns) : status;
}

/* Usual rows take no call. */
static ALWAYS_INLINE cs_fold_status add_rows(cs_fold *fold, const cs_scalar *columns,
                                             size_t stride, size_t count, bool padded,
                                             size_t *added) {
  uint64_t hashes[CS_FOLD_ROWS];
  const uint32_t others = make_keys(fold, columns, stride, count, padded, hashes);
  cs_key *keys = fold->keys;
  cs_fold_status status = CS_FOLD_OK;
  size_t row = 0;
  for (; row < count && status == CS_FOLD_OK; row++, columns += stride, keys += fold->by_count) {
    cs_group *const group =
        (others >> row & 1) != 0
            ? NULL
            : cs_group_table_find_quickly(&fold->table, hashes[row], keys, keys + fold->by_count);
    status = group == NULL ? add_slowly(fold, columns, keys) : add_to_group(fold, group, columns);
  }
  *added = status == CS_FOLD_OK ? row : row - 1;
  return status;
}

cs_fold_status cs_fold_add(cs_fold *fold, const cs_scalar *columns) {
  size_t added;
  return add_rows(fold, columns, 0, 1, false, &added);
}

cs_fold_status cs_fold_add_rows(cs_fold *fold, const cs_scalar *columns, size_t stride,
                                size_t count, size_t *added) {
  return add_rows(fold, columns, stride, count, true, added);
}

size_t cs_fold_entry(const cs_fold *fold) {
  return fold->entry;
}

bool cs_fold_finish_some(cs_fold *fold) {
  return cs_group_table_sort(&fold->table);
}

void cs_fold_finish(cs_fold *fold) {
  bool finished = false;
  while (!finished)
    finished = cs_fold_finish_some(fold);
}

size_t cs_fold_group_count(const cs_fold *fold) {
  return fold->table.count;
}

uint64_t cs_fold_count(const cs_fold *fold, size_t group) {
  return fold->table.slots[group].group->count;
}

cs_scalar cs_fold_key(const cs_fold *fold, size_t group, size_t entry) {
  return cs_key_value(&fold->table.slots[group].group->keys[entry]);
}

cs_total cs_fold_sum(const cs_fold *fold, size_t group, size_t entry) {
  return cs_sum_read(&sums_of(fold, fold->table.slots[group].group)[entry]);
}

cs_scalar cs_fold_extreme(const cs_fold *fold, size_t group, size_t entry) {
  return extremes_of(fold, fold->table.slots[group].group)[entry].value;
}
