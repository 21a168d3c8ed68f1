--- Conditions on rows, as `stream:where` takes them.

local check = require "costream.check"
local core = require "costream.core"

local M = {}

local scalar = { string = true, number = true, boolean = true }
local ordered = { string = true, number = true }
local text = { string = true }

-- What the value of each operator may be; false: it takes none.
local operators = {
  ["="] = scalar, ["~="] = scalar,
  ["<"] = ordered, ["<="] = ordered, [">"] = ordered, [">="] = ordered,
  prefix = text, contains = text,
  ["in"] = scalar,
  present = false, absent = false,
}

local KNOWN = "=, ~=, <, <=, >, >=, in, prefix, contains, present, absent"

local expected = {
  [scalar] = "a string, number or boolean",
  [ordered] = "a string or number",
  [text] = "a string",
}

local function check_value(what, value, types)
  if not types[type(value)] or value ~= value then
    check.misuse(("%s: expected %s, got %s"):format(
      what, expected[types], value == nil and "nothing" or check.show(value)))
  end
end

local function check_list(what, values)
  if type(values) ~= "table" then
    check.misuse(("%s: expected a list of strings, numbers or booleans, got %s"):format(
      what, values == nil and "nothing" or check.show(values)))
  end
  for i = 1, #values do
    check_value(("%s: %d"):format(what, i), values[i], scalar)
  end
  check.list(what, values)
end

local function check_operand(field, operator, value)
  local types = operators[operator]
  if types == nil then
    check.misuse(("where: unknown operator %s; known are %s"):format(
      check.show(operator), KNOWN))
  elseif operator == "in" then
    check_list("where: value", value)
  elseif types == ordered and type(value) == "boolean" then
    check.misuse(("where: value: %s orders strings and numbers alone, got %s"):format(
      operator, tostring(value)))
  elseif types then
    check_value("where: value", value, types)
  elseif value ~= nil then
    check.misuse(("where: %s %s: takes no value, got %s"):format(
      check.show(field), operator, check.show(value)))
  end
end

---@class costream.Condition
---@field field string
---@field numeric boolean its value is a number, or one of them is
---@field test table of the C core: `test:holds(value)`

local function is_numeric(value)
  if type(value) ~= "table" then
    return type(value) == "number"
  end
  for i = 1, #value do
    if type(value[i]) == "number" then
      return true
    end
  end
  return false
end

local function new(field, operator, value)
  return { field = field, numeric = is_numeric(value), test = core.condition(operator, value) }
end

local function all_equal(given)
  local conditions = {}
  for name, value in pairs(given) do
    check.type("where: name", name, "string")
    check_value("where: " .. name, value, scalar)
    conditions[#conditions + 1] = new(name, "=", value)
  end
  if #conditions == 0 then
    check.misuse("where: expected at least one field in the table")
  end
  return conditions
end

--- Makes conditions of the arguments of `where`, unless they are a function.
---@param field table|string
---@param operator string?
---@param value any
---@return costream.Condition[] conditions that all must hold
function M.new(field, operator, value)
  if type(field) ~= "string" and (operator ~= nil or value ~= nil) then
    check.misuse "where: a function or a table stands alone, without operator and value"
  end
  if type(field) == "table" then
    return all_equal(field)
  end
  check.type("where", field, "function", "table", "string")
  check.type("where: operator", operator, "string")
  check_operand(field, operator, value)
  return { new(field, operator, value) }
end

--- Do they hold for a row that is in Lua's hands already?
---@param conditions costream.Condition[]
---@param row any
---@return boolean
function M.hold(conditions, row)
  for i = 1, #conditions do
    local value
    if type(row) == "table" then
      value = row[conditions[i].field]
    end
    if not conditions[i].test:holds(value) then
      return false
    end
  end
  return true
end

return M
