#include "transfer.h"

#include <stdlib.h>

#include "clock.h"
#include "easy.h"
#include "failure.h"
#include "loop_member.h"
#include "transfer_private.h"

/* So much later than the limit nobody else can have been waiting: the caller was away. */
#define AWAY_MS 100

static bool is_ours(const cs_transfer *transfer) {
  return transfer->member.loop != NULL && cs_loop_is_ours(transfer->member.loop);
}

/* ---- the end ---- */

/* An empty body is no gzip stream, but where its emptiness is proved it is no accident. */
static bool is_whole(const cs_transfer *transfer) {
  return cs_gunzip_whole(transfer->gunzip) || (transfer->wire_bytes == 0 && transfer->proven);
}

/* Tells the outcome once every byte that came before it is in the sink. */
static void conclude(cs_transfer *transfer) {
  if (!transfer->over || transfer->state != CS_TRANSFER_RUNNING)
    return;
  if (transfer->gunzip != NULL) {
    if (cs_gunzip_pending(transfer->gunzip))
      return;
    if (!transfer->is_error && !is_whole(transfer))
      cs_fail(&transfer->error, CS_HTTP_INCOMPLETE, "the gzip stream ended before its trailer");
    cs_gunzip_free(transfer->gunzip);
    transfer->gunzip = NULL;
  }
  transfer->state = transfer->error.kind == CS_HTTP_NONE ? CS_TRANSFER_DONE : CS_TRANSFER_FAILED;
}

/* The handle stays, for its headers. */
static void finish(cs_transfer *transfer) {
  cs_loop_stop(&transfer->member);
  transfer->over = true;
  transfer->paused = false;
}

static void give_up(void *context, cs_http_error_kind kind, const char *why) {
  cs_transfer *transfer = context;
  if (transfer->over)
    return;
  cs_fail(&transfer->error, kind, "%s", why);
  finish(transfer);
  conclude(transfer);
}

static void fail_after(cs_transfer *transfer, const char *what, long limit, const char *name) {
  cs_fail(&transfer->error, CS_HTTP_TIMEOUT, "%s after %ld.%ld s (timeout.%s)", what,
          limit / 1000, limit % 1000 / 100, name);
}

/* While nobody drove the loop, libcurl's limit went by though the network may have been fast.
   Nothing was sent yet, so that it can be begun anew, once. */
static bool try_again(cs_transfer *transfer) {
  int64_t now = cs_clock_ms();
  if (transfer->connected || transfer->excused || transfer->connect_ms <= 0 ||
      now - transfer->tried < transfer->connect_ms + (int64_t)AWAY_MS)
    return false;
  transfer->excused = true;
  transfer->tried = now;
  return cs_loop_restart(&transfer->member);
}

/* libcurl has one code for a header line that is longer than it takes and for memory that ran
   out. */
static bool may_be_long_line(const cs_transfer *transfer, CURLcode code) {
  return code == CURLE_OUT_OF_MEMORY && transfer->connected && transfer->head.status == 0;
}

