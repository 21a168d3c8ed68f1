#include "easy.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "erase.h"
#include "failure.h"
#include "openssl.h"
#include "receive.h"
#include "request_private.h"
#include "url.h"

#if LIBCURL_VERSION_NUM < 0x075700
#error "libcurl 7.87.0 or later is needed"
#endif

/* One for each connection at work, and once more while it is paused. */
#define RECEIVE_BUFFER (512L * 1024)

/* One call of curl_easy_setopt, unless one before it failed. */
#define SET(code, easy, option, value)                                                           \
  ((code) = (code) == CURLE_OK ? curl_easy_setopt((easy), (option), (value)) : (code))

/* As libcurl does itself, but not left open in programs that the host starts (io.popen): a
   connection would outlive its close there. And it never blocks: libcurl does not look whether
   it could see to that. */
static int new_socket(const struct curl_sockaddr *address) {
#if defined(SOCK_NONBLOCK) && defined(SOCK_CLOEXEC)
  return socket(address->family, address->socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
                address->protocol);
#else
  int fd = socket(address->family, address->socktype, address->protocol);
  if (fd >= 0)
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
  return fd;
#endif
}

static curl_socket_t open_socket(void *context, curlsocktype purpose,
                                 struct curl_sockaddr *address) {
  (void)purpose;
  cs_transfer *transfer = context;
  int fd = new_socket(address);
  if (fd < 0) {
    transfer->descriptors_ran_out = errno == EMFILE || errno == ENFILE;
    return CURL_SOCKET_BAD;
  }
  if (!cs_sockets_add(transfer->sockets, fd)) {
    (void)close(fd);
    return CURL_SOCKET_BAD;
  }
  transfer->fresh = true;
  return fd;
}

/* A connection may be closed long after the transfer that it was opened for. A child of fork has
   it, too, and would keep it open. */
static int close_socket(void *context, curl_socket_t fd) {
  cs_sockets_remove(context, fd);
  (void)shutdown(fd, SHUT_RDWR);
  return close(fd);
}

