--- What the specs of where, select, values and fold share: exact sums, and what a pipeline of
--- steps must give, in plain Lua.

local corpus = require "corpus"
local costream = require "costream"

local M = {}

local unpack = table.unpack or rawget(_G, "unpack")

local INTEGERS = math.type ~= nil

--- Lists are shown as such.
function M.list(values)
  return setmetatable(values, { __jsontype = "array" })
end

--- Random numbers that are the same under each Lua: `random(n)` gives 1 to n.
function M.random(seed)
  local state = seed
  return function(n)
    state = state * 16807 % 2147483647
    return math.floor(state / 2147483647 * n) + 1
  end
end

local function is_integer(value)
  if INTEGERS then
    return math.type(value) == "integer"
  end
  return value % 1 == 0 and value >= -2 ^ 53 and value <= 2 ^ 53
end

-- As Python's math.fsum: partial sums that do not overlap, rounded once at the end.
local function add_partial(partials, x)
  local kept = 0
  for i = 1, #partials do
    local y = partials[i]
    if math.abs(x) < math.abs(y) then
      x, y = y, x
    end
    local high = x + y
    local low = y - (high - x)
    if low ~= 0 then
      kept = kept + 1
      partials[kept] = low
    end
    x = high
  end
  for i = #partials, kept + 1, -1 do
    partials[i] = nil
  end
  partials[kept + 1] = x
end

local function round(partials)
  local at = #partials
  local high, low = partials[at] or 0.0, 0.0
  while at > 1 do
    at = at - 1
    local x, y = high, partials[at]
    high = x + y
    low = y - (high - x)
    if low ~= 0 then
      break
    end
  end
  -- Exactly between two doubles: what is left below decides.
  if at > 1 and (low < 0) == (partials[at - 1] < 0) then
    local y = low * 2
    local x = high + y
    if y == x - high then
      high = x
    end
  end
  return high + 0.0
end

local WORD = 2 ^ 32

--- The exact sum of a list of numbers, rounded once; an integer where all are and it fits; nil of
--- none.
function M.sum(numbers)
  if #numbers == 0 then
    return nil
  end
  local partials, integers, high, low = {}, true, 0, 0
  for _, number in ipairs(numbers) do
    if is_integer(number) then
      local word = number % math.floor(WORD)
      low, high = low + word, high + (number - word) / WORD
    else
      integers = false
      add_partial(partials, number)
    end
  end
  high, low = high + math.floor(low / WORD), low % WORD
  if INTEGERS and integers and high >= -2 ^ 31 and high < 2 ^ 31 then
    return math.tointeger(high) * math.tointeger(WORD) + math.tointeger(low)
  end
  add_partial(partials, high * WORD)
  add_partial(partials, low + 0.0)
  return round(partials)
end

--- null counts as absent.
local function there(value)
  if value == costream.null then
    return nil
  end
  return value
end

local function comparable(a, b)
  return type(a) == type(b) and (type(a) == "number" or type(a) == "string")
end

