#include "request_private.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "erase.h"
#include "failure.h"
#include "url.h"

#define NAME_SHOWN 60

static bool is_one_of(const char *word, size_t length, const char *const *list) {
  for (; *list != NULL; list++)
    if (strlen(*list) == length && strncasecmp(word, *list, length) == 0)
      return true;
  return false;
}

static bool is_token_char(unsigned char c) {
  return isalnum(c) != 0 || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

/* The length of a header's name, or 0 where the line is none. */
static size_t name_length(const char *line) {
  size_t length = 0;
  while (is_token_char((unsigned char)line[length]))
    length++;
  return line[length] == ':' ? length : 0;
}

/* CR and LF would begin another header, or another request. */
static bool is_plain(const char *value) {
  for (; *value != '\0'; value++) {
    unsigned char c = (unsigned char)*value;
    if ((c < ' ' && c != '\t') || c == 0x7f)
      return false;
  }
  return true;
}

static bool check_header(const char *line, size_t index, cs_http_error *error) {
  static const char *const ours[] = {"Content-Length", "Expect", "Transfer-Encoding", NULL};
  size_t length = name_length(line);
  int shown = length > NAME_SHOWN ? NAME_SHOWN : (int)length;
  if (length == 0)
    cs_fail(error, CS_HTTP_MISUSE, "header %zu is not of the form \"Name: value\"", index + 1);
  else if (!is_plain(line + length))
    cs_fail(error, CS_HTTP_MISUSE, "the value of header %.*s contains a control character", shown,
            line);
  else if (is_one_of(line, length, ours))
    cs_fail(error, CS_HTTP_MISUSE, "header %.*s cannot be set by hand", shown, line);
  else
    return true;
  return false;
}

static bool check_method(const cs_request *request, cs_http_error *error) {
  static const char *const known[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
  bool found = false;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    found = found || strcmp(request->method, known[i]) == 0;
  if (!found)
    cs_fail(error, CS_HTTP_MISUSE, "the method must be GET, POST, PUT, PATCH or DELETE");
  else if (request->body != NULL && strcmp(request->method, "GET") == 0)
    cs_fail(error, CS_HTTP_MISUSE, "a GET request has no body");
  else
    return true;
  return false;
}

/* Whatever the URL: a file that is named and not there is a mistake now, not once TLS is used. */
static bool check_ca_file(const char *path, cs_http_error *error) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd >= 0) {
    (void)close(fd);
    return true;
  }
  const char *why = "it cannot be opened";
  if (errno == ENOENT)
    why = "no such file";
  else if (errno == EACCES)
    why = "permission denied";
  cs_fail(error, CS_HTTP_TLS, "ca_file \"%.200s\": %s", path, why);
  return false;
}

bool cs_request_check(const cs_request *request, cs_http_error *error) {
  if (!check_method(request, error))
    return false;
  for (size_t i = 0; i < request->header_count; i++)
    if (!check_header(request->headers[i], i, error))
      return false;
  if (request->user_agent != NULL && !is_plain(request->user_agent)) {
    cs_fail(error, CS_HTTP_MISUSE, "user_agent contains a control character");
    return false;
  }
  if (request->proxy != NULL && !cs_url_check_proxy(request->proxy, error))
    return false;
  return request->ca_file == NULL || check_ca_file(request->ca_file, error);
}

static bool append(struct curl_slist **list, const char *line) {
  struct curl_slist *longer = curl_slist_append(*list, line);
  if (longer == NULL)
    return false;
  *list = longer;
  return true;
}

/* To libcurl "Name:" means "do not send it", and "Name;" a header without value. */
static bool append_empty(struct curl_slist **list, const char *line, size_t length) {
  char *copy = malloc(length + 2);
  if (copy == NULL)
    return false;
  memcpy(copy, line, length);
  memcpy(copy + length, ";", 2);
  bool good = append(list, copy);
  free(copy);
  return good;
}

static bool append_header(struct curl_slist **list, const char *line) {
  size_t length = name_length(line);
  if (line[length + 1 + strspn(line + length + 1, " \t")] == '\0')
    return append_empty(list, line, length);
  return append(list, line);
}

struct curl_slist *cs_request_headers(const cs_request *request) {
  static const char *const accept[] = {"Accept-Encoding", NULL};
  struct curl_slist *list = NULL;
  bool gzip = true;
  bool good = append(&list, "Expect:"); /* do not wait for leave to send a small body */
  for (size_t i = 0; good && i < request->header_count; i++) {
    const char *line = request->headers[i];
    if (is_one_of(line, name_length(line), accept))
      gzip = false;
    good = append_header(&list, line);
  }
  if (good && gzip)
    good = append(&list, "Accept-Encoding: gzip");
  if (!good) {
    cs_request_headers_free(list);
    return NULL;
  }
  return list;
}

void cs_request_headers_free(struct curl_slist *headers) {
  for (struct curl_slist *line = headers; line != NULL; line = line->next)
    cs_erase(line->data, strlen(line->data));
  curl_slist_free_all(headers);
}
