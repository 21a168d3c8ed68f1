/* What is to be sent, to whom, and how long that may take. */
#ifndef CS_HTTP_REQUEST_H
#define CS_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CS_HEADER_BYTES ((size_t)256 * 1024)
#define CS_RATIO        UINT64_C(500)

typedef struct cs_request {
  const char *method; /* "GET", "POST" */
  const char *url;    /* http or https; http only to a loopback address unless allow_http */
  const char *const *headers; /* "Name: value" lines */
  size_t header_count;
  const char *body; /* NULL: none */
  size_t body_length;
  const char *user_agent;
  const char *proxy;   /* NULL: none, whatever the environment says */
  const char *ca_file; /* NULL: the system's certificates */
  long connect_ms;     /* each 0: no limit */
  long stall_ms;       /* no byte came for so long while the sink wanted some */
  long total_ms;       /* from start to end, pauses included */
  size_t header_bytes; /* of all headers of the answer, trailers too; at most CS_HEADER_BYTES, and
                          0 for that */
  uint64_t ratio;      /* of decompressed to compressed bytes; 0: CS_RATIO */
  bool http2;          /* false: HTTP/1.1, which alone bounds memory while paused */
  bool allow_http;
  bool write; /* it changes something: never sent twice; 201, 202 and 204 are right, too */
} cs_request;

#endif
