/* What the headers of the final answer say about its body. */
#ifndef CS_HTTP_RESPONSE_HEAD_H
#define CS_HTTP_RESPONSE_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

typedef enum cs_coding {
  CS_CODING_NONE,
  CS_CODING_GZIP,
  CS_CODING_ODD /* any other, or more than one */
} cs_coding;

typedef enum cs_body_framing {
  CS_BODY_CLOSE, /* the body ends with its connection, wherever that was cut */
  CS_BODY_EMPTY, /* a status that has no body */
  CS_BODY_LENGTH,
  CS_BODY_CHUNKED,
  CS_BODY_STREAM /* HTTP/2 marks the end of its streams */
} cs_body_framing;

typedef struct cs_response_head {
  int status; /* 0: not here yet */
  cs_coding coding;
  cs_body_framing framing;
  const char *fault;   /* what is wrong with its framing, or NULL */
  char odd_coding[48]; /* the beginning of what was named instead */
} cs_response_head;

/* To be called when the headers of an answer are complete. */
void cs_response_head_read(cs_response_head *head, CURL *easy);

/* True when a body of `bytes` that libcurl found whole is proved to be so by its framing. */
bool cs_response_head_proves(const cs_response_head *head, CURL *easy, uint64_t bytes);

/* The value of a header, the `index`th of its name, or NULL. */
const char *cs_response_header(CURL *easy, const char *name, size_t index);

#endif
