/* Where a redirect leads, if it may be followed. */
#ifndef CS_HTTP_REDIRECT_H
#define CS_HTTP_REDIRECT_H

#include <stdbool.h>

#include "error.h"

/* The address that `location`, the value of that header, leads to from `url`: absolute, without
   a fragment, and to the same scheme, host and port; curl_free() frees it. NULL where it leads
   elsewhere or is odd in any way, with the reason in `error`, of kind CS_HTTP_MISUSE: of the
   location it repeats a host, cut short, and nothing else. `allow_http` is the request's. */
char *cs_redirect(const char *url, const char *location, bool allow_http, cs_http_error *error);

#endif
