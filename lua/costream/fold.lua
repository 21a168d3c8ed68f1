--- What `stream:fold` is asked for, checked.

local check = require "costream.check"
local core = require "costream.core"
local wait = require "costream.wait"

local M = {}

---@class costream.FoldBy
---@field field string
---@field first integer? only so many characters of a string, from its beginning
---@field as string? its name in the groups (default: the field's)

---@class costream.FoldQuery
---@field by (string|costream.FoldBy)[]? rows with the same values in these are a group; without
---  it there is one
---@field sum string[]? fields whose numbers are added up, exactly
---@field min string[]? fields whose least value is looked for
---@field max string[]? fields whose greatest value is looked for
---@field count boolean? how many rows there are
---@field groups integer? the most groups that there may be (default 100,000)

---@class costream.Group
---@field count integer? rows, if `count` was asked for
---@field sum table<string, number>? by field; absent for one that no row has
---@field min table<string, any>? by field, likewise
---@field max table<string, any>? by field, likewise

local known = { by = true, sum = true, min = true, max = true, count = true, groups = true }
local by_names = { field = true, first = true, as = true }
local taken = { sum = true, min = true, max = true, count = true }

local GROUPS = 100000

local AT_ONCE = 64 -- groups that are made between two looks at the time slice

local function check_list(what, list)
  if type(list) ~= "table" or #list == 0 and next(list) ~= nil then
    check.misuse(("%s: expected a list, as in { \"amount\" }, got %s"):format(
      what, check.show(list)))
  end
  check.list(what, list)
  return list
end

local function by_entry(what, entry)
  if type(entry) == "string" then
    return { field = entry, as = entry }
  end
  check.type(what, entry, "string", "table")
  check.names(what, entry, by_names)
  check.type(what .. ".field", entry.field, "string")
  check.type(what .. ".as", entry.as, "string", "nil")
  check.integer(what .. ".first", entry.first, 1, 2 ^ 31)
  return { field = entry.field, first = entry.first, as = entry.as or entry.field }
end

local function by_entries(list, asked)
  local entries, names = {}, {}
  for i, entry in ipairs(check_list("fold: by", list)) do
    local what = ("fold: by: %d"):format(i)
    entries[i] = by_entry(what, entry)
    local as = entries[i].as
    if names[as] then
      check.misuse(("%s: %s is there already; name it otherwise with as"):format(
        what, check.show(as)))
    elseif taken[as] and asked[as] then
      check.misuse(("%s: %s is what the groups' own %s is called; name it otherwise with as")
        :format(what, check.show(as), as))
    end
    names[as] = true
  end
  return entries
end

local function field_names(what, list)
  local names, seen = {}, {}
  for i, name in ipairs(check_list(what, list)) do
    check.type(("%s: %d"):format(what, i), name, "string")
    if seen[name] then
      check.misuse(("%s: %d: %s is there already"):format(what, i, check.show(name)))
    end
    names[i], seen[name] = name, true
  end
  return names
end

--- Checks what was asked for.
---@param given costream.FoldQuery
---@return table asked `by` entries, `sum`, `min` and `max` names, `count`, `groups`
function M.check(given)
  check.type("fold", given, "table")
  check.names("fold", given, known)
  check.type("fold: count", given.count, "boolean", "nil")
  local asked = {
    by = by_entries(given.by or {}, given),
    sum = field_names("fold: sum", given.sum or {}),
    min = field_names("fold: min", given.min or {}),
    max = field_names("fold: max", given.max or {}),
    count = given.count,
    groups = check.integer("fold: groups", given.groups, 1, 2 ^ 31) or GROUPS,
  }
  if #asked.by + #asked.sum + #asked.min + #asked.max == 0 and not asked.count then
    check.misuse "fold: expected at least one of by, sum, min, max and count"
  end
  return asked
end

--- The names of all fields that are looked at, each once.
---@param asked table
---@return string[]
function M.fields(asked)
  local names, seen = {}, {}
  local function add(name)
    if not seen[name] then
      names[#names + 1], seen[name] = name, true
    end
  end
  for _, entry in ipairs(asked.by) do
    add(entry.field)
  end
  for _, list in ipairs { asked.sum, asked.min, asked.max } do
    for _, name in ipairs(list) do
      add(name)
    end
  end
  return names
end

local function numbers_of(names, number)
  local numbers = {}
  for i, name in ipairs(names) do
    numbers[i] = number[name]
  end
  return numbers
end

--- Makes the fold, which knows the fields by their numbers.
---@param asked table
---@param fields string[] all that it looks at, perhaps among others
---@return table fold of the C core
function M.new(asked, fields)
  local number = {}
  for i, name in ipairs(fields) do
    number[name] = i
  end
  local by, as = {}, {}
  for i, entry in ipairs(asked.by) do
    by[i] = { field = number[entry.field], first = entry.first }
    as[i] = entry.as
  end
  return core.fold {
    fields = fields,
    by = by,
    as = as,
    sum_names = asked.sum,
    min_names = asked.min,
    max_names = asked.max,
    sum = numbers_of(asked.sum, number),
    min = numbers_of(asked.min, number),
    max = numbers_of(asked.max, number),
    count = asked.count,
    groups = asked.groups,
  }
end

--- The groups of a fold: nil and the name of a field whose sum is larger than any double.
---@param folding table of the C core
---@return costream.Group[]? groups
---@return string? field
function M.groups(folding)
  while not folding:finish() do
    wait.pause_in_time()
  end
  local groups = {}
  repeat
    local from = #groups + 1
    local field = folding:overflow(from, AT_ONCE)
    if field then
      return nil, field
    end
    local more = folding:groups(from, AT_ONCE)
    for i = 1, #more do
      groups[from + i - 1] = more[i]
    end
    wait.pause_in_time()
  until #more < AT_ONCE
  return groups
end

return M
