/* Reads the rows of a text and proves what the frame says of each by a walk over it. */
#ifndef SPEC_ROWS_SUPPORT_H
#define SPEC_ROWS_SUPPORT_H

#include "support.h"
#include "json/kernel.h"
#include "json/string.h"
#include "json/walk.h"

enum { ROW_ITEMS = 4096, ROW_COLUMNS = 40, NO_COLUMN = ROW_COLUMNS, DEPTH_MOST = 128 };

/* Names of columns; the first ones are those that rows at random have. */
static const cs_span column_names[ROW_COLUMNS] = {
    {TEXT("product")},     {TEXT("region")}, {TEXT("amount")}, {TEXT("contract")},
    {TEXT("id")},          {TEXT("x")},      {TEXT("a\"b")},   {TEXT("")},
    {TEXT("n\xC3\xA4me")}, {TEXT("c09")},    {TEXT("c10")},    {TEXT("c11")},
    {TEXT("c12")},         {TEXT("c13")},    {TEXT("c14")},    {TEXT("c15")},
    {TEXT("c16")},         {TEXT("c17")},    {TEXT("c18")},    {TEXT("c19")},
    {TEXT("c20")},         {TEXT("c21")},    {TEXT("c22")},    {TEXT("c23")},
    {TEXT("c24")},         {TEXT("c25")},    {TEXT("c26")},    {TEXT("c27")},
    {TEXT("c28")},         {TEXT("c29")},    {TEXT("c30")},    {TEXT("c31")},
    {TEXT("c32")},         {TEXT("c33")},    {TEXT("back\\")}, {TEXT("quantity")},
    {TEXT("c36")},         {TEXT("c37")},    {TEXT("c38")},    {TEXT("project_id")}};

/* How a text comes: in pieces of `step` bytes, or of up to so many when `seed` is given. */
typedef struct feeding {
  size_t step;
  uint64_t *seed;
  bool appends;  /* by cs_frame_append ... */
  bool reserves; /* ... or by reserve and commit; both: either */
} feeding;

/* What a walk over a record finds, once for all that is asked about it. */
typedef struct listing {
  cs_item items[ROW_ITEMS];
  cs_span names[ROW_ITEMS];
  size_t columns[ROW_ITEMS]; /* or NO_COLUMN */
  size_t count;
} listing;

/* The texts of the names by their numbers, as the items of a frame had them. */
typedef struct learned {
  cs_span texts[ROW_ITEMS];
  size_t count;
} learned;

static inline void forget(learned *names) {
  for (size_t i = 0; i < names->count; i++)
    free((char *)names->texts[i].bytes);
  memset(names, 0, sizeof *names);
}

static inline size_t column_of(const cs_frame_options *options, cs_span name) {
  for (size_t i = 0; i < options->name_count; i++)
    if (options->names[i].length == name.length &&
        memcmp(options->names[i].bytes, name.bytes, name.length) == 0)
      return i;
  return NO_COLUMN;
}

static inline cs_kind kind_of(cs_token_kind token) {
  static const cs_kind kinds[] = {
      [CS_TOKEN_OBJECT] = CS_KIND_OBJECT, [CS_TOKEN_ARRAY] = CS_KIND_ARRAY,
      [CS_TOKEN_STRING] = CS_KIND_STRING, [CS_TOKEN_NUMBER] = CS_KIND_NUMBER,
      [CS_TOKEN_TRUE] = CS_KIND_TRUE,     [CS_TOKEN_FALSE] = CS_KIND_FALSE,
      [CS_TOKEN_NULL] = CS_KIND_NULL};
  return kinds[token];
}

static inline void list_item(listing *list, cs_token token, cs_span name, const char *record) {
  assert_true(list->count < ROW_ITEMS);
  list->names[list->count] = name;
  cs_item *item = &list->items[list->count++];
  *item = (cs_item){.start = (uint32_t)(token.text.bytes - record),
                    .length = (uint32_t)token.text.length,
                    .name = CS_NAME_UNKNOWN,
                    .name_start = name.bytes == NULL ? 0 : (uint32_t)(name.bytes - record),
                    .name_length = (uint32_t)name.length,
                    .behind = (uint32_t)list->count,
                    .kind = (uint8_t)kind_of(token.kind),
                    .escaped = token.kind == CS_TOKEN_STRING && token.text.length > 0 &&
                               memchr(token.text.bytes, '\\', token.text.length) != NULL};
}

