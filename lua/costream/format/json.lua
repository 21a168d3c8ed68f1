--- Values as JSON text (RFC 8259), the same text for the same value.

local check = require "costream.check"
local number = require "costream.format.number"
local text = require "costream.format.text"

local M = {}

local DEPTH_MAX = 1024 -- as deep as a row can be read
local NAMES_SHOWN = 4

local ESCAPES = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n",
  ["\r"] = "\\r", ["\t"] = "\\t",
}

--- Is it `costream.null`?
---@param value any
---@return boolean
function M.is_null(value)
  return type(value) == "userdata" and getmetatable(value) == nil
end

local function key_name(key)
  if type(key) == "string" and key:find "^[%a_][%w_]*$" and #key <= 40 then
    return "." .. key
  end
  return "[" .. check.show(key) .. "]"
end

local function fail(state, problem)
  local path, names = state.path, { state.what }
  for i, key in ipairs(path) do
    if i <= NAMES_SHOWN or i > #path - NAMES_SHOWN then
      names[#names + 1] = key_name(key)
    elseif i == NAMES_SHOWN + 1 then
      names[#names + 1] = "..."
    end
  end
  check.misuse(table.concat(names) .. ": " .. problem)
end

local function put(state, piece)
  state.pieces[#state.pieces + 1] = piece
end

local function escaped(character)
  return ESCAPES[character] or ("\\u%04x"):format(character:byte())
end

local function put_string(state, value)
  if not text.valid(value) then
    fail(state, "expected UTF-8 text, got " .. check.show(value))
  end
  put(state, '"' .. value:gsub('[%z\1-\31"\\]', escaped) .. '"')
end

local function put_number(state, value)
  if not number.finite(value) then
    fail(state, "JSON has no such number: " .. number.short(value))
  end
  put(state, number.exact_typed(value))
end

--- How many elements a table has as a list; nil when it is an object.
local function list_length(value)
  local metatable = getmetatable(value)
  local marked = type(metatable) == "table" and metatable.__jsontype == "array"
  local count, last = 0, 0
  for key in pairs(value) do
    if type(key) ~= "number" or key < 1 or key % 1 ~= 0 then
      return nil
    end
    count, last = count + 1, math.max(last, key)
  end
  -- A list that came with nulls has holes, unless nulls were asked for.
  if marked or count > 0 and count == last then
    return last
  end
  return nil
end

local function sorted_keys(state, value)
  local keys = {}
  for key in pairs(value) do
    if type(key) ~= "string" then
      fail(state, ("expected a list without holes or names as keys, got the key %s"):format(
        check.show(key)))
    end
    keys[#keys + 1] = key
  end
  table.sort(keys)
  return keys
end

local put_value

local function put_list(state, value, length)
  local path = state.path
  local level = #path + 1
  put(state, "[")
  for i = 1, length do
    path[level] = i
    if i > 1 then
      put(state, ",")
    end
    if value[i] == nil then
      put(state, "null")
    else
      put_value(state, value[i])
    end
  end
  path[level] = nil
  put(state, "]")
end

local function put_object(state, value)
  local path = state.path
  local level = #path + 1
  put(state, "{")
  for i, key in ipairs(sorted_keys(state, value)) do
    path[level] = key
    if i > 1 then
      put(state, ",")
    end
    put_string(state, key)
    put(state, ":")
    put_value(state, value[key])
  end
  path[level] = nil
  put(state, "}")
end

local function put_table(state, value)
  if state.open[value] then
    fail(state, "a table inside itself has no JSON")
  end
  if #state.path >= DEPTH_MAX then
    fail(state, ("tables inside tables more than %d deep"):format(DEPTH_MAX))
  end
  state.open[value] = true
  local length = list_length(value)
  if length then
    put_list(state, value, length)
  else
    put_object(state, value)
  end
  state.open[value] = nil
end

function put_value(state, value)
  local kind = type(value)
  if kind == "table" then
    put_table(state, value)
  elseif kind == "string" then
    put_string(state, value)
  elseif kind == "number" then
    put_number(state, value)
  elseif kind == "boolean" then
    put(state, tostring(value))
  elseif M.is_null(value) then
    put(state, "null")
  else
    fail(state, ("expected a value that JSON has, got %s"):format(
      kind == "nil" and "nothing" or "a " .. kind))
  end
end

--- One value as JSON, on one line.
---@param what string how the value is called in a message
---@param value any
---@return string
function M.encode(what, value)
  local state = { what = what, path = {}, open = {}, pieces = {} }
  put_value(state, value)
  return table.concat(state.pieces)
end

return M
