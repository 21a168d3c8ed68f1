--- What does not add up in the reports of an enterprise, from its top to its accounts.
--
-- An entity's own reports, and those of its children, whose groups are gone into in turn: each
-- report is read once, and none is kept.

local calendar = require "costream.calendar"
local check = require "costream.check"
local concealed = require "costream.ibm.concealed"
local core = require "costream.core"
local errors = require "costream.error"
local exact = require "costream.exact"
local excerpt = require "costream.excerpt"
local finding = require "costream.finding"
local name_path = require "costream.ibm.name_path"
local parallel = require "costream.parallel"
local query = require "costream.query"
local report_audit = require "costream.ibm.report_audit"

---@class costream.IbmAuditQuery
---@field enterprise_id string? exactly one of the three ids: all below it is audited
---@field account_group_id string?
---@field account_id string?
---@field month string "2024-07"
---@field tolerance number? the difference that is let pass (default 0.005, less than a cent)
---@field parallel integer? requests at once (default 4)

---@class costream.IbmFinding: costream.Finding
---@field path string? the names on the way down to the entity, from the one that was asked for
---@field entity_id string?
---@field entity_name string?
---@field billing_unit_id string?
---@field billing_unit_name string?
---@field resource_id string?
---@field resource_name string?
---@field plan_id string?
---@field plan_name string?

local PARALLEL = 4

local kinds = query.kinds
local ids = {
  enterprise_id = kinds.text(), account_group_id = kinds.text(), account_id = kinds.text(),
  month = kinds.month(),
}
local known = {
  enterprise_id = true, account_group_id = true, account_id = true, month = true,
  tolerance = true, parallel = true,
}

-- Two currencies, and two billing units, are never one sum.
local unit_sums = exact.query {
  by = { "billing_unit_id", "currency_code" }, sum = report_audit.COSTS,
}
local group_sums = exact.query {
  by = { "entity_id", "billing_unit_id", "currency_code" }, sum = report_audit.COSTS,
}

-- In the order in which findings are listed.
local CHECKS = {
  ["children against parent"] = 1, ["resources against report"] = 2,
  ["plans against resource"] = 3, ["usage against plan"] = 4,
}
local ORDER = {
  "path", "entity_id", "billing_unit_name", "billing_unit_id", "currency_code", "order",
  "resource_id", "plan_id", "field",
}

local function malformed(message)
  error(errors.new { kind = "malformed", message = excerpt(message) }, 0)
end

--- A field's text; nil where it is absent or null.
local function text_of(report, field)
  local value = report[field]
  if value == nil or value == core.null then
    return nil
  elseif type(value) ~= "string" then
    malformed(("a report's %s is no text"):format(field))
  end
  return value
end

--- Is it the report of an account group, which has children of its own? Its CRN says so, too.
local function is_group(report)
  local kind = text_of(report, "entity_type")
    or (text_of(report, "entity_crn") or ""):match "::([%a-]+):[^:]*$"
  if kind == "account-group" or kind == "account_group" then
    return true
  elseif kind ~= "account" then
    malformed(("%s has the entity_type %s: it is not known whether there are entities below it")
      :format(check.show(text_of(report, "entity_id")), check.show(kind or "")))
  end
  return false
end

local function add_up(folding, report, number)
  local added, failure = folding:add(report, number)
  if not added then
    malformed(failure.message:gsub("^fold: %a+: ", ""))
  end
end

--- The text of a month as the calendar writes it; nil where it is none.
local function month_text(month)
  local year, number = calendar.read_month(month)
  return year and calendar.write(year, number)
end

--- Raises where a report is of another month than that which was asked for.
local function check_month(self, report)
  local month = text_of(report, "month")
  if month and month_text(month) ~= self.month then
    malformed(("a report of %s has the month %s, but %s was asked for"):format(
      check.show(text_of(report, "entity_id")), check.show(month), check.show(self.month)))
  end
end

--- Where a report is, for its findings. Raises where it is none of the audit's.
local function place_of(self, report, parent_path)
  check_month(self, report)
  local id, name = text_of(report, "entity_id"), text_of(report, "entity_name")
  local unit, unit_name = text_of(report, "billing_unit_id"), text_of(report, "billing_unit_name")
  if unit then
    self.unit_names[unit] = unit_name or self.unit_names[unit]
  end
  return {
    path = name_path.join(parent_path, name or id or "?"), entity_id = id, entity_name = name,
    billing_unit_id = unit, billing_unit_name = unit_name,
    currency_code = text_of(report, "currency_code"),
  }
end

--- A billing unit and a currency as one text, each pair as another.
local function unit_key(group)
  local unit, currency = group.billing_unit_id, group.currency_code
  return type(unit) .. #(unit or "") .. ":" .. (unit or "") .. type(currency) .. (currency or "")
end

--- Groups of `unit_sums` or `group_sums` by billing unit and currency.
local function by_unit(groups)
  local found = {}
  for _, group in ipairs(groups) do
    found[unit_key(group)] = group
  end
  return found
end

--- Holds the sums of a billing unit's reports against those of the children's: either may be nil
--- where there are none.
local function compare_unit(self, entity, own, below)
  local unit = own or below
  local place = {
    path = entity.path, entity_id = entity.id, entity_name = entity.name,
    billing_unit_id = unit.billing_unit_id, currency_code = unit.currency_code,
    billing_unit_name = unit.billing_unit_id and self.unit_names[unit.billing_unit_id],
  }
  for _, field in ipairs(report_audit.COSTS) do
    local found, expected = own and own.sum[field], below and below.sum[field]
    local both_said = (found or not own) and (expected or not below)
    local difference = both_said and finding.difference(found, expected, self.tolerance)
    if difference then
      self.found(finding.new({ place }, {
        check = "children against parent", field = field, found = found, expected = expected,
        difference = difference,
      }))
    end
  end