static CURLcode set_callbacks(CURL *easy, cs_transfer *transfer) {
  CURLcode code = CURLE_OK;
  SET(code, easy, CURLOPT_ERRORBUFFER, transfer->detail);
  SET(code, easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  SET(code, easy, CURLOPT_OPENSOCKETDATA, (void *)transfer);
  SET(code, easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
  SET(code, easy, CURLOPT_CLOSESOCKETDATA, (void *)transfer->sockets);
  SET(code, easy, CURLOPT_PREREQFUNCTION, cs_receive_connected);
  SET(code, easy, CURLOPT_PREREQDATA, (void *)transfer);
  SET(code, easy, CURLOPT_HEADERFUNCTION, cs_receive_header);
  SET(code, easy, CURLOPT_HEADERDATA, (void *)transfer);
  SET(code, easy, CURLOPT_WRITEFUNCTION, cs_receive_body);
  SET(code, easy, CURLOPT_WRITEDATA, (void *)transfer);
  return code;
}

static CURLcode set_behaviour(CURL *easy, const cs_request *request) {
  CURLcode code = CURLE_OK;
  SET(code, easy, CURLOPT_PROTOCOLS_STR, "http,https");
  SET(code, easy, CURLOPT_FOLLOWLOCATION, 0L);
  SET(code, easy, CURLOPT_UNRESTRICTED_AUTH, 0L);
  SET(code, easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  SET(code, easy, CURLOPT_HTTP_VERSION,
      request->http2 ? (long)CURL_HTTP_VERSION_2TLS : (long)CURL_HTTP_VERSION_1_1);
  /* gzip is ours: see gunzip.h. Chunks are libcurl's. */
  SET(code, easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
  SET(code, easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  SET(code, easy, CURLOPT_NOSIGNAL, 1L);
  SET(code, easy, CURLOPT_NOPROGRESS, 1L);
  SET(code, easy, CURLOPT_QUICK_EXIT, 1L); /* else a slow name server blocks the end */
  SET(code, easy, CURLOPT_BUFFERSIZE, RECEIVE_BUFFER);
  SET(code, easy, CURLOPT_TCP_KEEPALIVE, 1L);
  /* 0 would mean 300 seconds. There is no CURLOPT_TIMEOUT and no LOW_SPEED: both count the
     time that a slow reader takes. */
  long connect = request->connect_ms;
  SET(code, easy, CURLOPT_CONNECTTIMEOUT_MS,
      connect > 0 && connect < INT_MAX ? connect : INT_MAX);
  return code;
}

static CURLcode set_tls(CURL *easy, const char *ca_file) {
  CURLcode code = CURLE_OK;
  SET(code, easy, CURLOPT_SSL_VERIFYPEER, 1L);
  SET(code, easy, CURLOPT_SSL_VERIFYHOST, 2L);
  SET(code, easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  SET(code, easy, CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
  SET(code, easy, CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
  SET(code, easy, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  if (ca_file != NULL) {
    SET(code, easy, CURLOPT_CAINFO, ca_file);
    SET(code, easy, CURLOPT_CAPATH, NULL); /* else the system's would be trusted as well */
  }
  return code;
}

/* What has been read already need not be read again; but what a proxy is trusted by is another
   matter. */
static CURLcode set_trusted(cs_transfer *transfer, const cs_request *request) {
  CURLcode code = CURLE_OK;
  if (transfer->host != NULL && request->proxy == NULL)
    transfer->trusted = cs_trust_use(transfer->trusts, transfer->easy, request->ca_file, &code);
  return code;
}

/* "" rather than nothing: nothing would mean what the environment says. */
static CURLcode set_proxy(CURL *easy, const char *proxy) {
  CURLcode code = CURLE_OK;
  SET(code, easy, CURLOPT_PROXY, proxy != NULL ? proxy : "");
  SET(code, easy, CURLOPT_NOPROXY, "");
  return code;
}

static CURLcode set_request(const cs_transfer *transfer, const cs_request *request) {
  CURL *easy = transfer->easy;
  CURLcode code = CURLE_OK;
  bool post = strcmp(request->method, "POST") == 0;
  SET(code, easy, CURLOPT_FRESH_CONNECT, request->write ? 1L : 0L);
  if (request->user_agent != NULL)
    SET(code, easy, CURLOPT_USERAGENT, request->user_agent);
  if (request->body != NULL || post) {
    SET(code, easy, CURLOPT_POST, 1L);
    SET(code, easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)transfer->body_length);
    SET(code, easy, CURLOPT_POSTFIELDS, transfer->body != NULL ? transfer->body : "");
  }
  if (!post && strcmp(request->method, "GET") != 0)
    SET(code, easy, CURLOPT_CUSTOMREQUEST, request->method);
  return code;
}

/* Left to itself, libcurl asks for the path without the query when it has no memory to copy that:
   the answer would be of other rows. A proxy is told the whole URL for plain http. */
static CURLcode set_target(const cs_transfer *transfer, const char *proxy) {
  if (proxy != NULL && transfer->host == NULL)
    return CURLE_OK;
  char *target = cs_url_target(transfer->url);
  if (target == NULL)
    return CURLE_OUT_OF_MEMORY;
  CURLcode code = curl_easy_setopt(transfer->easy, CURLOPT_REQUEST_TARGET, target);
  free(target);
  return code;
}

static CURLcode set_all(cs_transfer *transfer, const cs_request *request) {
  CURL *easy = transfer->easy;
  CURLcode code = set_callbacks(easy, transfer);
  if (code == CURLE_OK)
    code = set_behaviour(easy, request);
  if (code == CURLE_OK)
    code = set_tls(easy, request->ca_file);
  if (code == CURLE_OK)
    code = set_trusted(transfer, request);
  if (code == CURLE_OK)
    code = set_proxy(easy, request->proxy);
  if (code == CURLE_OK)
    code = set_request(transfer, request);
  SET(code, easy, CURLOPT_HTTPHEADER, transfer->request_headers);
  SET(code, easy, CURLOPT_CURLU, transfer->url);
  if (code == CURLE_OK)
    code = set_target(transfer, request->proxy);
  return code;
}

/* libcurl writes the keys of all its connections to a file that the environment names, so that
   whoever recorded them reads the credentials. */
static bool keep_keys(cs_transfer *transfer) {
  if (cs_openssl_harden(transfer->easy, transfer->trusted))
    return true;
  const char *file = getenv("SSLKEYLOGFILE");
  if (file == NULL || *file == '\0' || transfer->host == NULL)
    return true;
  cs_fail(&transfer->error, CS_HTTP_TLS,
          "SSLKEYLOGFILE is set in the environment, and this libcurl would write the keys of "
          "connections to that file: unset it");
  return false;
}

/* Not by CURLOPT_COPYPOSTFIELDS: that copy nobody could erase. */
static bool copy_body(cs_transfer *transfer, const cs_request *request) {
  if (request->body == NULL || request->body_length == 0)
    return true;
  transfer->body = malloc(request->body_length);
  if (transfer->body == NULL)
    return false;
  memcpy(transfer->body, request->body, request->body_length);
  transfer->body_length = request->body_length;
  return true;
}

bool cs_easy_open(cs_transfer *transfer, const cs_request *request) {
  cs_http_error *error = &transfer->error;
  if (!cs_request_check(request, error))
    return false;
  transfer->url = cs_url_parse(request->url, request->allow_http, error);
  if (transfer->url == NULL)
    return false;
  transfer->request_headers = cs_request_headers(request);
  if (transfer->request_headers != NULL && copy_body(transfer, request) &&
      cs_url_secure_host(transfer->url, &transfer->host))
    transfer->easy = curl_easy_init();
  if (transfer->easy == NULL) {
    cs_fail(error, CS_HTTP_MEMORY, "out of memory");
    return false;
  }
  CURLcode code = set_all(transfer, request);
  if (code != CURLE_OK)
    cs_fail_curl(error, code, transfer->detail);
  return code == CURLE_OK && keep_keys(transfer);
}

bool cs_easy_distrusts_proxy(const cs_transfer *transfer) {
  long problem = 0;
  return curl_easy_getinfo(transfer->easy, CURLINFO_PROXY_SSL_VERIFYRESULT, &problem) ==
             CURLE_OK &&
         problem != 0;
}

void cs_easy_close(cs_transfer *transfer, bool ours) {
  if (ours)
    curl_easy_cleanup(transfer->easy);
  transfer->easy = NULL;
  if (transfer->trusted != NULL)
    cs_openssl_store_free(transfer->trusted);
  transfer->trusted = NULL;
  cs_request_headers_free(transfer->request_headers);
  transfer->request_headers = NULL;
  if (transfer->body != NULL)
    cs_erase(transfer->body, transfer->body_length);
  free(transfer->body);
  transfer->body = NULL;
  curl_free(transfer->host);
  transfer->host = NULL;
  curl_url_cleanup(transfer->url);
  transfer->url = NULL;
}
