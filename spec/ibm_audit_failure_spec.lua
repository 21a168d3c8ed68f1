--- ibm:audit where it cannot read all, and where it is misused.

local costream = require "costream"
local enterprise = require "enterprise_support"
local faults = require "faults_support"
local support = require "support"

local list = enterprise.list

describe("ibm:audit that cannot read all of it", function()
  local function failure_of(change, query)
    local answers = enterprise.answers(enterprise.reports())
    local client = enterprise.client(answers, change)
    local findings, failure = client:audit(query
      or { enterprise_id = "company", month = enterprise.MONTH })
    assert.is_nil(findings)
    return failure
  end

  local BELOW = "/v1/resource-usage-reports?account_group_id=group&children=true&month="
    .. enterprise.MONTH

  it("gives the error of a page that is cut", function()
    local failure = failure_of(function(set)
      set[BELOW] = {
        { send = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" }, { send = '{"reports":[]' },
        "close",
      }
    end)
    assert.are.equal("incomplete", failure.kind)
  end)

  it("gives the error of a status, deep down", function()
    local failure = failure_of(function(set)
      set[BELOW] = { faults.answer { status = 403, body = "{}" } }
    end)
    assert.are.same({ "auth", 403 }, { failure.kind, failure.status })
  end)

  it("gives the error of a list that reports one", function()
    local failure = failure_of(function(set)
      set[BELOW] = enterprise.page { reports = list {}, errors = list { { code = "x" } } }
    end)
    assert.are.equal("malformed", failure.kind)
  end)

  for name, case in pairs {
    ["a cost is text"] = {
      function(report) report.resources[1].plans[1].usage[1].cost = "1" end, "cost is no number",
    },
    ["a report's cost is text"] = {
      function(report) report.billable_cost = "1" end, "billable_cost is no number",
    },
    ["resources are no list"] = {
      function(report) report.resources = { a = 1 } end, "resources is no list",
    },
    ["plans are text"] = {
      function(report) report.resources[1].plans = "x" end, "plans is no list",
    },
    ["usage holds a number"] = {
      function(report) report.resources[1].plans[1].usage[1] = 1 end, "among usage",
    },
    ["billable is text"] = {
      function(report) report.resources[1].plans[1].billable = "yes" end, "billable is neither",
    },
    ["an id is a number"] = {
      function(report) report.entity_id = 5 end, "entity_id is no text",
    },
    ["a resource's id is an object"] = {
      function(report) report.resources[1].resource_id = { a = 1 } end, "resource_id is no text",
    },
    ["a plan's name is a list"] = {
      function(report) report.resources[1].plans[1].plan_name = list { "x" } end,
      "plan_name is no text",
    },
    ["a kind of entity is not known"] = {
      function(report) report.entity_type = "folder" end, '"beta" has the entity_type "folder"',
    },
    ["a kind of entity is not said"] = {
      function(report) report.entity_type = nil end, "not known whether there are entities below",
    },
    ["a report is of another month"] = {
      function(report) report.month = "2024-06" end,
      'a report of "beta" has the month "2024-06", but "2024-07" was asked for',
    },
    ["a report's month is none"] = {
      function(report) report.month = "July" end, 'a report of "beta" has the month "July"',
    },
    ["a report's month is a number"] = {
      function(report) report.month = 7 end, "month is no text",
    },
    ["an account group has no id"] = {
      function(report) report.entity_type, report.entity_id = "account_group", nil end,
      "an account group below Company/Group has no entity_id",
    },
    ["an account group is inside itself"] = {
      function(report) report.entity_type, report.entity_id = "account_group", "group" end,
      'the account group "group" is below Company/Group, and came before, too',
    },
  } do
    it("is an error where " .. name, function()
      local reports = enterprise.reports()
      case[1](reports.beta)
      local client = enterprise.client(enterprise.answers(reports))
      local findings, failure = client:audit {
        enterprise_id = "company", month = enterprise.MONTH,
      }
      assert.is_nil(findings)
      assert.are.equal("malformed", failure.kind)
      assert.matches(case[2], failure.message, 1, true)
    end)
  end

  it("tells which kind of entity it is by its CRN, too", function()
    local reports = enterprise.reports()
    reports.beta.entity_type, reports.beta.entity_crn = nil, "crn:v1:x::a/1::account:beta"
    reports.group_north.entity_type = nil
    reports.group_north.entity_crn = "crn:v1:x::a/1::account-group:group"
    local client = enterprise.client(enterprise.answers(reports))
    assert.are.same({}, assert(client:audit {
      enterprise_id = "company", month = enterprise.MONTH,
    }))
  end)

  it("does not show the token where the service gives it back", function()
    local token = "canary-0123456789-abcdefghij"
    for _, given in ipairs { token, function() return token end } do
      local reports = enterprise.reports()
      reports.beta.entity_type = token
      local _, failure = enterprise.client(enterprise.answers(reports), nil, { token = given })
        :audit { enterprise_id = "company", month = enterprise.MONTH }
      assert.matches('"beta" has the entity_type', failure.message, 1, true)
      assert.is_nil(tostring(failure):find("canary", 1, true))
    end
  end)

  it("is an error where the entity's own report is of another month", function()
    local reports = enterprise.reports()
    reports.beta.month = "2023-07"
    local findings, failure = enterprise.client(enterprise.answers(reports)):audit {
      account_id = "beta", month = enterprise.MONTH,
    }
    assert.is_nil(findings)
    assert.are.equal("malformed", failure.kind)
    assert.matches('a report of "beta" has the month "2023-07"', failure.message, 1, true)
  end)

  it("is an error where reports are of another entity than was asked for", function()
    local reports = enterprise.reports()
    local answers = enterprise.answers(reports)
    answers["account_id=beta"] = { reports.gamma }
    local findings, failure = enterprise.client(answers):audit {
      account_id = "beta", month = enterprise.MONTH,
    }
    assert.is_nil(findings)
    assert.matches('the reports of "beta" are those of "gamma"', failure.message, 1, true)
  end)

  it("raises what a token's function throws", function()
    local client = costream.ibm { base_url = support.url, token = function()
      error("no token today", 0)
    end }
    assert.are.equal("no token today", support.raised(client.audit, client,
      { account_id = "x", month = "2024-07" }))
  end)

  it("is ended with the task that it runs in", function()
    support.needs_suspension(pending)
    local client, ended = support.ibm "delay=2000", nil
    local before = support.now()
    local failure = support.raised(costream.run, function()
      costream.spawn(function()
        ended = support.raised(client.audit, client, { account_id = "x", month = "2024-07" })
      end)
      costream.spawn(function()
        error "enough"
      end)
    end)
    assert.matches("enough", failure, 1, true)
    assert.are.equal("cancelled", ended.kind)
    assert.is_true(support.now() - before < 1.5)
  end)
end)

describe("ibm:audit misused", function()
  local function refuses(text, query, options)
    it("throws: " .. text, function()
      local client = support.ibm(nil, options)
      local message = support.raised(client.audit, client, query)
      assert.matches("costream: ibm:audit: " .. text, message, 1, true)
    end)
  end

  refuses("query: expected table, got nothing", nil)
  refuses("expected one of enterprise_id", { month = "2024-07" })
  refuses("expected exactly one of enterprise_id", {
    month = "2024-07", enterprise_id = "a", account_id = "b",
  })
  refuses("month: expected a month as 2024-08", { enterprise_id = "a" })
  refuses("month: expected a month as 2024-08, got", { enterprise_id = "a", month = "2024-13" })
  refuses("tolerance: expected a number of 0 or more, got -1", {
    enterprise_id = "a", month = "2024-07", tolerance = -1,
  })
  refuses('tolerance: expected a number of 0 or more, got "1"', {
    enterprise_id = "a", month = "2024-07", tolerance = "1",
  })
  refuses("parallel: expected a whole number from 1 to 64, got 0", {
    enterprise_id = "a", month = "2024-07", parallel = 0,
  })
  refuses("account_id: expected non-empty text", { account_id = "", month = "2024-07" })
  refuses('unknown name "children"', { account_id = "a", month = "2024-07", children = true })
  refuses("numbers are text in this client", { account_id = "a", month = "2024-07" },
    { numbers = "text" })

  it("throws where it is called with a point", function()
    assert.matches("ibm:audit: call it with a colon", support.raised(support.ibm().audit, {}),
      1, true)
  end)
end)
