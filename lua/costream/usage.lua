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

local function scalars(from, into)
  for name, value in pairs(from) do
    if type(value) ~= "table" then
      into[name] = value
    end
  end
  return into
end

--- Goes into the list of an element, which may be absent; nil and an error where it is no list.
local function enter(path, element, name)
  local list = element[name]
  if list == nil or list == core.null then
    list = {}
  elseif type(list) ~= "table" then
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
    scalars(path[depth].element, row)
  end
  local innermost = path[#path]
  return scalars(innermost.list[innermost.at], row)
end

--- Goes into the next report; nil at the end; nil and an error.
local function next_report(self)
  local report, failure = self.reports:next()
  if report == nil then
    return nil, failure
  end
  if type(report) ~= "table" then
    return nil, malformed "a report is not an object"
  end
  return enter(self.path, report, levels[1])
end

function Usage:next()
  local path = self.path
  while true do
    while #path == 0 do
      local entered, failure = next_report(self)
      if not entered then
        return nil, failure
      end
    end
    local found, failure = move(path)
    if found then
      return flatten(path)
    elseif failure then
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
--- several levels, the inner one wins.
---@param reports table source
---@return table source
function M.rows(reports)
  return setmetatable({ reports = reports, path = {} }, Usage)
end

return M
