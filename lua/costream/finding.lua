--- Findings: what an audit found that does not add up.

local check = require "costream.check"
local number = require "costream.format.number"
local text = require "costream.format.text"

local M = {}

---@alias costream.Check
---| "usage against plan"
---| "plans against resource"
---| "resources against report"
---| "children against parent"
---| "hourly against daily"

---@class costream.Finding
---@field check costream.Check
---@field field string whose value is wrong, or those below it: "billable_cost"
---@field expected number? what those below add up to; nil where there are none
---@field found number? what it is; nil where it is not there
---@field difference number `found` less `expected`, where nil is 0
---@field currency_code string? of costs
local Finding = {}
Finding.__index = Finding

-- Less than a cent, and more than the noise of doubles.
local TOLERANCE = 0.005

-- What a finding says of its place: a word, the field of a name and that of an id.
local PLACES = {
  { "", "path", "entity_id" },
  { "billing unit ", "billing_unit_name", "billing_unit_id" },
  { "contract ", "contract" },
  { "project ", "project_id" },
  { "resource ", "resource_name", "resource_id" },
  { "product ", "product" },
  { "plan ", "plan_name", "plan_id" },
}

-- What is held against what, in words: before the field; where there is a sum; and where not.
local WORDS = {
  ["usage against plan"] = { "", "its usage adds up to", "it has no usage" },
  ["plans against resource"] = { "", "its plans add up to", "it has no plans" },
  ["resources against report"] = { "", "its resources add up to", "it has no resources" },
  ["children against parent"] = { "", "its children add up to", "its children have no report" },
  ["hourly against daily"] = { "daily ", "its hours add up to", "its hours have none" },
}

-- Names may have any characters, and string.format of Lua 5.1 and 5.2 ends them at a zero.
local function place_text(finding)
  local parts = {}
  for _, place in ipairs(PLACES) do
    local name, id = finding[place[2]], finding[place[3]]
    if name ~= nil and id ~= nil then
      parts[#parts + 1] = place[1] .. tostring(name) .. " (" .. tostring(id) .. ")"
    elseif name ~= nil or id ~= nil then
      parts[#parts + 1] = place[1] .. tostring(name ~= nil and name or id)
    end
  end
  if finding.others then
    parts[#parts + 1] = ("the %d others together"):format(finding.others)
  end
  return table.concat(parts, ", ")
end

local function value_text(value, currency)
  if value == nil then
    return "absent"
  end
  return number.short(value) .. (currency and " " .. currency or "")
end

--- A difference without the noise of the doubles that it is one of.
local function difference_text(difference)
  local rounded = math.floor(difference * 1e9 + 0.5) / 1e9
  local shown = rounded ~= 0 and number.finite(rounded) and rounded or difference
  return (difference > 0 and "+" or "") .. number.short(shown)
end

--- One line: where it is, what is there, what the parts add up to.
function Finding:__tostring()
  local words, currency = WORDS[self.check], self.currency_code
  local parts = self.expected == nil and words[3]
    or words[2] .. " " .. value_text(self.expected, currency)
  return text.printable(table.concat {
    place_text(self), ": ", words[1], self.field, " is ", value_text(self.found, currency),
    ", but ", parts, " (", difference_text(self.difference), ")",
  })
end

--- Throws unless a tolerance is nil or a number of 0 or more.
---@param what string
---@param value any
---@return number tolerance the default where it is nil
function M.tolerance(what, value)
  if value == nil then
    return TOLERANCE
  end
  if type(value) ~= "number" or not (value >= 0 and value < math.huge) then
    check.misuse(("%s: expected a number of 0 or more, got %s"):format(what, check.show(value)))
  end
  return value
end

--- `found` less `expected`, where nil is 0; nil where that is within the tolerance.
---@param found number?
---@param expected number?
---@param tolerance number
---@return number?
function M.difference(found, expected, tolerance)
  local difference = (found or 0) + 0.0 - (expected or 0)
  if math.abs(difference) <= tolerance then
    return nil
  end
  return difference
end

--- Makes a finding.
---@param places table[] tables that say where: the fields of the later ones count
---@param fields table `check`, `field`, `expected`, `found` and `difference`
---@return costream.Finding
function M.new(places, fields)
  local finding = {}
  for _, place in ipairs(places) do
    for name, value in pairs(place) do
      finding[name] = value
    end
  end
  for name, value in pairs(fields) do
    finding[name] = value
  end
  return setmetatable(finding, Finding)
end

return M
