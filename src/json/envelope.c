#include "envelope.h"

#include <stdlib.h>
#include <string.h>

#include "string.h"

enum state { OPEN, KEY_OR_END, KEY, COLON, VALUE, COMMA_OR_END };

struct cs_envelope {
  enum state state;
  char *path;       /* names, each ended by a NUL */
  size_t levels;    /* how many names */
  size_t level;     /* the name that is looked for */
  const char *name; /* that name */
  bool matched;     /* the member under way has that name */
  bool list_found;  /* the list has been read */
  char *decoded;    /* room for a name's text */
  size_t name_room; /* raw bytes of the longest name that could match */
  char *aside;      /* the other members so far */
  size_t aside_length;
  size_t aside_capacity;
};

cs_envelope *cs_envelope_new(const char *path) {
  size_t length = strlen(path) - strlen("[]");
  cs_envelope *envelope = calloc(1, sizeof *envelope);
  if (envelope == NULL)
    return NULL;
  /* A byte of a name takes at most six in an escape. */
  envelope->name_room = 6 * length;
  envelope->path = calloc(length + 1, 1);
  envelope->decoded = malloc(envelope->name_room + 1);
  if (envelope->path == NULL || envelope->decoded == NULL) {
    cs_envelope_free(envelope);
    return NULL;
  }
  envelope->levels = 1;
  for (size_t i = 0; i < length; i++) {
    if (path[i] == '.')
      envelope->levels++;
    else
      envelope->path[i] = path[i];
  }
  envelope->name = envelope->path;
  return envelope;
}

void cs_envelope_free(cs_envelope *envelope) {
  if (envelope == NULL)
    return;
  free(envelope->path);
  free(envelope->decoded);
  free(envelope->aside);
  free(envelope);
}

const char *cs_envelope_aside(const cs_envelope *envelope, size_t *length) {
  *length = envelope->aside_length;
  return envelope->aside;
}

static bool grow_aside(cs_envelope *envelope, size_t needed) {
  if (needed <= envelope->aside_capacity)
    return true;
  size_t capacity = needed > SIZE_MAX / 2 ? needed : 2 * needed;
  char *aside = realloc(envelope->aside, capacity);
  if (aside == NULL)
    return false;
  envelope->aside = aside;
  envelope->aside_capacity = capacity;
  return true;
}

static cs_step keep(cs_envelope *envelope, cs_scan *scan, const char *bytes, size_t length) {
  size_t room = scan->record_limit - envelope->aside_length;
  if (length > room)
    return cs_scan_fail(scan, CS_JSON_LIMIT,
                        "members around the list longer than limits.record_bytes allows",
                        scan->buffer.start);
  if (!grow_aside(envelope, envelope->aside_length + length))
    return cs_scan_fail(scan, CS_JSON_MEMORY, "not enough memory", scan->buffer.start);
  memcpy(envelope->aside + envelope->aside_length, bytes, length);
  envelope->aside_length += length;
  return CS_STEP_ON;
}

static cs_step keep_scanned(cs_envelope *envelope, cs_scan *scan) {
  return keep(envelope, scan, scan->buffer.bytes + scan->buffer.start,
              scan->at - scan->buffer.start);
}

/* Consumes the bracket that was peeked at and keeps it. */
static cs_step keep_bracket(cs_envelope *envelope, cs_scan *scan, const char *bracket) {
  cs_scan_consume(scan);
  return keep(envelope, scan, bracket, 1);
}

static bool name_matches(cs_envelope *envelope, const cs_scan *scan) {
  const char *raw = scan->buffer.bytes + scan->buffer.start + 1;
  size_t length = scan->at - scan->buffer.start - 2;
  if (length > envelope->name_room)
    return false;
  size_t decoded = cs_string_decode(raw, length, envelope->decoded);
  return decoded == strlen(envelope->name) &&
         memcmp(envelope->decoded, envelope->name, decoded) == 0;
}

static cs_step open_object(cs_envelope *envelope, cs_scan *scan, const char *otherwise) {
  int byte = cs_scan_peek(scan);
  if (byte == CS_SCAN_DRY)
    return cs_scan_dry(scan, "the text stops before the envelope's list");
  if (byte != '{')
    return cs_scan_unexpected(scan, otherwise);
  envelope->state = KEY_OR_END;
  return keep_bracket(envelope, scan, "{");
}

static cs_step close_object(cs_envelope *envelope, cs_scan *scan, cs_envelope_place *place) {
  if (envelope->level == 0 && !envelope->list_found)
    return cs_scan_unexpected(scan, "the envelope ends without its list of records");
  envelope->state = COMMA_OR_END;
  if (envelope->level == 0) {
    *place = CS_ENVELOPE_BEHIND;
  } else {
    envelope->level--;
    envelope->name = envelope->path;
    for (size_t i = 0; i < envelope->level; i++)
      envelope->name += strlen(envelope->name) + 1;
  }
  return keep_bracket(envelope, scan, "}");
}

