-- What audits and ranges are tried on: the sandbox's data adds up, unless a control says where
-- it does not.

local support = require "support"

local enterprise_id = "enterprise-cloud-provider"
local month = "2024-07"

-- Decimals that are equal may differ in the last bits of the doubles that they are summed in.
local function is_equal(a, b)
  return math.abs(a - b) <= 1e-12 * math.abs(a)
end

-- The resources whose hourly amounts do not add up to the daily one, and by how much.
local function differences_of_day(controls, date)
  local otc = support.otc(controls)
  local daily, found = {}, {}
  for row in otc:daily { date = date } do
    assert.is_nil(daily[row.resource_id])
    daily[row.resource_id] = row
  end
  local groups = otc:hourly { date = date }
    :fold { by = { "resource_id" }, sum = { "amount", "quantity" }, count = true }
  for _, group in ipairs(groups) do
    local row = daily[group.resource_id]
    daily[group.resource_id] = nil
    assert.is_true(is_equal(row.quantity, group.sum.quantity))
    if not is_equal(row.amount, group.sum.amount) then
      found[#found + 1] = ("%.4f"):format(group.sum.amount - row.amount)
    end
  end
  assert.is_nil(next(daily))
  return found, groups[1].count
end

describe("OTC's data in the sandbox", function()
  it("has daily rows that are the sums of the hourly ones, when clocks change, too", function()
    local hours = {
      ["2024-03-31"] = 23, ["2024-10-27"] = 25, ["2024-08-02"] = 24, ["2024-02-29"] = 24,
    }
    for date, expected in pairs(hours) do
      for seed = 0, 1 do
        local differences, count = differences_of_day("seed=" .. seed, date)
        assert.are.same({}, differences)
        assert.are.equal(expected, count)
      end
    end
  end)

  it("has the same bytes in a month as in its days", function()
    local function body(what, controls, query)
      return support.read_command(("curl -sf -H 'Authorization: Bearer otc-sandbox-token' "
        .. "'%s/v2/%s/consumption/?%s'"):format(support.controls(controls), what, query))
    end
    for _, what in ipairs { "daily", "hourly" } do
      for number, days in pairs { [2] = 29, [3] = 31, [10] = 31 } do
        local parts = {}
        for day = 1, days do
          parts[day] = body(what, "resources=3", ("date=2024-%02d-%02d"):format(number, day))
        end
        local whole = body(what, "resources=3", "year=2024&month=" .. number)
        assert.is_true(#whole > 0)
        assert.is_true(whole == table.concat(parts))
      end
    end
  end)

  it("is a cent off in one resource where `wrong` says so", function()
    for _, date in ipairs { "2024-08-02", "2024-10-27" } do
      assert.are.same({ "0.0100" }, (differences_of_day("wrong=hourly", date)))
      assert.are.same({ "-0.0100" }, (differences_of_day("wrong=daily", date)))
    end
  end)
end)

-- A cost in whole cents: sums of them are exact.
local function cents(cost)
  return math.floor(cost * 100 + 0.5)
end

local function sum(list, field, is_wanted)
  local total = 0
  for _, item in ipairs(list) do
    if not is_wanted or is_wanted(item) then
      total = total + cents(item[field])
    end
  end
  return total
end

local costs = {
  billable_cost = { "cost", true }, billable_rated_cost = { "rated_cost", true },
  non_billable_cost = { "cost", false }, non_billable_rated_cost = { "rated_cost", false },
}

local function plan_differences(plan, add)
  for _, field in ipairs { "cost", "rated_cost" } do
    if cents(plan[field]) ~= sum(plan.usage, field) then
      add "plan"
    end
  end
end

local function resource_differences(resource, add)
  for field, of_plan in pairs(costs) do
    local total = sum(resource.plans, of_plan[1], function(plan)
      return plan.billable == of_plan[2]
    end)
    if cents(resource[field]) ~= total then
      add "resource"
    end
  end
  for _, plan in ipairs(resource.plans) do
    plan_differences(plan, add)
  end
end

local function report_differences(report, add)
  for field in pairs(costs) do
    if cents(report[field]) ~= sum(report.resources, field) then
      add "report"
    end
  end
  for _, resource in ipairs(report.resources) do
    resource_differences(resource, add)
  end
end

local function reports_of(ibm, id_field, id, children)
  return ibm:reports {
    [id_field] = id, children = children, month = month, limit = 100,
  }:collect()
end

local function child_differences(own, children, add)
  local parents = 0
  for _, report in ipairs(own) do
    for field in pairs(costs) do
      local total = sum(children, field, function(child)
        return child.billing_unit_id == report.billing_unit_id
      end)
      parents = parents + (cents(report[field]) == total and 0 or 1)
    end
  end
  if parents > 0 then
    add "child"
  end
end

-- Where the reports of an enterprise do not add up: { "plan", "resource" }, each once, sorted.
local function differences_of_enterprise(controls)
  local ibm, found, reports = support.ibm(controls), {}, 0
  local function add(what)
    found[what] = true
  end
  local function check(id_field, id)
    local own = reports_of(ibm, id_field, id)
    local children = reports_of(ibm, id_field, id, true)
    child_differences(own, children, add)
    for _, list in ipairs { own, children } do
      for _, report in ipairs(list) do
        report_differences(report, add)
        reports = reports + 1
      end
    end
  end
  check("enterprise_id", enterprise_id)
  for group in ibm:account_groups { enterprise_id = enterprise_id, limit = 100 } do
    check("account_group_id", group.id)
  end
  local names = {}
  for name in pairs(found) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names, reports
end

describe("IBM's data in the sandbox", function()
  it("adds up at each level, in the documented example and in generated ones", function()
    for controls, expected in pairs {
      ["seed=0"] = 23, ["seed=1"] = 23, ["accounts=60"] = 99, ["accounts=0"] = 0,
    } do
      local differences, reports = differences_of_enterprise(controls)
      assert.are.same({}, differences)
      assert.are.equal(expected, reports)
    end
  end)

  it("is a cent off at the level that `wrong` names, and where that shows", function()
    local levels = {
      usage = { "plan" }, plan = { "plan", "resource" }, resource = { "report", "resource" },
      report = { "child", "report" }, child = { "child" },
    }
    for level, expected in pairs(levels) do
      assert.are.same(expected, (differences_of_enterprise("wrong=" .. level)))
      assert.are.same(expected, (differences_of_enterprise("accounts=30,wrong=" .. level)))
    end
  end)
end)
