/* Conditions on rows: those for which all hold are those of a plain evaluation over the values as
   they were written; a fold of them, by runs where there are some, counts and sums just these. */
#include "query/plan.h"

#include "c/rows_support.h"
#include "compare.h"
#include "query/plan.h"
#include "reading.h"
#include "scalar.h"

enum { COLUMNS = 5, CONDITIONS_MOST = 4, VALUES_MOST = 5 };

/* A condition, and what it was made of. */
typedef struct wanted {
  cs_condition condition;
  cs_scalar values[VALUES_MOST];
  size_t count;
} wanted;

typedef struct query {
  cs_plan plan;
  wanted wants[CONDITIONS_MOST];
  strings strings;
  size_t sums[1];
  cs_fold_by by[1];
  cs_fold_config config;
} query;

static size_t values_wanted(input *from, cs_operator op) {
  if (op == CS_OPERATOR_IN)
    return take_below(from, VALUES_MOST + 1);
  return op < CS_OPERATOR_PRESENT;
}

static void take_condition(input *from, query *q, wanted *want) {
  const size_t column = take_below(from, COLUMNS);
  const cs_operator op = (cs_operator)take_below(from, CS_OPERATOR_ABSENT + 1);
  want->count = values_wanted(from, op);
  for (size_t i = 0; i < want->count; i++)
    want->values[i] = take_scalar(from, &q->strings);
  assert_true(cs_condition_init(&want->condition, column, op, want->values, want->count));
}

static void take_query(input *from, query *q) {
  const unsigned choice = take_byte(from);
  cs_plan *const asked = &q->plan;
  memset(asked, 0, sizeof *asked);
  q->strings.used = 0;
  asked->names = malloc(COLUMNS * sizeof *asked->names);
  asked->conditions = malloc(CONDITIONS_MOST * sizeof *asked->conditions);
  asked->fold_columns = malloc(2 * sizeof *asked->fold_columns);
  assert_true(asked->names != NULL && asked->conditions != NULL && asked->fold_columns != NULL);
  for (size_t i = 0; i < COLUMNS; i++) {
    char *const copy = malloc(column_names[i].length);
    assert_non_null(copy);
    memcpy(copy, column_names[i].bytes, column_names[i].length);
    asked->names[i] = (cs_span){copy, column_names[i].length};
  }
  asked->name_count = asked->column_count = COLUMNS;
  asked->integers = choice & 1;
  asked->numbers_text = (choice >> 1 & 3) == 0;
  asked->condition_count = choice >> 3 & 3;
  for (size_t i = 0; i < asked->condition_count; i++) {
    take_condition(from, q, &q->wants[i]);
    asked->conditions[i] = &q->wants[i].condition;
  }
  asked->fold_columns[0] = q->by[0].column = take_below(from, COLUMNS);
  asked->fold_columns[1] = q->sums[0] = take_below(from, COLUMNS);
  asked->fold_column_count = 2;
  q->by[0].characters = take_below(from, 8);
  q->config = (cs_fold_config){.by = q->by,
                               .by_count = 1,
                               .sums = q->sums,
                               .sum_count = 1,
                               .group_limit = 64,
                               .byte_limit = 1 << 20,
                               .seed = {{1, 0xd1b54a32d192ed03}}};
  assert_true(cs_plan_prepare(asked));
}

static void free_query(query *q) {
  for (size_t i = 0; i < q->plan.condition_count; i++)
    cs_condition_free(&q->wants[i].condition);
  cs_plan_free(&q->plan);
}

static bool contains(cs_span whole, cs_span part) {
  for (size_t at = 0; part.length <= whole.length && at <= whole.length - part.length; at++)
    if (compare_texts((cs_span){whole.bytes + at, part.length}, part) == 0)
      return true;
  return false;
}

static bool holds_for_string(cs_operator op, const cs_scalar *value, const cs_scalar *wants) {
  if (value->kind != CS_SCALAR_STRING || wants->kind != CS_SCALAR_STRING)
    return false;
  if (op == CS_OPERATOR_CONTAINS)
    return contains(value->text, wants->text);
  return value->text.length >= wants->text.length &&
         compare_texts((cs_span){value->text.bytes, wants->text.length}, wants->text) == 0;
}

