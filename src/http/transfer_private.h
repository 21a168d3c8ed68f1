/* A transfer from within: for the loop, and for libcurl's callbacks. */
#ifndef CS_HTTP_TRANSFER_PRIVATE_H
#define CS_HTTP_TRANSFER_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "answer.h"
#include "gunzip.h"
#include "text.h"
#include "transfer.h"

struct cs_transfer {
  cs_loop *loop; /* NULL once the loop is gone */
  cs_transfer *next;
  cs_transfer *previous;

  CURL *easy;                 /* NULL once the loop is gone */
  struct curl_slist *headers; /* these two are used by `easy` and live as long as it does */
  CURLU *url;
  char detail[CURL_ERROR_SIZE]; /* libcurl's own words on a failure */

  cs_sink sink; /* the caller's, or that of `text` */
  cs_text text;
  cs_gunzip *gunzip; /* NULL where the body is plain */
  cs_answer answer;
  uint64_t wire_bytes;
  size_t header_bytes;

  cs_http_error error;
  cs_transfer_state state;
  bool over;      /* libcurl is through with it; bytes may still wait in `gunzip` */
  bool proven;    /* see cs_transfer_end_proven */
  bool paused;    /* we told libcurl so */
  bool connected; /* the request is being sent, or has been */
  bool is_error;  /* the status is not 200: the body is a text for people */
  bool enough;    /* of that text */
  bool excused;   /* its connecting was begun anew because nobody was there to see it */

  long connect_ms;
  long stall_ms;
  long total_ms;
  int64_t started;
  int64_t tried;  /* when the connecting began, the last time */
  int64_t active; /* when a byte came or went last, or it was resumed */
  curl_off_t sent;
};

/* libcurl has finished with it, well or not. */
void cs_transfer_finished(cs_transfer *transfer, CURLcode code);

/* After all events were handled: whatever needs no reader. */
void cs_transfer_settle(cs_transfer *transfer, int64_t now);

/* When cs_transfer_settle may find that time ran out, or CS_NEVER. */
int64_t cs_transfer_deadline(const cs_transfer *transfer);

/* Fails it if it is under way. */
void cs_transfer_abort(cs_transfer *transfer, cs_http_error_kind kind, const char *why);

/* The loop is going: lets go of everything of libcurl's. */
void cs_transfer_orphan(cs_transfer *transfer);

#endif
