--- Answers that are not 200: their body read for what the service says about it.

local compat = require "costream.compat"
local decode = require "costream.decode"
local errors = require "costream.error"
local excerpt = require "costream.excerpt"

local M = {}

local request_ids = {
  "X-Request-Id", "X-Correlation-Id", "X-Global-Transaction-Id", "Transaction-Id",
}

local function first_text(...)
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    if type(value) == "string" and value ~= "" then
      return value
    end
  end
end

--- FastAPI's `detail`: text, or a list of what is wrong where.
local function detail_text(detail)
  if type(detail) ~= "table" then
    return detail
  end
  local first = type(detail[1]) == "table" and detail[1] or {}
  local where = {}
  for _, part in ipairs(type(first.loc) == "table" and first.loc or {}) do
    where[#where + 1] = tostring(part)
  end
  local place = #where > 0 and table.concat(where, ".") .. ": " or ""
  return first.msg and place .. tostring(first.msg)
end

--- What a JSON body says, in the first of the known shapes; and its trace.
local function said(body)
  if type(body) ~= "table" then
    return nil
  end
  local first = type(body.errors) == "table" and body.errors[1]
  local message = type(first) == "table" and first.message
  local text = first_text(message, body.error, body.message, body.errorMessage,
    detail_text(body.detail))
  local context = type(body.context) == "table" and body.context or {}
  return text, first_text(body.trace, context.requestId), first_text(body.errorCode,
    type(first) == "table" and first.code)
end

local function kind_of(status)
  return (status == 401 or status == 403) and "auth" or "http"
end

local function is_html(reader, text)
  local content_type = reader:header "Content-Type" or ""
  return content_type:lower():find("html", 1, true) or text:find "^%s*<"
end

--- What the service calls the request.
---@param reader userdata
---@param secret string|string[]|nil what must not be shown
---@return string?
function M.request_id(reader, secret)
  for _, name in ipairs(request_ids) do
    local value = reader:header(name)
    if value and value ~= "" then
      return excerpt(value, secret)
    end
  end
end

--- What must not be shown of a body that may hold a new key in its member `key`.
local function with_key(body, key, secret)
  local secrets = type(secret) == "table" and { compat.unpack(secret) } or { secret }
  secrets[#secrets + 1] = type(body) == "table" and first_text(body[key]) or nil
  return secrets
end

--- The error that an answer with another status than 200 is.
---@param reader userdata whose answer was refused
---@param what string the request, for the message: "GET /v2/health"
---@param recoveries table<integer|string, string> by status, or "5xx"
---@param secret string|string[]|nil what must not be shown
---@param why string? what is to be said beside the service's own words
---@param key string? the member of the body that may hold a key
---@return costream.Error
function M.new(reader, what, recoveries, secret, why, key)
  local status, text = reader:status(), reader:text()
  local body = decode(text)
  local message, trace, code = said(body)
  if key then
    secret = with_key(body, key, secret)
    message = message or status < 300 and "" or nil -- what was made is not shown as it is
  end
  if not message and is_html(reader, text) then
    message = "the answer is a web page, as of a gateway or proxy: " .. text
  end
  message = excerpt(message or text, secret)
  if code then
    message = excerpt(code, secret) .. ": " .. message
  end
  if why then
    message = message ~= "" and why .. ": " .. message or why
  end
  local class = ("%dxx"):format(math.floor(status / 100))
  return errors.new {
    kind = kind_of(status),
    message = what .. " was refused" .. (message ~= "" and ": " .. message:gsub("%.$", "") or ""),
    recovery = recoveries[status] or status ~= 304 and recoveries[class] or nil,
    request_id = M.request_id(reader, secret) or trace and excerpt(trace, secret),
  }
end

return M
