#include "walk.h"

#include <stdbool.h>
#include <string.h>

cs_walk cs_walk_begin(cs_span value) {
  cs_walk walk = {value.bytes, value.bytes + value.length};
  return walk;
}

static const char *skip_space(const char *at, const char *end) {
  while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
    at++;
  return at;
}

/* The quote that ends the string whose first byte is `at`. */
static const char *closing_quote(const char *at, const char *end) {
  for (;;) {
    const char *quote = memchr(at, '"', (size_t)(end - at));
    const char *backslash = quote;
    while (backslash > at && backslash[-1] == '\\')
      backslash--;
    if ((quote - backslash) % 2 == 0)
      return quote;
    at = quote + 1;
  }
}

static cs_token token(cs_walk *walk, cs_token_kind kind, size_t length) {
  cs_token result = {kind, {walk->at, length}};
  walk->at += length;
  return result;
}

static cs_token string_token(cs_walk *walk) {
  const char *first = walk->at + 1;
  const char *quote = closing_quote(first, walk->end);
  const char *behind = skip_space(quote + 1, walk->end);
  bool name = behind < walk->end && *behind == ':';
  cs_token result = {name ? CS_TOKEN_NAME : CS_TOKEN_STRING, {first, (size_t)(quote - first)}};
  walk->at = name ? behind + 1 : behind;
  return result;
}

static bool in_number(char byte) {
  return (byte >= '0' && byte <= '9') || byte == '.' || byte == '-' || byte == '+' ||
         byte == 'e' || byte == 'E';
}

static cs_token number_token(cs_walk *walk) {
  const char *at = walk->at;
  while (at < walk->end && in_number(*at))
    at++;
  return token(walk, CS_TOKEN_NUMBER, (size_t)(at - walk->at));
}

cs_token cs_walk_next(cs_walk *walk) {
  walk->at = skip_space(walk->at, walk->end);
  if (walk->at < walk->end && *walk->at == ',')
    walk->at = skip_space(walk->at + 1, walk->end);
  if (walk->at == walk->end)
    return token(walk, CS_TOKEN_END, 0);
  switch (*walk->at) {
  case '{':
    return token(walk, CS_TOKEN_OBJECT, 1);
  case '}':
    return token(walk, CS_TOKEN_OBJECT_END, 1);
  case '[':
    return token(walk, CS_TOKEN_ARRAY, 1);
  case ']':
    return token(walk, CS_TOKEN_ARRAY_END, 1);
  case '"':
    return string_token(walk);
  case 't':
    return token(walk, CS_TOKEN_TRUE, 4);
  case 'f':
    return token(walk, CS_TOKEN_FALSE, 5);
  case 'n':
    return token(walk, CS_TOKEN_NULL, 4);
  default:
    return number_token(walk);
  }
}
