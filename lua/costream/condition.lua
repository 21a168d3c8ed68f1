--- Conditions on rows, as `stream:where` takes them.

local check = require "costream.check"
local core = require "costream.core"

local M = {}

local function same_kind(a, b)
  local kind = type(a)
  return kind == type(b) and (kind == "number" or kind == "string")
end

local operators = {
  ["="] = function(a, b) return a == b end,
  ["~="] = function(a, b) return a ~= nil and a ~= core.null and a ~= b end,
  ["<"] = function(a, b) return same_kind(a, b) and a < b end,
  ["<="] = function(a, b) return same_kind(a, b) and a <= b end,
  [">"] = function(a, b) return same_kind(a, b) and a > b end,
  [">="] = function(a, b) return same_kind(a, b) and a >= b end,
}

local comparable = { string = true, number = true, boolean = true }

local function check_value(what, value)
  if not comparable[type(value)] or value ~= value then
    check.misuse(("%s: expected a string, number or boolean, got %s"):format(
      what, value == nil and "nothing" or check.show(value)))
  end
end

local function all_equal(given)
  local names, fields = {}, {}
  for name, value in pairs(given) do
    fields[name] = value
    check.type("where: name", name, "string")
    check_value("where: " .. name, value)
    names[#names + 1] = name
  end
  if #names == 0 then
    check.misuse("where: expected at least one field in the table")
  end
  return function(row)
    if type(row) ~= "table" then
      return false
    end
    for i = 1, #names do
      if row[names[i]] ~= fields[names[i]] then
        return false
      end
    end
    return true
  end
end

--- Makes a predicate of the arguments of `where`.
---@param field table|string|function
---@param operator string?
---@param value any
---@return fun(row: table): any
function M.new(field, operator, value)
  if type(field) ~= "string" and (operator ~= nil or value ~= nil) then
    check.misuse "where: a function or a table stands alone, without operator and value"
  end
  if type(field) == "function" then
    return field
  end
  if type(field) == "table" then
    return all_equal(field)
  end
  check.type("where", field, "function", "table", "string")
  check.type("where: operator", operator, "string")
  local holds = operators[operator]
  if not holds then
    check.misuse(("where: unknown operator %s; known are =, ~=, <, <=, >, >="):format(
      check.show(operator)))
  end
  check_value("where: value", value)
  if type(value) == "boolean" and operator ~= "=" and operator ~= "~=" then
    check.misuse(("where: value: %s orders strings and numbers alone, got %s"):format(
      operator, tostring(value)))
  end
  return function(row)
    return type(row) == "table" and holds(row[field], value)
  end
end

return M
