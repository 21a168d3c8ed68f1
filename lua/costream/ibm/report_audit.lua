--- What does not add up inside a report: usage, plans, resources and the report itself.

local compat = require "costream.compat"
local core = require "costream.core"
local errors = require "costream.error"
local excerpt = require "costream.excerpt"
local exact = require "costream.exact"
local finding = require "costream.finding"

local M = {}

--- The costs of reports and resources.
M.COSTS = {
  "billable_cost", "billable_rated_cost", "non_billable_cost", "non_billable_rated_cost",
}

-- What the costs of usage and plans are added up to.
local PLAN_COSTS = { "cost", "rated_cost" }

-- As the published example has it: the cost of a billable plan is in its resource's
-- billable_cost, that of another in its non_billable_cost, and rated costs likewise. Of a plan
-- that does not say which it is, only the two together are known.
local COUNTERPARTS = {
  { "cost", "billable_cost", "non_billable_cost" },
  { "rated_cost", "billable_rated_cost", "non_billable_rated_cost" },
}

local usage_sums = exact.query { sum = PLAN_COSTS }
local plan_sums = exact.query { by = { "billable" }, sum = PLAN_COSTS }
local cost_sums = exact.query { sum = M.COSTS }
local value_sum = exact.query { sum = { "value" } }

local function malformed(place, message)
  error(errors.new {
    kind = "malformed",
    message = excerpt(("%s in a report of %s"):format(message,
      tostring(place.path or place.entity_id))),
  }, 0)
end

--- A field of a level; nil where it is absent or null.
local function get(level, field)
  local value = level[field]
  if value ~= core.null then
    return value
  end
end

--- A cost, or nil. Raises where it is no number.
local function cost_of(level, field, place)
  local cost = get(level, field)
  if cost ~= nil and type(cost) ~= "number" then
    malformed(place, field .. " is no number")
  end
  return cost
end

--- The levels below one, or nil. Raises where they are no list of objects.
local function list_of(level, name, place)
  local list = get(level, name)
  if list == nil then
    return nil
  elseif type(list) ~= "table" or getmetatable(list) ~= core.list then
    malformed(place, name .. " is no list")
  end
  local objects = {}
  for _, object in pairs(list) do -- null leaves a hole
    if type(object) == "table" and getmetatable(object) ~= core.list then
      objects[#objects + 1] = object
    elseif object ~= core.null then
      malformed(place, ("among %s is what is no object"):format(name))
    end
  end
  return objects
end

--- As exact.groups. Raises where something is no number.
local function groups_of(levels, query, place)
  local groups, failure = exact.groups(levels, query)
  if not groups then
    malformed(place, (failure.message:gsub("^fold: %a+: ", "")))
  end
  return groups
end

--- Holds a value against what the parts below it add up to: nothing is found where either is not
--- said. Of no parts at all the sum is 0.
local function compare(self, places, what, field, found, expected)
  local difference = found and expected
    and finding.difference(found, expected, self.tolerance)
  if difference then
    self.found(finding.new(places, {
      check = what, field = field, expected = expected, found = found, difference = difference,
    }))
  end
end

--- What a sum over `parts` is held to be.
local function expected_of(parts, sum)
  if sum == nil and #parts == 0 then
    return 0
  end
  return sum
end

--- The ids and names of a level, for its findings. Raises where one is no plain value.
local function place_of(place, level, ...)
  local own = {}
  for _, name in ipairs { ... } do
    local value = get(level, name)
    if type(value) == "table" then
      malformed(place, name .. " is no text")
    end
    own[name] = value
  end
  return own
end

local function audit_plan(self, places, plan)
  local place = places[1]
  local usage = list_of(plan, "usage", place)
  if not usage then
    return
  end
  local sums = groups_of(usage, usage_sums, place)[1].sum
  local here = { places[1], places[2], place_of(place, plan, "plan_id", "plan_name") }
  for _, field in ipairs(PLAN_COSTS) do
    compare(self, here, "usage against plan", field, cost_of(plan, field, place),
      expected_of(usage, sums[field]))
  end
end

--- The sums of a resource's plans by whether they are billable: `[true]`, `[false]`; and where
--- there are some that do not say it, `unknown`.
local function sums_by_billable(plans, place)
  local sums = {}
  for _, group in ipairs(groups_of(plans, plan_sums, place)) do
    local billable = group.billable
    if billable ~= nil and type(billable) ~= "boolean" then
      malformed(place, "billable is neither true nor false")
    end
    sums[billable == nil and "unknown" or billable] = group.sum
  end
  return sums
end

--- The sum of some numbers; nil where there are none.
local function total(...)
  local rows = {}
  for i = 1, select("#", ...) do
    rows[i] = { value = (select(i, ...)) }
  end
  return exact.groups(rows, value_sum)[1].sum.value
end

--- Where it is not known which of the two costs a plan is in: both together.
local function compare_both(self, places, resource, plans, sums, counterpart)
  local field, billable, other = compat.unpack(counterpart)
  local place = places[1]
  local function sum_of(key)
    return sums[key] and sums[key][field]
  end
  compare(self, places, "plans against resource", billable .. " + " .. other,
    total(cost_of(resource, billable, place), cost_of(resource, other, place)),
    expected_of(plans, total(sum_of(true), sum_of(false), sum_of "unknown")))
end

local function audit_resource(self, place, resource)
  local places = { place, place_of(place, resource, "resource_id", "resource_name") }
  local plans = list_of(resource, "plans", place)
  if not plans then
    return
  end
  for _, plan in ipairs(plans) do
    audit_plan(self, places, plan)
  end
  local sums = sums_by_billable(plans, place)
  for _, counterpart in ipairs(COUNTERPARTS) do
    if sums.unknown then
      compare_both(self, places, resource, plans, sums, counterpart)
    else
      for i, billable in ipairs { true, false } do
        local field = counterpart[i + 1]
        local sum = sums[billable]
        compare(self, places, "plans against resource", field, cost_of(resource, field, place),
          sum and sum[counterpart[1]] or not sum and 0 or nil)
      end
    end
  end
end

--- Audits the inside of a report. Raises where it cannot be read.
---@param self { tolerance: number, found: fun(finding: costream.Finding) }
---@param place table where it is, for the findings
---@param report costream.IbmReport
function M.audit(self, place, report)
  local resources = list_of(report, "resources", place)
  if not resources then
    return
  end
  for _, resource in ipairs(resources) do
    audit_resource(self, place, resource)
  end
  local sums = groups_of(resources, cost_sums, place)[1].sum
  for _, field in ipairs(M.COSTS) do
    compare(self, { place }, "resources against report", field, cost_of(report, field, place),
      expected_of(resources, sums[field]))
  end
end

return M