static bool holds(const wanted *want, const cs_scalar *value) {
  const cs_operator op = want->condition.op;
  bool equal = false;
  int order = 0;
  for (size_t i = 0; i < want->count; i++)
    equal = equal || are_equal(value, &want->values[i]);
  switch (op) {
  case CS_OPERATOR_EQUAL:
  case CS_OPERATOR_IN:
    return equal;
  case CS_OPERATOR_UNEQUAL:
    return !equal && value->kind != CS_SCALAR_ABSENT && value->kind != CS_SCALAR_OTHER;
  case CS_OPERATOR_LESS:
    return can_compare(value, want->values, &order) && order < 0;
  case CS_OPERATOR_AT_MOST:
    return can_compare(value, want->values, &order) && order <= 0;
  case CS_OPERATOR_GREATER:
    return can_compare(value, want->values, &order) && order > 0;
  case CS_OPERATOR_AT_LEAST:
    return can_compare(value, want->values, &order) && order >= 0;
  case CS_OPERATOR_PRESENT:
    return value->kind != CS_SCALAR_ABSENT;
  case CS_OPERATOR_ABSENT:
    return value->kind == CS_SCALAR_ABSENT;
  default:
    return holds_for_string(op, value, want->values);
  }
}

static cs_scalar plain_scalar(const cs_plan *asked, const cs_item *item, cs_span record,
                              char *decoded) {
  const char *const bytes = record.bytes + item->start;
  cs_scalar value = {CS_SCALAR_OTHER, 0, 0, {bytes, item->length}};
  if (item->kind == CS_KIND_NULL)
    value.kind = CS_SCALAR_ABSENT;
  if (item->kind == CS_KIND_TRUE || item->kind == CS_KIND_FALSE)
    value.kind = item->kind == CS_KIND_TRUE ? CS_SCALAR_TRUE : CS_SCALAR_FALSE;
  if (item->kind == CS_KIND_STRING) {
    value.kind = CS_SCALAR_STRING;
    value.text = (cs_span){decoded, plain_decode(bytes, item->length, decoded)};
  }
  if (item->kind != CS_KIND_NUMBER)
    return value;
  const cs_number number = plain_number(bytes, item->length);
  value.kind = CS_SCALAR_REAL;
  value.real = number.real;
  value.integer = number.integer;
  if (number.kind == CS_NUMBER_INTEGER && !asked->integers && fabs(number.real) <= 0x1p53)
    value.integer = (int64_t)number.real;
  if (number.kind == CS_NUMBER_INTEGER && (asked->integers || fabs(number.real) <= 0x1p53))
    value.kind = CS_SCALAR_INTEGER;
  if (asked->numbers_text)
    value.kind = CS_SCALAR_STRING;
  return value;
}

/* The columns of a record, by a walk over it. */
typedef struct plain_row {
  cs_scalar columns[COLUMNS + 1];
  char decoded[COLUMNS + 1][TEXT_MOST + 8];
} plain_row;

static void read_plainly(const reading *how, const cs_plan *asked, cs_span record,
                         plain_row *row) {
  static listing list;
  list_record(&list, record, 1);
  find_columns(&list, &how->options);
  for (size_t i = 0; i < COLUMNS; i++)
    row->columns[i] = (cs_scalar){CS_SCALAR_ABSENT, 0, 0, {NULL, 0}};
  if (list.items[0].kind != CS_KIND_OBJECT)
    return;
  for (size_t i = 1; i < list.count; i = list.items[i].behind) {
    const size_t column = list.columns[i] < COLUMNS ? list.columns[i] : COLUMNS;
    row->columns[column] = plain_scalar(asked, &list.items[i], record, row->decoded[column]);
  }
}

/* What the rows come to, and where it ends: at the end, or with a row that cannot be folded. */
typedef struct total {
  text out;
  cs_fold_status status;
  uint64_t rows;
} total;

static void put_number(text *out, double number) {
  char digits[40];
  snprintf(digits, sizeof digits, " %.17g", number);
  text_put(out, digits);
}

/* What is in the fold goes to `result`. */
static void conclude_fold(cs_fold *fold, total *result) {
  if (result->status == CS_FOLD_OK)
    cs_fold_finish(fold);
  for (size_t i = 0; result->status == CS_FOLD_OK && i < cs_fold_group_count(fold); i++) {
    const cs_scalar key = cs_fold_key(fold, i, 0);
    const cs_total sum = cs_fold_sum(fold, i, 0);
    if (key.kind == CS_SCALAR_STRING)
      text_add(&result->out, key.text.bytes, key.text.length);
    else
      put_number(&result->out, key.kind == CS_SCALAR_INTEGER ? (double)key.integer : key.real);
    put_number(&result->out, (double)key.kind);
    put_number(&result->out, (double)cs_fold_count(fold, i));
    put_number(&result->out, sum.kind == CS_TOTAL_INTEGER ? (double)sum.integer : sum.real);
    put_number(&result->out, (double)sum.kind);
    text_put(&result->out, "\n");
  }
  put_number(&result->out, (double)result->status);
  put_number(&result->out, (double)result->rows);
  cs_fold_free(fold);
}

