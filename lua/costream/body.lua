--- Bodies of requests: fields checked before anything is sent, and written as JSON.

local check = require "costream.check"
local json = require "costream.format.json"

local M = {}

--- A kind of field, beside those of query.kinds: an object with these fields.
---@param fields table<string, function>
function M.object(fields)
  return function(what, value)
    check.type(what, value, "table")
    check.names(what, value, fields)
    for name, one in pairs(value) do
      fields[name](what .. "." .. name, one)
    end
  end
end

local function sorted_names(fields)
  local names = {}
  for name in pairs(fields) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

---@class costream.Body
---@field fields table<string, function> each of query.kinds, or an object
---@field required string[]? those that must be there
---@field any boolean? at least one must be there
---@field as table<string, string>? how the service calls a field that has another name here

--- Checks what is to be sent against what a body may be, and writes it.
---@param what string the method, for messages
---@param given table?
---@param body costream.Body
---@return string json
function M.write(what, given, body)
  given = check.type(what .. ": body", given == nil and {} or given, "table")
  check.names(what, given, body.fields)
  for _, name in ipairs(body.required or {}) do
    body.fields[name](what .. ": " .. name, given[name])
  end
  if body.any and next(given) == nil then
    check.misuse(("%s: expected at least one of %s"):format(
      what, table.concat(sorted_names(body.fields), ", ")))
  end
  local sent = {}
  for name, value in pairs(given) do
    body.fields[name](what .. ": " .. name, value)
    sent[body.as and body.as[name] or name] = type(value) == "number" and math.floor(value)
      or value
  end
  return json.encode(what, sent)
end

return M
