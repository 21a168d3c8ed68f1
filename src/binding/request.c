#include "request.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "compat.h"
#include "http/failure.h"
#include "http/redirect.h"
#include "http/url.h"

/* The string is the table's own, so it outlives the stack slot. */
static const char *string_field(lua_State *L, int index, const char *name, size_t *length) {
  lua_getfield(L, index, name);
  const char *text = NULL;
  if (!lua_isnil(L, -1)) {
    if (lua_type(L, -1) != LUA_TSTRING)
      luaL_error(L, "request.%s: expected a string", name);
    text = lua_tolstring(L, -1, length);
  }
  lua_pop(L, 1);
  return text;
}

static bool boolean_field(lua_State *L, int index, const char *name) {
  lua_getfield(L, index, name);
  bool value = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return value;
}

/* Seconds as milliseconds, at least one: 0 means no limit. */
static long milliseconds_field(lua_State *L, int index, const char *name) {
  lua_getfield(L, index, name);
  long milliseconds = 0;
  if (!lua_isnil(L, -1)) {
    double wanted = ceil(lua_tonumber(L, -1) * 1000);
    milliseconds = wanted < 1 ? 1 : wanted > INT_MAX ? INT_MAX : (long)wanted;
  }
  lua_pop(L, 1);
  return milliseconds;
}

/* A whole number; 0 where there is none. One that is too large to be counted is as good as none.
 */
static uint64_t count_field(lua_State *L, int index, const char *name) {
  lua_getfield(L, index, name);
  lua_Number number = lua_tonumber(L, -1);
  lua_pop(L, 1);
  if (!(number >= 1))
    return 0;
  return number < 9e15 ? (uint64_t)number : UINT64_MAX;
}

static void read_headers(lua_State *L, int index, cs_request *request) {
  lua_getfield(L, index, "headers");
  size_t count = lua_istable(L, -1) ? lua_rawlen(L, -1) : 0;
  const char **lines = lua_newuserdata(L, (count + 1) * sizeof *lines);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, -2, (int)i + 1);
    size_t length = 0;
    lines[i] = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : NULL;
    if (lines[i] == NULL || strlen(lines[i]) != length)
      luaL_error(L, "request.headers: expected lines of text");
    lua_pop(L, 1);
  }
  lua_remove(L, -2);
  request->headers = lines;
  request->header_count = count;
}

void cs_request_read(lua_State *L, int index, cs_request *request) {
  luaL_checktype(L, index, LUA_TTABLE);
  memset(request, 0, sizeof *request);
  request->method = string_field(L, index, "method", NULL);
  request->url = string_field(L, index, "url", NULL);
  request->body = string_field(L, index, "body", &request->body_length);
  request->user_agent = string_field(L, index, "user_agent", NULL);
  request->proxy = string_field(L, index, "proxy", NULL);
  request->ca_file = string_field(L, index, "ca_file", NULL);
  request->connect_ms = milliseconds_field(L, index, "connect");
  request->stall_ms = milliseconds_field(L, index, "stall");
  request->total_ms = milliseconds_field(L, index, "total");
  uint64_t header_bytes = count_field(L, index, "header_bytes");
  request->header_bytes = header_bytes < SIZE_MAX ? (size_t)header_bytes : SIZE_MAX;
  request->ratio = count_field(L, index, "ratio");
  request->http2 = boolean_field(L, index, "http2");
  request->allow_http = boolean_field(L, index, "allow_http");
  request->write = boolean_field(L, index, "write");
  if (request->method == NULL || request->url == NULL)
    luaL_error(L, "request: method and url are needed");
  read_headers(L, index, request);
}

/* url_problem(url, allow_http) -> why no request may go there, or nil. */
static int url_problem(lua_State *L) {
  cs_http_error error = {0};
  CURLU *url = cs_url_parse(luaL_checkstring(L, 1), lua_toboolean(L, 2), &error);
  curl_url_cleanup(url);
  if (url != NULL)
    return 0;
  lua_pushstring(L, error.message);
  return 1;
}

/* proxy_problem(url) -> why it cannot be a proxy, or nil. */
static int proxy_problem(lua_State *L) {
  cs_http_error error = {0};
  if (cs_url_check_proxy(luaL_checkstring(L, 1), &error))
    return 0;
  lua_pushstring(L, error.message);
  return 1;
}

/* redirect(url, location, allow_http) -> where an answer's Location leads to from the request's
   url, when that is the same origin; else nil and why it is not followed. */
static int redirect(lua_State *L) {
  const char *url = luaL_checkstring(L, 1);
  size_t length = 0;
  const char *location = luaL_checklstring(L, 2, &length);
  cs_http_error error = {0};
  char *target = NULL;
  if (strlen(location) == length)
    target = cs_redirect(url, location, lua_toboolean(L, 3), &error);
  else
    cs_fail(&error, CS_HTTP_MISUSE, "it has characters that no URL has");
  lua_pushstring(L, target);
  curl_free(target);
  if (target != NULL)
    return 1;
  lua_pushstring(L, error.message);
  return 2;
}

void cs_request_open(lua_State *L) {
  lua_pushcfunction(L, url_problem);
  lua_setfield(L, -2, "url_problem");
  lua_pushcfunction(L, proxy_problem);
  lua_setfield(L, -2, "proxy_problem");
  lua_pushcfunction(L, redirect);
  lua_setfield(L, -2, "redirect");
}