static inline void list_record(listing *list, cs_span record, size_t levels) {
  cs_walk walk = cs_walk_begin(record);
  size_t open[DEPTH_MOST], depth = 0;
  cs_span name = {NULL, 0};
  list->count = 0;
  for (cs_token token = cs_walk_next(&walk); token.kind != CS_TOKEN_END;
       token = cs_walk_next(&walk)) {
    if (token.kind == CS_TOKEN_NAME) {
      name = token.text;
      continue;
    }
    if (token.kind == CS_TOKEN_OBJECT_END || token.kind == CS_TOKEN_ARRAY_END) {
      if (--depth <= levels) {
        cs_item *item = &list->items[open[depth]];
        item->behind = (uint32_t)list->count;
        item->length = (uint32_t)(walk.at - record.bytes) - item->start;
      }
      continue;
    }
    assert_true(depth < DEPTH_MOST);
    open[depth] = list->count;
    if (depth <= levels)
      list_item(list, token, name, record.bytes);
    depth += token.kind == CS_TOKEN_OBJECT || token.kind == CS_TOKEN_ARRAY;
    name = (cs_span){NULL, 0};
  }
}

static inline void find_columns(listing *list, const cs_frame_options *options) {
  static char decoded[1 << 16];
  for (size_t i = 0; i < list->count; i++) {
    cs_span raw = list->names[i], name = {decoded, 0};
    list->columns[i] = NO_COLUMN;
    if (raw.bytes == NULL)
      continue;
    assert_true(raw.length < sizeof decoded);
    name.length = cs_string_decode(raw.bytes, raw.length, decoded);
    list->columns[i] = column_of(options, name);
  }
}

/* A number means one name, and no other number means it. */
static inline void name_is_right(learned *names, const cs_item *item, cs_span raw, size_t column,
                                 const cs_frame_options *options) {
  static char decoded[1 << 16];
  if (raw.bytes == NULL || (item->name == CS_NAME_UNKNOWN && raw.length > 1024)) {
    assert_int_equal(item->name, CS_NAME_UNKNOWN);
    assert_int_equal(column, NO_COLUMN);
    return;
  }
  if (column != NO_COLUMN || item->name < options->name_count) {
    assert_int_equal(item->name, column);
    return;
  }
  size_t length = cs_string_decode(raw.bytes, raw.length, decoded);
  assert_true(item->name < ROW_ITEMS);
  cs_span *known = &names->texts[item->name];
  if (known->bytes == NULL) {
    for (size_t i = 0; i < names->count; i++)
      assert_false(names->texts[i].bytes != NULL && names->texts[i].length == length &&
                   memcmp(names->texts[i].bytes, decoded, length) == 0);
    char *copy = malloc(length + 1);
    assert_non_null(copy);
    memcpy(copy, decoded, length);
    *known = (cs_span){copy, length};
    if (names->count <= item->name)
      names->count = item->name + 1;
  }
  assert_int_equal(known->length, length);
  assert_memory_equal(known->bytes, decoded, length);
}

static inline void items_are_right(cs_frame *frame, const listing *list, learned *names,
                                   const cs_frame_options *options) {
  const cs_items *items = cs_frame_items(frame);
  assert_non_null(items);
  assert_int_equal(items->count, list->count);
  for (size_t i = 0; i < list->count; i++) {
    const cs_item *found = &items->list[i], *expected = &list->items[i];
    assert_int_equal(found->kind, expected->kind);
    assert_int_equal(found->start, expected->start);
    assert_int_equal(found->length, expected->length);
    assert_int_equal(found->behind, expected->behind);
    assert_int_equal(found->escaped, expected->escaped);
    assert_int_equal(found->name_length, expected->name_length);
    if (list->names[i].bytes != NULL)
      assert_int_equal(found->name_start, expected->name_start);
    name_is_right(names, found, list->names[i], list->columns[i], options);
  }
}

static inline void columns_are_right(cs_frame *frame, const listing *list, const char *record,
                                     size_t count) {
  cs_value found[ROW_COLUMNS], expected[ROW_COLUMNS + 1] = {{CS_KIND_ABSENT, false, {NULL, 0}}};
  memset(found, 0xa5, sizeof found);
  assert_true(cs_frame_columns(frame, found, count));
  for (size_t i = 1; list->items[0].kind == CS_KIND_OBJECT && i < list->count;
       i = list->items[i].behind)
    expected[list->columns[i]] = cs_item_value(&list->items[i], record);
  for (size_t i = 0; i < count; i++) {
    assert_int_equal(found[i].kind, expected[i].kind);
    if (expected[i].kind == CS_KIND_ABSENT)
      continue;
    assert_ptr_equal(found[i].text.bytes, expected[i].text.bytes);
    assert_int_equal(found[i].text.length, expected[i].text.length);
    if (expected[i].kind == CS_KIND_STRING)
      assert_int_equal(found[i].escaped, expected[i].escaped);
  }
}

