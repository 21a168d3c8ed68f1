/* A transfer from within: for what makes its handle, and for libcurl's callbacks. */
#ifndef CS_HTTP_TRANSFER_PRIVATE_H
#define CS_HTTP_TRANSFER_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "error_body.h"
#include "gunzip.h"
#include "loop_member.h"
#include "response_head.h"
#include "transfer.h"
#include "trust.h"

struct cs_transfer {
  cs_loop_member member; /* of its loop, until that is gone */
  cs_sockets *sockets;   /* the loop's */
  cs_trusts *trusts;     /* likewise */

  CURL *easy;                         /* NULL once the loop is gone */
  struct curl_slist *request_headers; /* these three are used by `easy` and live as long */
  CURLU *url;
  char *host;                /* that a certificate must name; NULL for plain http */
  cs_openssl_store *trusted; /* likewise; NULL: libcurl reads what is trusted */
  char *body;                /* NULL: none */
  size_t body_length;
  char detail[CURL_ERROR_SIZE]; /* libcurl's own words on a failure */

  cs_sink sink; /* the caller's, or that of `error_body` */
  cs_error_body error_body;
  cs_gunzip *gunzip; /* NULL where the body is plain */
  cs_response_head head;
  uint64_t wire_bytes;
  size_t header_bytes;
  size_t header_limit;
  uint64_t ratio_limit;

  cs_http_error error;
  cs_transfer_state state;
  bool over; /* libcurl is through with it; bytes may still wait in `gunzip` */
  bool descriptors_ran_out;
  bool proven;    /* see cs_transfer_end_proven */
  bool wanted;    /* the reader ran dry and waits for bytes */
  bool paused;    /* we told libcurl so */
  bool connected; /* the request is being sent, or has been */
  bool write;     /* see cs_request */
  bool is_error;  /* by its status: the body is for people to read */
  bool enough;    /* of that body */
  bool fresh;     /* its connection was made for it */
  bool in_head;   /* a status line has come, and its empty line not yet */
  bool mixed;     /* HTTP/2: in its connection others' bytes may wait */
  bool spoilt;    /* its connection was kept, and had said something unasked */
  bool excused;   /* its connecting was begun anew because nobody was there to see it */

  long connect_ms;
  long stall_ms;
  long total_ms;
  int64_t started;
  int64_t tried;   /* when the connecting began, the last time */
  int64_t asked;   /* when the reader wanted bytes last */
  int64_t active;  /* when a byte came or went last, or it was resumed */
  curl_off_t sent; /* of the body */
};

#endif
