/* Going on behind a row that was given before, by this reader's forerunner or long ago, and what
   a reader says when that, or anything else that is for good, has gone wrong. */
#include <stdio.h>
#include <string.h>

#include "compat.h"
#include "failure.h"
#include "reader_private.h"

/* Field `name` of the table on top of the stack. */
static uint64_t read_count(lua_State *L, const char *name) {
  lua_getfield(L, -1, name);
  lua_Number number = lua_isnumber(L, -1) ? lua_tonumber(L, -1) : -1;
  lua_pop(L, 1);
  if (!(number >= 0 && number <= 9007199254740992.0) || number != (lua_Number)(uint64_t)number)
    luaL_error(L, "reader: resume.%s is no count", name);
  return (uint64_t)number;
}

static uint64_t read_digest(lua_State *L) {
  static const char digits[16] = "0123456789abcdef";
  size_t length = 0;
  uint64_t digest = 0;
  lua_getfield(L, -1, "digest");
  const char *text = lua_tolstring(L, -1, &length);
  bool right = text != NULL && length == 16;
  for (size_t i = 0; right && i < length; i++) {
    const char *digit = memchr(digits, text[i], sizeof digits);
    right = digit != NULL;
    digest = digest << 4 | (right ? (uint64_t)(digit - digits) : 0);
  }
  lua_pop(L, 1);
  if (!right)
    luaL_error(L, "reader: resume.digest is not 16 hexadecimal digits");
  return digest;
}

void cs_reader_read_resume(lua_State *L, cs_reader *self) {
  lua_getfield(L, 1, "digest");
  self->digests = lua_toboolean(L, -1);
  self->here.digest = self->passed.digest = CS_DIGEST_NONE;
  lua_getfield(L, 1, "resume");
  if (!lua_isnil(L, -1)) {
    luaL_checktype(L, -1, LUA_TTABLE);
    self->digests = true;
    self->here.records = read_count(L, "records");
    self->here.digest = read_digest(L);
    self->here.inner = read_count(L, "inner");
    self->resuming = self->here.records > 0;
    bool by_usage = self->plan != NULL && self->plan->plan.by_usage;
    if (self->here.inner > 0 && !(self->resuming && by_usage))
      luaL_error(L, "reader: resume.inner is of no record's rows");
    if (!self->resuming && self->here.digest != CS_DIGEST_NONE)
      luaL_error(L, "reader: resume.digest is of no records");
  }
  lua_pop(L, 2);
}

cs_reader_failed cs_reader_read_again(cs_reader *self, cs_span record) {
  self->passed.digest = cs_digest_add(self->kernel, self->passed.digest, record);
  self->passed.records++;
  self->resuming = self->passed.records < self->here.records;
  if (self->resuming || self->passed.digest == self->here.digest)
    return CS_READER_FINE;
  return CS_READER_OTHER_RECORDS;
}

/* Writes what has changed. */
static void describe_change(const cs_reader *self, char *text, size_t size) {
  typedef unsigned long long count;
  const char *name = self->plan != NULL && self->plan->plan.by_usage ? "report" : "row";
  const count before = self->here.records, now = self->passed.records;
  if (self->failed == CS_READER_FEWER_ROWS)
    snprintf(text, size, "report %llu has only %llu of the %llu rows that were read before",
             before, (count)self->next.inner, (count)self->here.inner);
  else if (self->failed == CS_READER_FEWER_RECORDS)
    snprintf(text, size, "the answer has only %llu %s%s, of %llu that were read before", now,
             name, now == 1 ? "" : "s", before);
  else if (before == 1)
    snprintf(text, size, "the first %s is not the one that was read before", name);
  else
    snprintf(text, size, "the first %llu %ss are not those that were read before", before, name);
}

static void push_failure(lua_State *L, const cs_reader *self) {
  char message[128];
  switch (self->failed) {
  case CS_READER_MORE_ROWS:
    snprintf(message, sizeof message, "more than %llu rows (limits.rows)",
             (unsigned long long)self->row_limit);
    cs_failure_push(L, "limit", message);
    break;
  case CS_READER_LEFT:
    cs_failure_push(L, "cancelled",
                    "an error was thrown while a row was made, which the rest would be short of");
    break;
  default:
    describe_change(self, message, sizeof message);
    cs_failure_push(L, "changed", message);
  }
}

int cs_reader_fail(lua_State *L, cs_reader *self, cs_reader_failed failed) {
  self->failed = failed;
  lua_pushnil(L);
  push_failure(L, self);
  return 2;
}
