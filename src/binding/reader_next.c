/* From record to record, and in a report from usage to usage. */
#include "compat.h"
#include "failure.h"
#include "reader_private.h"

static int out_of_memory(lua_State *L) {
  return luaL_error(L, "not enough memory");
}

static int json_failure(lua_State *L, const cs_reader *self) {
  cs_json_error error = *cs_frame_error(self->frame);
  lua_pushnil(L);
  cs_failure_push_json(L, &error);
  return 2;
}

/* Should what it says be lost on its way, by a debug hook that raises, the next ones would be
   given: so no more are. */
static int usage_failure(lua_State *L, cs_reader *self) {
  self->failed = CS_READER_LEFT;
  lua_pushnil(L);
  cs_failure_push(L, "malformed", self->plan->plan.usage.wrong);
  return 2;
}

static int too_many_rows(lua_State *L, cs_reader *self) {
  return cs_reader_fail(L, self, CS_READER_MORE_ROWS);
}

/* The next usage row of the report given last. */
static int next_usage(lua_State *L, cs_reader *self) {
  cs_usage *usage = &self->plan->plan.usage;
  cs_usage_step step = cs_usage_next(usage);
  if (step == CS_USAGE_ROW) {
    if (cs_reader_count_rows(self, 1) == 0)
      return too_many_rows(L, self);
    self->next.inner++;
    return cs_reader_deliver(L, self, (cs_span){NULL, 0}, cs_usage_row(usage));
  }
  self->in_report = false;
  if (step == CS_USAGE_WRONG)
    return usage_failure(L, self);
  self->next.inner = 0;
  cs_reader_pass(self);
  return CS_READER_NOTHING;
}

static int begin_report(lua_State *L, cs_reader *self, cs_span record) {
  cs_inner_rows rows;
  if (cs_frame_inner_rows(self->frame, &rows)) {
    cs_usage_begin_rows(&self->plan->plan.usage, rows, record.bytes);
    self->in_report = true;
    return CS_READER_NOTHING;
  }
  cs_items *items = cs_frame_items(self->frame);
  if (items == NULL)
    return out_of_memory(L);
  if (cs_usage_begin(&self->plan->plan.usage, items, record.bytes) == CS_USAGE_WRONG)
    return usage_failure(L, self);
  self->in_report = true;
  return CS_READER_NOTHING;
}

/* A record without any field that it should have: nil, "unknown" and its value; the last one, as
   above. */
static int unknown_record(lua_State *L, cs_reader *self, cs_span record) {
  self->failed = CS_READER_LEFT;
  cs_reader_no_row(L, "unknown");
  cs_row_push(L, &self->row, record);
  return 3;
}

static bool is_known(lua_State *L, cs_reader *self) {
  const cs_lua_plan *plan = self->plan;
  bool known = true;
  if (plan != NULL && plan->plan.known_end > plan->plan.known_first &&
      !cs_frame_is_known(self->frame, &known))
    out_of_memory(L);
  return known;
}

/* Of the usage rows of the last record that was read before, those that were given. */
static int skip_usages(lua_State *L, cs_reader *self) {
  cs_usage *usage = &self->plan->plan.usage;
  for (self->next = self->here, self->next.inner = 0; self->next.inner < self->here.inner;
       self->next.inner++) {
    cs_usage_step step = cs_usage_next(usage);
    if (step == CS_USAGE_WRONG)
      return usage_failure(L, self);
    if (step == CS_USAGE_END)
      return cs_reader_fail(L, self, CS_READER_FEWER_ROWS);
  }
  return CS_READER_NOTHING;
}

static int skip_record(lua_State *L, cs_reader *self, cs_span record) {
  cs_reader_failed failed = cs_reader_read_again(self, record);
  if (failed != CS_READER_FINE)
    return cs_reader_fail(L, self, failed);
  if (self->resuming || self->here.inner == 0)
    return CS_READER_NOTHING;
  int results = begin_report(L, self, record);
  return results == CS_READER_NOTHING ? skip_usages(L, self) : results;
}

static int give_record(lua_State *L, cs_reader *self, cs_span record) {
  cs_reader_begin_record(self, record);
  if (self->plan != NULL && self->plan->plan.by_usage)
    return begin_report(L, self, record);
  if (cs_reader_count_rows(self, 1) == 0)
    return too_many_rows(L, self);
  if (self->plan == NULL)
    return cs_reader_deliver_whole(L, self, record);
  cs_plan *plan = &self->plan->plan;
  if (plan->column_count > 0 && !cs_frame_columns(self->frame, plan->values, plan->column_count))
    return out_of_memory(L);
  return cs_reader_deliver(L, self, record, plan->values);
}

static int take_record(lua_State *L, cs_reader *self, cs_span record) {
  if (!is_known(L, self))
    return unknown_record(L, self, record);
  return self->resuming ? skip_record(L, self, record) : give_record(L, self, record);
}

/* Are records rows, and is nothing but their columns wanted? */
static bool folds_rows(const cs_reader *self) {
  const cs_lua_plan *plan = self->plan;
  return plan != NULL && plan->delivery == CS_DELIVERY_FOLD && !plan->plan.by_usage &&
         plan->plan.column_count <= CS_TEMPLATE_NAMES && !self->resuming;
}

static int fold_rows(lua_State *L, cs_reader *self, cs_rows *rows) {
  rows->count = cs_reader_count_rows(self, rows->count);
  return rows->count == 0 ? too_many_rows(L, self) : cs_reader_fold_rows(L, self, rows);
}

static int end(lua_State *L, cs_reader *self) {
  if (self->resuming)
    return cs_reader_fail(L, self, CS_READER_FEWER_RECORDS);
  return cs_reader_no_row(L, "end");
}

/* What there is in the frame; CS_READER_MORE: it wants bytes. */
static int next_in_frame(lua_State *L, cs_reader *self) {
  cs_rows rows;
  if (self->in_report)
    return next_usage(L, self);
  if (folds_rows(self) && cs_frame_rows(self->frame, &rows) > 0)
    return fold_rows(L, self, &rows);
  cs_span record;
  switch (cs_frame_next(self->frame, &record)) {
  case CS_FRAME_RECORD:
    return take_record(L, self, record);
  case CS_FRAME_END:
    return end(L, self);
  case CS_FRAME_ERROR:
    return json_failure(L, self);
  default:
    return CS_READER_MORE;
  }
}

int cs_reader_next(lua_State *L, cs_reader *self) {
  if (self->failed != CS_READER_FINE)
    return cs_reader_fail(L, self, self->failed);
  if (self->slice != NULL && cs_slice_over_at_row(self->slice))
    return cs_reader_no_row(L, "slice");
  for (;;) {
    cs_reader_hold(L, self);
    int results = CS_READER_NOTHING;
    while (results == CS_READER_NOTHING)
      results = next_in_frame(L, self);
    cs_reader_let_go(L, self);
    if (results != CS_READER_MORE || !cs_reader_refill(L, self, &results))
      return results;
    if (self->slice != NULL && cs_slice_over(self->slice))
      return cs_reader_no_row(L, "slice");
  }
}