/* On a connection of its own. Nothing was sent yet. */
static bool go_elsewhere(cs_transfer *transfer) {
  if (!transfer->spoilt)
    return false;
  transfer->spoilt = false;
  transfer->tried = cs_clock_ms();
  return curl_easy_setopt(transfer->easy, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK &&
         cs_loop_restart(&transfer->member);
}

static void explain(cs_transfer *transfer, CURLcode code) {
  if (transfer->enough)
    return;
  if (code == CURLE_OPERATION_TIMEDOUT && !transfer->connected && transfer->connect_ms > 0)
    fail_after(transfer, "no connection", transfer->connect_ms, "connect");
  else if (code == CURLE_COULDNT_CONNECT && transfer->descriptors_ran_out)
    cs_fail(&transfer->error, CS_HTTP_NETWORK,
            "no connection: there are no more file descriptors (ulimit -n)");
  else if (may_be_long_line(transfer, code))
    cs_fail(&transfer->error, CS_HTTP_LIMIT,
            "a header line of the answer is over 100 KiB, or memory ran out");
  else if (code == CURLE_BAD_FUNCTION_ARGUMENT && transfer->connected)
    cs_fail(&transfer->error, CS_HTTP_MALFORMED, "the answer has a line that is no header");
  else if (code == CURLE_PEER_FAILED_VERIFICATION && cs_easy_distrusts_proxy(transfer))
    cs_fail(&transfer->error, CS_HTTP_TLS, "the proxy: %s", transfer->detail);
  else
    cs_fail_curl(&transfer->error, code, transfer->detail);
}

static void finished(void *context, CURLcode code) {
  cs_transfer *transfer = context;
  if (code == CURLE_OPERATION_TIMEDOUT && try_again(transfer))
    return;
  if (code == CURLE_ABORTED_BY_CALLBACK && go_elsewhere(transfer))
    return;
  if (code != CURLE_OK)
    explain(transfer, code);
  else if (transfer->head.status == 0) /* which to libcurl is a success */
    cs_fail(&transfer->error, CS_HTTP_INCOMPLETE, "the answer ended within its headers");
  else
    transfer->proven =
        cs_response_head_proves(&transfer->head, transfer->easy, transfer->wire_bytes);
  finish(transfer);
  conclude(transfer);
}

/* ---- bytes ---- */

static void reject_gzip(cs_transfer *transfer, cs_gunzip_result result) {
  cs_gunzip_free(transfer->gunzip);
  transfer->gunzip = NULL;
  if (transfer->is_error && result != CS_GUNZIP_MEMORY)
    transfer->enough = true; /* the status matters, not the rest of its body */
  else {
    /* These bytes came before whatever ended the transfer since. */
    transfer->error.kind = CS_HTTP_NONE;
    if (result == CS_GUNZIP_MEMORY)
      cs_fail(&transfer->error, CS_HTTP_MEMORY, "out of memory");
    else if (result == CS_GUNZIP_BOMB)
      cs_fail(&transfer->error, CS_HTTP_LIMIT,
              "the body holds over %llu times as many bytes as were sent (limits.ratio)",
              (unsigned long long)transfer->ratio_limit);
    else
      cs_fail(&transfer->error, CS_HTTP_MALFORMED, "the body is not a valid gzip stream");
  }
  finish(transfer);
}

static void inflate_waiting(cs_transfer *transfer) {
  if (transfer->gunzip == NULL)
    return;
  cs_gunzip_result result = cs_gunzip_move(transfer->gunzip, &transfer->sink);
  if (result != CS_GUNZIP_OK)
    reject_gzip(transfer, result);
}

static bool has_room(const cs_transfer *transfer) {
  if (transfer->gunzip != NULL)
    return cs_gunzip_roomy(transfer->gunzip);
  return !transfer->sink.full(transfer->sink.context);
}

/* libcurl may call the body's callback before this returns, which may pause it again. */
static bool resume(cs_transfer *transfer) {
  if (!transfer->paused || transfer->over || !has_room(transfer))
    return false;
  transfer->paused = false;
  transfer->active = cs_clock_ms();
  CURLcode code = curl_easy_pause(transfer->easy, CURLPAUSE_CONT);
  if (code != CURLE_OK) {
    explain(transfer, code);
    finish(transfer);
  }
  return true;
}

static void move_waiting(cs_transfer *transfer) {
  if (transfer->state != CS_TRANSFER_RUNNING)
    return;
  if (!transfer->over && !is_ours(transfer)) {
    give_up(transfer, CS_HTTP_CANCELLED, "its connection stayed with the process before fork");
    return;
  }
  bool resumed = true;
  while (resumed) {
    inflate_waiting(transfer);
    resumed = resume(transfer);
  }
  conclude(transfer);
}

void cs_transfer_pump(cs_transfer *transfer) {
  transfer->wanted = true;
  transfer->asked = cs_clock_ms();
  transfer->active = transfer->asked;
  move_waiting(transfer);
}

bool cs_transfer_ready(const cs_transfer *transfer) {
  if (transfer->state != CS_TRANSFER_RUNNING)
    return true;
  if (transfer->paused && has_room(transfer))
    return true;
  return transfer->gunzip != NULL && cs_gunzip_pending(transfer->gunzip) &&
         !transfer->sink.full(transfer->sink.context);
}

/* ---- time ---- */

static int64_t deadline(const void *context) {
  const cs_transfer *transfer = context;
  if (transfer->over)
    return CS_NEVER;
  int64_t total = CS_NEVER;
  if (transfer->total_ms > 0)
    total = cs_clock_add(transfer->started, transfer->total_ms);
  int64_t stall = CS_NEVER;
  if (transfer->stall_ms > 0 && transfer->connected && !transfer->paused && transfer->wanted)
    stall = cs_clock_add(transfer->active, transfer->stall_ms);
  return total < stall ? total : stall;
}

/* Bytes of the request that left are seen only when somebody looks. Those that leave do so in a
   step of the loop, and it is looked at the end of each: so they left now. */
static void look_at_sent(cs_transfer *transfer, int64_t now) {
  if ((size_t)transfer->sent >= transfer->body_length)
    return;
  curl_off_t sent = 0;
  (void)curl_easy_getinfo(transfer->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
  if (sent <= transfer->sent)
    return;
  transfer->sent = sent;
  transfer->active = now;
}

static void check_time(cs_transfer *transfer, int64_t now) {
  if (now < deadline(transfer))
    return;
  long total = transfer->total_ms;
  if (total > 0 && now >= cs_clock_add(transfer->started, total))
    fail_after(transfer, "not finished", total, "total");
  else
    cs_fail(&transfer->error, CS_HTTP_TIMEOUT, "no byte for %ld.%ld s (timeout.stall)",
            transfer->stall_ms / 1000, transfer->stall_ms % 1000 / 100);
  finish(transfer);
  conclude(transfer);
}

static void settle(void *context, int64_t now) {
  cs_transfer *transfer = context;
  if (transfer->is_error) /* nobody reads this sink: it is ours */
    move_waiting(transfer);
  if (transfer->over)
    return;
  look_at_sent(transfer, now);
  check_time(transfer, now);
}

/* ---- life ---- */

static bool unattended(const void *context, int64_t before) {
  const cs_transfer *transfer = context;
  return !transfer->over && transfer->asked <= before;
}

static void orphan(void *context) {
  cs_transfer *transfer = context;
  give_up(transfer, CS_HTTP_CANCELLED, "the loop was closed");
  cs_easy_close(transfer, is_ours(transfer));
}

static const cs_loop_calls calls = {
    .finished = finished,
    .settle = settle,
    .deadline = deadline,
    .unattended = unattended,
    .abort = give_up,
    .orphan = orphan,
};

static cs_transfer *make(cs_loop *loop, const cs_request *request, cs_sink sink) {
  cs_transfer *transfer = calloc(1, sizeof *transfer);
  if (transfer == NULL)
    return NULL;
  transfer->member.calls = &calls;
  transfer->member.context = transfer;
  transfer->sockets = cs_loop_sockets(loop);
  transfer->trusts = cs_loop_trusts(loop);
  transfer->sink = sink;
  transfer->mixed = request->http2;
  transfer->write = request->write;
  transfer->connect_ms = request->connect_ms;
  transfer->stall_ms = request->stall_ms;
  transfer->total_ms = request->total_ms;
  bool fewer = request->header_bytes > 0 && request->header_bytes < CS_HEADER_BYTES;
  transfer->header_limit = fewer ? request->header_bytes : CS_HEADER_BYTES;
  transfer->ratio_limit = request->ratio > 0 ? request->ratio : CS_RATIO;
  transfer->started = cs_clock_ms();
  transfer->tried = transfer->started;
  transfer->asked = transfer->started;
  transfer->active = transfer->started;
  return transfer;
}

static bool open_in(cs_transfer *transfer, cs_loop *loop, const cs_request *request) {
  if (!cs_easy_open(transfer, request))
    return false;
  cs_loop_join(loop, &transfer->member);
  CURLMcode code = cs_loop_work(&transfer->member, transfer->easy);
  if (code == CURLM_OK)
    return true;
  cs_loop_leave(&transfer->member);
  cs_fail(&transfer->error, CS_HTTP_MEMORY, "%s", curl_multi_strerror(code));
  return false;
}

cs_transfer *cs_transfer_start(cs_loop *loop, const cs_request *request, cs_sink sink,
                               cs_http_error *error) {
  *error = (cs_http_error){0};
  const char *problem = cs_loop_problem(loop);
  if (problem != NULL) {
    cs_fail(error, CS_HTTP_MISUSE, "%s", problem);
    return NULL;
  }
  cs_transfer *transfer = make(loop, request, sink);
  if (transfer == NULL) {
    cs_fail(error, CS_HTTP_MEMORY, "out of memory");
    return NULL;
  }
  if (open_in(transfer, loop, request))
    return transfer;
  *error = transfer->error;
  cs_easy_close(transfer, true);
  free(transfer);
  return NULL;
}

void cs_transfer_free(cs_transfer *transfer) {
  if (transfer == NULL)
    return;
  finish(transfer);
  cs_easy_close(transfer, is_ours(transfer));
  cs_loop_leave(&transfer->member);
  cs_gunzip_free(transfer->gunzip);
  cs_error_body_free(&transfer->error_body);
  free(transfer);
}

/* ---- questions ---- */

cs_transfer_state cs_transfer_state_of(const cs_transfer *transfer) {
  return transfer->state;
}

const cs_http_error *cs_transfer_error(const cs_transfer *transfer) {
  return &transfer->error;
}

int cs_transfer_status(const cs_transfer *transfer) {
  return transfer->head.status;
}

bool cs_transfer_refused(const cs_transfer *transfer) {
  return transfer->is_error;
}

bool cs_transfer_sent(const cs_transfer *transfer) {
  return transfer->connected;
}

const char *cs_transfer_header(const cs_transfer *transfer, const char *name) {
  if (transfer->easy == NULL || transfer->head.status == 0)
    return NULL;
  return cs_response_header(transfer->easy, name, 0);
}

int64_t cs_transfer_retry_after(const cs_transfer *transfer) {
  curl_off_t seconds = 0;
  if (transfer->easy == NULL ||
      curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &seconds) != CURLE_OK)
    return 0;
  return seconds > 0 ? (int64_t)seconds : 0;
}

const char *cs_transfer_error_body(const cs_transfer *transfer, size_t *length) {
  *length = transfer->error_body.length;
  return transfer->error_body.bytes != NULL ? transfer->error_body.bytes : "";
}

bool cs_transfer_end_proven(const cs_transfer *transfer) {
  return transfer->proven && transfer->state == CS_TRANSFER_DONE;
}
