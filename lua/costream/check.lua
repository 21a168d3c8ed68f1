--- Arguments: what users passed, and a clear word when it is not what it may be.
--
-- Misuse is thrown as a string that begins with the place of the user's own call.

local M = {}

local here = debug.getinfo(1, "S").source:match("^(.*[/\\])")

--- The level of the first function on the stack that is not costream's own.
local function user_level()
  local level = 2
  while true do
    local info = debug.getinfo(level, "S")
    if not info then
      return 2
    end
    local own = here and info.source:sub(1, #here) == here
    if not own and info.what ~= "C" and info.what ~= "tail" then
      return level - 1
    end
    level = level + 1
  end
end

--- Throws `message` as misuse at the place of the user's call.
---@param message string
function M.misuse(message)
  error("costream: " .. message, user_level())
end

--- A value as it may be shown: strings in quotes and cut short, control characters escaped.
---@param value any
---@return string
function M.show(value)
  if type(value) ~= "string" then
    local core = package.loaded["costream.core"] -- formatting does without it
    return type(value) == "table" and "a table" or core and value == core.null and "costream.null"
      or value ~= value and "nan" or tostring(value)
  end
  local text = #value > 40 and value:sub(1, 40) .. "..." or value
  return '"' .. text:gsub("[%c\\\"]", function(byte)
    return ("\\%03d"):format(byte:byte())
  end) .. '"'
end

local function sorted_names(set)
  local names = {}
  for name in pairs(set) do
    names[#names + 1] = tostring(name)
  end
  table.sort(names)
  return names
end

--- Throws unless each name in `given` is one in `known`.
---@param what string how the argument is called
---@param given table
---@param known table its keys are the names that may be there
function M.names(what, given, known)
  for name in pairs(given) do
    if known[name] == nil then
      M.misuse(("%s: unknown name %s; known are %s"):format(
        what, M.show(name), table.concat(sorted_names(known), ", ")))
    end
  end
end

--- Throws unless `value` has one of the types; `nil` is one if wanted.
---@param what string how the argument is called
---@param value any
---@param ... string types
---@return any value
function M.type(what, value, ...)
  for i = 1, select("#", ...) do
    if type(value) == (select(i, ...)) then
      return value
    end
  end
  return M.misuse(("%s: expected %s, got %s"):format(
    what, table.concat({ ... }, " or "), value == nil and "nothing" or M.show(value)))
end

--- Throws unless all keys of `values` are those of a list.
---@param what string
---@param values table
function M.list(what, values)
  local count = 0
  for name in pairs(values) do
    count = count + 1
    if type(name) ~= "number" or name % 1 ~= 0 or name < 1 or name > #values then
      M.misuse(("%s: expected a list, got a table with the key %s"):format(what, M.show(name)))
    end
  end
  if count < #values then -- Lua may count what is behind a hole
    M.misuse(("%s: expected a list, got one with nil in it"):format(what))
  end
end

--- Throws unless a method was called on its object, with a colon.
---@param what string the method, as "otc:hourly"
---@param self any
---@param class table
function M.self(what, self, class)
  if getmetatable(self) ~= class then
    M.misuse(what .. ": call it with a colon")
  end
end

--- Throws unless `value` is nil or an integer from `low` to `high`.
---@param what string
---@param value any
---@param low number
---@param high number
---@return integer?
function M.integer(what, value, low, high)
  if value == nil then
    return nil
  end
  local whole = type(value) == "number" and value % 1 == 0
  if not whole or value < low or value > high then
    M.misuse(("%s: expected a whole number from %.0f to %.0f, got %s"):format(
      what, low, high, M.show(value)))
  end
  return value
end

--- Throws unless `value` is nil or a number greater than 0.
---@param what string
---@param value any
---@return number?
function M.positive(what, value)
  if value == nil then
    return nil
  end
  if type(value) ~= "number" or not (value > 0 and value < math.huge) then
    M.misuse(("%s: expected a number greater than 0, got %s"):format(what, M.show(value)))
  end
  return value
end

--- Checks a secret without ever showing it.
---@param what string
---@param value any
---@return string
function M.secret(what, value)
  if type(value) ~= "string" then
    M.misuse(("%s: expected a string, got %s"):format(
      what, value == nil and "nothing" or "a " .. type(value)))
  end
  if value == "" or value:find "[^\33-\126]" then
    M.misuse(what .. ": expected visible ASCII characters without spaces or line breaks")
  end
  return value
end

return M
