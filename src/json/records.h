/* Reads record after record: by the template of its shape where one fits, else in one go, else,
   when it is cut or in doubt, byte by byte. All three prove every byte; the last alone says what
   is wrong. */
#ifndef CS_JSON_RECORDS_H
#define CS_JSON_RECORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "index.h"
#include "kernel.h"
#include "members.h"
#include "names.h"
#include "record.h"
#include "rows.h"
#include "scan.h"
#include "shapes.h"
#include "trail.h"

/* Rows of one template that follow each other: what proved one proved that the next one's name
   follows its separator. */
typedef struct cs_run {
  const cs_template *template; /* NULL: none is under way */
  const uint32_t *anchors;     /* of the row that comes next */
  size_t proven;               /* so many from there on are known to match */
  size_t from;                 /* behind its first row */
  uint64_t first;              /* records given before its second row */
  bool known;                  /* each row has a known name, or none is asked for */
} cs_run;

typedef struct cs_records {
  cs_index index;
  cs_names names;
  cs_shapes shapes;
  cs_trail trail;
  size_t levels;
  size_t asked;                /* names that were given numbers from the first on */
  uint32_t known_first;        /* the numbers of the known names ... */
  uint32_t known_end;          /* ... are before this one */
  size_t tried;                /* bytes of the record under way when it was read in one go */
  bool by_rows;                /* those of each record are wanted ... */
  bool has_rows;               /* ... and there for the one given last */
  bool on_trail;               /* the record under way was on the trail as far as it went */
  bool validating;             /* the record under way is the validator's */
  bool listed;                 /* `items` are those of the record given last */
  const cs_template *template; /* its template, or NULL */
  const uint32_t *anchors;
  const char *base; /* what its anchors count from */
  cs_span text;
  cs_run run;
  cs_matching matching; /* of the run */
  cs_members members;
  bool by_members; /* the record given last was read by `members` */
  cs_items items;
} cs_records;

/* `names` are given the numbers from 0, `levels` is as of cs_parse_options; false when memory
   ran out. */
bool cs_records_init(cs_records *records, const cs_kernel *kernel, const cs_span *names,
                     size_t name_count, size_t levels);

/* Has it gather the rows of records, from the first on. */
void cs_records_give_rows(cs_records *records, const cs_row_form *form);

/* Of a zeroed cs_records, too. */
void cs_records_free(cs_records *records);

/* Begins with another text, in the same memory and with what was learned. Both texts have the
   same framing, or else the templates are to be forgotten; number_range and depth_limit must be
   those of before. */
void cs_records_renew(cs_records *records, bool same_framing);

/* The records that follow the last one and are of the same shape, valid until one is taken or
   read; their number. When there is none, the next is to be read. */
size_t cs_records_rows(cs_records *records, cs_scan *scan, cs_rows *rows);

/* Takes the first `count` of them, at least one: the last of these is now the last record. */
void cs_records_take(cs_records *records, cs_scan *scan, size_t count);

/* The row that was given may be the first of a run, up to bytes[to]; `quotes` are those before
   the anchor behind it. */
void cs_records_begin_run(cs_records *records, const cs_scan *scan, size_t to, uint32_t quotes);

/* Settles what the rows of the run would have told one by one. */
void cs_records_end_run(cs_records *records, cs_scan *scan);

/* Reads the row behind one that was read by its members, when it is to be read so, too, and is
   whole: templates have their turn in between. */
bool cs_records_follow(cs_records *records, cs_scan *scan);

/* Reads the record that begins, or goes on, here: as cs_scan_value. */
cs_step cs_records_read(cs_records *records, cs_scan *scan);

/* Makes room in the buffer, as cs_buffer_reserve; the last record is then gone. */
char *cs_records_reserve(cs_records *records, cs_scan *scan, size_t length);

/* The rows of the last record, valid as long; false: only its items tell. */
bool cs_records_inner_rows(const cs_records *records, cs_inner_rows *rows);

/* The items of the last record; NULL when memory ran out. */
cs_items *cs_records_items(cs_records *records, cs_scan *scan);

/* The values of its members with the names 0 to `count` - 1, the last where a name comes twice;
   false when memory ran out. A record that is no object has none. */
bool cs_records_columns(cs_records *records, cs_scan *scan, cs_value *values, size_t count);

/* Has the last record, an object, a known name whose value (the last one of that name) is not
   null? False when memory ran out. */
bool cs_records_are_known(cs_records *records, cs_scan *scan, bool *known);

#endif
