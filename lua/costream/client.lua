--- What the clients of all services share: common options, the origin, requests.

local check = require "costream.check"
local core = require "costream.core"
local limits_option = require "costream.limits"
local proxies = require "costream.proxy"
local reader_options = require "costream.reader_options"
local retry = require "costream.retry"
local secret = require "costream.secret"
local version = require "costream.version"

local M = {}

---@class costream.Timeout
---@field connect number? seconds until a connection must be there (default 10)
---@field stall number? seconds without any byte, while the reader wants some (default 120)
---@field total number? seconds for a whole stream, pauses of the reader included (default: none)

---@class costream.ClientOptions
---@field base_url string? where the service is (default: the provider's own host)
---@field timeout costream.Timeout?
---@field retry costream.Retry|false|nil how often what broke is tried again; false: never
---@field limits costream.ClientLimits?
---@field proxy string? URL of a proxy; those in the environment are not used
---@field ca_file string? certificates to trust instead of the system's
---@field user_agent string?
---@field allow_http boolean? plain http to other than loopback addresses
---@field http2 boolean? HTTP/2 where the server has it; memory is bounded by HTTP/1.1 alone
---@field trust_close boolean? NDJSON may end with its connection, without proof that it is whole
---@field nulls boolean? null is `costream.null` instead of nil
---@field numbers "text"? every number as the string that was written

local common = {
  base_url = true, timeout = true, retry = true, limits = true, proxy = true, ca_file = true,
  user_agent = true, allow_http = true, http2 = true, trust_close = true, nulls = true,
  numbers = true,
}

local timeouts = { connect = 10, stall = 120, total = false }

-- What was given is not shown: a proxy's URL may hold a password.
local function check_text(what, value)
  if value ~= nil and (type(value) ~= "string" or value == "" or value:find "%c") then
    check.misuse(what .. ": expected non-empty text without control characters")
  end
  return value
end

local function check_names(name, options, own)
  if type(options) ~= "table" then
    -- Not shown: it may well be the token.
    check.misuse(("%s: options: expected a table as { base_url = ... }, got %s"):format(
      name, options == nil and "nothing" or "a " .. type(options)))
  end
  local known = {}
  for _, names in ipairs { common, own } do
    for option in pairs(names) do
      known[option] = true
    end
  end
  check.names(name, options, known)
end

local function check_timeout(what, given)
  check.type(what, given, "table", "nil")
  given = given or {}
  check.names(what, given, timeouts)
  local timeout = {}
  for name, default in pairs(timeouts) do
    timeout[name] = check.positive(what .. "." .. name, given[name]) or default or nil
  end
  return timeout
end

--- Checks a URL that requests are made under; without the slash at its end.
---@param what string
---@param url string
---@param allow_http boolean?
---@return string
function M.check_url(what, url, allow_http)
  check.type(what, url, "string")
  local problem = url:find "[%c%s]" and "a URL has no white space or control characters"
    or not url:lower():find "^https?://" and "the URL must begin with https:// or http://"
    or url:find "[?#]" and "a base URL has no query or fragment"
    or core.url_problem(url, allow_http)
  if problem then
    check.misuse(("%s: %s"):format(what, problem))
  end
  return (url:gsub("/+$", ""))
end

---@class costream.Service what differs between services
---@field base_url string? the provider's own
---@field recoveries table<integer|string, string> what to do about a status; by "5xx" for many

---@class costream.Client
---@field name string
---@field base_url string
---@field recoveries table<integer|string, string>
---@field values table reader options: its limits, nulls, numbers, trust_close
---@field total number? seconds for a whole stream
---@field retry costream.Retry
---@field budget costream.RetryBudget
---@field limits costream.ClientLimits
---@field open table<table, true> answers that are under way
---@field pid integer of the process that made it
---@field totals table<string, integer>? to which it is added what its answers cost, at their end
---@field request table what is the same in each request

local function check_proxy(client, proxy)
  proxies.check(client.name .. ": proxy", proxy, client.base_url, client.request.allow_http)
end

--- Checks the common options and those names alone, and the names that `own` adds.
---@param name string of the constructor
---@param options table
---@param own table<string, true>
---@param service costream.Service
---@return costream.Client
function M.new(name, options, own, service)
  check_names(name, options, own)
  local function called(option)
    return name .. ": " .. option
  end
  for _, option in ipairs { "allow_http", "http2", "trust_close" } do
    check.type(called(option), options[option], "boolean", "nil")
  end
  local timeout = check_timeout(called "timeout", options.timeout)
  local values = reader_options(called "", options)
  local limits = limits_option.of_client(called "limits", options.limits)
  for _, limit in ipairs { "record_bytes", "depth", "body_bytes" } do
    values[limit] = limits[limit]
  end
  values.trust_close = options.trust_close
  local self = {
    name = name,
    base_url = M.check_url(called "base_url", options.base_url or service.base_url,
      options.allow_http),
    recoveries = service.recoveries,
    values = values,
    total = timeout.total,
    retry = retry.check(called "retry", options.retry),
    budget = retry.budget(),
    limits = limits,
    open = setmetatable({}, { __mode = "k" }),
    pid = core.pid(),
    request = {
      connect = timeout.connect,
      stall = timeout.stall,
      ca_file = check_text(called "ca_file", options.ca_file),
      user_agent = check_text(called "user_agent", options.user_agent) or "costream/" .. version,
      http2 = options.http2,
      allow_http = options.allow_http,
      header_bytes = limits.header_bytes,
      ratio = limits.ratio,
    },
  }
  if check_text(called "proxy", options.proxy) then
    check_proxy(self, options.proxy)
  end
  secret.keep(self, "proxy", options.proxy) -- it may hold a password
  return self
end

--- The same client for another service, with a budget of its own; open streams are counted
--- together.
---@param client costream.Client
---@param service costream.Service
---@return costream.Client
function M.with(client, service)
  local other = {}
  for name, value in pairs(client) do
    other[name] = service[name] or value
  end
  other.budget = retry.budget()
  local proxy = secret.of(client, "proxy")
  if proxy then
    check_proxy(other, proxy)
  end
  secret.keep(other, "proxy", proxy)
  return other
end

--- The same client, which adds what its answers cost to `totals`.
---@param client costream.Client
---@param totals { bytes: integer, requests: integer, retries: integer }
---@return costream.Client
function M.counted(client, totals)
  local other = M.with(client, {})
  other.budget, other.totals = client.budget, totals
  return other
end

return M
