/* Usage rows of a report: what its levels add, and what the inner ones hide. */
#include "query/usage.h"

#include "query/plan.h"
#include "random_json.h"

#ifndef ROUNDS
#define ROUNDS 1500
#endif

enum { COLUMNS = 5, LISTS = 3 };

static const char *const names[] = {"id",    "unit",      "cost",  "rated_cost",
                                    "plans", "resources", "usage", "hidden"};

typedef struct reports {
  cs_plan plan;
  cs_frame *frame;
} reports;

static void begin(reports *r, bool nulls) {
  memset(r, 0, sizeof *r);
  r->plan.names = malloc(COUNT(names) * sizeof *r->plan.names);
  assert_non_null(r->plan.names);
  for (size_t i = 0; i < COUNT(names); i++) {
    char *copy = malloc(strlen(names[i]) + 1);
    assert_non_null(copy);
    strcpy(copy, names[i]);
    r->plan.names[i] = (cs_span){copy, strlen(copy)};
  }
  r->plan.name_count = COUNT(names);
  r->plan.column_count = COLUMNS;
  r->plan.by_usage = true;
  assert_true(cs_plan_prepare(&r->plan));
  r->plan.usage.nulls = nulls;
  reading how = reading_of(CS_FRAMING_LINES);
  how.empty_allowed = true;
  how.options.names = r->plan.names;
  how.options.name_count = r->plan.name_count;
  how.options.levels = CS_USAGE_DEPTH;
  r->frame = cs_frame_new(&how.options);
  assert_non_null(r->frame);
}

static void end(reports *r) {
  cs_frame_free(r->frame);
  cs_plan_free(&r->plan);
}

/* What the members of the row's objects make of its columns must be its columns. */
static void members_agree(const cs_usage *usage) {
  const cs_value *row = cs_usage_row(usage);
  cs_value columns[COLUMNS] = {{CS_KIND_ABSENT, false, {NULL, 0}}};
  const cs_item *list = usage->items->list;
  for (size_t level = 0; level < CS_USAGE_LEVELS; level++) {
    uint32_t object = usage->object[level];
    bool seen[COUNT(names)] = {false};
    assert_int_equal(list[object].kind, CS_KIND_OBJECT);
    for (uint32_t i = object + 1; i < list[object].behind; i = list[i].behind) {
      if (!cs_usage_has(usage, level, &list[i]) || list[i].name >= COUNT(names))
        continue;
      assert_false(seen[list[i].name]);
      seen[list[i].name] = true;
      if (list[i].name < COLUMNS)
        columns[list[i].name] = cs_item_value(&list[i], usage->bytes);
    }
  }
  for (size_t i = 0; i < COLUMNS; i++) {
    assert_int_equal(row[i].kind, columns[i].kind);
    if (row[i].kind == CS_KIND_ABSENT)
      continue;
    assert_ptr_equal(row[i].text.bytes, columns[i].text.bytes);
    assert_int_equal(row[i].text.length, columns[i].text.length);
    assert_int_equal(row[i].escaped, columns[i].escaped);
  }
}

static void print_row(text *out, const cs_value *row) {
  for (size_t i = 0; i < COLUMNS; i++) {
    if (row[i].kind == CS_KIND_ABSENT)
      continue;
    text_put(out, names[i]);
    text_put(out, "=");
    text_add(out, row[i].text.bytes, row[i].text.length);
    text_put(out, " ");
  }
  text_put(out, "; ");
}

/* Adds the rows of one report, and what is wrong with it. */
static void print_report(reports *r, const char *report, size_t length, text *out) {
  cs_usage *usage = &r->plan.usage;
  cs_span record;
  feed(r->frame, report, length);
  feed(r->frame, "\n", 1);
  assert_int_equal(cs_frame_next(r->frame, &record), CS_FRAME_RECORD);
  cs_items *items = cs_frame_items(r->frame);
  assert_non_null(items);
  text_put(out, "");
  cs_usage_step step = cs_usage_begin(usage, items, record.bytes);
  while (step == CS_USAGE_ROW) {
    step = cs_usage_next(usage);
    if (step == CS_USAGE_ROW) {
      members_agree(usage);
      print_row(out, cs_usage_row(usage));
    }
  }
  if (step == CS_USAGE_WRONG)
    text_put(out, usage->wrong);
}

