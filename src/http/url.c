#include "url.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "failure.h"

static bool is_loopback4(const char *host) {
  struct in_addr address;
  return inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

/* `host` stands in brackets, without a zone: libcurl keeps that apart. */
static bool is_loopback6(const char *host) {
  char bare[INET6_ADDRSTRLEN];
  size_t length = strlen(host);
  if (length < 3 || length - 2 >= sizeof bare || host[0] != '[' || host[length - 1] != ']')
    return false;
  memcpy(bare, host + 1, length - 2);
  bare[length - 2] = '\0';
  struct in6_addr address;
  return inet_pton(AF_INET6, bare, &address) == 1 && IN6_IS_ADDR_LOOPBACK(&address);
}

/* libcurl has turned 127.1, octal and the like into four decimal numbers before this; only
   those count, so a name such as 127.0.0.1.example.com stays a name. */
static bool is_loopback(const char *host) {
  return strcasecmp(host, "localhost") == 0 || is_loopback4(host) || is_loopback6(host);
}

static void explain(CURLUcode code, cs_http_error *error) {
  switch (code) {
  case CURLUE_OUT_OF_MEMORY:
    cs_fail(error, CS_HTTP_MEMORY, "out of memory");
    break;
  case CURLUE_USER_NOT_ALLOWED:
    cs_fail(error, CS_HTTP_MISUSE, "the URL must not contain a user name or password");
    break;
  case CURLUE_BAD_SCHEME:
  case CURLUE_NO_SCHEME:
  case CURLUE_UNSUPPORTED_SCHEME:
    cs_fail(error, CS_HTTP_MISUSE, "the URL must begin with https:// or http://");
    break;
  default:
    cs_fail(error, CS_HTTP_MISUSE, "the URL is malformed: %s", curl_url_strerror(code));
    break;
  }
}

static bool judge(const char *scheme, const char *host, bool allow_http, cs_http_error *error) {
  bool secure = strcasecmp(scheme, "https") == 0;
  if (!secure && strcasecmp(scheme, "http") != 0)
    cs_fail(error, CS_HTTP_MISUSE, "the URL must begin with https:// or http://");
  else if (*host == '\0')
    cs_fail(error, CS_HTTP_MISUSE, "the URL has no host");
  else if (!secure && !allow_http && !is_loopback(host))
    cs_fail(error, CS_HTTP_MISUSE,
            "plain http is allowed to a loopback address only: use https, or allow_http = true");
  else
    return true;
  return false;
}

static bool check(CURLU *url, const char *text, bool allow_http, cs_http_error *error) {
  char *scheme = NULL;
  char *host = NULL;
  CURLUcode code = curl_url_set(url, CURLUPART_URL, text, CURLU_DISALLOW_USER);
  if (code == CURLUE_OK)
    code = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0);
  if (code == CURLUE_OK)
    code = curl_url_get(url, CURLUPART_HOST, &host, 0);
  bool good = false;
  if (code == CURLUE_OK)
    good = judge(scheme, host, allow_http, error);
  else
    explain(code, error);
  curl_free(scheme);
  curl_free(host);
  return good;
}

CURLU *cs_url_parse(const char *text, bool allow_http, cs_http_error *error) {
  CURLU *url = curl_url();
  if (url == NULL) {
    explain(CURLUE_OUT_OF_MEMORY, error);
    return NULL;
  }
  if (!check(url, text, allow_http, error)) {
    curl_url_cleanup(url);
    return NULL;
  }
  return url;
}

bool cs_url_secure_host(CURLU *url, char **host) {
  char *scheme = NULL;
  *host = NULL;
  CURLUcode code = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0);
  if (code == CURLUE_OK && strcasecmp(scheme, "https") == 0)
    code = curl_url_get(url, CURLUPART_HOST, host, 0);
  curl_free(scheme);
  return code == CURLUE_OK;
}

static char *join(const char *path, const char *query) {
  size_t size = strlen(path) + strlen(query) + 2;
  char *target = malloc(size);
  if (target != NULL)
    (void)snprintf(target, size, "%s?%s", path, query);
  return target;
}

char *cs_url_target(CURLU *url) {
  char *path = NULL;
  char *query = NULL;
  CURLUcode code = curl_url_get(url, CURLUPART_PATH, &path, CURLU_URLENCODE);
  if (code == CURLUE_OK)
    code = curl_url_get(url, CURLUPART_QUERY, &query, 0);
  char *target = NULL;
  if (code == CURLUE_NO_QUERY)
    target = strdup(path);
  else if (code == CURLUE_OK)
    target = join(path, query);
  curl_free(path);
  curl_free(query);
  return target;
}

static bool is_proxy_scheme(const char *scheme) {
  static const char *const known[] = {"http", "https", "socks4", "socks4a", "socks5", "socks5h"};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcasecmp(scheme, known[i]) == 0)
      return true;
  return false;
}

bool cs_url_check_proxy(const char *text, cs_http_error *error) {
  CURLU *url = curl_url();
  char *scheme = NULL;
  CURLUcode code = CURLUE_OUT_OF_MEMORY;
  if (url != NULL)
    code = curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME);
  if (code == CURLUE_OK)
    code = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0);
  bool good = code == CURLUE_OK && is_proxy_scheme(scheme);
  if (code == CURLUE_OUT_OF_MEMORY)
    explain(code, error);
  else if (!good)
    cs_fail(error, CS_HTTP_MISUSE,
            "proxy must be host:port or a URL with http, https, socks4, socks4a, socks5 or "
            "socks5h");
  curl_free(scheme);
  curl_url_cleanup(url);
  return good;
}
