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

static int usage_failure(lua_State *L, const cs_reader *self) {
  lua_pushnil(L);
  cs_failure_push(L, "malformed", self->plan->plan.usage.wrong);
  return 2;
}

/* The next usage row of the report given last. */
static int next_usage(lua_State *L, cs_reader *self) {
  cs_usage *usage = &self->plan->plan.usage;
  cs_usage_step step = cs_usage_next(usage);
  if (step == CS_USAGE_ROW)
    return cs_reader_deliver(L, self, (cs_span){NULL, 0}, cs_usage_row(usage));
  self->in_report = false;
  return step == CS_USAGE_END ? CS_READER_NOTHING : usage_failure(L, self);
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

/* A record without any field that it should have: nil, "unknown" and its value. */
static int unknown_record(lua_State *L, cs_reader *self, cs_span record) {
  cs_reader_no_row(L, "unknown");
  cs_reader_hold(self);
  cs_row_push(L, &self->row, record);
  cs_reader_let_go(L, self);
  return 3;
}

static int take_record(lua_State *L, cs_reader *self, cs_span record) {
  cs_plan *plan = &self->plan->plan;
  if (plan->known_end > plan->known_first) {
    bool known = false;
    if (!cs_frame_is_known(self->frame, &known))
      return out_of_memory(L);
    if (!known)
      return unknown_record(L, self, record);
  }
  if (plan->by_usage)
    return begin_report(L, self, record);
  if (plan->column_count > 0 && !cs_frame_columns(self->frame, plan->values, plan->column_count))
    return out_of_memory(L);
  return cs_reader_deliver(L, self, record, plan->values);
}

/* Are records rows, and is nothing but their columns wanted? */
static bool folds_rows(const cs_reader *self) {
  const cs_lua_plan *plan = self->plan;
  return plan != NULL && plan->delivery == CS_DELIVERY_FOLD && !plan->plan.by_usage &&
         plan->plan.column_count <= CS_TEMPLATE_NAMES;
}

int cs_reader_next(lua_State *L, cs_reader *self) {
  for (;;) {
    cs_span record;
    int results = CS_READER_NOTHING;
    if (self->in_report) {
      results = next_usage(L, self);
      if (results != CS_READER_NOTHING)
        return results;
      continue;
    }
    cs_rows rows;
    if (folds_rows(self) && cs_frame_rows(self->frame, &rows) > 0) {
      results = cs_reader_fold_rows(L, self, &rows);
      if (results != CS_READER_NOTHING)
        return results;
      continue;
    }
    switch (cs_frame_next(self->frame, &record)) {
    case CS_FRAME_RECORD:
      results = self->plan == NULL ? cs_reader_deliver_whole(L, self, record)
                                   : take_record(L, self, record);
      if (results != CS_READER_NOTHING)
        return results;
      break;
    case CS_FRAME_END:
      return cs_reader_no_row(L, "end");
    case CS_FRAME_ERROR:
      return json_failure(L, self);
    default:
      if (!cs_reader_refill(L, self, &results))
        return results;
    }
  }
}
