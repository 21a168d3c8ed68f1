/* Tables of rows at random: of one shape or of many, right or nearly so. */
#ifndef SPEC_RANDOM_ROWS_H
#define SPEC_RANDOM_ROWS_H

#include "random_json.h"

enum { ROW_NAMES = 20, ROW_ORDERS = 5 };

static const char *const row_names[ROW_NAMES] = {"product",
                                                 "region",
                                                 "amount",
                                                 "id",
                                                 "a_name_of_30_bytes_and_no_more",
                                                 "a_name_of_31_bytes_and_one_more_",
                                                 "reg\\u0069on",
                                                 "quantity",
                                                 "n\\u00e4me",
                                                 "n\xC3\xA4me",
                                                 "x",
                                                 "",
                                                 "contract",
                                                 "project_id",
                                                 "a\\\"b",
                                                 "back\\\\",
                                                 ":",
                                                 ",\\\":",
                                                 "{",
                                                 "a_name_that_takes_more_than_two_or_even_three_"
                                                 "comparisons_of_32_bytes_each_until_its_end"};

static const char *const nested_values[] = {"[]",
                                            "{}",
                                            " [ ] ",
                                            "[1,2]",
                                            "[{\"key\":\"team\",\"value\":\"4711\"}]",
                                            "{\"a\":{\"b\":[1,\"\\\"\",\"x\"]}}",
                                            "[\"a\",\"b\"]",
                                            "{\"region\":\"x\"}",
                                            "[[\":\"]]",
                                            "{\"product\" :\"\\\\\"}",
                                            "[1,}",
                                            "{\"a\":01}",
                                            "[\"\\x\"]",
                                            "{\"a\" 1}"};
enum { NESTED_RIGHT = 10 };

static const char *const trap_values[] = {"\"abc\\\"},\"",
                                          "\":\"",
                                          "\":abc\"",
                                          "\"a\\\\\"",
                                          "\"\\\"\"",
                                          "\"\\\\\\\"\"",
                                          "\"\\\":\"",
                                          "\"a\\\"},{\\\"b\\\":1\"",
                                          "\"},{\"",
                                          "\"\\u0022:\"",
                                          "\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\"",
                                          "\"\x7f\"",
                                          "\"\\ud800\"",
                                          "\"\xff\"",
                                          "\"\xC3\"",
                                          "\"\xED\xA0\x80\"",
                                          "\"\x1f\"",
                                          "\"\\\"",
                                          "\"a\"b\""};
enum { TRAPS_RIGHT = 12 };

/* What the rows of a table have in common. */
typedef struct row_form {
  bool nested;
  bool traps;
  bool numbers; /* of every form */
  size_t wrong; /* one in so many nested values or traps may be wrong */
  size_t layout;
  size_t order;
  size_t members;
  size_t names[ROW_NAMES];
} row_form;

static inline row_form random_form(uint64_t *seed) {
  row_form form;
  form.nested = below(seed, 2) == 0;
  form.traps = below(seed, 2) == 0;
  form.numbers = below(seed, 2) == 0;
  form.wrong = 30 + below(seed, 300);
  form.layout = below(seed, 5);
  form.order = below(seed, ROW_ORDERS);
  form.members = 1 + below(seed, 16);
  for (size_t i = 0; i < ROW_NAMES; i++)
    form.names[i] = below(seed, 4) == 0 ? below(seed, ROW_NAMES) : i;
  return form;
}

static inline void put_word(text *out, uint64_t *seed) {
  static const char letters[] =
      "abcdefghijklmnopqrstuvwxyz0123456789-_abcdefghijklmnopqrstuvwxyz";
  size_t length = below(seed, below(seed, 10) == 0 ? 40 : 12);
  text_put(out, "\"");
  text_add(out, letters + below(seed, 20), length);
  text_put(out, "\"");
}

static inline void put_value(text *out, const row_form *form, size_t column, uint64_t *seed) {
  char number[40];
  size_t choice = below(seed, 12);
  if (form->nested && choice == 0) {
    bool right = below(seed, form->wrong) != 0;
    text_put(out, nested_values[below(seed, right ? NESTED_RIGHT : COUNT(nested_values))]);
  } else if (form->traps && choice == 1) {
    bool right = below(seed, form->wrong) != 0;
    text_put(out, trap_values[below(seed, right ? TRAPS_RIGHT : COUNT(trap_values))]);
  } else if (form->numbers && choice == 2) {
    put_scalar(out, seed);
  } else if (choice == 3 && below(seed, 4) == 0) {
    text_put(out, column % 2 == 0 ? "null" : "true");
  } else if (column % 2 == 0) {
    unsigned whole = (unsigned)below(seed, 100), fraction = (unsigned)below(seed, 10000);
    snprintf(number, sizeof number, "%u.%u", whole, fraction);
    text_put(out, number);
  } else {
    put_word(out, seed);
  }
}