static inline void is_known_rightly(cs_frame *frame, const listing *list,
                                    const cs_frame_options *options) {
  bool found = false, expected = false, known[ROW_COLUMNS + 1] = {false};
  assert_true(cs_frame_is_known(frame, &found));
  for (size_t i = 1; list->items[0].kind == CS_KIND_OBJECT && i < list->count;
       i = list->items[i].behind)
    known[list->columns[i]] = list->items[i].kind != CS_KIND_NULL;
  for (size_t i = options->known_first; i < options->known_end; i++)
    expected = expected || known[i];
  assert_int_equal(found, expected);
}

/* Asks some of the three questions about a record, the first one by `order`. */
static inline void record_is_right(cs_frame *frame, const cs_frame_options *options,
                                   learned *names, cs_span record, uint64_t order) {
  static listing list;
  if (order % 8 == 0)
    return;
  list_record(&list, record, options->levels == 0 ? 1 : options->levels);
  find_columns(&list, options);
  for (size_t i = 0; i < 3; i++) {
    if ((order >> (8 + i) & 1) == 0)
      continue;
    switch ((order + i) % 3) {
    case 0:
      columns_are_right(frame, &list, record.bytes,
                        (size_t)(order >> 16) % (options->name_count + 1));
      break;
    case 1:
      is_known_rightly(frame, &list, options);
      break;
    default:
      items_are_right(frame, &list, names, options);
    }
  }
}

/* The first `length` bytes, of which `left` are left. */
static inline void give_piece(cs_frame *frame, const char *bytes, size_t length, size_t left,
                              bool append) {
  if (!append) {
    feed(frame, bytes, length);
  } else if (left % 2 == 0) {
    assert_true(cs_frame_append(frame, bytes, length, left - length));
  } else {
    char *copy = malloc(length); /* so that a checker of memory sees reads behind the end */
    assert_non_null(copy);
    memcpy(copy, bytes, length);
    assert_true(cs_frame_append(frame, copy, length, 0));
    free(copy);
  }
}

/* Records whose number is in this range are looked at closely. */
typedef struct focus {
  uint64_t first;
  uint64_t last;
  uint64_t order;  /* of the questions; 0: none are asked */
  uint64_t shaped; /* records that had a shape */
  bool proves;     /* each record by itself, by the validator */
} focus;

static inline void validator_proves(const cs_frame_options *options, cs_span record) {
  const rules rule = {options->depth_limit, options->number_range};
  outcome proof = read_cut(rule, record.bytes, record.length, record.length, record.length);
  assert_int_equal(proof.verdict, CS_VERDICT_DONE);
  assert_true(proof.stop == record.length);
}

static inline text read_rows(const reading *how, const text *bytes, feeding by, focus *look) {
  static learned names;
  text out = {NULL, 0, 0};
  cs_frame *frame = cs_frame_new(&how->options);
  cs_frame_status status = CS_FRAME_MORE;
  assert_non_null(frame);
  for (size_t at = 0; status <= CS_FRAME_MORE;) {
    cs_span record;
    status = cs_frame_next(frame, &record);
    if (status == CS_FRAME_RECORD) {
      uint64_t number = cs_frame_records(frame);
      text_add(&out, record.bytes, record.length);
      text_put(&out, "\n");
      look->shaped += cs_frame_matched(frame).template != NULL;
      if (look->proves)
        validator_proves(&how->options, record);
      if (look->order != 0 && number >= look->first && number <= look->last)
        record_is_right(frame, &how->options, &names, record, next_random(&look->order));
    } else if (status == CS_FRAME_MORE && at == bytes->length) {
      cs_frame_finish(frame, how->empty_allowed);
    } else if (status == CS_FRAME_MORE) {
      size_t left = bytes->length - at;
      size_t length = by.seed == NULL ? by.step : 1 + (size_t)(next_random(by.seed) % by.step);
      bool append = by.appends && (!by.reserves || next_random(by.seed) % 2 == 0);
      length = length < left ? length : left;
      give_piece(frame, bytes->bytes + at, length, left, append);
      at += length;
    }
  }
  conclude(frame, status, &out);
  forget(&names);
  cs_frame_free(frame);
  return out;
}

#endif
