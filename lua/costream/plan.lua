--- Steps of a stream as the C core takes them: all up to the first function.

local check = require "costream.check"
local core = require "costream.core"
local fold = require "costream.fold"

local M = {}

---@class costream.Step
---@field conditions costream.Condition[]? one of the four is there
---@field names string[]? of the fields that `select` leaves
---@field fn (fun(row: any): any)?
---@field add (fun(row: any))? gives rows more fields; the first step, if at all
---@field adds (fun(name: string): boolean)? with `add`: is it the name of one of them?
---@field needs string[]? with `add`: the fields that it looks at

---@class costream.Goal what becomes of the rows; without both they are given as tables
---@field values string[]? names of fields
---@field fold table? as fold.check gives it

--- What of the steps is for C, up to the first that is Lua's, and how many they are.
local function leading(steps)
  local conditions, names = {}, nil
  for i, step in ipairs(steps) do
    if step.fn or step.add then
      return conditions, names, i - 1
    end
    for _, condition in ipairs(step.conditions or {}) do
      conditions[#conditions + 1] = condition
    end
    names = step.names or names
  end
  return conditions, names, #steps
end

--- Adds names that are not there yet; `number` is where each one is.
local function add_names(names, number, more, wanted)
  for _, name in ipairs(more) do
    if not number[name] and wanted(name) then
      names[#names + 1] = name
      number[name] = #names
    end
  end
end

local MOST_NAMES = 4000 -- a few less than the core knows

local usage_names = { "resources", "plans", "usage", "cost", "rated_cost" }

local function always()
  return true
end

--- The names in the order that the core wants: columns, those that rows are known by last; the
--- others that they are known by; those that usage rows need.
local function order_names(columns, known_fields, usage)
  local known = {}
  for _, name in ipairs(known_fields) do
    known[name] = true
  end
  local names, number = {}, {}
  add_names(names, number, columns, function(name) return not known[name] end)
  local known_first = #names
  add_names(names, number, columns, always)
  local column_count = #names
  add_names(names, number, known_fields, always)
  local known_end = #names
  add_names(names, number, usage and usage_names or {}, always)
  return names, number, column_count, known_first, known_end
end

local function numbers_of(list, number)
  local numbers = {}
  for i, name in ipairs(list) do
    numbers[i] = number[name]
  end
  return numbers
end

local function collect_columns(conditions, names, goal)
  local columns = {}
  for i, condition in ipairs(conditions) do
    columns[i] = condition.field
  end
  local folded = goal.fold and fold.fields(goal.fold) or {}
  for _, list in ipairs { names or {}, goal.values or {}, folded } do
    for _, name in ipairs(list) do
      columns[#columns + 1] = name
    end
  end
  return columns
end

--- Compiles the steps. What is left of them, and then also the goal, is for Lua.
---@param steps costream.Step[]
---@param goal costream.Goal
---@param rows { known: string[]?, usage: boolean?, nulls: boolean?, numbers_text: boolean? }
---@return table plan of the C core
---@return costream.Step[] rest
---@return table? fold of the C core
function M.compile(steps, goal, rows)
  local conditions, chosen, count = leading(steps)
  local rest = {}
  for i = count + 1, #steps do
    rest[#rest + 1] = steps[i]
  end
  if #rest > 0 then
    goal = {}
  end
  local columns = collect_columns(conditions, chosen, goal)
  local names, number, column_count, known_first, known_end =
    order_names(columns, rows.known or {}, rows.usage)
  if #names > MOST_NAMES then
    check.misuse(("more than %d different fields are asked for"):format(MOST_NAMES))
  end
  local tests = {}
  for i, condition in ipairs(conditions) do
    tests[i] = { condition.test, number[condition.field] }
  end
  local folding = goal.fold and fold.new(goal.fold, names)
  return core.plan {
    names = names,
    columns = column_count,
    known_first = known_first,
    known_end = known_end,
    conditions = tests,
    chosen = numbers_of(goal.values or chosen or {}, number),
    fold = folding,
    fold_columns = numbers_of(goal.fold and fold.fields(goal.fold) or {}, number),
    delivery = goal.fold and "fold" or goal.values and "values" or chosen and "chosen" or "rows",
    usage = rows.usage,
    nulls = rows.nulls,
    numbers_text = rows.numbers_text,
  }, rest, folding
end

return M
