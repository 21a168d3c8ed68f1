#include "response_head.h"

#include <string.h>
#include <strings.h>

const char *cs_response_header(CURL *easy, const char *name, size_t index) {
  struct curl_header *header = NULL;
  if (curl_easy_header(easy, name, index, CURLH_HEADER, -1, &header) != CURLHE_OK)
    return NULL;
  /* Where there is nothing libcurl 7.88 leaves the end of the line. */
  return header->value + strspn(header->value, "\r\n");
}

/* libcurl believes the line that an answer begins with. Only one that did come by HTTP/2 has the
   header that takes its place there. */
static bool is_http2(CURL *easy) {
  struct curl_header *header = NULL;
  return curl_easy_header(easy, ":status", 0, CURLH_PSEUDO, -1, &header) == CURLHE_OK;
}

static bool same(const char *word, size_t length, const char *name) {
  return strlen(name) == length && strncasecmp(word, name, length) == 0;
}

static void remember_odd(cs_response_head *head, const char *word, size_t length) {
  size_t used = strlen(head->odd_coding);
  size_t room = sizeof head->odd_coding - 1 - used;
  if (used > 0 && room > 2) {
    memcpy(head->odd_coding + used, ", ", 2);
    used += 2;
    room -= 2;
  }
  if (length > room)
    length = room;
  memcpy(head->odd_coding + used, word, length);
  head->odd_coding[used + length] = '\0';
}

static void add_coding(cs_response_head *head, const char *word, size_t length) {
  if (length == 0 || same(word, length, "identity"))
    return;
  bool gzip = same(word, length, "gzip") || same(word, length, "x-gzip");
  head->coding = gzip && head->coding == CS_CODING_NONE ? CS_CODING_GZIP : CS_CODING_ODD;
  remember_odd(head, word, length);
}

/* Codings may be one list or several headers; both mean the same. */
static void read_codings(cs_response_head *head, const char *list) {
  while (*list != '\0') {
    list += strspn(list, " \t,");
    size_t length = strcspn(list, ",");
    const char *next = list + length;
    while (length > 0 && (list[length - 1] == ' ' || list[length - 1] == '\t'))
      length--;
    add_coding(head, list, length);
    list = next;
  }
}

static bool has_no_body(int status) {
  return status == 204 || status == 304;
}

/* "chunked" alone bounds a body. With "identity" libcurl reads until the connection closes;
   for anything else it would put a decoder of its own in between. */
static cs_body_framing read_transfer_encoding(cs_response_head *head, CURL *easy,
                                              const char *value) {
  bool single = cs_response_header(easy, "Transfer-Encoding", 1) == NULL;
  if (single && strcasecmp(value, "chunked") == 0)
    return CS_BODY_CHUNKED;
  if (!single || strcasecmp(value, "identity") != 0)
    head->fault = "a Transfer-Encoding other than chunked, which was not asked for";
  return CS_BODY_CLOSE;
}

/* libcurl reads "5, 6" and "5x" as 5, believes the last of several, and none that is too large.
 */
static cs_body_framing read_length(cs_response_head *head, CURL *easy, const char *value) {
  const char *other = cs_response_header(easy, "Content-Length", 1);
  for (size_t i = 2; other != NULL; i++) {
    if (strcmp(value, other) != 0)
      head->fault = "several values of Content-Length, which differ";
    other = cs_response_header(easy, "Content-Length", i);
  }
  curl_off_t known = -1;
  (void)curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &known);
  if (known < 0 || value[strspn(value, "0123456789")] != '\0')
    head->fault = "a Content-Length that is no length";
  return CS_BODY_LENGTH;
}

static cs_body_framing read_framing(cs_response_head *head, CURL *easy) {
  if (has_no_body(head->status))
    return CS_BODY_EMPTY;
  long version = 0;
  (void)curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
  if (version >= CURL_HTTP_VERSION_2_0) {
    if (!is_http2(easy))
      head->fault = "a status line of HTTP/2, by which it did not come";
    return CS_BODY_STREAM;
  }
  const char *coding = cs_response_header(easy, "Transfer-Encoding", 0);
  if (coding != NULL)
    return read_transfer_encoding(head, easy, coding);
  const char *length = cs_response_header(easy, "Content-Length", 0);
  return length != NULL ? read_length(head, easy, length) : CS_BODY_CLOSE;
}

void cs_response_head_read(cs_response_head *head, CURL *easy) {
  const char *list = cs_response_header(easy, "Content-Encoding", 0);
  for (size_t i = 1; list != NULL; i++) {
    read_codings(head, list);
    list = cs_response_header(easy, "Content-Encoding", i);
  }
  head->framing = read_framing(head, easy);
}

bool cs_response_head_proves(const cs_response_head *head, CURL *easy, uint64_t bytes) {
  if (head->framing != CS_BODY_LENGTH)
    return head->framing != CS_BODY_CLOSE;
  /* The length that libcurl went by, not the text of the header: they must agree. */
  curl_off_t length = -1;
  if (curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length) != CURLE_OK)
    return false;
  return length >= 0 && (uint64_t)length == bytes;
}
