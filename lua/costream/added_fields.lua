--- Fields that rows are given in Lua, and how most of the other steps are still taken in C.

local fold = require "costream.fold"

local M = {}

local function add_names(names, seen, more, adds)
  for _, name in ipairs(more) do
    if not seen[name] and not adds(name) then
      names[#names + 1], seen[name] = name, true
    end
  end
end

--- The fields that anybody looks at behind the first step; nil where that may be any.
local function fields_left(steps, goal)
  for i = 2, #steps do
    if steps[i].fn then
      return nil
    elseif steps[i].names then
      return steps[i].names
    end
  end
  return goal.values or goal.fold and fold.fields(goal.fold)
end

--- Adds what of a step's conditions is about fields of the service to `early`, and the others to
--- `late`.
local function split_conditions(step, adds, early, late)
  local of_service, of_added = {}, {}
  for _, condition in ipairs(step.conditions) do
    local list = adds(condition.field) and of_added or of_service
    list[#list + 1] = condition
  end
  early[#early + 1] = { conditions = of_service }
  if #of_added > 0 then
    late[#late + 1] = { conditions = of_added }
  end
end

--- The steps in another order, with the same rows: where the first one adds fields, the
--- conditions that do not look at these go before it, and so does a choice of the fields that
--- are looked at. What is behind a function stays there.
---@param steps costream.Step[]
---@param goal costream.Goal
---@return costream.Step[]
function M.order(steps, goal)
  local first = steps[1]
  if not (first and first.add) then
    return steps
  end
  local early, late, at = {}, { first }, 2
  while steps[at] and not steps[at].fn do
    if steps[at].conditions then
      split_conditions(steps[at], first.adds, early, late)
    else
      late[#late + 1] = steps[at]
    end
    at = at + 1
  end
  for i = at, #steps do
    late[#late + 1] = steps[i]
  end
  local left = fields_left(steps, goal)
  if left then
    local names, seen = {}, {}
    add_names(names, seen, left, first.adds)
    add_names(names, seen, first.needs, first.adds)
    early[#early + 1] = { names = names }
  end
  for _, step in ipairs(late) do
    early[#early + 1] = step
  end
  return early
end

return M
