/* An object with the list of records somewhere inside: finds the list by its path and keeps the
   other members on the way aside. */
#ifndef CS_JSON_ENVELOPE_H
#define CS_JSON_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "scan.h"

/* What the caller does next. */
typedef enum cs_envelope_place {
  CS_ENVELOPE_OUTSIDE, /* goes on calling cs_envelope_step */
  CS_ENVELOPE_LIST,    /* reads the list, whose '[' is consumed, behind its ']' calls again */
  CS_ENVELOPE_BEHIND   /* the envelope is closed */
} cs_envelope_place;

typedef struct cs_envelope cs_envelope;

/* NULL when memory ran out. `path` must be valid (cs_frame_path_valid). */
cs_envelope *cs_envelope_new(const char *path);

/* NULL is allowed. */
void cs_envelope_free(cs_envelope *envelope);

/* One step outside the list. `*place` says where it led. */
cs_step cs_envelope_step(cs_envelope *envelope, cs_scan *scan, cs_envelope_place *place);

/* The members outside the list, the text of one JSON object. */
const char *cs_envelope_aside(const cs_envelope *envelope, size_t *length);

#endif
