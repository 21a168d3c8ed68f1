--- Queries: parameters checked before anything is sent, and written as a URL.

local calendar = require "costream.calendar"
local check = require "costream.check"

local M = {}

local function percent(byte)
  return ("%%%02X"):format(byte:byte())
end

--- Percent-encodes all but RFC 3986's unreserved characters.
---@param text string
---@return string
function M.encode(text)
  return (text:gsub("[^%w%-%._~]", percent))
end

--- Undoes percent-encoding, `+` as a space.
---@param text string
---@return string
function M.decode(text)
  return (text:gsub("+", " "):gsub("%%(%x%x)", function(digits)
    return string.char(tonumber(digits, 16))
  end))
end

--- The parameters of a URL's query, as `name=value&...`, decoded; nil where it has none.
---@param url string
---@param name string
---@return string?
function M.parameter(url, name)
  local query = url:gsub("#.*", ""):match "%?(.*)"
  for key, value in (query or ""):gmatch "([^&=]+)=([^&]*)" do
    if M.decode(key) == name then
      return M.decode(value)
    end
  end
end

--- Kinds of parameters: each checks a value and gives its text.
M.kinds = {}

function M.kinds.integer(low, high)
  return function(what, value)
    return ("%.0f"):format(check.integer(what, value, low, high))
  end
end

--- Text of at least one character, or as many as asked for.
---@param asked { least: integer, most: integer }?
function M.kinds.text(asked)
  return function(what, value)
    check.type(what, value, "string")
    if value == "" and not asked or value:find "%c" then
      check.misuse(("%s: expected non-empty text without control characters, got %s"):format(
        what, check.show(value)))
    end
    local _, characters = value:gsub("[^\128-\191]", "")
    if asked and (characters < asked.least or characters > asked.most) then
      check.misuse(("%s: expected %d to %d characters, got %d"):format(
        what, asked.least, asked.most, characters))
    end
    return value
  end
end

--- Text, or a whole number, which is sent as its digits.
function M.kinds.identifier()
  local text, integer = M.kinds.text(), M.kinds.integer(0, 2 ^ 53)
  return function(what, value)
    return (type(value) == "number" and integer or text)(what, value)
  end
end

function M.kinds.boolean()
  return function(what, value)
    return tostring(check.type(what, value, "boolean"))
  end
end

function M.kinds.one_of(...)
  local allowed = { ... }
  return function(what, value)
    for _, text in ipairs(allowed) do
      if value == text then
        return value
      end
    end
    return check.misuse(("%s: expected one of %s, got %s"):format(
      what, table.concat(allowed, ", "), check.show(value)))
  end
end

function M.kinds.date()
  return function(what, value)
    check.type(what, value, "string")
    if not calendar.read_day(value) then
      check.misuse(("%s: expected a date as 2024-08-02, got %s"):format(what, check.show(value)))
    end
    return value
  end
end

--- A month, whose first nine may be one digit unless all are to have two.
---@param asked { digits: 2 }?
function M.kinds.month(asked)
  local pattern = asked and "^%d%d%d%d%-%d%d$" or ""
  return function(what, value)
    check.type(what, value, "string")
    if not value:find(pattern) or not calendar.read_month(value) then
      check.misuse(("%s: expected a month as 2024-08, got %s"):format(what, check.show(value)))
    end
    return value
  end
end

--- Splits a query into what is asked for and where to go on with it.
---@param query any
---@return any asked
---@return any resume
function M.split_resume(query)
  if type(query) ~= "table" or query.resume == nil then
    return query
  end
  local asked = {}
  for name, value in pairs(query) do
    asked[name] = value
  end
  asked.resume = nil
  return asked, query.resume
end

--- The parameters of a query, and names that were taken out of it before, which users may say,
--- too.
local function with_others(parameters, others)
  local known = {}
  for name in pairs(parameters) do
    known[name] = true
  end
  for _, name in ipairs(others or {}) do
    known[name] = true
  end
  return known
end

--- Checks a query against its parameters.
---@param what string the method, for messages
---@param query table?
---@param parameters table<string, fun(what: string, value: any): string>
---@param required string[]? names of those that must be there
---@param others string[]? names that the method knows, too, and that were taken out of it
---@return table<string, string> texts by name
function M.check(what, query, parameters, required, others)
  check.type(what .. ": query", query, "table", "nil")
  query = query or {}
  check.names(what, query, with_others(parameters, others))
  local texts = {}
  for _, name in ipairs(required or {}) do
    texts[name] = parameters[name](what .. ": " .. name, query[name])
  end
  for name, value in pairs(query) do
    texts[name] = parameters[name](what .. ": " .. name, value)
  end
  return texts
end

--- Throws unless an id can stand in a path: there are services that take a slash for one, or dots
--- for a way up, however they are encoded.
local function check_id(what, id)
  if id == "." or id == ".." or id:find "[/\\]" then
    check.misuse(("%s: expected an id, which is no path, got %s"):format(what, check.show(id)))
  end
  return id
end

--- Writes a path with its ids, percent-encoded.
---@param what string the method, for messages
---@param path string "/v1/accounts/{account_id}"
---@param kind function what an id may be, one of `kinds`
---@param ids any[]
---@return string
---@return integer count of ids that it has
function M.path(what, path, kind, ids)
  local count = 0
  local written = path:gsub("{([%w_]+)}", function(name)
    count = count + 1
    local called = what .. ": " .. name
    return M.encode(check_id(called, kind(called, ids[count])))
  end)
  return written, count
end

--- Writes texts by name as a form, in the order of the names.
---@param texts table<string, string>
---@return string
function M.form(texts)
  local pairs_of = {}
  for name, text in pairs(texts) do
    pairs_of[#pairs_of + 1] = M.encode(name) .. "=" .. M.encode(text)
  end
  table.sort(pairs_of)
  return table.concat(pairs_of, "&")
end

--- Writes texts by name as a URL's query: the same query is always the same URL, so that a
--- service's cache knows it again.
---@param texts table<string, string>
---@return string query empty, or with its question mark
function M.write(texts)
  return next(texts) and "?" .. M.form(texts) or ""
end

return M
