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
  cs_key *row; /* the keys of the row that is being added */
  cs_key *row_end;
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
  fold->row = cs_arena_take(&fold->arena, count, sizeof *fold->row);
  if (fold->by == NULL || fold->row == NULL)
    return false;
  fold->row_end = fold->row + count;
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

static bool spend_bytes(cs_fold *fold) {
  for (size_t i = 0; i < fold->by_count; i++) {
    const cs_key *const key = &fold->row[i];
    const size_t length = cs_key_is_string(key) ? cs_key_length(key) : 0;
    if (length > fold->bytes_left)
      return false;
    fold->bytes_left -= length;
  }
  return true;
}

/* Makes a group of the row's keys. */
static cs_fold_status add_group(cs_fold *fold, uint64_t hash, cs_group **group) {
  if (fold->table.count >= fold->group_limit)
    return CS_FOLD_TOO_MANY_GROUPS;
  if (!spend_bytes(fold))
    return CS_FOLD_TOO_LONG;
  cs_group *const made = cs_arena_take(&fold->arena, 1, fold->group_size);
  if (made == NULL)
    return CS_FOLD_MEMORY;
  made->key_count = fold->by_count;
  for (size_t i = 0; i < fold->by_count; i++)
    made->keys[i] = fold->row[i];
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
         (config->by_count > 0 || add_group(fold, fold->seed.words[0], &only) == CS_FOLD_OK);
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

/* The group of a row whose keys are short strings, if there is one already; otherwise NULL. */
static ALWAYS_INLINE cs_group *find_group_quickly(cs_fold *fold, const cs_scalar *columns,
                                                  bool padded) {
  uint64_t hash = fold->seed.words[0];
  const by_column *by = fold->by;
  for (cs_key *key = fold->row; key < fold->row_end; key++, by++) {
    if (!make_key_quickly(key, &columns[by->column], by, padded))
      return NULL;
    hash = cs_key_hash_short(key, hash, &fold->seed);
  }
  return cs_group_table_find_quickly(&fold->table, hash, fold->row, fold->row_end);
}

/* The group of any row. A new one, if need be. */
static cs_fold_status find_group(cs_fold *fold, const cs_scalar *columns, cs_group **group) {
  uint64_t hash = fold->seed.words[0];
  for (size_t i = 0; i < fold->by_count; i++) {
    const cs_scalar *const value = &columns[fold->by[i].column];
    if (value->kind == CS_SCALAR_OTHER)
      return fail(fold, CS_FOLD_NOT_A_GROUP, i);
    cs_key_set_value(&fold->row[i], value, fold->by[i].characters);
    hash = cs_key_hash(&fold->row[i], hash, &fold->seed);
  }
  *group = cs_group_table_find(&fold->table, hash, fold->row, fold->by_count);
  return *group != NULL ? CS_FOLD_OK : add_group(fold, hash, group);
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

NOT_INLINE static cs_fold_status add_slowly(cs_fold *fold, const cs_scalar *columns) {
  cs_group *group;
  const cs_fold_status status = find_group(fold, columns, &group);
  return status == CS_FOLD_OK ? add_to_group(fold, group, columns) : status;
}

/* The usual row takes no call; what is left of another is done by one that returns at once, so
   that nothing must be kept over calls. */
static ALWAYS_INLINE cs_fold_status add_row(cs_fold *fold, const cs_scalar *columns,
                                            bool padded) {
  cs_group *const group = find_group_quickly(fold, columns, padded);
  return group == NULL ? add_slowly(fold, columns) : add_to_group(fold, group, columns);
}

cs_fold_status cs_fold_add(cs_fold *fold, const cs_scalar *columns) {
  return add_row(fold, columns, false);
}

cs_fold_status cs_fold_add_padded(cs_fold *fold, const cs_scalar *columns) {
  return add_row(fold, columns, true);
}

size_t cs_fold_entry(const cs_fold *fold) {
  return fold->entry;
}

void cs_fold_finish(cs_fold *fold) {
  cs_group_table_sort(&fold->table);
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