/* In turn with reports that it must leave nothing to. */
static void gives_with(bool nulls, const char *report, const char *expected) {
  static const char *const behind[] = {
      "{\"id\":7,\"resources\":[{\"plans\":[{\"usage\":[{}]}]}]}", "{}", "{\"resources\":[{}]}",
      "{\"resources\":[{\"plans\":[{}]}]}"};
  reports r;
  text rows = {NULL, 0, 0};
  begin(&r, nulls);
  for (size_t round = 0; round < COUNT(behind); round++) {
    rows.length = 0;
    print_report(&r, report, strlen(report), &rows);
    assert_string_equal(rows.bytes, expected);
    rows.length = 0;
    print_report(&r, behind[round], strlen(behind[round]), &rows);
    assert_string_equal(rows.bytes, round == 0 ? "id=7 ; " : "");
  }
  text_free(&rows);
  end(&r);
}

static void gives(const char *report, const char *expected) {
  gives_with(false, report, expected);
  gives_with(true, report, expected);
}

/* The report with this list of usages and these members of the levels outside. */
static void usages_give(const char *members, const char *usages, const char *expected) {
  text report = {NULL, 0, 0};
  text_put(&report, "{\"resources\":[{\"plans\":[{");
  text_put(&report, members);
  text_put(&report, "\"usage\":");
  text_put(&report, usages);
  text_put(&report, "}]}]}");
  gives(report.bytes, expected);
  text_free(&report);
}

static void a_row_has_the_members_of_all_its_levels(void **state) {
  (void)state;
  gives("{\"id\":1,\"resources\":[{\"unit\":\"h\",\"plans\":[{\"plans\":\"p\",\"usage\":["
        "{\"cost\":2},{\"rated_cost\":3}]}]}]}",
        "id=1 unit=h cost=2 plans=p ; id=1 unit=h rated_cost=3 plans=p ; ");
  gives("{\"resources\":[{\"plans\":[{\"usage\":[{}]},{\"usage\":[{\"id\":1}]}]},"
        "{\"plans\":[{\"usage\":[{\"id\":2},{\"id\":3}]}]}]}",
        "; id=1 ; id=2 ; id=3 ; ");
}

static void members_behind_a_list_count_like_those_before_it(void **state) {
  (void)state;
  gives("{\"resources\":[{\"plans\":[{\"usage\":[{\"cost\":2}],\"unit\":\"h\"}]}],\"id\":1}",
        "id=1 unit=h cost=2 ; ");
}

static void the_inner_value_wins(void **state) {
  (void)state;
  gives("{\"id\":0,\"resources\":[{\"id\":1,\"plans\":[{\"id\":2,\"usage\":[{\"id\":3},{}]},"
        "{\"usage\":[{}]}]},{\"plans\":[{\"usage\":[{}]}]}]}",
        "id=3 ; id=2 ; id=1 ; id=0 ; ");
}

static void an_inner_null_hides_the_outer_value_only_where_nulls_count(void **state) {
  static const char report[] = "{\"id\":0,\"resources\":[{\"id\":null,\"plans\":[{\"usage\":["
                               "{},{\"id\":3},{\"unit\":null}]}]}]}";
  (void)state;
  gives_with(false, report, "id=0 ; id=3 ; id=0 ; ");
  gives_with(true, report, "id=null ; id=3 ; id=null unit=null ; ");
}

static void a_cost_is_the_metrics_own(void **state) {
  (void)state;
  gives("{\"cost\":1,\"rated_cost\":2,\"resources\":[{\"cost\":3,\"rated_cost\":4,\"plans\":[{"
        "\"rated_cost\":6,\"cost\":5,\"usage\":[{},{\"cost\":7},{\"rated_cost\":8}]}]}]}",
        "; cost=7 ; rated_cost=8 ; ");
  gives("{\"billable_cost\":1,\"c\\u006fst\":2,\"resources\":[{\"plans\":[{\"usage\":["
        "{\"c\\u006fst\":9}]}]}]}",
        "cost=9 ; ");
}

