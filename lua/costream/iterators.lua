--- What `for` calls for each row: iterators that ask a reader of the C core, and call another
-- function, `otherwise`, only where there is no reader or it has no row. That is called with what
-- `for` called, and with what the reader said instead; it gives the row, or nil at the end.
--
-- They are C functions but in LuaJIT, which cannot suspend what a C function has called.

local core = require "costream.core"

local M = {}

local read = core.read
local load_text = rawget(_G, "loadstring") or load

--- The `__call` of streams; a stream has its reader in the field `_quick`.
---@param otherwise fun(stream: costream.Stream, state: any, record: any): any
---@return function
function M.rows(otherwise)
  if core.field_iterator then
    return core.field_iterator("_quick", otherwise)
  end
  return function(stream)
    local reader = stream._quick
    if not reader then
      return otherwise(stream)
    end
    local row, state, record = read(reader)
    if row ~= nil then
      return row
    end
    return otherwise(stream, state, record)
  end
end

-- One for each number of values: passing them on by name takes Lua half the time that `...` does.
local TEMPLATE = [[
local read, otherwise = ...
local reader
local function next_values(called)
  if not reader then
    return otherwise(called)
  end
  local number, NAMES = read(reader)
  if number then
    return number, NAMES
  end
  return otherwise(called, STATE)
end
return next_values, function(its_reader)
  reader = its_reader
end
]]

-- What Lua has registers for, with enough to spare.
local MOST = 50

local makers = {}

--- For more values than Lua has registers.
local function make_any(_, otherwise)
  local reader

  local function pass_on(called, number, ...)
    if number then
      return number, ...
    end
    return otherwise(called, ...)
  end

  return function(called)
    if reader then
      return pass_on(called, read(reader))
    end
    return otherwise(called)
  end, function(its_reader)
    reader = its_reader
  end
end

local function maker(count)
  if count > MOST then
    return make_any
  end
  if not makers[count] then
    local names = {}
    for i = 1, count > 1 and count or 2 do -- where there is no row, two words say why
      names[i] = "v" .. i
    end
    local code = TEMPLATE:gsub("%u%u+", {
      NAMES = table.concat(names, ", "), STATE = "v1, v2",
    })
    makers[count] = assert(load_text(code, "=costream.iterators"))
  end
  return makers[count]
end

--- The iterator over values, and a function that says which reader they come from.
---@param count integer of values, at least 1
---@param otherwise fun(called: any, state: any, record: any): ...
---@return function iterator
---@return fun(reader: userdata?) aim
function M.values(count, otherwise)
  if core.aimed_iterator then
    local iterator = core.aimed_iterator(otherwise)
    return iterator, function(reader)
      core.aim(iterator, reader)
    end
  end
  return maker(count)(read, otherwise)
end

return M
