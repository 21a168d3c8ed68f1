/* What a trail learns from a record that was proven right. */
#include <stdlib.h>
#include <string.h>

#include "trail.h"
#include "walk.h"

enum { JOINTS_MOST = 1024, DEPTH_MOST = 64, TRICKLE = 16 };

/* The joint under way, and where in the record it begins. */
typedef struct lesson {
  cs_trail *trail;
  cs_names *names;
  cs_span text;
  size_t last;          /* the number of the joint before */
  size_t from;          /* behind the value before */
  cs_joint_place place; /* of what comes next */
  bool named;           /* the next value has a name ... */
  uint32_t name;        /* ... which is this one ... */
  size_t anchor;        /* ... and ends before this colon */
  cs_joint joint;
} lesson;

static void begin_joint(lesson *l, size_t from) {
  memset(&l->joint, 0, sizeof l->joint);
  l->joint.place = l->place;
  l->from = from;
  l->named = false;
}

static size_t offset_of(const lesson *l, cs_token token) {
  return (size_t)(token.text.bytes - l->text.bytes);
}

/* ---- joints ---- */

static bool add_joint(cs_trail *trail, const cs_joint *joint) {
  if (trail->count == JOINTS_MOST)
    return false;
  if (trail->count == trail->capacity) {
    size_t capacity = trail->capacity == 0 ? 64 : 2 * trail->capacity;
    cs_joint *joints = realloc(trail->joints, capacity * sizeof *joints);
    if (joints == NULL)
      return false;
    trail->joints = joints;
    trail->capacity = capacity;
  }
  trail->joints[trail->count++] = *joint;
  return true;
}

static bool is_same(const cs_joint *a, const cs_joint *b) {
  return memcmp(a, b, offsetof(cs_joint, follower_count)) == 0;
}

/* The number of the joint under way, which is made if there is none; 0: it cannot be. */
static size_t joint_number(const lesson *l) {
  cs_trail *trail = l->trail;
  for (size_t i = 1; i < trail->count; i++)
    if (is_same(&trail->joints[i], &l->joint))
      return i;
  return add_joint(trail, &l->joint) ? trail->count - 1 : 0;
}

/* Notes that the joint under way follows the last one. Where there are too many that do, the
   least likely is forgotten. */
static bool link_joint(lesson *l) {
  cs_joint *last = &l->trail->joints[l->last];
  for (size_t i = 0; i < last->follower_count; i++) {
    if (!is_same(&l->trail->joints[last->followers[i]], &l->joint))
      continue;
    l->last = last->followers[i];
    return true;
  }
  size_t number = joint_number(l);
  if (number == 0)
    return false;
  last = &l->trail->joints[l->last];
  if (last->follower_count < CS_JOINT_FOLLOWERS)
    last->follower_count++;
  last->followers[last->follower_count - 1] = (uint16_t)number;
  l->last = number;
  return true;
}

static uint32_t count_quotes(const char *at, const char *end) {
  uint32_t count = 0;
  for (; at < end; at++)
    count += *at == '"';
  return count;
}

/* What is compared: the bytes of the joint up to the value, and what kind of value begins there.
   All digits are alike, and some other bytes with them, which no number begins with. */
static void set_checks(const lesson *l, cs_joint *joint, size_t value) {
  const char *record = l->text.bytes;
  size_t head = l->anchor - l->from, near = head < CS_JOINT_NEAR ? head : CS_JOINT_NEAR;
  size_t far = head - near, length = near + value - l->anchor;
  uint8_t *literal = joint->near.literal + CS_JOINT_NEAR - near;
  uint8_t *mask = joint->near.mask + CS_JOINT_NEAR - near;
  memcpy(literal, record + l->anchor - near, length);
  memset(mask, 0xFF, length);
  if (joint->scalar) {
    bool digit = record[value] >= '0' && record[value] <= '9';
    mask[length] = digit ? 0xF0 : 0xFF;
    literal[length] = (uint8_t)record[value] & mask[length];
  }
  memcpy(joint->far.literal + CS_LITERAL - far, record + l->from, far);
  memset(joint->far.mask + CS_LITERAL - far, 0xFF, far);
  joint->head = head;
  joint->far_head = far;
}