static void containers_are_no_values_and_hide_none(void **state) {
  (void)state;
  gives("{\"id\":0,\"unit\":[1],\"resources\":[{\"id\":[],\"plans\":[{\"id\":{\"id\":1},"
        "\"usage\":[{\"id\":[2]},{\"id\":{}},{\"unit\":{\"unit\":3}}]}]}]}",
        "id=0 ; id=0 ; id=0 ; ");
}

static void of_repeated_members_the_last_counts(void **state) {
  (void)state;
  usages_give("\"unit\":1,\"unit\":2,", "[{\"id\":3,\"id\":4},{\"id\":5,\"x\":1,\"id\":6}]",
              "id=4 unit=2 ; id=6 unit=2 ; ");
  usages_give("\"id\":1,", "[{\"id\":2,\"id\":[]},{\"id\":3,\"\\u0069d\":4}]", "id=1 ; id=4 ; ");
  usages_give("\"usage\":[{\"id\":1}],", "[{\"id\":2}]", "id=2 ; ");
  usages_give("\"usage\":[{\"id\":1}],", "null", "");
  usages_give("\"usage\":1,", "[{\"id\":2}]", "id=2 ; ");
  gives_with(false, "{\"id\":1,\"id\":null,\"resources\":[{\"plans\":[{\"usage\":[{}]}]}]}",
             "; ");
  gives_with(true, "{\"id\":1,\"id\":null,\"resources\":[{\"plans\":[{\"usage\":[{}]}]}]}",
             "id=null ; ");
}

static void levels_that_are_absent_empty_or_null_have_no_rows(void **state) {
  (void)state;
  gives("{}", "");
  gives("{\"id\":1,\"plans\":[{\"usage\":[{\"id\":2}]}],\"usage\":[{}]}", "");
  gives("{\"resources\":null}", "");
  gives("{\"resources\":[]}", "");
  gives("{\"resources\":[{},{\"plans\":null},{\"plans\":[]},{\"plans\":[{}]},"
        "{\"plans\":[{\"usage\":[]},{\"usage\":null},{\"usage\":[{\"id\":1}]},{}]},{}]}",
        "id=1 ; ");
}

static void a_list_of_another_level_is_no_list(void **state) {
  (void)state;
  gives("{\"plans\":1,\"usage\":2,\"resources\":[{\"usage\":true,\"resources\":4,\"plans\":[{"
        "\"plans\":5,\"usage\":[{\"usage\":[1],\"id\":6}]}]}]}",
        "id=6 plans=5 ; ");
}

static void what_is_odd_is_told_behind_the_rows_before_it(void **state) {
  (void)state;
  gives("1", "a report is not an object");
  gives("[{\"resources\":[]}]", "a report is not an object");
  gives("null", "a report is not an object");
  gives("{\"resources\":{}}", "resources of a report is not a list");
  gives("{\"resources\":false}", "resources of a report is not a list");
  gives("{\"resources\":\"\"}", "resources of a report is not a list");
  gives("{\"resources\":[1]}", "resources of a report is not a list of objects");
  gives("{\"resources\":[{\"plans\":0}]}", "plans of a report is not a list");
  gives("{\"resources\":[{\"plans\":[null]}]}", "plans of a report is not a list of objects");
  usages_give("", "{}", "usage of a report is not a list");
  usages_give("", "[{\"id\":1},[]]", "id=1 ; usage of a report is not a list of objects");
  usages_give("", "[{\"id\":1},{\"id\":2},null,{}]",
              "id=1 ; id=2 ; usage of a report is not a list of objects");
  gives("{\"resources\":[{\"plans\":[{\"usage\":[{\"id\":1}]},{\"usage\":5}]}]}",
        "id=1 ; usage of a report is not a list");
}

/* Values as texts by column, as a level adds them to those outside; "" for none. */
typedef struct model {
  char values[CS_USAGE_LEVELS][COLUMNS][24];
  bool nulls;
  text report;
  text rows;
} model;

static const char *const list_names[LISTS] = {"resources", "plans", "usage"};

