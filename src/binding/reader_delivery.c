/* What becomes of a row: a table, values, or a part of a fold. */
#include "compat.h"
#include "fold.h"
#include "reader_private.h"

static int out_of_memory(lua_State *L) {
  return luaL_error(L, "not enough memory");
}

static bool usage_filter(const void *context, const cs_item *member) {
  const cs_usage *usage = context;
  return cs_usage_has(usage, usage->shown, member);
}

static void push_usage(lua_State *L, cs_reader *self) {
  cs_usage *usage = &self->plan->plan.usage;
  lua_createtable(L, 0, 32);
  for (usage->shown = 0; usage->shown < CS_USAGE_LEVELS; usage->shown++)
    cs_row_push_members(L, &self->row, usage->items, usage->object[usage->shown], usage->bytes,
                        usage_filter, usage);
}

static int push_row(lua_State *L, cs_reader *self, cs_span record) {
  if (self->in_report) {
    push_usage(L, self);
    return 1;
  }
  cs_matched matched = cs_frame_matched(self->frame);
  if (matched.template != NULL) {
    cs_row_push_matched(L, &self->row, &matched);
    return 1;
  }
  const cs_items *items = cs_frame_items(self->frame);
  if (items == NULL)
    return out_of_memory(L);
  cs_row_push_record(L, &self->row, items, record);
  return 1;
}

static int push_chosen(lua_State *L, cs_reader *self, cs_span record, const cs_value *columns) {
  const cs_lua_plan *plan = self->plan;
  if (!self->in_report && *record.bytes != '{' && *record.bytes != '[')
    return push_row(L, self, record); /* a record that is no table has no fields to lose */
  lua_createtable(L, 0, (int)plan->chosen_count);
  int into = lua_gettop(L);
  cs_interned_begin(L, &self->row.interned);
  cs_lua_plan_push_option(L, plan, "names");
  for (size_t i = 0; i < plan->chosen_count; i++) {
    size_t column = plan->chosen[i];
    lua_rawgeti(L, into + 2, (int)column + 1);
    cs_row_push_value(L, &self->row, &columns[column], i);
    lua_rawset(L, into);
  }
  lua_settop(L, into);
  return 1;
}

/* So many may be pushed without a look: there is always room for LUA_MINSTACK in all. */
enum { VALUES_WITH_ROOM = LUA_MINSTACK / 2 };

static int push_values(lua_State *L, cs_reader *self, const cs_value *columns) {
  const cs_lua_plan *plan = self->plan;
  if (plan->chosen_count > VALUES_WITH_ROOM)
    luaL_checkstack(L, (int)plan->chosen_count + 8, "values");
  cs_interned_begin(L, &self->row.interned);
  cs_compat_push_integer(L, (int64_t)plan->rows);
  for (size_t i = 0; i < plan->chosen_count; i++)
    cs_row_push_value(L, &self->row, &columns[plan->chosen[i]], i);
  return (int)plan->chosen_count + 1;
}

/* A row that the fold could not take is the last. */
static int fold_failure(lua_State *L, const cs_reader *self, cs_fold_status status) {
  lua_pushnil(L);
  cs_lua_plan_push_option(L, self->plan, "fold");
  cs_fold_push_failure(L, lua_gettop(L), status, cs_frame_records(self->frame));
  lua_replace(L, -2);
  return 2;
}

static int fold_row(lua_State *L, cs_reader *self, const cs_value *columns) {
  cs_lua_plan *plan = self->plan;
  cs_fold_status status = cs_plan_fold(&plan->plan, columns);
  if (status != CS_FOLD_OK)
    return fold_failure(L, self, status);
  plan->rows++;
  cs_reader_pass(self);
  return CS_READER_NOTHING;
}

int cs_reader_fold_rows(lua_State *L, cs_reader *self, const cs_rows *rows) {
  cs_lua_plan *plan = self->plan;
  size_t added, failed;
  cs_fold_status status = cs_plan_fold_rows(&plan->plan, rows, &added, &failed);
  plan->rows += added;
  if (status == CS_FOLD_OK) {
    cs_reader_pass_rows(self, rows, rows->count);
    cs_frame_take(self->frame, rows->count);
    return CS_READER_NOTHING;
  }
  cs_reader_pass_rows(self, rows, failed);
  cs_frame_take(self->frame, failed + 1);
  return fold_failure(L, self, status);
}

static int deliver_as_wanted(lua_State *L, cs_reader *self, cs_span record,
                             const cs_value *columns) {
  switch (self->plan->delivery) {
  case CS_DELIVERY_CHOSEN:
    return push_chosen(L, self, record, columns);
  case CS_DELIVERY_VALUES:
    return push_values(L, self, columns);
  default:
    return push_row(L, self, record);
  }
}

int cs_reader_deliver(lua_State *L, cs_reader *self, cs_span record, const cs_value *columns) {
  cs_lua_plan *plan = self->plan;
  switch (cs_plan_holds(&plan->plan, columns)) {
  case CS_PLAN_NO:
    cs_reader_pass(self);
    return CS_READER_NOTHING;
  case CS_PLAN_MEMORY:
    return out_of_memory(L);
  default:
    break;
  }
  if (plan->delivery == CS_DELIVERY_FOLD)
    return fold_row(L, self, columns);
  plan->rows++;
  int results = deliver_as_wanted(L, self, record, columns);
  cs_reader_pass(self);
  return results;
}

int cs_reader_deliver_whole(lua_State *L, cs_reader *self, cs_span record) {
  int results = push_row(L, self, record);
  cs_reader_pass(self);
  return results;
}
