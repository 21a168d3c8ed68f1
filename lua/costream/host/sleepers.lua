--- The coroutines of a host that wait, in the order in which they began to.

local M = {}

---@class costream.Sleeper
---@field ready fun(): boolean
---@field wake any how its host lets it go on

--- Takes the first out that can go on; nil where none can.
---@param list costream.Sleeper[]
---@return costream.Sleeper?
function M.take_ready(list)
  for i, sleeper in ipairs(list) do
    if sleeper.ready() then
      return table.remove(list, i)
    end
  end
end

--- Takes one out, if it is still there.
---@param list costream.Sleeper[]
---@param sleeper costream.Sleeper
function M.remove(list, sleeper)
  for i, other in ipairs(list) do
    if other == sleeper then
      table.remove(list, i)
      return
    end
  end
end

return M
