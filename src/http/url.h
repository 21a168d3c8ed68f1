/* Which addresses a request may go to. */
#ifndef CS_HTTP_URL_H
#define CS_HTTP_URL_H

#include <stdbool.h>

#include <curl/curl.h>

#include "error.h"

/* The parsed URL, exactly as libcurl will use it, or NULL. No message repeats the URL. */
CURLU *cs_url_parse(const char *text, bool allow_http, cs_http_error *error);

/* The host of an https URL, for curl_free(); NULL for plain http. False when memory ran out. */
bool cs_url_secure_host(CURLU *url, char **host);

/* What a request for it names, path and query, to be freed; NULL when memory ran out. */
char *cs_url_target(CURLU *url);

/* A proxy that libcurl would refuse is refused here: libcurl's message would repeat it, with
   the password in it. */
bool cs_url_check_proxy(const char *text, cs_http_error *error);

#endif