end

local function compare_children(self, entity, below)
  local own = by_unit(entity.own)
  below = by_unit(below)
  for key, group in pairs(own) do
    compare_unit(self, entity, group, below[key])
  end
  for key, group in pairs(below) do
    if not own[key] then
      compare_unit(self, entity, nil, group)
    end
  end
end

--- The account groups of a listing as entities to go into, each with its own sums.
local function groups_below(self, names, parent_path, groups)
  local entities, by_id = {}, {}
  for _, group in ipairs(groups) do
    local id = group.entity_id
    local entity = by_id[id]
    if not entity then
      local name = names[id]
      entity = {
        id = id, name = name, path = name_path.join(parent_path, name or id), own = {},
        parameter = "account_group_id",
      }
      if self.seen[id] then
        malformed(("the account group %s is below %s, and came before, too"):format(
          check.show(id), parent_path))
      end
      self.seen[id], by_id[id] = true, entity
      entities[#entities + 1] = entity
    end
    entity.own[#entity.own + 1] = group
  end
  return entities
end

--- Reads the reports of an entity's children, and audits each; then the children as a whole.
local function audit_children(self, entity, add)
  local below, groups, names, count = exact.new(unit_sums), exact.new(group_sums), {}, 0
  for report in self.ibm:reports {
    [entity.parameter] = entity.id, children = true, month = self.month,
  } do
    count = count + 1
    local place = place_of(self, report, entity.path)
    report_audit.audit(self, place, report)
    add_up(below, report, count)
    if is_group(report) then
      if not place.entity_id then
        malformed(("an account group below %s has no entity_id"):format(entity.path))
      end
      names[place.entity_id] = place.entity_name
      add_up(groups, report, count)
    end
  end
  compare_children(self, entity, below:groups())
  for _, group in ipairs(groups_below(self, names, entity.path, groups:groups())) do
    add(group)
  end
end

--- Reads an entity's own reports, and audits each.
local function audit_own(self, entity, add)
  local own, count = exact.new(unit_sums), 0
  for report in self.ibm:reports { [entity.parameter] = entity.id, month = self.month } do
    count = count + 1
    local place = place_of(self, report)
    if place.entity_id and place.entity_id ~= entity.id then
      malformed(("the reports of %s are those of %s"):format(check.show(entity.id),
        check.show(place.entity_id)))
    end
    entity.name, entity.path = place.entity_name, place.path
    report_audit.audit(self, place, report)
    add_up(own, report, count)
  end
  entity.path = entity.path or name_path.join(nil, entity.id)
  entity.own = own:groups()
  if entity.parameter ~= "account_id" then
    add(entity)
  end
end

local function audit_entity(self, entity, add)
  if entity.own then
    audit_children(self, entity, add)
  else
    audit_own(self, entity, add)
  end
end

local function is_before(a, b)
  for _, name in ipairs(ORDER) do
    local left, right = a[name], b[name]
    if name == "order" then
      left, right = CHECKS[a.check], CHECKS[b.check]
    end
    left, right = tostring(left or ""), tostring(right or "") -- ids may be numbers, too
    if left ~= right then
      return left < right
    end
  end
  return false
end

local function run(self, top)
  local findings = {}
  function self.found(one)
    findings[#findings + 1] = one
  end
  parallel.each(self.ibm._client, { top }, self.parallel, function(entity, add)
    audit_entity(self, entity, add)
  end)
  table.sort(findings, is_before)
  return findings
end

--- Checks the query: what it asks for, and the entity at the top.
local function read_query(ibm, given)
  local what = "ibm:audit"
  check.type(what .. ": query", given, "table")
  check.names(what, given, known)
  local asked = {}
  for name in pairs(ids) do
    asked[name] = given[name]
  end
  local texts = query.check(what, asked, ids)
  local top
  for _, name in ipairs { "enterprise_id", "account_group_id", "account_id" } do
    if texts[name] then
      if top then
        check.misuse(what .. ": expected exactly one of enterprise_id, account_group_id and "
          .. "account_id, got more of them")
      end
      top = { parameter = name, id = texts[name] }
    end
  end
  if not top then
    check.misuse(what .. ": expected one of enterprise_id, account_group_id and account_id")
  elseif not texts.month then
    check.misuse(what .. ": month: expected a month as 2024-08: the reports of several requests "
      .. "are held against each other")
  end
  return {
    ibm = ibm, month = month_text(texts.month), seen = { [top.id] = true }, unit_names = {},
    tolerance = finding.tolerance(what .. ": tolerance", given.tolerance),
    parallel = check.integer(what .. ": parallel", given.parallel, 1, 64) or PARALLEL,
  }, top
end

--- Audits what an enterprise, an account group or an account cost in a month.
---@param ibm costream.Ibm
---@param given costream.IbmAuditQuery
---@return costream.IbmFinding[]? findings empty where all adds up; nil where it could not be read
---@return costream.Error? failure
return function(ibm, given)
  if ibm._client.values.numbers_text then
    check.misuse 'ibm:audit: numbers are text in this client (numbers = "text")'
  end
  local self, top = read_query(ibm, given)
  return concealed(ibm, parallel.try(run, self, top))
end
