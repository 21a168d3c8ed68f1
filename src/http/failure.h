/* Fills in a cs_http_error. */
#ifndef CS_HTTP_FAILURE_H
#define CS_HTTP_FAILURE_H

#include <curl/curl.h>

#include "error.h"

/* The first failure stays: what follows it is its consequence. */
#ifdef __GNUC__
__attribute__((format(printf, 3, 4)))
#endif
void cs_fail(cs_http_error *error, cs_http_error_kind kind, const char *format, ...);

/* `detail` is libcurl's own text, or "". */
void cs_fail_curl(cs_http_error *error, CURLcode code, const char *detail);

#endif
