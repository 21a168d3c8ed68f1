/* What a loop drives: a handle of libcurl, and whom to tell what becomes of it. */
#ifndef CS_HTTP_LOOP_MEMBER_H
#define CS_HTTP_LOOP_MEMBER_H

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

#include "error.h"
#include "loop.h"

/* What a loop asks of its members, each with the member's `context`. None of them may add or
   remove a member: the loop is walking through its list. */
typedef struct cs_loop_calls {
  /* libcurl has finished with the handle, well or not. */
  void (*finished)(void *context, CURLcode code);
  /* All events have been handled: time for whatever needs no reader. */
  void (*settle)(void *context, int64_t now);
  /* When `settle` may find that time ran out, or CS_NEVER. */
  int64_t (*deadline)(const void *context);
  /* Nothing more will come: fails what is under way. */
  void (*abort)(void *context, cs_http_error_kind kind, const char *why);
  /* The loop is going, and libcurl with it: frees everything of libcurl's. */
  void (*orphan)(void *context);
} cs_loop_calls;

typedef struct cs_loop_member cs_loop_member;

/* To be embedded, with `calls` and `context` set; the rest is the loop's. */
struct cs_loop_member {
  const cs_loop_calls *calls;
  void *context;
  cs_loop *loop; /* NULL outside of one */
  CURL *easy;    /* NULL while libcurl does not work on it */
  cs_loop_member *next;
  cs_loop_member *previous;
};

/* Begins work on `easy`, whose CURLOPT_PRIVATE is the loop's. On failure nothing was added. */
CURLMcode cs_loop_add(cs_loop *loop, cs_loop_member *member, CURL *easy);

/* Ends work on the handle, which stays a member for as long as it is not cleaned up. Its
   connection is closed, or free for the next one. */
void cs_loop_stop(cs_loop_member *member);

/* Begins work on the handle anew. On failure it has been stopped. */
bool cs_loop_restart(cs_loop_member *member);

/* Stops it and forgets it. Allowed outside of a loop. */
void cs_loop_remove(cs_loop_member *member);

/* False in a child after fork. The connections, and the epoll that watches them, are the
   parent's: not even an orderly close may come from here. */
bool cs_loop_is_ours(const cs_loop *loop);

/* Why the loop is not usable, or NULL. */
const char *cs_loop_problem(const cs_loop *loop);

#endif
