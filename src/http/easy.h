/* Turns a request into a handle of libcurl. */
#ifndef CS_HTTP_EASY_H
#define CS_HTTP_EASY_H

#include <stdbool.h>

#include "transfer_private.h"

/* Fills in the transfer's `easy`, `request_headers`, `url` and `body`. What was made before a
   failure is left for cs_easy_close. */
bool cs_easy_open(cs_transfer *transfer, const cs_request *request);

/* Our copies of what was sent are overwritten before they are freed: they may be credentials.
   `ours`: false in a child after fork, where the handle is left to the parent's memory. */
void cs_easy_close(cs_transfer *transfer, bool ours);

/* Did a proxy over TLS show a certificate that the system does not trust? */
bool cs_easy_distrusts_proxy(const cs_transfer *transfer);

#endif
