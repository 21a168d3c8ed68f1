#include "receive.h"

#include <string.h>

#include "clock.h"
#include "failure.h"
#include "openssl.h"
#include "transfer_private.h"

/* What makes libcurl end the transfer: any number that is not the length, and not "pause". */
static size_t refuse(size_t length) {
  return length == 0 ? 1 : 0;
}

/* What a kept connection says unasked is no answer to this request, though libcurl would take it
   for one. TLS may say something of its own on a new one. */
int cs_receive_connected(void *context, char *remote, char *local, int remote_port,
                         int local_port) {
  (void)local;
  cs_transfer *transfer = context;
  transfer->spoilt = !transfer->fresh && !transfer->mixed &&
                     cs_sockets_spoilt(transfer->sockets, local_port, remote, remote_port);
  if (transfer->spoilt)
    return CURL_PREREQFUNC_ABORT;
  transfer->active = cs_clock_ms();
  const char *problem = NULL;
  if (transfer->host != NULL)
    problem = cs_openssl_certificate_problem(transfer->easy, transfer->host);
  if (problem != NULL) {
    cs_fail(&transfer->error, CS_HTTP_TLS, "%s", problem);
    return CURL_PREREQFUNC_ABORT;
  }
  transfer->connected = true;
  return CURL_PREREQFUNC_OK;
}

static void check_head(cs_transfer *transfer) {
  const cs_response_head *head = &transfer->head;
  if (head->coding == CS_CODING_ODD)
    cs_fail(&transfer->error, CS_HTTP_MALFORMED,
            "the answer has Content-Encoding \"%s\", which was not asked for", head->odd_coding);
  if (head->fault != NULL)
    cs_fail(&transfer->error, CS_HTTP_MALFORMED, "the answer has %s", head->fault);
}

static bool is_right(const cs_transfer *transfer, long status) {
  if (transfer->write && (status == 201 || status == 202 || status == 204))
    return true;
  return status == 200;
}

/* The headers of the final answer are complete: where will its body go? */
static bool begin_body(cs_transfer *transfer, long status) {
  cs_response_head *head = &transfer->head;
  head->status = (int)status;
  cs_response_head_read(head, transfer->easy);
  if (!is_right(transfer, status)) {
    transfer->is_error = true;
    transfer->sink = cs_error_body_sink(&transfer->error_body);
  } else {
    check_head(transfer);
  }
  if (head->coding == CS_CODING_GZIP && head->framing != CS_BODY_EMPTY) {
    transfer->gunzip = cs_gunzip_new(transfer->ratio_limit);
    if (transfer->gunzip == NULL)
      cs_fail(&transfer->error, CS_HTTP_MEMORY, "out of memory");
  }
  return transfer->error.kind == CS_HTTP_NONE;
}

/* libcurl reads other lines as if they were of HTTP, too. */
static bool is_status_line(const char *line, size_t length) {
  static const char *const known[] = {"HTTP/1.1 ", "HTTP/1.0 ", "HTTP/2 "};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (length >= strlen(known[i]) && memcmp(line, known[i], strlen(known[i])) == 0)
      return true;
  return false;
}

static bool is_blank(const char *line, size_t length) {
  return length == 1 ? line[0] == '\n' : length == 2 && memcmp(line, "\r\n", 2) == 0;
}

size_t cs_receive_header(char *bytes, size_t size, size_t count, void *context) {
  cs_transfer *transfer = context;
  size_t length = size * count; /* libcurl: `size` is always 1 */
  transfer->active = cs_clock_ms();
  if (length > transfer->header_limit - transfer->header_bytes) {
    cs_fail(&transfer->error, CS_HTTP_LIMIT,
            "the headers of the answer are over %zu bytes (limits.header_bytes)",
            transfer->header_limit);
    return refuse(length);
  }
  transfer->header_bytes += length;
  if (transfer->head.status != 0) /* a trailer */
    return length;
  bool begins = !transfer->in_head;
  transfer->in_head = !is_blank(bytes, length);
  if (begins && !is_status_line(bytes, length)) {
    cs_fail(&transfer->error, CS_HTTP_MALFORMED, "the answer does not begin as one of HTTP/1.1");
    return refuse(length);
  }
  if (transfer->in_head)
    return length;
  long status = 0;
  (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
  if (status == 101) {
    cs_fail(&transfer->error, CS_HTTP_MALFORMED,
            "the answer switches protocols (status 101), which was not asked for");
    return refuse(length);
  }
  if (status < 200) /* 1xx: another answer follows */
    return length;
  return begin_body(transfer, status) ? length : refuse(length);
}

static size_t hold_back(cs_transfer *transfer) {
  transfer->paused = true;
  return CURL_WRITEFUNC_PAUSE;
}

static size_t out_of_memory(cs_transfer *transfer, size_t length) {
  cs_fail(&transfer->error, CS_HTTP_MEMORY, "out of memory");
  return refuse(length);
}

static size_t receive_gzip(cs_transfer *transfer, const char *bytes, size_t length) {
  cs_gunzip_result result = cs_gunzip_put(transfer->gunzip, bytes, length);
  if (result == CS_GUNZIP_FULL)
    return hold_back(transfer);
  if (result != CS_GUNZIP_OK)
    return out_of_memory(transfer, length);
  transfer->wire_bytes += length;
  return length;
}

static size_t receive_plain(cs_transfer *transfer, const char *bytes, size_t length) {
  const cs_sink *sink = &transfer->sink;
  if (sink->full(sink->context))
    return hold_back(transfer);
  if (!sink->append(sink->context, bytes, length))
    return out_of_memory(transfer, length);
  transfer->wire_bytes += length;
  return length;
}

size_t cs_receive_body(char *bytes, size_t size, size_t count, void *context) {
  cs_transfer *transfer = context;
  size_t length = size * count;
  transfer->active = cs_clock_ms();
  if (length == 0)
    return 0;
  transfer->wanted = transfer->is_error; /* the reader has something now: its turn */
  if (transfer->is_error && cs_error_body_is_full(&transfer->error_body))
    transfer->enough = true;
  if (transfer->enough) /* the rest of a long error page is not worth its bytes */
    return refuse(length);
  if (transfer->gunzip != NULL)
    return receive_gzip(transfer, bytes, length);
  return receive_plain(transfer, bytes, length);
}
