--- How a stream gives its rows to `for`: most of them with none of the stream's own code.
--
-- In most Luas what `for` calls is a C function, which asks a reader of the C core. Where there
-- is no reader, or it has no row, it calls a function of Lua's. LuaJIT could suspend nothing that
-- a C function has called: there `for` calls Lua.

local core = require "costream.core"

local M = {}

local read = core.read
local load_text = rawget(_G, "loadstring") or load
local unpack = table.unpack or rawget(_G, "unpack")

--- The `__call` of streams, which have their reader in the field `_quick`. `otherwise` is called
--- where it is not there, and with what it gave behind nil; it gives the row, or nil at the end.
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

--- What a stream tells and asks its iterator over values.
---@class costream.Ahead
---@field aim fun(self: costream.Ahead, reader: userdata?) says which reader rows come from now
---@field given fun(): integer? how many rows were given; nil where they are all that came
---@field pending fun(): integer how many came that were not given yet
---@field drop fun() forgets the others: they will not be given

--- In C.
local function make_aimed(ready)
  local iterator, otherwise
  local ahead = {}

  local function pass_on(number, ...)
    if number then
      return number, ...
    end
    return otherwise(nil, ...)
  end

  function otherwise(_, state, record)
    if not ready(state, record) then
      return nil
    elseif ahead.reader then
      return pass_on(read(ahead.reader))
    end
    return otherwise()
  end

  function ahead:aim(reader)
    self.reader = reader
    core.aim(iterator, reader)
  end

  function ahead.drop() end

  function ahead.given() end

  function ahead.pending()
    return 0
  end

  iterator = core.aimed_iterator(otherwise)
  return iterator, ahead
end

-- Many rows come from C at once, so that LuaJIT can compile the loop in between. One for each
-- number of values: passing them on by name takes half the time that `...` does.
local TEMPLATE = [[
local batch, ready, unpack = ...
local list = {}
for i = 1, BATCH * COUNT do
  list[i] = false
end
local reader, state, record
local at, last, number = 0, 0, 0
local ahead = {}

function ahead:aim(its_reader)
  reader = its_reader
end

function ahead.given()
  return number
end

function ahead.pending()
  return (last - at) / COUNT
end

function ahead.drop()
  at, last, state, record = 0, 0, nil, nil
end

--- Has more rows come; false at the end.
local function more()
  if not reader or state ~= nil then
    local its_state, its_record = state, record
    state, record = nil, nil
    return ready(its_state, its_record)
  end
  local count, its_state, its_record = batch(reader, list, BATCH)
  at, last, state, record = 0, count * COUNT, its_state, its_record
  if not reader then -- a finalizer has closed the stream meanwhile
    ahead.drop()
  end
  return true
end

return function()
  while at >= last do
    if not more() then
      return nil
    end
  end
  local i = at
  at, number = i + COUNT, number + 1
  return number, VALUES
end, ahead
]]

-- Rows that come at once, if they are there.
local BATCH = 64

-- What Lua has registers for, with enough to spare.
local MOST = 50

local makers = {}

local function maker(count)
  if not makers[count] then
    local values = {}
    for i = 1, count do
      values[i] = ("list[i + %d]"):format(i)
    end
    local code = TEMPLATE:gsub("%f[%u]%u%u+%f[%U]", {
      BATCH = BATCH,
      COUNT = count,
      VALUES = count <= MOST and table.concat(values, ", ") or "unpack(list, i + 1, at)",
    })
    makers[count] = assert(load_text(code, "=costream.iterators"))
  end
  return makers[count]
end

--- The iterator over values. `ready` is called with what the reader said instead of a row; it is
--- true when there may be a row now, and nil at the end.
---@param count integer of values, at least 1
---@param ready fun(state: any, record: any): boolean?
---@return function iterator
---@return costream.Ahead
function M.values(count, ready)
  if core.aimed_iterator then
    return make_aimed(ready)
  end
  return maker(count)(core.batch, ready, unpack)
end

return M
