--- Iterators over the values of rows, one for each number of values: passing them on by name
--- takes Lua half the time that `...` does.

local M = {}

local load_text = rawget(_G, "loadstring") or load

local TEMPLATE = [[
local stream, read, ready = ...
return function()
  local state, record
  while true do
    local reader = stream._quick
    if reader and state == nil then
      local number, NAMES = read(reader)
      if number then
        return number, NAMES
      end
      state, record = STATE
    end
    if not ready(state, record) then
      return nil
    end
    state, record = nil, nil
  end
end
]]

-- What Lua has registers for, with enough to spare.
local MOST = 50

local makers = {}

--- For more values than Lua has registers.
local function make_any(stream, read, ready)
  local next_values

  local function pass_on(number, ...)
    if number then
      return number, ...
    elseif ready(...) then
      return next_values()
    end
  end

  function next_values()
    local reader = stream._quick
    if reader then
      return pass_on(read(reader))
    end
    return pass_on(nil)
  end

  return next_values
end

--- A function that makes the iterator of a stream: of the stream, how its reader is read, and how
--- it is made ready for that.
---@param count integer of values, at least 1
---@return fun(stream: costream.Stream, read: function, ready: function): function
function M.new(count)
  if count > MOST then
    return make_any
  end
  if not makers[count] then
    local names = {}
    for i = 1, count > 1 and count or 2 do -- where there is no row, two words say why
      names[i] = "v" .. i
    end
    local code = TEMPLATE:gsub("%u+", {
      NAMES = table.concat(names, ", "), STATE = "v1, v2",
    })
    makers[count] = assert(load_text(code, "=costream.iterators"))
  end
  return makers[count]
end

return M
