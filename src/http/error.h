/* Why a transfer could not be started, or did not end well. */
#ifndef CS_HTTP_ERROR_H
#define CS_HTTP_ERROR_H

typedef enum cs_http_error_kind {
  CS_HTTP_NONE,
  CS_HTTP_MISUSE,     /* the request itself cannot be sent: bad URL, plain http to elsewhere */
  CS_HTTP_NETWORK,    /* no such host, refused, reset */
  CS_HTTP_TIMEOUT,    /* connect, stall or total */
  CS_HTTP_TLS,        /* handshake or certificate */
  CS_HTTP_INCOMPLETE, /* the body ended early: length, chunks or gzip trailer missing */
  CS_HTTP_MALFORMED,  /* not HTTP, a bad gzip stream, an encoding nobody asked for */
  CS_HTTP_LIMIT,      /* more than the caller allowed */
  CS_HTTP_CANCELLED,  /* the loop was closed under the transfer */
  CS_HTTP_MEMORY
} cs_http_error_kind;

typedef struct cs_http_error {
  cs_http_error_kind kind;
  char message[320]; /* one readable line, no secret in it */
} cs_http_error;

#endif
