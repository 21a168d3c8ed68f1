--- How a stream gives its rows to `for`: most of them with none of the stream's own code.
--
-- In most Luas what `for` calls is a C function, which asks a reader of the C core. Where there
-- is no reader, or it has no row, it calls a function of Lua's. LuaJIT could suspend nothing that
-- a C function has called: there `for` calls Lua.

local compat = require "costream.compat"
local core = require "costream.core"

local M = {}

local read = core.read_unhooked

--- The `__call` of streams, which have their reader in the field `_quick`. `otherwise` is called
--- where it is not there, and with what it gave behind nil; it gives the row, or nil at the end.
---@param otherwise fun(stream: costream.Stream, state: any, record: any): any a giver of draw's
---@return function
function M.rows(otherwise)
  if not compat.is_jit then
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

--- What a stream tells and asks its iterator over values, where that has rows come before they
--- are asked for.
---@class costream.Ahead
---@field given fun(): integer how many rows were given
---@field pending fun(): integer how many came that were not given yet
---@field came fun(number: integer) says that a row is given past it, as this one
---@field drop fun() forgets the others: they will not be given

-- Many rows come from C at once, so that LuaJIT can compile the loop in between. One for each
-- number of values: passing them on by name takes half the time that `...` does.
--
-- That a row was given is noted behind all else, so that an error (a debug hook's) before leaves
-- it to be given.
local TEMPLATE = [[
local stream, otherwise, batch, unpack, select = ...
local list = {}
for i = 1, BATCH * COUNT do
  list[i] = false
end
local state, record
local first, number, last = 0, 0, 0 -- before the rows in the list; given; the last there
local ahead = {}

function ahead.given()
  return number
end

function ahead.pending()
  return last - number
end

function ahead.came(its_number)
  first, number, last = its_number, its_number, its_number
end

function ahead.drop()
  last, state, record = number, nil, nil
end

--- Has more rows come, if they are there.
local function more()
  local reader = stream._batch
  if not reader or state ~= nil then
    return
  end
  local count, its_state, its_record = batch(reader, list, BATCH)
  if not count or stream._ended then -- closed by a finalizer meanwhile
    return
  end
  first, last, state, record = number, number + count, its_state, its_record
end

return function()
  if number >= last then
    more()
    if number >= last then
      local its_state, its_record = state, record
      state, record = nil, nil
      return otherwise(stream, its_state, its_record)
    end
  end
  local i, now = (number - first) * COUNT, number + 1
  local VALUES = LIST
  number = now
  return now, VALUES
end, ahead
]]

-- Rows that come at once, if they are there.
local BATCH = 64

-- What Lua has registers for, twice, with enough to spare.
local MOST = 50

local makers = {}

local function maker(count)
  if not makers[count] then
    local names, values = {}, {}
    for i = 1, count do
      names[i], values[i] = ("value_%d"):format(i), ("list[i + %d]"):format(i)
    end
    local by_name = count <= MOST
    local code = TEMPLATE:gsub("%f[%u]%u%u+%f[%U]", {
      BATCH = BATCH,
      COUNT = count,
      LIST = by_name and table.concat(values, ", ") or "list",
      VALUES = by_name and table.concat(names, ", ") or "values",
    })
    if not by_name then
      -- There may be no room for so many: that must show before the row counts as given.
      local all = ("unpack(values, i + 1, i + %d)"):format(count)
      code = code:gsub("now, values", "now, " .. all)
        :gsub("number = now", 'select("#", ' .. all .. ")\n  %0")
    end
    makers[count] = assert(compat.load(code, "=costream.iterators"))
  end
  return makers[count]
end

--- The iterator over values. `otherwise` is called where the reader has no row, with what it said
--- instead; it gives the row's number and values, or nil at the end.
---@param stream costream.Stream
---@param count integer of values, at least 1
---@param otherwise fun(stream: costream.Stream, state: any, record: any): ...
---@return function iterator
function M.values(stream, count, otherwise)
  if not compat.is_jit then
    stream._aimed = core.aimed_iterator(core.giver(function(_, state, record)
      return otherwise(stream, state, record)
    end))
    return stream._aimed
  end
  stream._aimed = true
  local iterator
  iterator, stream._ahead = maker(count)(stream, otherwise, core.batch, compat.unpack,
    select)
  return iterator
end

return M
