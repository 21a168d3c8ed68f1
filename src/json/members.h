/* Reads a row by its anchors: each member for itself, whatever stands before it and behind it, so
   that rows whose members come in any order, come and go or come twice are read fast, too. It
   proves the row right or says nothing: then cs_parse is to read it. Of all names only those that
   are asked for are looked up; items are made of a row if they are asked for. */
#ifndef CS_JSON_MEMBERS_H
#define CS_JSON_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "index.h"
#include "names.h"
#include "parse.h"
#include "record.h"
#include "wanted.h"

enum { CS_MEMBERS_MOST = 64 }; /* of a row that is read so */

/* Positions in the buffer. */
typedef struct cs_member {
  uint32_t colon; /* its anchor */
  uint32_t open;  /* the quote before its name */
  uint32_t end;   /* behind its value */
} cs_member;

/* What was proven to stand between two members, from a string's last quote on. */
typedef struct cs_seam {
  char bytes[16];  /* the quote, then the gap, then zeros */
  uint32_t bits;   /* one for each byte of the gap */
  uint32_t length; /* of the gap, less than 16 */
} cs_seam;

/* What was proven to stand between two rows, from the last value of one to the first name of the
   next. */
typedef struct cs_border {
  char bytes[32];
  size_t length; /* less than 32; 0: none was seen */
  size_t close;  /* where the row's brace is */
  size_t open;   /* the next one's */
} cs_border;

typedef struct cs_members {
  cs_wanted wanted;
  uint8_t of_name[CS_WANTED_MOST]; /* number of the last member of a name that is asked for, and
                                      1; 0: there is none */
  uint8_t asked[CS_MEMBERS_MOST];  /* members that seem to be asked for */
  cs_member list[CS_MEMBERS_MOST + 1];
  uint32_t count;
  bool marked;    /* some string may hold escapes */
  uint64_t shape; /* of the row, as cs_shapes_hash; 0 when some value is a container */
  cs_seam seam;
  cs_border border;
  size_t value_end; /* of the row that was read last; 0: of the row before the next one nothing is
                       known */
  size_t close;     /* its brace */
  size_t next;      /* where the next row begins; 0: that is not known */
  size_t next_name; /* its first name */
  cs_items inner;   /* of a container in the row */
  unsigned misses;  /* in a row */
  unsigned pause;   /* rows that are not even tried */
} cs_members;

/* Of the row before the next one nothing is known, or the buffer's bytes have moved. */
static inline void cs_members_lost(cs_members *members) {
  members->value_end = members->next = 0;
}

/* Where the value of a member begins. */
static inline const char *cs_member_text(const char *bytes, const cs_member *member) {
  return cs_skip_spaces(bytes + member->colon + 1);
}

/* The number of its name. */
static CS_ALWAYS_INLINE uint32_t cs_member_name(cs_names *names, const char *bytes,
                                                const cs_member *member) {
  const char *open = bytes + member->open;
  size_t length = member->colon - member->open - 2;
  uint32_t spelling = cs_names_find_again(names, open, length + 3);
  if (spelling != 0)
    return names->spellings[spelling].name;
  uint32_t name;
  cs_names_spelled(names, (cs_span){open + 1, length}, &name);
  return name;
}

/* A zeroed cs_members is ready, and knows of no name that is asked for. */
void cs_members_free(cs_members *members);

/* As cs_parse; true means CS_PARSED_WHOLE. Unless told that it is lost, the row before is the one
   that was read last. */
bool cs_members_read(cs_members *members, const cs_parse_options *options, cs_names *names,
                     cs_index *index, const cs_buffer *buffer, size_t from, size_t to,
                     size_t *end);

/* The items of the row that was read last, the record `text` in the buffer whose bytes these are;
   false when memory ran out. */
bool cs_members_list(const cs_members *members, cs_names *names, const char *bytes, cs_span text,
                     cs_items *items);

/* Has the last member of that row with this name, below CS_WANTED_MOST, a value but null? */
static inline bool cs_members_has(const cs_members *members, const char *bytes, uint32_t name) {
  uint32_t number = members->of_name[name];
  return number != 0 && *cs_member_text(bytes, &members->list[number - 1]) != 'n';
}

/* The values of that row's members with the names 0 to `count` - 1, at most CS_WANTED_MOST, the
   last where a name comes twice. */
void cs_members_columns(const cs_members *members, const char *bytes, cs_value *values,
                        size_t count);

#endif
