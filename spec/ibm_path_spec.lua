--- Rows with paths: ibm:usage and ibm:reports with `path = true`.

local core = require "costream.core"
local enterprise = require "enterprise_support"
local faults = require "faults_support"
local json = require "costream.format.json"
local support = require "support"

local PROVIDER = "enterprise-cloud-provider"

local function with(more)
  local query = { enterprise_id = PROVIDER, children = true, month = "2019-06" }
  for name, value in pairs(more or {}) do
    query[name] = value or nil
  end
  return query
end

local function usage(more, controls)
  return support.ibm(controls):usage(with(more))
end

--- The rows as they are without paths, which are added here, by hand.
local function expected_rows(more)
  local rows = assert(usage(more):collect())
  for _, row in ipairs(rows) do
    row.path, row.level_1 = "Cloud-Provider/" .. row.entity_name, "Cloud-Provider"
    row.level_2 = row.entity_name
  end
  return rows
end

local function keep(rows, condition)
  local kept = {}
  for _, row in ipairs(rows) do
    if condition(row) then
      kept[#kept + 1] = row
    end
  end
  return kept
end

local function choose(rows, ...)
  local chosen = {}
  for i, row in ipairs(rows) do
    chosen[i] = {}
    for _, name in ipairs { ... } do
      chosen[i][name] = row[name]
    end
  end
  return chosen
end

describe("usage rows with paths", function()
  local rows = expected_rows()

  it("are all rows, each with the names on the way down to its entity", function()
    assert.are.same(rows, assert(usage({ path = true }):collect()))
    assert.is_true(#rows > 50)
  end)

  it("are as deep as their entities", function()
    local stream = support.ibm():usage {
      account_group_id = "group-ai-services", children = true, month = "2019-06", path = true,
    }
    local seen = {}
    for row in stream do
      seen[row.path] = ("%s|%s|%s|%s"):format(row.level_1, row.level_2, row.level_3, row.level_4)
    end
    local above = "Cloud-Provider/Solutions/AI-Services/"
    assert.are.same({
      [above .. "AI-Services-Operations"] =
        "Cloud-Provider|Solutions|AI-Services|AI-Services-Operations",
      [above .. "AI-Services-Support"] =
        "Cloud-Provider|Solutions|AI-Services|AI-Services-Support",
    }, seen)
  end)

  for name, case in pairs {
    ["a field of the service"] = {
      { "metric", "prefix", "GB" }, function(row) return row.metric:find "^GB" end,
    },
    ["their paths"] = {
      { "path", "contains", "Sol" }, function(row) return row.path:find "Sol" end,
    },
    ["a level"] = {
      { "level_2", "~=", "Solutions" }, function(row) return row.level_2 ~= "Solutions" end,
    },
    ["a level that they do not have"] = { { "level_3", "present" }, function() return false end },
    ["several, of both kinds"] = {
      { { level_1 = "Cloud-Provider", level_2 = "Solutions", billable = true } },
      function(row) return row.level_2 == "Solutions" and row.billable end,
    },
  } do
    it("are those that a condition on " .. name .. " wants", function()
      local wanted = keep(rows, case[2])
      local stream = usage({ path = true }):where(case[1][1], case[1][2], case[1][3])
      assert.are.same(wanted, assert(stream:collect()))
    end)
  end

  it("are given to functions with all of their fields", function()
    local function is_dear(row)
      return row.cost > 500 and row.path:find "Plat" and row.resource_name
    end
    local stream = usage({ path = true }):where("cost", ">", 1):where(is_dear)
      :where("level_2", "=", "Platform-Services")
    assert.are.same(keep(rows, is_dear), assert(stream:collect()))
  end)

  it("have the fields that select leaves, in any order of steps", function()
    local solutions = keep(rows, function(row) return row.level_2 == "Solutions" end)
    assert.are.same(choose(solutions, "path", "cost"), assert(usage({ path = true })
      :where("level_2", "=", "Solutions"):select("path", "cost"):collect()))
    assert.are.same(choose(solutions, "cost"), assert(usage({ path = true })
      :select("cost", "level_2"):where("level_2", "=", "Solutions"):select("cost"):collect()))
    assert.are.same(choose(rows, "entity_id", "metric"), assert(usage({ path = true })
      :select("metric", "entity_id"):collect()))
  end)

  it("give values", function()
    local found = {}
    for n, path, cost, region in usage({ path = true }):values("path", "cost", "level_3") do
      found[n] = { path = path, cost = cost, level_3 = region }
    end
    assert.are.same(choose(rows, "path", "cost", "level_3"), found)
  end)

  it("are folded by path and by level, exactly as without", function()
    local groups = assert(usage({ path = true }):where("cost", ">", 0):fold {
      by = { "path", "billing_unit_name" }, sum = { "cost" }, count = true,
    })
    local without = assert(usage():where("cost", ">", 0):fold {
      by = { "entity_name", "billing_unit_name" }, sum = { "cost" }, count = true,
    })
    assert.are.equal(4, #groups)
    for i, group in ipairs(groups) do
      assert.are.equal("Cloud-Provider/" .. without[i].entity_name, group.path)
      assert.are.equal(without[i].billing_unit_name, group.billing_unit_name)
      assert.are.equal(without[i].sum.cost, group.sum.cost)
      assert.are.equal(without[i].count, group.count)
    end
    local levels = assert(usage({ path = true }):fold { by = { "level_2" }, max = { "path" } })
    assert.are.equal("Cloud-Provider/Administration", levels[1].max.path)
    assert.are.equal("Solutions", levels[3].level_2)
  end)

  it("go on behind a cursor, at every row", function()
    for n = 1, #rows, 7 do
      local stream = usage { path = true, limit = 1 }
      assert(stream:collect(n))
      local rest = usage({ path = true, limit = 1, resume = stream:cursor() }):collect()
      assert.are.equal(#rows - n, #rest)
      assert.are.same(rows[n + 1], rest[1])
    end
  end)

  it("come from a range of months, too", function()
    local groups = assert(support.ibm():usage {
      enterprise_id = PROVIDER, children = true, from = "2019-05", to = "2019-07", path = true,
    }:fold { by = { "month", "level_2" }, count = true })
    assert.are.equal(9, #groups)
    assert.are.same({ "2019-05", "Administration" }, { groups[1].month, groups[1].level_2 })
  end)

  it("are the same with the pages of a client that gives nulls", function()
    local client = support.ibm(nil, { nulls = true })
    local row = client:usage(with { path = true })()
    assert.are.equal(rows[1].path, row.path)
  end)

  it("are as without where path is false", function()
    local id = support.new_id "path"
    local stream = usage({ path = false }, "id=" .. id)
    assert.are.same(assert(usage():collect()), assert(stream:collect()))
    assert.are.equal(1, support.ledger(id).requests)
  end)

  it("need no more than one open stream", function()
    local client = support.ibm(nil, { limits = { streams = 1 } })
    assert.are.same(rows, assert(client:usage(with { path = true }):collect()))
  end)

  it("read the tree once, in three requests more", function()
    local id = support.new_id "path"
    assert(usage({ path = true, limit = 1 }, "id=" .. id):collect())
    assert.are.equal(3 + 4, support.ledger(id).requests)
  end)

  it("count the requests and the bytes of the tree", function()
    local stream = usage { path = true }
    local first = assert(stream())
    assert.are.equal("Cloud-Provider/Administration", first.path)
    local under_way = stream:stats()
    assert.are.equal(3 + 1, under_way.requests)
    assert(stream:collect())
    local without = usage()
    assert(without:collect())
    local tree_bytes = 0
    local client = support.ibm()
    for _, listed in ipairs { client:accounts { enterprise_id = PROVIDER },
      client:account_groups { enterprise_id = PROVIDER } } do
      assert(listed:collect())
      tree_bytes = tree_bytes + listed:stats().bytes
    end
    local read = stream:stats()
    assert.are.same({ 3 + 1, 0, #rows }, { read.requests, read.retries, read.rows })
    assert.is_true(read.bytes > without:stats().bytes + tree_bytes)
  end)
end)

describe("reports with paths", function()
  for name, id in pairs {
    enterprise_id = { PROVIDER, "Cloud-Provider" },
    account_group_id = { "group-solutions", "Cloud-Provider/Solutions" },
    account_id = {
      "account-data-services-support",
      "Cloud-Provider/Solutions/Data-Services/Data-Services-Support",
    },
  } do
    it(("are those of the entity that %s asks for"):format(name), function()
      local reports = assert(support.ibm():reports {
        [name] = id[1], month = "2019-06", path = true,
      }:collect())
      assert.is_true(#reports > 0)
      for _, report in ipairs(reports) do
        assert.are.equal(id[2], report.path)
        assert.is_table(report.resources)
      end
    end)
  end
end)

local function page_of(body)
  return { faults.answer { body = body } }
end

--- A client of a server with the small enterprise's reports, each after `change(report)`, and a
--- tree of these accounts in it, which is that of the one of these enterprises.
local function client_of(accounts, options, change, enterprises)
  local function page(resources)
    return page_of(json.encode("page", { resources = setmetatable(resources, core.list) }))
  end
  local reports = enterprise.reports()
  for _, report in pairs(reports) do
    if change then
      change(report)
    end
  end
  local answers = enterprise.answers(reports)
  return enterprise.client(answers, function(set)
    set["/v1/enterprises/company"] = page_of '{"id":"company","name":"C/o"}'
    set["/v1/enterprises"] = page(enterprises or { { id = "company", name = "C/o" } })
    set["/v1/account-groups"] = page {}
    set["/v1/accounts"] = accounts and page(accounts)
      or { faults.answer { status = 403, body = "{}" } }
  end, options)
end

local BELOW = {
  enterprise_id = "company", children = true, month = enterprise.MONTH, path = true,
}

describe("a row", function()
  it("has no other path than that in the tree, whatever the service calls so", function()
    local client = client_of({ { id = "alpha", name = "Alpha", parent = "crn::company" } }, nil,
      function(report)
        report.path, report.level_1, report.level_9 = "a/b", "a", "b"
      end)
    local expected = {
      { entity_id = "alpha", path = "C\\/o/Alpha", level_1 = "C/o", level_2 = "Alpha" },
      { entity_id = "group" }, { entity_id = "group" },
    }
    assert.are.same(expected, choose(assert(client:reports(BELOW):collect()), "entity_id", "path",
      "level_1", "level_2", "level_9"))
    assert.are.same(expected, assert(client:reports(BELOW):select("entity_id", "path", "level_1",
      "level_2", "level_9"):collect()))
    assert.are.equal(2, #assert(client:reports(BELOW):where("path", "absent"):collect()))
    assert.is_nil(client:reports(BELOW):fold({ by = { "level_9" } })[1].level_9)
  end)

  it("has no path where its entity is not in the enterprise, and is not left out", function()
    local client = client_of { { id = "alpha", name = "Alpha", parent = "crn::company" } }
    local rows = assert(client:reports(BELOW):select("entity_id", "path"):collect())
    assert.are.same({
      { entity_id = "alpha", path = "C\\/o/Alpha" }, { entity_id = "group" },
      { entity_id = "group" },
    }, rows)
    local groups = assert(client:reports(BELOW):fold {
      by = { "path" }, sum = { "billable_cost" },
    })
    assert.are.same({ 3300, 30 }, { groups[1].sum.billable_cost, groups[2].sum.billable_cost })
    assert.is_nil(groups[1].path)
    assert.are.equal(2, #assert(client:reports(BELOW):where("path", "absent"):collect()))
  end)

  it("of a deleted account has its path", function()
    local controls = "id=" .. support.new_id "path-deleted"
    local client = support.ibm(controls)
    local id = "account-ai-services-support"
    support.read_command(("curl -s -X DELETE -H 'Authorization: Bearer %s' %s/v1/accounts/%s")
      :format(client._credential:token(), support.controls(controls), id))
    local reports = assert(client:reports { account_id = id, month = "2019-06", path = true }
      :collect())
    assert.are.equal("Cloud-Provider/Solutions/AI-Services/AI-Services-Support", reports[1].path)
  end)
end)

describe("a stream with paths whose tree cannot be read", function()
  it("fails before its first row", function()
    local client = client_of(nil)
    local rows, failure = client:usage(BELOW):collect()
    assert.is_nil(rows)
    assert.are.same({ "auth", 403, 0 }, { failure.kind, failure.status, failure.rows })
    local groups
    groups, failure = client:usage(BELOW):fold { by = { "path" }, sum = { "cost" } }
    assert.is_nil(groups)
    assert.are.equal("auth", failure.kind)
    failure = support.raised(client:usage(BELOW))
    assert.are.equal(403, failure.status)
  end)

  it("has no more time than timeout.total for both", function()
    -- The token and the tree take 0.8 s, and the four pages 1.6 s.
    local client = support.ibm("delay=400", { timeout = { total = 1.8 } })
    local rows, failure = client:usage(with { path = true, limit = 1 }):collect()
    assert.is_nil(rows)
    assert.matches("not finished after 1.8 s (timeout.total)", failure.message, 1, true)
  end)

  it("fails where the tree does not fit together", function()
    local client = client_of { { id = "alpha", parent = "crn::nobody" } }
    local rows, failure = client:usage(BELOW):collect()
    assert.is_nil(rows)
    assert.matches('the account "alpha" has the parent "crn::nobody"', failure.message, 1, true)
  end)
end)

describe("a stream of an account's rows with paths", function()
  local BETA = { account_id = "beta", month = enterprise.MONTH, path = true }
  local accounts = { { id = "beta", name = "Beta", parent = "crn::company" } }

  it("has them where the account is in the enterprise that the service finds", function()
    assert.are.equal("C\\/o/Beta", client_of(accounts):reports(BETA)().path)
  end)

  local function fails(text, listed, enterprises)
    it("fails where " .. text, function()
      local rows, failure = client_of(listed, nil, nil, enterprises):reports(BETA):collect()
      assert.is_nil(rows)
      assert.are.equal("malformed", failure.kind)
      assert.matches(text, failure.message, 1, true)
    end)
  end

  fails('"beta" is said to be in the enterprise "company", whose lists do not have it',
    { { id = "alpha", name = "Alpha", parent = "crn::company" } })
  fails("expected the one enterprise, got one without an id", accounts, { { crn = "crn:x" } })
  fails("expected the one enterprise, got one without an id", accounts, { { id = 5 } })
  fails("expected the one enterprise, got 2", accounts, { { id = "a" }, { id = "b" } })
  fails("expected the one enterprise, got 0", accounts, {})
end)

describe("path misused", function()
  it("throws where it is neither true nor false", function()
    assert.matches("ibm:usage: path: expected boolean, got 1",
      support.raised(usage, { path = 1 }), 1, true)
  end)

  it("throws for pages, which have none", function()
    local client = support.ibm()
    assert.matches('ibm:pages: unknown name "path"',
      support.raised(client.pages, client, with { path = true }), 1, true)
  end)
end)