static inline size_t name_of_member(const row_form *form, size_t row, size_t i, uint64_t *seed) {
  switch (form->order) {
  case 0:
    return form->names[i % ROW_NAMES];
  case 1: /* any, so that some are missing and others come twice */
    return below(seed, ROW_NAMES);
  case 2: /* shuffled */
    return form->names[(i * 3 + row % 7) % ROW_NAMES];
  case 3:
    return below(seed, 10) == 0 ? below(seed, ROW_NAMES) : i % ROW_NAMES;
  default:
    return i % ROW_NAMES;
  }
}

static inline void put_row(text *out, const row_form *form, size_t row, uint64_t *seed) {
  static const char *const opened[] = {"", "", " ", "\n        ", "\n "};
  static const char *const gaps[] = {"", " ", " ", "\n        ", "\n                      "};
  static const char *const colons[] = {"", " ", "", " ", "\n"};
  static const char *const closed[] = {"", "", " ", "\n    ", "\n"};
  size_t layout = below(seed, 60) == 0 ? below(seed, COUNT(gaps)) : form->layout;
  size_t members = form->order == 4 ? 1 + below(seed, form->members) : form->members;
  if (below(seed, 200) == 0)
    members = 60 + below(seed, 10); /* about as many as a template or members.c may have */
  text_put(out, "{");
  text_put(out, opened[layout]);
  for (size_t i = 0; i < members; i++) {
    size_t name = name_of_member(form, row, i, seed);
    text_put(out, i == 0 ? "\"" : ",");
    text_put(out, i == 0 ? "" : gaps[layout]);
    text_put(out, i == 0 ? "" : "\"");
    text_put(out, row_names[name]);
    if (below(seed, 2000) == 0)
      text_repeat(out, "long", 300);
    text_put(out, below(seed, 300) == 0 ? "\" :" : "\":");
    text_put(out, colons[layout]);
    put_value(out, form, name, seed);
    if (below(seed, 500) == 0)
      text_put(out, " ");
  }
  text_put(out, closed[layout]);
  text_put(out, "}");
}

/* Rows in one of the framings, which is written to `how`. */
static inline void put_table(text *out, reading *how, size_t rows, uint64_t *seed) {
  static const cs_framing framings[] = {CS_FRAMING_DETECT, CS_FRAMING_DETECT, CS_FRAMING_LINES,
                                        CS_FRAMING_ARRAY, CS_FRAMING_ENVELOPE};
  bool many = rows > 100; /* then most of them shall be read */
  row_form form = random_form(seed);
  form.wrong = many ? SIZE_MAX : form.wrong;
  form.numbers = form.numbers && !many;
  size_t choice = below(seed, COUNT(framings));
  bool array = choice % 2 == 1 || framings[choice] == CS_FRAMING_ENVELOPE;
  const char *between = !array ? "\n" : form.layout < 2 ? "," : ",\n    ";
  how->options.framing = framings[choice];
  how->options.path = "data.reports[]";
  if (framings[choice] == CS_FRAMING_ENVELOPE)
    text_put(out, "{\"limit\":1,\"data\":{\"reports\":");
  text_put(out, array ? "[" : "");
  for (size_t row = 0; row < rows; row++) {
    text_put(out, row == 0 ? "" : between);
    size_t other = many ? 2 : below(seed, 150);
    if (other == 0)
      put_document(out, seed);
    else if (other == 1)
      text_put(out, "{}");
    else
      put_row(out, &form, row, seed);
  }
  text_put(out, array ? "]" : "");
  if (framings[choice] == CS_FRAMING_ENVELOPE)
    text_put(out, ",\"next\":null}, \"last\" : true }");
}

/* Puts a backslash or a quote where it may mislead: next to a quote. */
static inline void set_trap(text *out, uint64_t *seed) {
  size_t at = 1 + below(seed, out->length - 3);
  while (at < out->length - 2 && out->bytes[at] != '"')
    at++;
  switch (below(seed, 4)) {
  case 0:
    out->bytes[at - 1] = '\\';
    break;
  case 1:
    out->bytes[at] = '\\';
    out->bytes[at + 1] = '"';
    break;
  case 2:
    out->bytes[at + 1] = '\\';
    break;
  default:
    out->bytes[at + 1] = '"';
  }
}

#endif
