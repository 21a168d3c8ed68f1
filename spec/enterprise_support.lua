--- A small enterprise whose costs are known, to be answered by the fault server: an account and
--- an account group with two accounts, billed to two units.
--
--     Company            north: 30 + 300, south: 3000
--     +- Alpha           north: 30
--     +- Group           north: 300, south: 3000
--        +- Beta         north: 300
--        +- Gamma        south: 3000

local core = require "costream.core"
local costream = require "costream"
local faults = require "faults_support"
local json = require "costream.format.json"

local M = {}

M.MONTH = "2024-07"

--- A list, though it may be empty.
function M.list(values)
  return setmetatable(values, core.list)
end

local function costs(level, billable, other)
  level.billable_cost, level.billable_rated_cost = billable, 2 * billable
  level.non_billable_cost, level.non_billable_rated_cost = other, 2 * other
  return level
end

local function plan(id, billable, usage)
  local made = { plan_id = id, plan_name = "The " .. id, billable = billable, usage = M.list {} }
  local sum = 0
  for i, cost in ipairs(usage) do
    made.usage[i] = { metric = "M" .. i, cost = cost, rated_cost = 2 * cost }
    sum = sum + cost
  end
  made.cost, made.rated_cost = sum, 2 * sum
  return made
end

--- A report of two resources: `cost` billable, in two plans with usage, and 5 not billable.
function M.report(kind, id, unit, cost)
  local resources = M.list {
    costs({ resource_id = "db", resource_name = "Databases", plans = M.list {
      plan("large", true, { cost / 2, cost / 4 }), plan("free", false, { 5 }),
    } }, cost / 4 * 3, 5),
    costs({ resource_id = "vm", resource_name = "Servers", plans = M.list {
      plan("small", true, { cost / 4 }),
    } }, cost / 4, 0),
  }
  return costs({
    entity_id = id:lower(), entity_name = id, entity_type = kind, month = M.MONTH,
    billing_unit_id = unit, billing_unit_name = unit:upper(), currency_code = "EUR",
    resources = resources,
  }, cost, 5)
end

--- A report without resources, which has the costs of others: of entities with several accounts.
local function sum_of(kind, id, unit, reports)
  local sum = { billable = 0, other = 0 }
  for _, report in ipairs(reports) do
    sum.billable = sum.billable + report.billable_cost
    sum.other = sum.other + report.non_billable_cost
  end
  local made = M.report(kind, id, unit, 4)
  made.resources = nil
  return costs(made, sum.billable, sum.other)
end

--- The reports of the enterprise: tables to be changed before they are answered.
function M.reports()
  local alpha = M.report("account", "Alpha", "north", 30)
  local beta = M.report("account", "Beta", "north", 300)
  local gamma = M.report("account", "Gamma", "south", 3000)
  return {
    alpha = alpha, beta = beta, gamma = gamma,
    company_north = sum_of("enterprise", "Company", "north", { alpha, beta }),
    company_south = sum_of("enterprise", "Company", "south", { gamma }),
    group_north = sum_of("account_group", "Group", "north", { beta }),
    group_south = sum_of("account-group", "Group", "south", { gamma }),
  }
end

--- Which reports are answered for which query.
function M.answers(reports)
  return {
    ["enterprise_id=company"] = { reports.company_north, reports.company_south },
    ["children=true&enterprise_id=company"] = {
      reports.alpha, reports.group_north, reports.group_south,
    },
    ["account_group_id=group"] = { reports.group_north, reports.group_south },
    ["account_group_id=group&children=true"] = { reports.beta, reports.gamma },
    ["account_id=beta"] = { reports.beta },
  }
end

--- A step of the fault server that answers with a table as JSON.
function M.page(body)
  return { faults.answer { body = json.encode("page", body) } }
end

--- A client of a server that has these answers, by query, or what `change(set)` makes of them.
function M.client(answers, change, options)
  local set = {}
  for query, reports in pairs(answers) do
    set[("/v1/resource-usage-reports?%s&month=%s"):format(query, M.MONTH)] =
      M.page { reports = M.list(reports) }
  end
  if change then
    change(set)
  end
  local name = faults.new_run()
  faults.set(name, set)
  local given = { token = "Xq9-0123456789", base_url = faults.url(name), retry = false }
  for option, value in pairs(options or {}) do
    given[option] = value
  end
  return costream.ibm(given)
end

return M