/* The joint under way ends before the value that begins at record[value]. */
static bool end_joint(lesson *l, size_t value, cs_kind kind) {
  cs_joint *joint = &l->joint;
  const char *record = l->text.bytes;
  if (record[l->anchor] != ':' || l->anchor - l->from > CS_JOINT_HEAD_MOST ||
      value - l->anchor >= CS_JOINT_AHEAD)
    return false;
  joint->tail = value - l->anchor;
  joint->quotes = count_quotes(record + l->from, record + value);
  joint->string = kind == CS_KIND_STRING;
  joint->scalar = kind < CS_KIND_STRING;
  joint->length_most = joint->string ? PTRDIFF_MAX : 0;
  joint->kind_bits = (uint32_t)kind << CS_CELL_LENGTH_BITS;
  set_checks(l, joint, value);
  return link_joint(l);
}

static bool end_record(lesson *l) {
  cs_joint *joint = &l->joint;
  const char *end = l->text.bytes + l->text.length, *from = l->text.bytes + l->from;
  size_t length = (size_t)(end - from);
  if (length > CS_LITERAL)
    return false;
  memcpy(joint->near.literal, from, length);
  joint->head = length;
  joint->quotes = count_quotes(from, end);
  size_t number = joint_number(l);
  l->trail->joints[l->last].ending = (uint16_t)number;
  return number != 0;
}

/* ---- what they mean for the rows ---- */

static bool add_turn(lesson *l, cs_turn_kind kind, size_t number) {
  cs_joint *joint = &l->joint;
  if (joint->turn_count == CS_JOINT_TURNS)
    return false;
  joint->turns[joint->turn_count++] = (cs_turn){(uint16_t)kind, (uint16_t)number};
  return true;
}

/* The innermost container is one of a row's objects; those around it are the lists and objects
   that lead there. */
static bool in_row_object(const lesson *l) {
  return l->place.depth == l->place.inside && l->place.inside % 2 == 1;
}

/* The level of the object that is open, or of the one around the list that is. */
static size_t level_of(const lesson *l) {
  return l->place.inside == 0 ? 0 : (l->place.inside - 1) / 2;
}

static bool had_list(const lesson *l) {
  return (l->place.listed >> level_of(l) & 1) != 0;
}

/* Does a member with the name count on this level? */
static bool is_column(const lesson *l) {
  const cs_row_form *form = &l->trail->form;
  if (l->name >= form->columns)
    return false;
  for (size_t i = 0; i < CS_ROW_INNERMOST; i++)
    if (l->name == form->innermost[i])
      return level_of(l) == CS_ROW_LISTS;
  return true;
}

static bool is_list_name(const lesson *l) {
  return level_of(l) < CS_ROW_LISTS && l->name == l->trail->form.lists[level_of(l)];
}

/* A member of a row's object. What comes behind the object's list is too late for the rows in
   that; and a list must be one. */
static bool take_member(lesson *l, cs_kind kind) {
  const cs_row_form *form = &l->trail->form;
  bool container = kind >= CS_KIND_OBJECT, null = kind == CS_KIND_NULL;
  bool late = had_list(l) && (is_column(l) || is_list_name(l));
  bool no_list = is_list_name(l) && kind != CS_KIND_ARRAY && !null;
  if (late || no_list)
    return false;
  if (l->place.depth == 1 && l->name >= form->known_first && l->name < form->known_end &&
      !add_turn(l, null ? CS_TURN_KNOWN_NULL : CS_TURN_KNOWN, 0))
    return false;
  if (!is_column(l))
    return true;
  size_t cell = (level_of(l) + 1) * l->trail->stride + l->name;
  if (container || (null && form->nulls == 0))
    return add_turn(l, CS_TURN_NO_CELL, cell);
  l->joint.cell = (uint16_t)cell;
  return true;
}

/* Goes into a container that begins; false when it is none that rows can be in, but should be. */
static bool go_in(lesson *l, cs_kind kind) {
  cs_joint_place *place = &l->place;
  bool object = kind == CS_KIND_OBJECT, element = place->inside % 2 == 0;
  if (place->depth == DEPTH_MOST)
    return false;
  if (place->depth == place->inside) {
    if (element && !object)
      return false;
    if (element || is_list_name(l))
      place->inside++;
  }
  place->depth++;
  place->around = place->around << 1 | object;
  if (!in_row_object(l))
    return true;
  return add_turn(l, CS_TURN_ENTER, level_of(l));
}