static void put_member(model *m, size_t level, bool *first, uint64_t *seed) {
  static const char *const values[] = {"null",         "[]",   "{\"id\":1}",
                                       "[{\"id\":2}]", "true", "\"\""};
  size_t name = below(seed, 8), column = name < 4 ? name : COLUMNS;
  char member[80], value[24];
  if (below(seed, 3) == 0)
    strcpy(value, values[below(seed, COUNT(values))]);
  else
    sprintf(value, "%zu", below(seed, 100000));
  sprintf(member, "%s\"%s%s\":%s", *first ? "" : ",", column < COLUMNS ? "" : "other ",
          names[name], value);
  *first = false;
  text_put(&m->report, member);
  bool cost = column == 2 || column == 3, hides = m->nulls || strcmp(value, "null") != 0;
  if (column == COLUMNS)
    return;
  char *own = m->values[level][column];
  strcpy(own, level > 0 ? m->values[level - 1][column] : ""); /* forgets one before it */
  if ((level == CS_USAGE_LEVELS - 1 || !cost) && hides && strpbrk(value, "[{") == NULL)
    strcpy(own, value[0] == '"' ? "\"" : value); /* a lone quote is the empty string */
}

static void expect_row(model *m) {
  for (size_t i = 0; i < COLUMNS; i++) {
    const char *value = m->values[CS_USAGE_LEVELS - 1][i];
    if (*value == '\0')
      continue;
    text_put(&m->rows, names[i]);
    text_put(&m->rows, "=");
    text_put(&m->rows, *value == '"' ? "" : value);
    text_put(&m->rows, " ");
  }
  text_put(&m->rows, "; ");
}

/* Objects without recursion: `left` elements of each list that is open are still to come. */
static void make_report(model *m, uint64_t *seed) {
  size_t left[CS_USAGE_LEVELS] = {1}, level = 0;
  m->report.length = m->rows.length = 0;
  text_put(&m->rows, "");
  for (;;) {
    bool first = true;
    left[level]--;
    text_put(&m->report, "{");
    if (level == 0)
      memset(m->values[0], 0, sizeof m->values[0]);
    else
      memcpy(m->values[level], m->values[level - 1], sizeof m->values[0]);
    for (size_t i = below(seed, 5); i > 0; i--)
      put_member(m, level, &first, seed);
    if (level == LISTS)
      expect_row(m);
    if (level < LISTS) {
      text_put(&m->report, first ? "\"" : ",\"");
      text_put(&m->report, list_names[level]);
      left[++level] = below(seed, 4);
      text_put(&m->report, "\":[");
      if (left[level] > 0)
        continue;
      text_put(&m->report, "]");
      level--;
    }
    text_put(&m->report, "}");
    while (level > 0 && left[level] == 0) {
      text_put(&m->report, "]}");
      level--;
    }
    if (level == 0)
      return;
    text_put(&m->report, ",");
  }
}

static void reports_at_random_give_the_rows_that_they_were_made_of(void **state) {
  (void)state;
  uint64_t seed = 0x9e3779b97f4a7c15;
  for (size_t nulls = 0; nulls < 2; nulls++) {
    model m = {.nulls = nulls == 1};
    text rows = {NULL, 0, 0};
    size_t longest = 0;
    reports r;
    begin(&r, m.nulls);
    for (size_t round = 0; round < ROUNDS; round++) {
      make_report(&m, &seed);
      rows.length = 0;
      print_report(&r, m.report.bytes, m.report.length, &rows);
      if (strcmp(rows.bytes, m.rows.bytes) != 0)
        print_message("%s\n", m.report.bytes);
      assert_string_equal(rows.bytes, m.rows.bytes);
      longest = longest < rows.length ? rows.length : longest;
    }
    assert_true(longest > 300);
    end(&r);
    text_free(&rows);
    text_free(&m.report);
    text_free(&m.rows);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_row_has_the_members_of_all_its_levels),
      cmocka_unit_test(members_behind_a_list_count_like_those_before_it),
      cmocka_unit_test(the_inner_value_wins),
      cmocka_unit_test(an_inner_null_hides_the_outer_value_only_where_nulls_count),
      cmocka_unit_test(a_cost_is_the_metrics_own),
      cmocka_unit_test(containers_are_no_values_and_hide_none),
      cmocka_unit_test(of_repeated_members_the_last_counts),
      cmocka_unit_test(levels_that_are_absent_empty_or_null_have_no_rows),
      cmocka_unit_test(a_list_of_another_level_is_no_list),
      cmocka_unit_test(what_is_odd_is_told_behind_the_rows_before_it),
      cmocka_unit_test(reports_at_random_give_the_rows_that_they_were_made_of),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
