--- What a user is told of an answer that failed.

local conceal = require "costream.conceal"
local errors = require "costream.error"
local excerpt = require "costream.excerpt"
local proxies = require "costream.proxy"
local refusal = require "costream.refusal"
local secret = require "costream.secret"
local shape = require "costream.shape"

local M = {}

--- What no message may show.
local function secrets_of(self)
  local proxy = secret.of(self.client, "proxy")
  local secrets = proxy and proxies.secrets(proxy) or {}
  for _, one in ipairs(self:secrets()) do
    secrets[#secrets + 1] = one
  end
  return secrets
end

--- Those that are no short words, which would only garble words that are none.
local function long_secrets_of(self)
  local long = {}
  for _, one in ipairs(secrets_of(self)) do
    long[#long + 1] = #one >= 8 and one or nil
  end
  return long
end

--- Notes whose answer a failure is about.
local function sign(self, failure)
  local status = self.reader:status()
  failure.message = conceal(failure.message, long_secrets_of(self)) -- a server may have named it
  failure.status = status > 0 and status or nil
  failure.request_id = failure.request_id or refusal.request_id(self.reader, secrets_of(self))
  failure.attempts = 1 + self.retries
  return failure
end

--- The error of what went wrong while the answer was read. Malformed text that is a web page gets
--- a word on where it may come from.
---@param self table the answer, which has its reader
---@param failure table of the C core
---@return costream.Error
function M.explained(self, failure)
  local content_type = self.reader:header "Content-Type" or ""
  if failure.kind == "malformed" and content_type:lower():find("html", 1, true) then
    failure.message = ("the answer is a web page (%s), not JSON: %s"):format(
      excerpt(content_type, secrets_of(self)), failure.message)
    failure.recovery = "A gateway or proxy may have answered instead of the service: "
      .. "check base_url and proxy."
  end
  if failure.unproven then
    failure.recovery = "Do not use the rows delivered so far as a total; run the query again. If "
      .. "the service ends all its answers like this, trust_close = true accepts them."
  end
  if failure.kind == "timeout" and failure.message:find("timeout.total", 1, true) then
    -- The request had what was left of it.
    failure.message = ("not finished after %g s (timeout.total)"):format(self.client.total)
  elseif failure.kind == "limit" and failure.message:find("limits.rows", 1, true) then
    failure.message = ("more than %.0f rows (limits.rows)"):format(self.client.limits.rows)
  end
  return sign(self, errors.new(failure))
end

--- The error that another status than 200 is.
---@param self table the answer, which has its reader
---@param why string? what is to be added
---@return costream.Error
function M.refused(self, why)
  local what = self.method .. " " .. self.path:gsub("%?.*", "")
  return sign(self, refusal.new(self.reader, what, self.client.recoveries, secrets_of(self), why,
    self.key))
end

--- The error that a record is which is no row.
---@param self table the answer, which has its reader
---@param record any
---@return costream.Error
function M.unknown(self, record)
  return sign(self, shape.failure(self.shape, record, secrets_of(self)))
end

return M