static bool go_out(lesson *l) {
  cs_joint_place *place = &l->place;
  bool row = in_row_object(l) && level_of(l) == CS_ROW_LISTS;
  if (in_row_object(l))
    place->listed &= ~(UINT32_C(1) << level_of(l));
  if (place->depth == place->inside && place->inside > 0) {
    place->inside--;
    if (place->inside % 2 == 1)
      place->listed |= UINT32_C(1) << level_of(l);
  }
  place->depth--;
  place->around >>= 1;
  return !row || add_turn(l, CS_TURN_ROW, 0);
}

/* ---- tokens ---- */

static bool take_name(lesson *l, cs_token token) {
  if (memchr(token.text.bytes, '\\', token.text.length) != NULL)
    return false;
  l->named = true;
  l->anchor = offset_of(l, token) + token.text.length + 1;
  cs_names_spelled(l->names, token.text, &l->name);
  return true;
}

static bool open_container(lesson *l, cs_token token, cs_kind kind) {
  size_t behind = offset_of(l, token) + 1;
  if (!l->named)
    return go_in(l, kind);
  if ((in_row_object(l) && !take_member(l, kind)) || !go_in(l, kind) ||
      !end_joint(l, behind, kind))
    return false;
  begin_joint(l, behind);
  return true;
}

/* Elements that are no containers have no name, and so no joint. */
static bool take_value(lesson *l, cs_token token, cs_kind kind) {
  size_t value = offset_of(l, token);
  if (!l->named || (in_row_object(l) && !take_member(l, kind)) || !end_joint(l, value, kind))
    return false;
  begin_joint(l, value + token.text.length);
  return true;
}

static bool take_token(lesson *l, cs_token token) {
  switch (token.kind) {
  case CS_TOKEN_OBJECT:
    return open_container(l, token, CS_KIND_OBJECT);
  case CS_TOKEN_ARRAY:
    return open_container(l, token, CS_KIND_ARRAY);
  case CS_TOKEN_OBJECT_END:
  case CS_TOKEN_ARRAY_END:
    return go_out(l);
  case CS_TOKEN_NAME:
    return take_name(l, token);
  case CS_TOKEN_STRING:
    return take_value(l, token, CS_KIND_STRING);
  case CS_TOKEN_NUMBER:
    return take_value(l, token, CS_KIND_NUMBER);
  case CS_TOKEN_TRUE:
    return take_value(l, token, CS_KIND_TRUE);
  case CS_TOKEN_FALSE:
    return take_value(l, token, CS_KIND_FALSE);
  case CS_TOKEN_NULL:
    return take_value(l, token, CS_KIND_NULL);
  default:
    return end_record(l);
  }
}

/* The joint that no bytes are: at an anchor there is a colon. */
static bool begin_trail(cs_trail *trail) {
  cs_joint beginning;
  memset(&beginning, 0, sizeof beginning);
  beginning.near.literal[CS_JOINT_NEAR] = 'x';
  beginning.near.mask[CS_JOINT_NEAR] = 0xFF;
  trail->credit = CS_TRAIL_CREDIT_FIRST;
  if (trail->cells == NULL) /* else memory ran out behind it, the last time */
    trail->cells = calloc((CS_ROW_LISTS + 2) * trail->stride + 1, sizeof *trail->cells);
  return trail->cells != NULL && add_joint(trail, &beginning);
}

/* Records on the trail earn most of what may be spent; a little is there for others. */
static bool can_afford(cs_trail *trail) {
  if (++trail->unknown % TRICKLE == 0 && trail->credit < CS_TRAIL_CREDIT_MOST)
    trail->credit++;
  if (trail->credit < CS_TRAIL_COST)
    return false;
  trail->credit -= CS_TRAIL_COST;
  return true;
}

void cs_trail_saw(cs_trail *trail, cs_names *names, cs_span text) {
  if (trail->left_out || *text.bytes != '{')
    return;
  if ((trail->count == 0 && !begin_trail(trail)) || !can_afford(trail))
    return;
  lesson l = {.trail = trail, .names = names, .text = text};
  begin_joint(&l, 0);
  cs_walk walk = cs_walk_begin(text);
  cs_token token;
  do {
    token = cs_walk_next(&walk);
  } while (take_token(&l, token) && token.kind != CS_TOKEN_END);
}
