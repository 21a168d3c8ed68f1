/* Rows of one shape that stand one behind the other, all of them proven. */
#ifndef CS_JSON_ROWS_H
#define CS_JSON_ROWS_H

#include "template.h"

enum { CS_ROWS_MOST = 32 };

typedef struct cs_rows {
  const cs_template *template;
  const char *bytes;       /* what the anchors count from */
  const uint32_t *anchors; /* of the first row; each has as many as members */
  size_t count;            /* CS_ROWS_MOST at most */
} cs_rows;

/* The value of member `member` of row `row`, from 0. */
static inline cs_value cs_rows_value(const cs_rows *rows, size_t row, uint32_t member) {
  return cs_template_value(rows->template, rows->bytes,
                           rows->anchors + row * rows->template->members, member);
}

/* Row `row`, from its brace to its brace. */
static inline cs_span cs_rows_text(const cs_rows *rows, size_t row) {
  const cs_template *template = rows->template;
  const uint32_t *anchors = rows->anchors + row * template->members;
  const char *start = rows->bytes + anchors[0] + template->close + template->next;
  const char *end = rows->bytes + anchors[template->members] + template->close;
  return (cs_span){start, (size_t)(end - start)};
}

#endif
