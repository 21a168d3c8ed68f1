/* The certificates that are trusted, read from their files once for all connections: libcurl
   would read the system's anew for each, which takes it tens of milliseconds.

   They are read a few at a time, so that nobody who waits for something else is kept from it.
   Those of a few files are held, the ones that were asked for last. */
#ifndef CS_HTTP_TRUST_H
#define CS_HTTP_TRUST_H

#include <stdbool.h>

#include <curl/curl.h>

#include "openssl_store.h"

typedef struct cs_trust cs_trust;

/* Those of a loop; to be zeroed. */
typedef struct cs_trusts {
  cs_trust *first;
} cs_trusts;

void cs_trusts_free(cs_trusts *trusts);

/* Reads some more of the certificates in `file`, NULL for the system's; anew when the file has
   changed. True when there is no more to read, or libcurl has to read them: it stands on
   something else than OpenSSL, the file is not there, there is none in it, or something in it is
   wrong. */
bool cs_trust_read(cs_trusts *trusts, const char *file);

/* What was read of `file`, for a handle that it is set up for, to be given to cs_openssl_harden;
   to be freed behind the handle. NULL where nothing was read: libcurl then does it itself, and
   says what is wrong. NULL also with `code` when the handle cannot be set up. */
cs_openssl_store *cs_trust_use(const cs_trusts *trusts, CURL *easy, const char *file,
                               CURLcode *code);

#endif
