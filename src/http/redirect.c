#include "redirect.h"

#include <string.h>
#include <strings.h>

#include "failure.h"
#include "url.h"

#define LONGEST    8192
#define HOST_SHOWN 60

/* ---- what no honest location has, and different programs read differently ---- */

static bool has_odd_bytes(const char *text) {
  for (; *text != '\0'; text++) {
    unsigned char c = (unsigned char)*text;
    if (c <= ' ' || c >= 0x7f || strchr("\\\"<>^`{|}", c) != NULL)
      return true;
  }
  return false;
}

/* The part behind "scheme:", or the whole text where it has none. */
static const char *behind_scheme(const char *location) {
  size_t length = strcspn(location, ":/?#");
  return location[length] == ':' ? location + length + 1 : location;
}

static bool is_http(const char *location) {
  return strncasecmp(location, "https://", 8) == 0 || strncasecmp(location, "http://", 7) == 0;
}

/* libcurl forgives one slash too few or too many, and undoes "%" in a host. */
static const char *find_oddity(const char *location) {
  if (*location == '\0')
    return "it has no location";
  if (*location == '#')
    return "it leads to where it came from";
  if (strlen(location) > LONGEST)
    return "it is longer than 8 KiB";
  if (has_odd_bytes(location))
    return "it has characters that no URL has";
  const char *rest = behind_scheme(location);
  if (rest != location && !is_http(location))
    return "it is no URL of http or https";
  if (strncmp(rest, "//", 2) != 0)
    return NULL;
  size_t length = strcspn(rest + 2, "/?#");
  if (length == 0)
    return "it has no host";
  if (memchr(rest + 2, '@', length) != NULL)
    return "it has a user name or password";
  return memchr(rest + 2, '%', length) != NULL ? "its host is written in an odd way" : NULL;
}

/* ---- the origin ---- */

static bool get(CURLU *url, CURLUPart part, char **text) {
  return curl_url_get(url, part, text, CURLU_DEFAULT_PORT) == CURLUE_OK;
}

static bool is_same(CURLU *one, CURLU *other, CURLUPart part) {
  char *first = NULL;
  char *second = NULL;
  bool same =
      get(one, part, &first) && get(other, part, &second) && strcasecmp(first, second) == 0;
  curl_free(first);
  curl_free(second);
  return same;
}

/* The zone of a link-local address of IPv6, which most hosts have not. */
static bool is_same_zone(CURLU *one, CURLU *other) {
  char *first = NULL;
  char *second = NULL;
  bool has_first = get(one, CURLUPART_ZONEID, &first);
  bool has_second = get(other, CURLUPART_ZONEID, &second);
  bool same = has_first == has_second && (!has_first || strcmp(first, second) == 0);
  curl_free(first);
  curl_free(second);
  return same;
}

static void refuse_host(CURLU *url, cs_http_error *error) {
  char *host = NULL;
  if (get(url, CURLUPART_HOST, &host))
    cs_fail(error, CS_HTTP_MISUSE, "it leads to another host, \"%.*s\"", HOST_SHOWN, host);
  else
    cs_fail(error, CS_HTTP_MISUSE, "it leads to another host");
  curl_free(host);
}

static bool check_origin(CURLU *from, CURLU *to, cs_http_error *error) {
  if (!is_same(from, to, CURLUPART_HOST) || !is_same_zone(from, to))
    refuse_host(to, error);
  else if (!is_same(from, to, CURLUPART_SCHEME))
    cs_fail(error, CS_HTTP_MISUSE, "it changes between http and https");
  else if (!is_same(from, to, CURLUPART_PORT))
    cs_fail(error, CS_HTTP_MISUSE, "it leads to another port");
  else
    return true;
  return false;
}

/* ---- the address ---- */

static char *resolve(CURLU *from, const char *location, cs_http_error *error) {
  CURLU *url = curl_url_dup(from);
  CURLUcode code = CURLUE_OUT_OF_MEMORY;
  char *text = NULL;
  if (url != NULL)
    code = curl_url_set(url, CURLUPART_URL, location, CURLU_DISALLOW_USER);
  if (code == CURLUE_OK)
    code = curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0);
  if (code == CURLUE_OK)
    code = curl_url_get(url, CURLUPART_URL, &text, 0);
  curl_url_cleanup(url);
  if (code == CURLUE_OUT_OF_MEMORY)
    cs_fail(error, CS_HTTP_MEMORY, "out of memory");
  else if (code != CURLUE_OK)
    cs_fail(error, CS_HTTP_MISUSE, "it is no URL of http or https");
  return text;
}

/* What is judged is the very text that the next request is made of. */
static bool check_target(CURLU *from, const char *target, cs_http_error *error) {
  CURLU *to = cs_url_parse(target, true, error);
  bool good = to != NULL && check_origin(from, to, error);
  curl_url_cleanup(to);
  return good;
}

char *cs_redirect(const char *url, const char *location, bool allow_http, cs_http_error *error) {
  const char *oddity = find_oddity(location);
  if (oddity != NULL) {
    cs_fail(error, CS_HTTP_MISUSE, "%s", oddity);
    return NULL;
  }
  CURLU *from = cs_url_parse(url, allow_http, error);
  if (from == NULL)
    return NULL;
  char *target = resolve(from, location, error);
  if (target != NULL && !check_target(from, target, error)) {
    curl_free(target);
    target = NULL;
  }
  curl_url_cleanup(from);
  return target;
}
