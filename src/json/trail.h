/* The way through nested records that are much alike. Between two values that follow each other
   stand brackets, a comma and a name: a joint. The trail knows the joints of the records that
   came, and which ones came behind which: so a vector comparison proves the next one, and what
   is between two is a value. It proves a record right and gives its rows, or says nothing: then
   cs_parse is to read it.

   The rows are those of lists inside each other: the elements of a list in a record, the elements
   of a list in those, and so on. A row is an object of the innermost list, with the members of
   those around it; where a name is on several levels, the inner one wins. */
#ifndef CS_JSON_TRAIL_H
#define CS_JSON_TRAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "inner_rows.h"
#include "names.h"
#include "parse.h"
#include "template.h"

enum {
  CS_JOINT_AHEAD = 4,                              /* bytes from an anchor on that are compared */
  CS_JOINT_NEAR = CS_LITERAL - CS_JOINT_AHEAD,     /* before it, in the first comparison */
  CS_JOINT_HEAD_MOST = CS_JOINT_NEAR + CS_LITERAL, /* in both */
  CS_JOINT_TURNS = 8,
  CS_JOINT_FOLLOWERS = 8
};

/* Learning from a record costs as much as reading several: records on the trail earn it. */
enum { CS_TRAIL_COST = 4, CS_TRAIL_CREDIT_FIRST = 128, CS_TRAIL_CREDIT_MOST = 256 };

typedef enum cs_turn_kind {
  CS_TURN_ENTER,     /* an object of level `number` begins */
  CS_TURN_ROW,       /* one of the innermost level ends */
  CS_TURN_NO_CELL,   /* cell `number` is that of the level around, again */
  CS_TURN_KNOWN,     /* the record has a known name */
  CS_TURN_KNOWN_NULL /* the record has one whose value is null */
} cs_turn_kind;

/* What a joint means for the rows. */
typedef struct cs_turn {
  uint16_t kind;
  uint16_t number;
} cs_turn;

/* Where in a record a joint can stand. */
typedef struct cs_joint_place {
  uint64_t around; /* the containers, the innermost lowest: 1 for an object */
  uint32_t depth;  /* how many they are */
  uint32_t inside; /* how many of them are the record, lists of the rows and their objects */
  uint32_t listed; /* bit i: the object of level i that is open has had its list */
} cs_joint_place;

typedef struct cs_joint {
  cs_check near;      /* the CS_LITERAL bytes that end CS_JOINT_AHEAD behind the anchor */
  cs_check far;       /* those before them */
  size_t head;        /* bytes before the anchor; of what ends a record, all */
  size_t far_head;    /* those of them that `far` checks */
  size_t tail;        /* bytes from the anchor to the value, or to what is first in it */
  size_t length_most; /* of a value that is a string; of a container, 0 */
  uint32_t quotes;
  uint32_t kind_bits; /* of the value's cell */
  uint16_t cell;      /* of the value; 0: none */
  bool string;
  bool scalar; /* the value is no string and no container */
  uint32_t turn_count;
  cs_turn turns[CS_JOINT_TURNS];
  cs_joint_place place;
  uint16_t follower_count;                /* from here on, what came behind it */
  uint16_t ending;                        /* 0: it was no record's last */
  uint16_t followers[CS_JOINT_FOLLOWERS]; /* the likeliest first; 0, which never fits, for none */
} cs_joint;

/* How far the record under way was followed. */
typedef struct cs_trail_walk {
  size_t record;   /* where it begins in the buffer */
  size_t at;       /* behind the last joint */
  uint32_t joint;  /* that one, 0 before the first */
  uint32_t quotes; /* in all of them */
  bool known;
  bool known_null;
} cs_trail_walk;

typedef struct cs_trail {
  cs_row_form form;
  size_t stride;    /* cells of a level, and of a row: the columns, made even */
  cs_joint *joints; /* the first stands for the beginning of a record */
  size_t count;
  size_t capacity;
  bool number_range;
  cs_trail_walk walk;
  cs_cell *cells; /* none, then those of each level */
  cs_cell *rows;  /* of the record under way */
  size_t row_count;
  size_t row_capacity; /* in cells */
  unsigned credit;     /* what may be spent on learning */
  unsigned misses;     /* in a row */
  unsigned pause;      /* records that are not even tried ... */
  bool left_out;       /* ... of which the last one was one */
  unsigned unknown;    /* records that were not on it */
} cs_trail;

typedef enum cs_trail_step {
  CS_TRAIL_AWAY, /* no joint that is known stands at the next anchor */
  CS_TRAIL_DRY,  /* the next anchor is not there */
  CS_TRAIL_LOST  /* memory ran out */
} cs_trail_step;

/* `trail` is zeroed. */
void cs_trail_init(cs_trail *trail, const cs_row_form *form);

void cs_trail_free(cs_trail *trail);

/* As cs_parse, for rows. CS_PARSED_CUT: it is `resumed` with the same record once there is more
   of it. */
cs_parsed cs_trail_read(cs_trail *trail, const cs_parse_options *options, cs_index *index,
                        const cs_buffer *buffer, size_t from, size_t to, bool resumed,
                        size_t *end);

/* May learn from a record that was proven right and is not on the trail. */
void cs_trail_saw(cs_trail *trail, cs_names *names, cs_span text);

/* The rows of the record that was read last. */
cs_inner_rows cs_trail_rows(const cs_trail *trail);

/* Does what a joint means; false when memory ran out. */
bool cs_trail_turn(cs_trail *trail, const cs_joint *joint);

/* Takes the value behind a joint. */
static inline void cs_trail_take(cs_trail *trail, const cs_joint *joint, const char *bytes,
                                 const char *value, size_t length) {
  uint32_t start = (uint32_t)((size_t)(value - bytes) - trail->walk.record);
  trail->cells[joint->cell] = (cs_cell){start, (uint32_t)length | joint->kind_bits};
}

#endif
