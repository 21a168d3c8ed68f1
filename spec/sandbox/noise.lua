-- Repeatable random numbers: the same names give the same numbers.
local bit = require "bit"

local bxor, lshift, rshift = bit.bxor, bit.lshift, bit.rshift
local M = {}

local function step(state)
  state = bxor(state, lshift(state, 13))
  state = bxor(state, rshift(state, 17))
  return bxor(state, lshift(state, 5))
end

-- The returned function gives an integer from 0 to limit - 1.
function M.from(...)
  local state = bit.tobit(ngx.crc32_long(table.concat({...}, "/")))
  if state == 0 then state = 1 end
  for _ = 1, 4 do state = step(state) end
  return function(limit)
    state = step(state)
    return (state % 4294967296) % limit
  end
end

function M.hex(draw, digits)
  local out = {}
  for i = 1, digits do out[i] = ("%x"):format(draw(16)) end
  return table.concat(out)
end

return M