local tests = {
  ["="] = function(value, wanted) return value == wanted end,
  ["~="] = function(value, wanted)
    return value ~= nil and type(value) ~= "table" and value ~= wanted
  end,
  ["<"] = function(value, wanted) return comparable(value, wanted) and value < wanted end,
  ["<="] = function(value, wanted) return comparable(value, wanted) and value <= wanted end,
  [">"] = function(value, wanted) return comparable(value, wanted) and value > wanted end,
  [">="] = function(value, wanted) return comparable(value, wanted) and value >= wanted end,
  ["in"] = function(value, wanted)
    for _, one in ipairs(wanted) do
      if value == one then
        return true
      end
    end
    return false
  end,
  prefix = function(value, wanted)
    return type(value) == "string" and value:sub(1, #wanted) == wanted
  end,
  contains = function(value, wanted)
    return type(value) == "string" and value:find(wanted, 1, true) ~= nil
  end,
  present = function(value) return value ~= nil end,
  absent = function(value) return value == nil end,
}

local function is_object(row)
  return type(row) == "table" and (getmetatable(row) or {}).__jsontype ~= "array"
end

local function chosen(row, names)
  if type(row) ~= "table" then
    return row
  end
  local fields = {}
  for _, name in ipairs(names) do
    fields[name] = row[name]
  end
  return fields
end

local function field_of(row, name)
  if not is_object(row) then
    return nil
  end
  return there(row[name])
end

--- Does a condition hold for a row?
function M.holds(row, field, operator, wanted)
  return tests[operator](field_of(row, field), wanted)
end

--- The first `count` characters of a string.
local function cut(value, count)
  if type(value) ~= "string" or not count then
    return value
  end
  local seen = 0
  for at = 1, #value do
    local byte = value:byte(at)
    if byte < 0x80 or byte >= 0xC0 then
      seen = seen + 1
      if seen > count then
        return value:sub(1, at - 1)
      end
    end
  end
  return value
end

local ranks = { ["nil"] = 1, ["false"] = 2, ["true"] = 3, number = 4, string = 5 }

local function rank(value)
  return ranks[type(value) == "boolean" and tostring(value) or type(value)]
end

local function before(a, b)
  if rank(a) ~= rank(b) then
    return rank(a) < rank(b)
  end
  return rank(a) >= 4 and a < b
end

--- A whole number is an integer as a key, and zero has no sign.
local function key_of(value)
  if type(value) ~= "number" then
    return value
  end
  return INTEGERS and math.tointeger(value) or value + 0.0
end

local function find_group(groups, keys, count)
  for _, group in ipairs(groups) do
    local same = true
    for i = 1, count do
      same = same and group.keys[i] == keys[i]
    end
    if same then
      return group
    end
  end
end

local function add_extreme(group, list, field, value)
  local best = group[list][field]
  if type(value) ~= "number" and type(value) ~= "string"
    or best ~= nil and type(best) ~= type(value) then
    error({ list .. ": " .. field .. " " }, 0)
  end
  value = value == 0 and not (INTEGERS and math.type(value) == "integer") and 0.0 or value
  local better = best == nil
  if not better then
    better = list == "min" and value < best or list == "max" and value > best
      or value == best and INTEGERS and math.type(value) == "integer"
  end
  if better then
    group[list][field] = value
  end
end

local function add_row(groups, row, query)
  local keys, by = {}, query.by or {}
  for i, entry in ipairs(by) do
    local name = type(entry) == "table" and entry.field or entry
    local value = field_of(row, name)
    if type(value) == "table" then
      error({ "by: " .. name .. " " }, 0)
    end
    keys[i] = key_of(cut(value, type(entry) == "table" and entry.first or nil))
  end
  local group = find_group(groups, keys, #by)
  if not group then
    if #by > 0 and #groups >= (query.groups or 100000) then
      error({ "more groups" }, 0)
    end
    group = { keys = keys, count = 0, sum = {}, min = {}, max = {} }
    groups[#groups + 1] = group
  end
  group.count = group.count + 1
  for _, field in ipairs(query.sum or {}) do
    local value = field_of(row, field)
    if value ~= nil and type(value) ~= "number" then
      error({ "sum: " .. field .. " " }, 0)
    end
    group.sum[field] = group.sum[field] or {}
    table.insert(group.sum[field], value)
  end
  for _, list in ipairs { "min", "max" } do
    for _, field in ipairs(query[list] or {}) do
      local value = field_of(row, field)
      if value ~= nil then
        add_extreme(group, list, field, value)
      end
    end
  end
end

local function answer_of(group, query)
  local answer = { count = query.count and group.count or nil }
  for i, entry in ipairs(query.by or {}) do
    local field = type(entry) == "table" and (entry.as or entry.field) or entry
    answer[field] = group.keys[i]
  end
  if query.sum and #query.sum > 0 then
    answer.sum = {}
    for field, numbers in pairs(group.sum) do
      answer.sum[field] = M.sum(numbers)
    end
  end
  for _, list in ipairs { "min", "max" } do
    answer[list] = query[list] and #query[list] > 0 and group[list] or nil
  end
  return answer
end

--- What `stream:fold(query)` gives for these rows; nil and what the message must hold.
function M.fold(rows, query)
  local groups, count = {}, #(query.by or {})
  if count == 0 then
    groups[1] = { keys = {}, count = 0, sum = {}, min = {}, max = {} }
  end
  for i = 1, #rows do
    local ok, failure = pcall(add_row, groups, rows[i], query)
    if not ok then
      assert(type(failure) == "table", failure)
      return nil, "fold: " .. failure[1], i
    end
  end
  table.sort(groups, function(a, b)
    for i = 1, count do
      if before(a.keys[i], b.keys[i]) then
        return true
      elseif before(b.keys[i], a.keys[i]) then
        return false
      end
    end
    return false
  end)
  local answers = M.list {}
  for i, group in ipairs(groups) do
    answers[i] = answer_of(group, query)
  end
  return answers
end

--- The rows that are left behind a list of steps: { "where", field, operator, value } and
--- { "select", name, ... }.
function M.steps(rows, steps)
  for _, step in ipairs(steps) do
    local left = M.list {}
    for _, row in ipairs(rows) do
      if step[1] == "select" then
        left[#left + 1] = chosen(row, { unpack(step, 2) })
      elseif step[1] ~= "where" or M.holds(row, step[2], step[3], step[4]) then
        left[#left + 1] = row
      end
    end
    rows = left
  end
  return rows
end

--- Fails where two texts differ, and shows that place alone.
function M.assert_same(expected, actual)
  if expected == actual then
    return
  end
  local at = 1
  while expected:byte(at) == actual:byte(at) do
    at = at + 1
  end
  local from = math.max(at - 60, 1)
  error(("expected ...%s... but got ...%s..."):format(
    expected:sub(from, at + 60), actual:sub(from, at + 60)), 0)
end

--- Rows, groups or values as one text.
function M.show(values)
  return corpus.show(M.list(values))
end

return M
