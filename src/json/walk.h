/* Walks a value that has been proven right, in place: one token after the other, no recursion. */
#ifndef CS_JSON_WALK_H
#define CS_JSON_WALK_H

#include "span.h"

typedef enum cs_token_kind {
  CS_TOKEN_END, /* behind the value */
  CS_TOKEN_OBJECT,
  CS_TOKEN_OBJECT_END,
  CS_TOKEN_ARRAY,
  CS_TOKEN_ARRAY_END,
  CS_TOKEN_NAME,   /* of a member; its value is next */
  CS_TOKEN_STRING, /* name and string: `text` is what stands between the quotes, escaped */
  CS_TOKEN_NUMBER, /* `text` is the number as written */
  CS_TOKEN_TRUE,
  CS_TOKEN_FALSE,
  CS_TOKEN_NULL
} cs_token_kind;

typedef struct cs_token {
  cs_token_kind kind;
  cs_span text;
} cs_token;

typedef struct cs_walk {
  const char *at;
  const char *end;
} cs_walk;

/* Begins at the first byte of `value`, which cs_frame_next gave or a validator proved. */
cs_walk cs_walk_begin(cs_span value);

cs_token cs_walk_next(cs_walk *walk);

#endif
