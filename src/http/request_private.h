/* Judges a request before anything of it is given to libcurl. */
#ifndef CS_HTTP_REQUEST_PRIVATE_H
#define CS_HTTP_REQUEST_PRIVATE_H

#include <stdbool.h>

#include <curl/curl.h>

#include "error.h"
#include "request.h"

/* Everything but the URL. No message repeats the value of a header: it may be a secret. */
bool cs_request_check(const cs_request *request, cs_http_error *error);

/* The header lines as libcurl wants them, or NULL when memory ran out. */
struct curl_slist *cs_request_headers(const cs_request *request);

/* Overwrites them before: one may be a credential. NULL is allowed. */
void cs_request_headers_free(struct curl_slist *headers);

#endif