/* Folds the record if all conditions hold: as a plan does, or by its plain row if there is one.
 */
static void fold_record(query *q, cs_frame *frame, const plain_row *row, total *result) {
  cs_plan *const asked = &q->plan;
  bool expected = true;
  assert_true(cs_frame_columns(frame, asked->values, COLUMNS));
  for (size_t i = 0; row != NULL && i < asked->condition_count; i++)
    expected = expected && holds(&q->wants[i], &row->columns[q->wants[i].condition.column]);
  const cs_plan_answer answer = cs_plan_holds(asked, asked->values);
  if (row != NULL)
    assert_int_equal(answer, expected ? CS_PLAN_YES : CS_PLAN_NO);
  if (answer == CS_PLAN_NO)
    return;
  result->status =
      row == NULL ? cs_plan_fold(asked, asked->values) : cs_fold_add(asked->fold, row->columns);
  result->rows += result->status == CS_FOLD_OK;
}

/* The rows that come at once; how many. */
static size_t fold_rows(query *q, cs_frame *frame, total *result) {
  cs_rows rows;
  size_t added = 0, failed = 0;
  if (cs_frame_rows(frame, &rows) == 0)
    return 0;
  result->status = cs_plan_fold_rows(&q->plan, &rows, &added, &failed);
  result->rows += added;
  cs_frame_take(frame, result->status == CS_FOLD_OK ? rows.count : failed + 1);
  return rows.count;
}

/* Folds all rows: plainly, or as a plan does. */
static total fold_text(const reading *how, query *q, const text *bytes, const cutting *cut,
                       bool plainly) {
  static plain_row row;
  total result = {{NULL, 0, 0}, CS_FOLD_OK, 0};
  cs_frame *const frame = cs_frame_new(&how->options);
  cs_frame_status status = CS_FRAME_MORE;
  q->plan.fold = cs_fold_new(&q->config);
  assert_true(frame != NULL && q->plan.fold != NULL);
  for (size_t at = 0, piece = 0; status <= CS_FRAME_MORE && result.status == CS_FOLD_OK;) {
    cs_span record;
    if (!plainly && fold_rows(q, frame, &result) > 0)
      continue;
    status = cs_frame_next(frame, &record);
    if (status == CS_FRAME_RECORD && plainly)
      read_plainly(how, &q->plan, record, &row);
    if (status == CS_FRAME_RECORD)
      fold_record(q, frame, plainly ? &row : NULL, &result);
    if (status == CS_FRAME_MORE && at == bytes->length)
      cs_frame_finish(frame, how->empty_allowed);
    else if (status == CS_FRAME_MORE)
      at += give_some(frame, bytes, at, cut->lengths[piece++ % CUTS], cut->appends);
  }
  conclude_fold(q->plan.fold, &result);
  put_number(&result.out, (double)cs_frame_records(frame));
  cs_frame_free(frame);
  return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  static query q;
  input from = {bytes, bytes + length};
  take_query(&from, &q);
  reading how = reading_of(CS_FRAMING_DETECT);
  const cutting cut = take_cutting(&from);
  const cutting *const ways[] = {&cut, &whole_appended};
  how.options.number_range = !q.plan.numbers_text;
  how.options.names = q.plan.names;
  how.options.name_count = COLUMNS;
  text content = take_text(&from);
  how.options.kernel = cs_kernel_named("plain");
  total expected = fold_text(&how, &q, &content, &byte_by_byte, true);
  for (size_t k = 0; k < COUNT(kernel_names); k++) {
    how.options.kernel = cs_kernel_named(kernel_names[k]);
    if (how.options.kernel != NULL)
      assert_noted(&content, &expected.out,
                   fold_text(&how, &q, &content, ways[(k + length) % 2], false).out,
                   how.options.kernel);
  }
  text_free(&expected.out);
  text_free(&content);
  free_query(&q);
  return 0;
}
