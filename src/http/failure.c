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

static cs_http_error_kind kind_of(CURLcode code, const char *detail) {
  switch (code) {
  case CURLE_OUT_OF_MEMORY:
    return CS_HTTP_MEMORY;
  case CURLE_URL_MALFORMAT:
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
    /* libcurl has no code of its own for chunks that are not chunks. */
    return strstr(detail, "chunked-encoding") != NULL || strstr(detail, "chunked-encoded") != NULL
               ? CS_HTTP_MALFORMED
               : CS_HTTP_NETWORK;
  default:
    return CS_HTTP_NETWORK;
  }
}

void cs_fail_curl(cs_http_error *error, CURLcode code, const char *detail) {
  const char *text = *detail != '\0' ? detail : curl_easy_strerror(code);
  cs_fail(error, kind_of(code, detail), "%s", text);
}
