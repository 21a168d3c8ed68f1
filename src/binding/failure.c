#include "failure.h"

#include <stdio.h>

#include "compat.h"

static const char *json_kind(cs_json_error_kind kind) {
  switch (kind) {
  case CS_JSON_INCOMPLETE:
    return "incomplete";
  case CS_JSON_LIMIT:
    return "limit";
  default:
    return "malformed";
  }
}

static const char *http_kind(cs_http_error_kind kind) {
  switch (kind) {
  case CS_HTTP_MISUSE:
    return "misuse";
  case CS_HTTP_TIMEOUT:
    return "timeout";
  case CS_HTTP_TLS:
    return "tls";
  case CS_HTTP_INCOMPLETE:
    return "incomplete";
  case CS_HTTP_MALFORMED:
    return "malformed";
  case CS_HTTP_LIMIT:
    return "limit";
  case CS_HTTP_CANCELLED:
    return "cancelled";
  default:
    return "network";
  }
}

void cs_failure_push(lua_State *L, const char *kind, const char *message) {
  lua_createtable(L, 0, 6);
  lua_pushstring(L, kind);
  lua_setfield(L, -2, "kind");
  lua_pushstring(L, message);
  lua_setfield(L, -2, "message");
}

static void set_count(lua_State *L, const char *name, uint64_t count) {
  cs_compat_push_integer(L, (int64_t)count);
  lua_setfield(L, -2, name);
}

/* How the offending byte is shown: as itself only where that cannot disturb a terminal. */
static void describe_byte(int byte, char *text, size_t size) {
  if (byte == CS_JSON_FOUND_NOTHING)
    text[0] = '\0';
  else if (byte > 0x20 && byte < 0x7F)
    snprintf(text, size, ", found '%c'", byte);
  else
    snprintf(text, size, ", found byte 0x%02X", (unsigned)byte);
}

void cs_failure_push_json(lua_State *L, const cs_json_error *error) {
  if (error->kind == CS_JSON_MEMORY) {
    luaL_error(L, "not enough memory");
    return;
  }
  char found[32];
  char message[256];
  describe_byte(error->found, found, sizeof found);
  snprintf(message, sizeof message, "row %llu, line %llu, column %llu, byte %llu: %s%s",
           (unsigned long long)error->record, (unsigned long long)error->line,
           (unsigned long long)error->column, (unsigned long long)error->byte, error->message,
           found);
  cs_failure_push(L, json_kind(error->kind), message);
  set_count(L, "row", error->record);
  set_count(L, "line", error->line);
  set_count(L, "column", error->column);
  set_count(L, "byte", error->byte);
}

void cs_failure_push_http(lua_State *L, const cs_http_error *error) {
  if (error->kind == CS_HTTP_MEMORY) {
    luaL_error(L, "not enough memory");
    return;
  }
  cs_failure_push(L, http_kind(error->kind), error->message);
}
