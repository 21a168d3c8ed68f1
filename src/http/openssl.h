/* Closes what the environment opens in the OpenSSL that libcurl stands on. */
#ifndef CS_HTTP_OPENSSL_H
#define CS_HTTP_OPENSSL_H

#include <stdbool.h>

#include <curl/curl.h>

#include "openssl_store.h"

/* Is the OpenSSL that libcurl stands on at hand? */
bool cs_openssl_is_bound(void);

/* Sees to it that TLS of this handle writes no keys to SSLKEYLOGFILE, and that OPENSSL_CONF
   allows nothing weaker than level 2: no RSA or DH below 2048 bits, no MD5 or SHA-1 in
   signatures, no cipher without authentication. With `trusted`, which must live as long as the
   handle, certificates are checked against those alone. False where libcurl stands on something
   else, or will not. */
bool cs_openssl_harden(CURL *easy, cs_openssl_store *trusted);

/* What is wrong with the certificate at the other end of a handle's connection that libcurl lets
   pass, or NULL: `host`, an address of IPv6 in brackets, must be among the alternative names, for
   a common name may be anything. NULL also where there is no OpenSSL 3, or no TLS. */
const char *cs_openssl_certificate_problem(CURL *easy, const char *host);

#endif
