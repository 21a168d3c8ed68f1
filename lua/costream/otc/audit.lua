--- Hourly consumption of a day against the daily one, resource by resource.

local check = require "costream.check"
local exact = require "costream.exact"
local finding = require "costream.finding"
local number = require "costream.format.number"
local parallel = require "costream.parallel"
local query = require "costream.query"

---@class costream.OtcAuditQuery
---@field date string the day, "2024-08-02"
---@field contract integer? the filters are those of hourly and daily
---@field product string|integer?
---@field product_description string?
---@field project_name string?
---@field resource_id string?
---@field consumption_type "EL"|"RC"|"OTF"?
---@field tolerance number? the difference that is let pass (default 0.005, less than a cent)
---@field groups integer? the most resources and products that there may be (default 200,000);
---  each takes about 4 kB of memory

---@class costream.OtcFinding: costream.Finding
---@field contract integer?
---@field project_id string?
---@field resource_id string?
---@field product string?
---@field others integer? it is about so many together, which have no findings of their own

local GROUPS = 200000

local FILTERS = {
  "date", "contract", "product", "product_description", "project_name", "resource_id",
  "consumption_type",
}

-- What is the same in the hourly and the daily rows of a thing that costs: the fields that both
-- kinds of rows have and that say which it is and whose. Where there is no resource_id, the
-- product of a project is such a thing.
local KEY = { "contract", "project_id", "resource_id", "product" }

local both_sums = exact.query { sum = { "hourly", "daily" } }

--- What is held against each other, as a text that no other has.
local function key_text(group)
  local parts = {}
  for i, name in ipairs(KEY) do
    local value = group[name]
    local text = type(value) == "number" and number.exact(value) or tostring(value)
    parts[i] = type(value) .. #text .. ":" .. text
  end
  return table.concat(parts)
end

local function place_of(group)
  local place = {}
  for _, name in ipairs(KEY) do
    place[name] = group[name]
  end
  return place
end

--- Folds the hourly and the daily rows, at the same time where the client may have two streams
--- open. Raises where either fails.
local function fold_both(otc, filters, most)
  local groups = {}
  parallel.each(otc._client, { "daily", "hourly" }, 2, function(method)
    local failure
    groups[method], failure = otc[method](otc, filters):fold {
      by = KEY, sum = { "amount", "quantity" }, min = { "quantity_type" },
      max = { "quantity_type" }, groups = most,
    }
    if failure and failure.kind == "limit" and failure.message:find "^fold: more groups" then
      failure.message = ("otc:audit: more resources and products than groups = %.0f allows")
        :format(most)
      failure.recovery = "Audit each contract, project or product by itself, or allow more with "
        .. "groups: each takes about 4 kB of memory."
    end
    if failure then
      error(failure, 0)
    end
  end)
  return groups.hourly, groups.daily
end

--- Are all rows of both in the same unit, so that their quantities can be added up?
local function same_unit(hourly, daily)
  local unit = hourly.min.quantity_type
  return unit == hourly.max.quantity_type and unit == daily.min.quantity_type
    and unit == daily.max.quantity_type
end

--- Holds the sums of one thing's rows against each other, either of which may be nil; true where
--- its amount is wrong.
local function compare(self, hourly, daily)
  local function compare_field(field, currency)
    local expected, found = hourly and hourly.sum[field], daily and daily.sum[field]
    local difference = finding.difference(found, expected, self.tolerance)
      or (not hourly or not daily) and (found or 0) - (expected or 0)
    if difference then
      self.findings[#self.findings + 1] = finding.new({ place_of(hourly or daily) }, {
        check = "hourly against daily", field = field, expected = expected, found = found,
        difference = difference, currency_code = currency,
      })
    end
    return difference
  end
  local is_wrong = compare_field("amount", "EUR")
  if hourly and daily and hourly.sum.quantity and daily.sum.quantity
    and same_unit(hourly, daily) then
    compare_field "quantity"
  end
  return is_wrong
end

--- Holds all others against each other together: many differences that each are let pass may be
--- one that is not.
local function compare_others(self, others, count)
  local sum = others:groups()[1].sum
  local difference = finding.difference(sum.daily, sum.hourly, self.tolerance)
  if difference then
    self.findings[#self.findings + 1] = finding.new({}, {
      check = "hourly against daily", field = "amount", expected = sum.hourly,
      found = sum.daily, difference = difference, currency_code = "EUR", others = count,
    })
  end
end

local function run(self, otc, filters)
  local hourly_groups, daily_groups = fold_both(otc, filters, self.groups)
  local daily_of = {}
  for _, daily in ipairs(daily_groups) do
    daily_of[key_text(daily)] = daily
  end
  local others, count = exact.new(both_sums), 0
  for _, hourly in ipairs(hourly_groups) do
    local key = key_text(hourly)
    local daily = daily_of[key]
    daily_of[key] = nil
    if not compare(self, hourly, daily) then
      count = count + 1
      others:add({ hourly = hourly.sum.amount, daily = daily.sum.amount }, count)
    end
  end
  for _, daily in ipairs(daily_groups) do
    if daily_of[key_text(daily)] then
      compare(self, nil, daily)
    end
  end
  compare_others(self, others, count)
  return self.findings
end

--- The filters of a query, checked.
local function check_filters(what, given, parameters)
  local known, filters, kinds = { tolerance = true, groups = true }, {}, {}
  for _, name in ipairs(FILTERS) do
    known[name], filters[name], kinds[name] = true, given[name], parameters[name]
  end
  check.names(what, given, known)
  query.check(what, filters, kinds)
  if filters.date == nil then
    check.misuse(what .. ": date: expected a date as 2024-08-02, got nothing")
  end
  return filters
end

--- Audits a day.
---@param otc costream.Otc
---@param given costream.OtcAuditQuery
---@param parameters table<string, function> those of `daily`, by name
---@return costream.OtcFinding[]? findings empty where all adds up; nil where it could not be read
---@return costream.Error? failure
return function(otc, given, parameters)
  local what = "otc:audit"
  check.type(what .. ": query", given, "table")
  local filters = check_filters(what, given, parameters)
  if otc._client.values.numbers_text then
    check.misuse(what .. ': numbers are text in this client (numbers = "text")')
  end
  return parallel.try(run, {
    findings = {},
    tolerance = finding.tolerance(what .. ": tolerance", given.tolerance),
    groups = check.integer(what .. ": groups", given.groups, 1, 2 ^ 31) or GROUPS,
  }, otc, filters)
end
