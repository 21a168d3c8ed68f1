#include "openssl.h"

#include <stdint.h>
#include <string.h>

#define LEVEL 2

/* X509_CHECK_FLAG_NEVER_CHECK_SUBJECT and X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS */
#define STRICT 0x24U

#define NO_ADDRESS (-2) /* what X509_check_ip_asc says of other text */

/* Servers that cannot renegotiate safely, which libcurl never asks for. */
#define LEGACY (UINT64_C(1) << 2 | UINT64_C(1) << 18)

/* Neither OpenSSL's headers nor the library itself are needed to build: these names are bound to
   the one that libcurl uses, and are NULL where it uses none. */
#if defined(__ELF__)
typedef struct ssl_ctx_st ssl_context;
typedef struct ssl_st ssl_connection;
typedef struct x509_st certificate;
const char *OpenSSL_version(int what) __attribute__((weak));
void SSL_CTX_set_keylog_callback(ssl_context *context, void (*callback)(void))
    __attribute__((weak));
void SSL_CTX_set_security_level(ssl_context *context, int level) __attribute__((weak));
int SSL_CTX_get_security_level(const ssl_context *context) __attribute__((weak));
void SSL_CTX_set1_cert_store(ssl_context *context, cs_openssl_store *store) __attribute__((weak));
uint64_t SSL_CTX_clear_options(ssl_context *context, uint64_t options) __attribute__((weak));
certificate *SSL_get0_peer_certificate(const ssl_connection *connection) __attribute__((weak));
int X509_check_host(certificate *peer, const char *name, size_t length, unsigned flags,
                    char **matched) __attribute__((weak));
int X509_check_ip_asc(certificate *peer, const char *address, unsigned flags)
    __attribute__((weak));

/* "OpenSSL/3.0.19" against "OpenSSL 3.0.19 27 Jan 2026": a process may have loaded two. */
static bool is_same(const char *of_libcurl, const char *bound) {
  const size_t prefix = strlen("OpenSSL/");
  size_t length = strlen(of_libcurl);
  return length > prefix && strncmp(of_libcurl, "OpenSSL/", prefix) == 0 &&
         strncmp(bound, "OpenSSL ", prefix) == 0 &&
         strncmp(of_libcurl + prefix, bound + prefix, length - prefix) == 0 &&
         bound[length] == ' ';
}

bool cs_openssl_is_bound(void) {
  const char *of_libcurl = curl_version_info(CURLVERSION_NOW)->ssl_version;
  return of_libcurl != NULL && OpenSSL_version != NULL &&
         is_same(of_libcurl, OpenSSL_version(0)) && SSL_CTX_set_keylog_callback != NULL &&
         SSL_CTX_set_security_level != NULL && SSL_CTX_get_security_level != NULL &&
         SSL_CTX_clear_options != NULL && SSL_CTX_set1_cert_store != NULL;
}

/* libcurl calls this when it has set up all of its own, and before the first byte. */
static CURLcode harden(CURL *easy, void *known, void *trusted) {
  (void)easy;
  ssl_context *context = known;
  if (trusted != NULL)
    SSL_CTX_set1_cert_store(context, trusted);
  SSL_CTX_set_keylog_callback(context, NULL);
  if (SSL_CTX_get_security_level(context) < LEVEL)
    SSL_CTX_set_security_level(context, LEVEL);
  (void)SSL_CTX_clear_options(context, LEGACY);
  return CURLE_OK;
}

bool cs_openssl_harden(CURL *easy, cs_openssl_store *trusted) {
  return cs_openssl_is_bound() &&
         curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, (void *)trusted) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, harden) == CURLE_OK;
}

static certificate *certificate_of(CURL *easy) {
  if (!cs_openssl_is_bound() || SSL_get0_peer_certificate == NULL || X509_check_host == NULL ||
      X509_check_ip_asc == NULL)
    return NULL;
  const struct curl_tlssessioninfo *session = NULL;
  if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK || session == NULL ||
      session->backend != CURLSSLBACKEND_OPENSSL || session->internals == NULL)
    return NULL;
  return SSL_get0_peer_certificate(session->internals);
}

static bool is_ascii(const char *text) {
  while (*text != '\0' && (unsigned char)*text < 0x80)
    text++;
  return *text == '\0';
}

/* An address of IPv6 stands in brackets, and a name may end with a dot: neither is in a
   certificate. */
static bool is_named(certificate *peer, const char *host) {
  char address[64];
  size_t length = strlen(host);
  if (host[0] == '[' && length - 2 < sizeof address) {
    memcpy(address, host + 1, length - 2);
    address[length - 2] = '\0';
    return X509_check_ip_asc(peer, address, STRICT) == 1;
  }
  int answer = X509_check_ip_asc(peer, host, STRICT);
  if (answer != NO_ADDRESS)
    return answer == 1;
  if (length > 1 && host[length - 1] == '.')
    length--;
  return X509_check_host(peer, host, length, STRICT, NULL) == 1;
}

const char *cs_openssl_certificate_problem(CURL *easy, const char *host) {
  certificate *peer = certificate_of(easy);
  /* Of a name that is not in ASCII only libcurl knows what it looked for. */
  if (peer == NULL || !is_ascii(host) || is_named(peer, host))
    return NULL;
  return "SSL: the host name is not among the certificate's alternative names, and its common "
         "name does not count";
}
#else
const char *cs_openssl_certificate_problem(CURL *easy, const char *host) {
  (void)easy, (void)host;
  return NULL;
}

bool cs_openssl_is_bound(void) {
  return false;
}

bool cs_openssl_harden(CURL *easy, cs_openssl_store *trusted) {
  (void)easy, (void)trusted;
  return false;
}
#endif
