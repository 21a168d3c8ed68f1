/* What a loop drives, and whom to tell what becomes of it: one that waits for the network has a
   handle of libcurl at work, one that only waits for a time has none. */
#ifndef CS_HTTP_LOOP_MEMBER_H
#define CS_HTTP_LOOP_MEMBER_H

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

#include "error.h"
#include "loop.h"
#include "sockets.h"
#include "trust.h"

/* What a loop asks of its members, each with the member's `context`. None of them may let a
   member join or leave: the loop is walking through its list. */
typedef struct cs_loop_calls {
  /* libcurl has finished with the handle, well or not. NULL where there never is one. */
  void (*finished)(void *context, CURLcode code);
  /* All events have been handled: time for whatever needs no reader. */
  void (*settle)(void *context, int64_t now);
  /* When `settle` may find that time ran out, or CS_NEVER. */
  int64_t (*deadline)(const void *context);
  /* Is it under way, while its reader has asked for nothing since `before`? NULL where nobody
     reads. */
  bool (*unattended)(const void *context, int64_t before);
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
  CURL *easy;    /* NULL while libcurl does not work for it */
  cs_loop_member *next;
  cs_loop_member *previous;
};

/* From now until it leaves, or the loop goes, the member is driven. */
void cs_loop_join(cs_loop *loop, cs_loop_member *member);

/* Forgets the member, and stops its handle. Allowed outside of a loop. */
void cs_loop_leave(cs_loop_member *member);

/* Begins work on a handle for a member, which has none yet; the handle's CURLOPT_PRIVATE is the
   loop's. On failure there is none at work. */
CURLMcode cs_loop_work(cs_loop_member *member, CURL *easy);

/* Begins work on the member's handle anew. On failure it has been stopped. */
bool cs_loop_restart(cs_loop_member *member);

/* Ends work on the member's handle, if there is one. Its connection is closed, or free for the
   next one. */
void cs_loop_stop(cs_loop_member *member);

/* False in a child after fork. The connections, and the epoll that watches them, are the
   parent's: not even an orderly close may come from here. */
bool cs_loop_is_ours(const cs_loop *loop);

/* Those of all its handles, and of the connections that are kept. */
cs_sockets *cs_loop_sockets(cs_loop *loop);

/* What they all trust. */
cs_trusts *cs_loop_trusts(cs_loop *loop);

/* Why the loop is not usable, or NULL. */
const char *cs_loop_problem(const cs_loop *loop);

#endif
