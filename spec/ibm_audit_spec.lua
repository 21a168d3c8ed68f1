--- ibm:audit: what does not add up in an enterprise's reports.

local core = require "costream.core"
local enterprise = require "enterprise_support"
local support = require "support"

local list = enterprise.list

--- What an audit of the small enterprise finds, after `change(reports)`, each as
--- "check: path, field: difference".
local function found(change, query, options)
  local reports = enterprise.reports()
  if change then
    reports = change(reports) or reports
  end
  local client = enterprise.client(enterprise.answers(reports), nil, options)
  local asked = { enterprise_id = "company", month = enterprise.MONTH }
  if query and (query.account_group_id or query.account_id) then
    asked.enterprise_id = nil
  end
  for name, value in pairs(query or {}) do
    asked[name] = value
  end
  local findings = assert(client:audit(asked))
  local lines = {}
  for i, one in ipairs(findings) do
    lines[i] = ("%s: %s, %s: %.3f"):format(one.check, one.path, one.field, one.difference)
  end
  return lines, findings
end

local function assert_found(expected, change, query, options)
  assert.are.same(expected, (found(change, query, options)))
end

describe("ibm:audit", function()
  for _, query in ipairs {
    { enterprise_id = "enterprise-cloud-provider" }, { account_group_id = "group-solutions" },
    { account_group_id = "group-data-services" },
    { account_id = "account-data-services-operations" },
  } do
    local _, id = next(query)
    it("finds nothing wrong in the published example: " .. id, function()
      query.month = "2019-06"
      for _, controls in ipairs { "seed=0", "seed=1", "limit=1", "gzip=on" } do
        assert.are.same({}, assert(support.ibm(controls):audit(query)))
      end
    end)
  end

  it("reads each listing once, a few at a time", function()
    support.needs_suspension(pending)
    local id = support.new_id "audit"
    local query = { enterprise_id = "enterprise-cloud-provider", month = "2019-06" }
    assert(support.ibm("delay=50,id=" .. id):audit(query))
    local ledger = support.ledger(id)
    assert.are.equal(6, ledger.requests) -- its own reports; the children of five
    assert.is_true(ledger.max_open > 1 and ledger.max_open <= 4)
  end)

  for parallel = 1, 3, 2 do
    it(("makes no more than %d requests at once where that is asked for"):format(parallel),
      function()
        local id = support.new_id "audit"
        local client = support.ibm("accounts=200,delay=20,id=" .. id)
        assert.are.same({}, assert(client:audit {
          enterprise_id = "enterprise-cloud-provider", month = "2019-06", parallel = parallel,
        }))
        assert.is_true(support.ledger(id).max_open <= parallel)
      end)
  end

  local last = "Cloud-Provider/Solutions/Data-Services/Data-Services-Support"
  for level, expected in pairs {
    usage = { "usage against plan" },
    plan = { "plans against resource", "usage against plan" },
    resource = { "resources against report", "plans against resource" },
    report = { "children against parent", "resources against report" },
    child = { "children against parent" },
  } do
    it(("finds the one cent that is wrong in a service's %s"):format(level), function()
      local client = support.ibm("wrong=" .. level)
      local findings = assert(client:audit {
        enterprise_id = "enterprise-cloud-provider", month = "2019-06",
      })
      local checks = {}
      for _, one in ipairs(findings) do
        assert.is_true(math.abs(math.abs(one.difference) - 0.01) < 1e-9, tostring(one))
        assert.are.equal(one.check == "children against parent" and last:match "^(.*)/" or last,
          one.path)
        if one.check ~= checks[#checks] then
          checks[#checks + 1] = one.check
        end
      end
      assert.are.same(expected, checks)
    end)
  end
end)

describe("ibm:audit finds one cent wrong", function()
  it("nowhere, where there is none", function()
    assert_found({})
    assert_found({}, nil, { account_group_id = "group" })
    assert_found({}, nil, { account_id = "beta" })
  end)

  for _, field in ipairs { "cost", "rated_cost" } do
    it(("in the %s of a metric: its plan's usage"):format(field), function()
      assert_found({ ("usage against plan: Company/Group/Beta, %s: -0.010"):format(field) },
        function(reports)
          local usage = reports.beta.resources[1].plans[1].usage[2]
          usage[field] = usage[field] + 0.01
        end)
    end)
  end

  it("in a plan: its usage and its resource's plans", function()
    assert_found({
      "plans against resource: Company/Group/Beta, billable_cost: -0.010",
      "usage against plan: Company/Group/Beta, cost: 0.010",
    }, function(reports)
      local plan = reports.beta.resources[1].plans[1]
      plan.cost = plan.cost + 0.01
    end)
  end)

  it("in a plan that is not billable: the costs that are not", function()
    assert_found({
      "plans against resource: Company/Group/Beta, non_billable_rated_cost: -0.010",
      "usage against plan: Company/Group/Beta, rated_cost: 0.010",
    }, function(reports)
      local plan = reports.beta.resources[1].plans[2]
      plan.rated_cost = plan.rated_cost + 0.01
    end)
  end)

  it("in a resource: its plans and its report's resources", function()
    assert_found({
      "resources against report: Company/Group/Gamma, non_billable_cost: -0.010",
      "plans against resource: Company/Group/Gamma, non_billable_cost: 0.010",
    }, function(reports)
      local resource = reports.gamma.resources[2]
      resource.non_billable_cost = resource.non_billable_cost + 0.01
    end)
  end)

  it("in an account's report: its resources and its parent's children", function()
    assert_found({
      "children against parent: Company/Group, billable_rated_cost: -0.010",
      "resources against report: Company/Group/Beta, billable_rated_cost: 0.010",
    }, function(reports)
      reports.beta.billable_rated_cost = reports.beta.billable_rated_cost + 0.01
    end)
  end)

  it("in a group's report: its children and its parent's", function()
    assert_found({
      "children against parent: Company, billable_cost: -0.010",
      "children against parent: Company/Group, billable_cost: 0.010",
    }, function(reports)
      reports.group_south.billable_cost = reports.group_south.billable_cost + 0.01
    end)
  end)

  it("in the enterprise's own report: its children", function()
    assert_found({ "children against parent: Company, non_billable_cost: 0.010" },
      function(reports)
        local report = reports.company_north
        report.non_billable_cost = report.non_billable_cost + 0.01
      end)
  end)

  it("nowhere, whether a report says its month or not, with one digit or two", function()
    for _, said in ipairs { "2024-7", "2024-07", core.null, false } do
      for _, asked in ipairs { "2024-7", "2024-07" } do
        assert_found({}, function(reports)
          reports.beta.month = said or nil
        end, { month = asked }, { nulls = true })
      end
    end
  end)

  it("below the entity that is asked for alone", function()
    local function spoil(reports)
      reports.company_north.billable_cost = 0
      reports.beta.resources[1].plans[1].usage[1].cost = 0
    end
    assert_found({ "usage against plan: Group/Beta, cost: 150.000" }, spoil,
      { account_group_id = "group" })
    assert_found({ "usage against plan: Beta, cost: 150.000" }, spoil, { account_id = "beta" })
  end)
end)

describe("ibm:audit finds", function()
  it("the costs of children whose reports are not there", function()
    assert_found({
      "children against parent: Group, billable_cost: 3000.000",
      "children against parent: Group, billable_rated_cost: 6000.000",
      "children against parent: Group, non_billable_cost: 5.000",
      "children against parent: Group, non_billable_rated_cost: 10.000",
    }, function(reports)
      reports.gamma = nil
    end, { account_group_id = "group" })
  end)

  it("what is billed to a unit that the parent has no report of", function()
    local _, findings = found(function(reports)
      reports.gamma.billing_unit_id, reports.gamma.billing_unit_name = "west", "WEST"
    end, { account_group_id = "group" })
    local first, at = findings[1], {}
    for i, one in ipairs(findings) do
      at[i] = table.concat({ one.billing_unit_id, one.field, tostring(one.found),
        tostring(one.expected) }, " ")
    end
    assert.are.same({
      "south billable_cost 3000 nil", "south billable_rated_cost 6000 nil",
      "south non_billable_cost 5 nil", "south non_billable_rated_cost 10 nil",
      "west billable_cost nil 3000", "west billable_rated_cost nil 6000",
      "west non_billable_cost nil 5", "west non_billable_rated_cost nil 10",
    }, at)
    assert.are.equal("Group (group), billing unit SOUTH (south): billable_cost is 3000 EUR, but "
      .. "its children have no report (+3000)", tostring(first))
  end)

  it("what is wrong in one of two units whose long ids begin alike", function()
    local crn = "crn:v1:bluemix:public:billing::a/0123456789abcdef::billing-unit:"
    local lines, findings = found(function(reports)
      for _, report in pairs(reports) do
        report.billing_unit_id = crn .. report.billing_unit_id
      end
      for _, report in ipairs { reports.beta, reports.gamma } do
        report.resources = nil
        report.billable_cost = report.billable_cost + 1
      end
    end, { account_group_id = "group" })
    assert.are.same({
      "children against parent: Group, billable_cost: -1.000",
      "children against parent: Group, billable_cost: -1.000",
    }, lines)
    assert.are.equal(crn .. "north", findings[1].billing_unit_id)
    assert.are.equal(crn .. "south", findings[2].billing_unit_id)
  end)

  it("what is wrong in resources and plans whose ids are texts and numbers", function()
    local _, findings = found(function(reports)
      local resources = reports.beta.resources
      resources[1].resource_id = 7
      resources[1].plans[1].plan_id, resources[1].plans[2].plan_id = 12, "b"
      local databases, servers = resources[1].plans, resources[2].plans
      for _, plan in ipairs { databases[1], databases[2], servers[1] } do
        plan.usage[1].cost = plan.usage[1].cost + 0.01
      end
    end, { account_id = "beta" })
    local at = {}
    for i, one in ipairs(findings) do
      at[i] = { one.resource_id, one.plan_id }
    end
    assert.are.same({ { 7, 12 }, { 7, "b" }, { "vm", "small" } }, at)
  end)

  it("no sum of two currencies", function()
    local _, findings = found(function(reports)
      reports.beta.currency_code = "USD"
    end, { account_group_id = "group" })
    assert.are.equal(8, #findings)
    assert.are.equal("EUR", findings[1].currency_code)
    assert.are.equal("USD", findings[5].currency_code)
  end)

  it("a plan's cost where the list of its usage is empty", function()
    assert_found({
      "usage against plan: Beta, cost: 225.000", "usage against plan: Beta, rated_cost: 450.000",
    }, function(reports)
      reports.beta.resources[1].plans[1].usage = list {}
    end, { account_id = "beta" })
  end)

  for _, absent in ipairs { "absent", "null" } do
    for number, case in ipairs {
      { "usage", function(report) return report.resources[1].plans[1] end },
      { "plans", function(report) return report.resources[1] end },
      { "resources", function(report) return report end },
      { "cost", function(report) return report.resources[1].plans[1].usage[1] end, true },
      { "cost", function(report) return report.resources[1].plans[1] end },
      { "billable_cost", function(report) return report end },
    } do
      it(("%s where %s is %s (%d)"):format(case[3] and "what is missing" or "nothing", case[1],
        absent, number), function()
        for _, nulls in ipairs { false, true } do
          local lines = found(function(reports)
            case[2](reports.beta)[case[1]] = absent == "null" and core.null or nil
          end, { account_id = "beta" }, { nulls = nulls })
          assert.are.equal(case[3] and 1 or 0, #lines)
        end
      end)
    end
  end

  it("both costs together where a plan does not say whether it is billable", function()
    local function forget(reports)
      reports.beta.resources[1].plans[1].billable = nil
    end
    assert_found({}, forget, { account_id = "beta" })
    assert_found({
      "resources against report: Beta, billable_cost: -0.010",
      "plans against resource: Beta, billable_cost + non_billable_cost: 0.010",
    }, function(reports)
      forget(reports)
      local resource = reports.beta.resources[1]
      resource.billable_cost = resource.billable_cost + 0.01
    end, { account_id = "beta" })
  end)

  it("what exceeds the tolerance, and half a cent unless told", function()
    local function spoil(by)
      return function(reports)
        reports.beta.resources[2].plans[1].usage[1].cost = 75 + by
      end
    end
    local wrong = { account_id = "beta" }
    assert_found({}, spoil(0.004), wrong)
    assert_found({ "usage against plan: Beta, cost: -0.006" }, spoil(0.006), wrong)
    assert_found({}, spoil(0.006), { account_id = "beta", tolerance = 0.01 })
    assert_found({ "usage against plan: Beta, cost: -0.001" }, spoil(0.001),
      { account_id = "beta", tolerance = 0 })
    assert_found({}, nil, { tolerance = 0 })
  end)

  it("sums that only exact addition gets right", function()
    assert_found({}, function(reports)
      local plan = reports.beta.resources[2].plans[1]
      plan.usage = list {
        { cost = 1e17 }, { cost = 75, rated_cost = 150 }, { cost = -1e17 },
      }
    end, { account_id = "beta", tolerance = 0 })
  end)
end)

describe("a finding of ibm:audit", function()
  local function first()
    local _, findings = found(function(reports)
      reports.beta.entity_name = "Sales/EMEA \27[31m\0."
      reports.beta.resources[1].plans[1].usage[2].cost = 75.01
    end)
    assert.are.equal(1, #findings)
    return findings[1]
  end

  it("says where it is by names and ids, what was expected and what was found", function()
    local finding = first()
    for field, value in pairs {
      check = "usage against plan", field = "cost", expected = 225.01, found = 225,
      path = "Company/Group/Sales\\/EMEA \27[31m\0.", entity_id = "beta",
      entity_name = "Sales/EMEA \27[31m\0.", billing_unit_id = "north",
      billing_unit_name = "NORTH", resource_id = "db", resource_name = "Databases",
      plan_id = "large", plan_name = "The large", currency_code = "EUR",
    } do
      assert.are.equal(value, finding[field], field)
    end
    assert.is_true(math.abs(finding.difference + 0.01) < 1e-9)
  end)

  it("prints as one line that cannot disturb a terminal", function()
    assert.are.equal("Company/Group/Sales\\/EMEA \226\144\155[31m\226\144\128. (beta), "
      .. "billing unit NORTH (north), resource Databases (db), plan The large (large): "
      .. "cost is 225 EUR, but its usage adds up to 225.01 EUR (-0.01)", tostring(first()))
  end)
end)
