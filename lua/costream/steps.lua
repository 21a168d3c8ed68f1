--- Steps that a row takes in Lua's hands, where C cannot take them.

local condition = require "costream.condition"

local M = {}

local function choose(names, row)
  if type(row) ~= "table" then
    return row
  end
  local chosen = {}
  for i = 1, #names do
    chosen[names[i]] = row[names[i]]
  end
  return chosen
end

--- The row after all steps that are Lua's; nil when one of them refused it.
---@param steps costream.Step[]
---@param row any
---@return any row
function M.take(steps, row)
  for i = 1, #steps do
    local step = steps[i]
    if step.names then
      row = choose(step.names, row)
    elseif step.add then
      step.add(row)
    elseif step.fn and not step.fn(row) or step.conditions
      and not condition.hold(step.conditions, row) then
      return nil
    end
  end
  return row
end

return M