static cs_step read_name(cs_envelope *envelope, cs_scan *scan) {
  cs_step step = cs_scan_value(scan, 0);
  if (step != CS_STEP_ON)
    return step;
  envelope->state = COLON;
  envelope->matched = name_matches(envelope, scan);
  if (envelope->matched && envelope->level + 1 == envelope->levels)
    return CS_STEP_ON;
  if (envelope->aside[envelope->aside_length - 1] != '{') {
    step = keep(envelope, scan, ",", 1);
    if (step != CS_STEP_ON)
      return step;
  }
  step = keep_scanned(envelope, scan);
  return step == CS_STEP_ON ? keep(envelope, scan, ":", 1) : step;
}

static cs_step begin_name(cs_envelope *envelope, cs_scan *scan, cs_envelope_place *place) {
  if (scan->in_value)
    return read_name(envelope, scan);
  int byte = cs_scan_peek(scan);
  if (byte == CS_SCAN_DRY)
    return cs_scan_dry(scan, "the text stops inside the envelope");
  if (byte == '}' && envelope->state == KEY_OR_END)
    return close_object(envelope, scan, place);
  if (byte != '"')
    return cs_scan_unexpected(scan, "expected a name in quotes");
  return read_name(envelope, scan);
}

static cs_step open_list(cs_envelope *envelope, cs_scan *scan, cs_envelope_place *place) {
  int byte = cs_scan_peek(scan);
  if (byte == CS_SCAN_DRY)
    return cs_scan_dry(scan, "the text stops before the envelope's list");
  if (byte != '[')
    return cs_scan_unexpected(scan, "expected the list of records");
  /* Rows of the first list may have been delivered: the last cannot win any more. */
  if (envelope->list_found)
    return cs_scan_unexpected(scan, "the envelope has its list of records twice");
  cs_scan_consume(scan);
  envelope->list_found = true;
  envelope->state = COMMA_OR_END;
  *place = CS_ENVELOPE_LIST;
  return CS_STEP_ON;
}

static cs_step member_value(cs_envelope *envelope, cs_scan *scan, cs_envelope_place *place) {
  if (envelope->matched && envelope->level + 1 == envelope->levels)
    return open_list(envelope, scan, place);
  if (envelope->matched) {
    cs_step step = open_object(envelope, scan, "expected an object on the way to the list");
    if (step == CS_STEP_ON) {
      envelope->level++;
      envelope->name += strlen(envelope->name) + 1;
    }
    return step;
  }
  if (!scan->in_value && cs_scan_peek(scan) == CS_SCAN_DRY)
    return cs_scan_dry(scan, "the text stops inside the envelope");
  /* It is given out inside the objects around it, and the limit is for what is given out. */
  size_t around = envelope->level + 1;
  cs_step step = cs_scan_value(scan, around);
  if (step != CS_STEP_ON)
    return step;
  envelope->state = COMMA_OR_END;
  return keep_scanned(envelope, scan);
}

static cs_step behind_name(cs_envelope *envelope, cs_scan *scan) {
  int byte = cs_scan_peek(scan);
  if (byte == CS_SCAN_DRY)
    return cs_scan_dry(scan, "the text stops inside the envelope");
  if (byte != ':')
    return cs_scan_unexpected(scan, "expected ':' behind a name");
  cs_scan_consume(scan);
  envelope->state = VALUE;
  return CS_STEP_ON;
}

static cs_step behind_member(cs_envelope *envelope, cs_scan *scan, cs_envelope_place *place) {
  int byte = cs_scan_peek(scan);
  if (byte == CS_SCAN_DRY)
    return cs_scan_dry(scan, "the text stops inside the envelope");
  if (byte == '}')
    return close_object(envelope, scan, place);
  if (byte != ',')
    return cs_scan_unexpected(scan, "expected ',' or '}' behind a member");
  cs_scan_consume(scan);
  envelope->state = KEY;
  return CS_STEP_ON;
}

cs_step cs_envelope_step(cs_envelope *envelope, cs_scan *scan, cs_envelope_place *place) {
  *place = CS_ENVELOPE_OUTSIDE;
  switch (envelope->state) {
  case OPEN:
    return open_object(envelope, scan, "expected an object around the list of records");
  case KEY_OR_END:
  case KEY:
    return begin_name(envelope, scan, place);
  case COLON:
    return behind_name(envelope, scan);
  case VALUE:
    return member_value(envelope, scan, place);
  default:
    return behind_member(envelope, scan, place);
  }
}
