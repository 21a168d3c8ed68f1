/* One request and its answer, body delivered to a sink with backpressure. */
#ifndef CS_HTTP_TRANSFER_H
#define CS_HTTP_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "loop.h"
#include "request.h"
#include "sink.h"

typedef enum cs_transfer_state {
  CS_TRANSFER_RUNNING,
  CS_TRANSFER_DONE,  /* the whole body has been put into the sink */
  CS_TRANSFER_FAILED /* see cs_transfer_error; what came before is in the sink */
} cs_transfer_state;

typedef struct cs_transfer cs_transfer;

/* Starts a request; all strings are copied. The body goes to `sink` where the status is 200 (a
   206, say, would have some of the rows only), otherwise its first 64 KiB are kept. A request
   that is a `write` has a connection of its own: where a kept one ends before an answer, libcurl
   would send it again; and 201, 202 and 204 are as good as 200. Accepts
   gzip and undoes it. Follows no redirect. NULL on failure, with `error` filled in. */
cs_transfer *cs_transfer_start(cs_loop *loop, const cs_request *request, cs_sink sink,
                               cs_http_error *error);

/* Ends and frees it at any moment; a connection in mid-answer is closed at once. NULL is
   allowed. */
void cs_transfer_free(cs_transfer *transfer);

/* Moves into the sink what can be moved without waiting, and resumes a paused transfer when the
   sink is no longer full. To be called when the sink ran dry, never from inside the sink; from
   then until bytes come, silence of the server counts for stall_ms. */
void cs_transfer_pump(cs_transfer *transfer);

/* True when cs_transfer_pump would move bytes or end the transfer, or the transfer has ended. To
   be asked before each wait: the loop does not know what waits for its reader. */
bool cs_transfer_ready(const cs_transfer *transfer);

cs_transfer_state cs_transfer_state_of(const cs_transfer *transfer);

/* Valid once the state is CS_TRANSFER_FAILED. */
const cs_http_error *cs_transfer_error(const cs_transfer *transfer);

/* The status of the final answer, 0 before its headers are complete. */
int cs_transfer_status(const cs_transfer *transfer);

/* The status is another than those of an answer whose body goes to the sink. */
bool cs_transfer_refused(const cs_transfer *transfer);

/* Something of the request may have reached the server. */
bool cs_transfer_sent(const cs_transfer *transfer);

/* The value of a header of the final answer, or NULL. Valid until the next call on the loop
   or transfer. */
const char *cs_transfer_header(const cs_transfer *transfer, const char *name);

/* Seconds that the answer asks to be left alone, by a number or a date; 0 where it does not say
   or the date is past. */
int64_t cs_transfer_retry_after(const cs_transfer *transfer);

/* The body of an answer that was refused, cut at 64 KiB. */
const char *cs_transfer_error_body(const cs_transfer *transfer, size_t *length);

/* True when the transport itself proved that the body is whole: a length that was reached, a
   final chunk, the end of an HTTP/2 stream, or a gzip trailer is NOT enough alone. False for a
   body that merely ended with its connection. */
bool cs_transfer_end_proven(const cs_transfer *transfer);

#endif
