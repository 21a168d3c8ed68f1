--- Usage rows: a report's innermost level, each row with the scalar fields of all its levels.

local core = require "costream.core"
local errors = require "costream.error"

local M = {}

local Usage = {}
Usage.__index = Usage

local levels = { "resources", "plans", "usage" }

local function malformed(what)
  return errors.new { kind = "malformed", message = what, attempts = 1 }
end

-- A plan has these too: where a metric lacks its own, the plan's would be counted again.
local own = { cost = true, rated_cost = true }

local function add_scalars(row, element, innermost)
  for name, value in pairs(element) do
    if type(value) ~= "table" and (innermost or not own[name]) then
      row[name] = value
    end
  end
end

--- Goes into the list of an element, which may be absent; nil and an error where it is no list.
local function enter(path, element, name)
  if type(element) ~= "table" then
    return nil, malformed "a report is not an object"
  end
  local list = element[name]
  if list == nil or list == core.null then
    list = {}
  elseif getmetatable(list) ~= core.list then
    return nil, malformed(("%s of a report is not a list"):format(name))
  end
  local size = 0
  for _ in pairs(list) do
    size = size + 1
  end
  path[#path + 1] = { list = list, size = size, at = 0, element = element }
  return true
end

--- Goes one level in or, where that is used up, to the next element of the level outside;
--- true when it stands on a usage; nil and an error.
local function move(path)
  local depth = #path
  local level = path[depth]
  level.at = level.at + 1
  local element = level.list[level.at]
  if element == nil and level.at > level.size then
    path[depth] = nil
    return false
  end
  if type(element) ~= "table" then
    return nil, malformed(("%s of a report is not a list of objects"):format(levels[depth]))
  end
  if depth == #levels then
    return true
  end
  local entered, failure = enter(path, element, levels[depth + 1])
  return entered and false, failure
end

local function flatten(path)
  local row = {}
  for depth = 1, #path do
    add_scalars(row, path[depth].element, false)
  end
  local innermost = path[#path]
  add_scalars(row, innermost.list[innermost.at], true)
  return row
end

--- One step: true when it stands on a usage; nil at the end; nil and an error. Several tasks may
--- wait here for reports at once, so what comes is queued.
local function step(self)
  local path, queue = self.path, self.queue
  if #path > 0 then
    return move(path)
  end
  if #queue > 0 then
    local entered, failure = enter(path, table.remove(queue, 1), levels[1])
    return entered and false, failure
  end
  local report, failure = self.reports:next()
  queue[#queue + 1] = report
  if failure or #path == 0 and #queue == 0 then
    return nil, failure
  end
  return false
end

function Usage:next()
  while true do
    local found, failure = step(self)
    if found then
      return flatten(self.path)
    elseif found == nil then
      return nil, failure
    end
  end
end

function Usage:close()
  self.reports:close()
end

function Usage:stats()
  return self.reports:stats()
end

--- One row per entity, resource, plan and metric of a source of reports. Where a name is on
--- several levels, the inner one wins; costs of a metric are its own or absent.
---@param reports table source
---@return table source
function M.rows(reports)
  return setmetatable({
    reports = reports, path = {}, queue = {}, numbers_text = reports.numbers_text,
  }, Usage)
end

return M
