#include "failure.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Words may come from a server: one line, nothing that moves a terminal's cursor. */
static void make_one_line(char *text) {
  char *to = text;
  for (const char *from = text; *from != '\0'; from++) {
    unsigned char c = (unsigned char)*from;
    bool blank = c <= ' ' || c == 0x7f;
    if (blank && (to == text || to[-1] == ' '))
      continue;
    *to = *from;
    if (blank)
      *to = ' ';
    to++;
  }
  if (to > text && to[-1] == ' ')
    to--;
  *to = '\0';
}

void cs_fail(cs_http_error *error, cs_http_error_kind kind, const char *format, ...) {
  if (error->kind != CS_HTTP_NONE)
    return;
  error->kind = kind;
  va_list arguments;
  va_start(arguments, format);
  if (vsnprintf(error->message, sizeof error->message, format, arguments) < 0)
    error->message[0] = '\0';
  va_end(arguments);
  make_one_line(error->message);
}

/* Is it the connection that broke in a handshake, rather than what was said there? OpenSSL's own
   complaints have a number; libcurl's words in its place begin so when OpenSSL had none. */
static bool is_broken_handshake(const char *detail) {
  if (strncmp(detail, "Recv failure: ", 14) == 0 || strncmp(detail, "Send failure: ", 14) == 0 ||
      strstr(detail, "unexpected eof while reading") != NULL)
    return true;
  return strstr(detail, " SSL_connect: ") != NULL && strstr(detail, "SSL_ERROR_SSL") == NULL;
}

/* libcurl has no code of its own for what is more than it takes of trailers and headers. */
static bool is_long_trailer(const char *detail) {
  return strncmp(detail, "Out of memory in chunked-encoding", 33) == 0;
}

static bool is_over_limit(const char *detail) {
  return is_long_trailer(detail) || strncmp(detail, "Too large response headers", 26) == 0;
}

/* Nor for chunks that are not chunks. */
static cs_http_error_kind kind_of_receiving(const char *detail) {
  if (is_over_limit(detail))
    return CS_HTTP_LIMIT;
  bool chunks = strstr(detail, "chunked-encod") != NULL;
  return chunks ? CS_HTTP_MALFORMED : CS_HTTP_NETWORK;
}

static cs_http_error_kind kind_of(CURLcode code, const char *detail) {
  switch (code) {
  case CURLE_OUT_OF_MEMORY:
    return CS_HTTP_MEMORY;
  case CURLE_URL_MALFORMAT:
    /* The URL was there and good: libcurl had no memory to copy it. */
    return strcmp(detail, "No URL set") == 0 ? CS_HTTP_MEMORY : CS_HTTP_MISUSE;
  case CURLE_UNKNOWN_OPTION:
  case CURLE_NOT_BUILT_IN:
  case CURLE_BAD_FUNCTION_ARGUMENT:
    return CS_HTTP_MISUSE;
  case CURLE_UNSUPPORTED_PROTOCOL:
    /* The same code stands for a scheme that libcurl does not know, and for an answer that is
       of HTTP/0.9 or of no version it knows. */
    return strncmp(detail, "Protocol ", 9) == 0 ? CS_HTTP_MISUSE : CS_HTTP_MALFORMED;
  case CURLE_OPERATION_TIMEDOUT:
    return CS_HTTP_TIMEOUT;
  case CURLE_SSL_CONNECT_ERROR:
    return is_broken_handshake(detail) ? CS_HTTP_NETWORK : CS_HTTP_TLS;
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_ENGINE_NOTFOUND:
  case CURLE_SSL_ENGINE_SETFAILED:
  case CURLE_SSL_CERTPROBLEM:
  case CURLE_SSL_CIPHER:
  case CURLE_USE_SSL_FAILED:
  case CURLE_SSL_ENGINE_INITFAILED:
  case CURLE_SSL_CACERT_BADFILE:
  case CURLE_SSL_SHUTDOWN_FAILED:
  case CURLE_SSL_CRL_BADFILE:
  case CURLE_SSL_ISSUER_ERROR:
  case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
  case CURLE_SSL_INVALIDCERTSTATUS:
  case CURLE_SSL_CLIENTCERT:
    return CS_HTTP_TLS;
  case CURLE_PARTIAL_FILE:
  case CURLE_HTTP2_STREAM: /* the stream was reset, or its connection ended under it */
    return CS_HTTP_INCOMPLETE;
  case CURLE_WEIRD_SERVER_REPLY:
  case CURLE_HTTP2:
  case CURLE_FILESIZE_EXCEEDED:
  case CURLE_BAD_CONTENT_ENCODING:
    return CS_HTTP_MALFORMED;
  case CURLE_RECV_ERROR:
    return kind_of_receiving(detail);
  default:
    return CS_HTTP_NETWORK;
  }
}

void cs_fail_curl(cs_http_error *error, CURLcode code, const char *detail) {
  const char *text = *detail != '\0' ? detail : curl_easy_strerror(code);
  if (code == CURLE_RECV_ERROR && is_long_trailer(detail))
    text = "a trailer of the answer is over 4 KiB";
  cs_fail(error, kind_of(code, detail), "%s", text);
}
