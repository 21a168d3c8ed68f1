/* What a loop and its transfers know of each other. */
#ifndef CS_HTTP_LOOP_PRIVATE_H
#define CS_HTTP_LOOP_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <curl/curl.h>

#include "loop.h"
#include "poller.h"

struct cs_transfer;

struct cs_loop {
  CURLM *multi;
  cs_poller *poller;
  struct cs_transfer *first; /* all that were not freed yet, ended ones too */
  int64_t timer;             /* when libcurl wants to be called, or CS_NEVER */
  pid_t pid;
  bool broken;
};

/* False in a child after fork. The connections, and the epoll that watches them, are the
   parent's: not even an orderly close may come from here. */
bool cs_loop_is_ours(const cs_loop *loop);

#endif
