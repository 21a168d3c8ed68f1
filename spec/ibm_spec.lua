--- The IBM Cloud client: reports, pages and usage.

local answer = require "costream.answer"
local costream = require "costream"
local pages_of = require "costream.pages"
local query_of = require "costream.query"
local support = require "support"

local PATH = "/v1/resource-usage-reports"

local enterprise = "enterprise-cloud-provider"

-- The example of the API's page, `month=2019-06`: a query, and its reports as they must come.
local documented = {
  {
    { enterprise_id = enterprise },
    { "Cloud-Provider:Administration", "Cloud-Provider:Operations", "Cloud-Provider:Support" },
  },
  {
    { enterprise_id = enterprise, children = true },
    {
      "Administration:Administration", "Platform-Services:Operations", "Solutions:Operations",
      "Solutions:Support",
    },
  },
  { { account_group_id = "group-solutions" }, { "Solutions:Operations", "Solutions:Support" } },
  {
    { account_group_id = "group-solutions", children = true },
    {
      "AI-Services:Operations", "AI-Services:Support", "Data-Services:Operations",
      "Data-Services:Support",
    },
  },
  {
    { account_group_id = "group-data-services" },
    { "Data-Services:Operations", "Data-Services:Support" },
  },
  {
    { account_group_id = "group-data-services", children = true },
    { "Data-Services-Operations:Operations", "Data-Services-Support:Support" },
  },
  {
    { account_id = "account-data-services-operations" },
    { "Data-Services-Operations:Operations" },
  },
}

local function with(query, more)
  local merged = { month = "2019-06" }
  for _, part in ipairs { query, more or {} } do
    for name, value in pairs(part) do
      merged[name] = value
    end
  end
  return merged
end

local children = with { enterprise_id = enterprise, children = true }

local function names(reports)
  local list = {}
  for i, report in ipairs(reports) do
    list[i] = report.entity_name .. ":" .. report.billing_unit_name
  end
  return list
end

--- All that a method of a fresh client gives.
local function all(method, controls, query)
  local client = support.ibm(controls)
  local stream = client[method](client, query)
  local rows = {}
  for row in stream do
    rows[#rows + 1] = row
  end
  return rows, stream
end

--- Money in cents, so that sums are exact.
local function cents(amount)
  return math.floor(amount * 100 + 0.5)
end

local function sum(rows, ...)
  local total = 0
  for _, row in ipairs(rows) do
    for _, field in ipairs { ... } do
      total = total + cents(row[field])
    end
  end
  return total
end

describe("ibm: the documented example", function()
  for i, case in ipairs(documented) do
    it(("gives the documented reports of query %d, in order"):format(i), function()
      assert.are.same(case[2], names((all("reports", nil, with(case[1])))))
    end)
  end

  it("costs of a parent as much as all of its children", function()
    local parent = all("reports", nil, with { enterprise_id = enterprise })
    local cost = sum(parent, "billable_cost", "non_billable_cost")
    assert.is_true(cost > 0)
    assert.are.equal(cost, sum(all("reports", nil, children), "billable_cost",
      "non_billable_cost"))
  end)

  it("has the reports of one billing unit where that is asked for", function()
    local query = with(children, { billing_unit_id = "billing-unit-support" })
    local reports = all("reports", nil, query)
    assert.are.same({ "Solutions:Support" }, names(reports))
  end)
end)

describe("ibm: a query", function()
  local function sent(query)
    local id = support.new_id "ibm-sent"
    all("reports", "id=" .. id, query)
    local requests = support.requests(id)
    assert.are.equal(1, #requests)
    return requests[1]
  end

  it("is a GET of the reports with the token", function()
    local request = sent(with { enterprise_id = enterprise })
    assert.are.equal("GET", request.method)
    assert.are.equal(PATH, request.path)
    assert.are.equal("valid", request.authorization)
    assert.are.equal("application/json", request.headers.accept)
    assert.are.equal("gzip", request.headers["accept-encoding"])
  end)

  it("sends every parameter, encoded, always in the same order", function()
    local query = {
      enterprise_id = enterprise, children = false, month = "2019-6", limit = 50,
      billing_unit_id = "billing unit/ü", offset = "MA==",
    }
    assert.are.equal("billing_unit_id=billing%20unit%2F%C3%BC&children=false&enterprise_id="
      .. enterprise .. "&limit=50&month=2019-6&offset=MA%3D%3D", sent(query).args)
  end)

  it("sends the other two ids", function()
    assert.are.equal("account_id=account-administration",
      sent({ account_id = "account-administration" }).args)
    assert.are.equal("account_group_id=group-solutions",
      sent({ account_group_id = "group-solutions" }).args)
  end)

  local refused = {
    { "expected exactly one of enterprise_id, account_group_id and account_id", {} },
    { "got 2 of them", { enterprise_id = "a", account_id = "b" } },
    { "got 3 of them", { enterprise_id = "a", account_id = "b", account_group_id = "c" } },
    { "children", { account_id = "a", children = true } },
    { "children", { enterprise_id = "a", children = "true" } },
    { "month", { enterprise_id = "a", month = "2024-13" } },
    { "month", { enterprise_id = "a", month = "2024-00" } },
    { "month", { enterprise_id = "a", month = "24-01" } },
    { "month", { enterprise_id = "a", month = 202401 } },
    { "enterprise_id", { enterprise_id = "" } },
    { "account_id", { account_id = 5 } },
    { "account_group_id", { account_group_id = "a\r\n" } },
    { "billing_unit_id", { enterprise_id = "a", billing_unit_id = true } },
    { "limit", { enterprise_id = "a", limit = 0 } },
    { "limit", { enterprise_id = "a", limit = 1.5 } },
    { "offset", { enterprise_id = "a", offset = 2 } },
    { "enterprise", { enterprise = "a" } },
  }
  for i, case in ipairs(refused) do
    it(("that is misuse throws, naming what is wrong (%d: %s)"):format(i, case[1]), function()
      local client = support.ibm()
      for _, method in ipairs { "reports", "pages", "usage" } do
        local message = support.raised(client[method], client, case[2])
        assert.matches("costream: ibm:" .. method, message, 1, true)
        assert.matches(case[1], message, 1, true)
      end
    end)
  end
end)

describe("ibm: paging", function()
  local whole = all("reports", "limit=100", children)

  for limit, requests in pairs { 4, 2, 2, 1 } do
    it(("makes %d requests with limit %d, for the same"):format(requests, limit), function()
      local id = support.new_id "ibm-paging"
      local reports, stream = all("reports", "id=" .. id, with(children, { limit = limit }))
      assert.are.same(whole, reports)
      assert.are.equal(requests, support.ledger(id).requests)
      local stats = stream:stats()
      assert.are.equal(requests, stats.requests)
      assert.are.equal(0, stats.retries)
      assert.are.equal(4, stats.rows)
    end)
  end

  it("repeats the query with the offset alone changed", function()
    local id = support.new_id "ibm-offset"
    all("reports", "id=" .. id, with(children, { limit = 2 }))
    local requests = support.requests(id)
    local query = "children=true&enterprise_id=" .. enterprise .. "&limit=2&month=2019-06"
    assert.are.equal(query, requests[1].args)
    assert.are.equal(query .. "&offset=Mg%3D%3D", requests[2].args)
    assert.are.equal(requests[1].connection, requests[2].connection)
  end)

  it("begins at an offset that is given", function()
    local reports = all("reports", nil, with(children, { limit = 1, offset = "Mg==" }))
    assert.are.same({ "Solutions:Operations", "Solutions:Support" }, names(reports))
  end)

  for _, form in ipairs { "absent", "null", "nohref" } do
    for limit = 1, 4 do
      it(("ends where `next` is %s, with limit %d"):format(form, limit), function()
        local reports = all("reports", "next=" .. form, with(children, { limit = limit }))
        assert.are.same(whole, reports)
      end)
    end
  end

  it("ends where `next` is null with nulls = true too", function()
    local reports = support.ibm("next=null", { nulls = true }):reports(children):collect()
    assert.are.same(names(whole), names(reports))
  end)

  for _, form in ipairs { "absolute", "foreign" } do
    it(("takes only the offset of hrefs that are %s"):format(form), function()
      local id = support.new_id "ibm-href"
      local controls = ("next=%s,limit=1,id=%s"):format(form, id)
      assert.are.same(whole, (all("reports", controls, children)))
      local ledger = support.ledger(id)
      assert.are.equal(4, ledger.requests)
      assert.are.equal(1, ledger.connections)
    end)
  end

  for limit = 1, 5 do
    it("whose offset comes back is an error and no loop, with limit " .. limit, function()
      local id = support.new_id "ibm-loop"
      local client = support.ibm(("repeat=1,limit=%d,id=%s"):format(limit, id))
      local rows, failure = support.drain(client:reports(children))
      assert.are.equal("malformed", failure.kind)
      assert.matches("the offset of the next page came before", failure.message, 1, true)
      assert.are.equal(#rows, failure.rows)
      assert.is_true(support.ledger(id).requests <= 5)
    end)
  end

  it("keeps the rows of earlier pages when a later one fails", function()
    local good, calls = support.ibm()._credential:token(), 0
    local client = costream.ibm { base_url = support.controls "limit=1", token = function()
      calls = calls + 1
      return calls < 3 and good or "not-a-token"
    end }
    local rows, failure = support.drain(client:reports(children))
    assert.are.same({ whole[1], whole[2] }, rows)
    assert.are.equal("auth", failure.kind)
    assert.are.equal(2, failure.rows)
    assert.are.equal(4, calls)
  end)

  it("goes through two thousand reports with one connection", function()
    local id = support.new_id "ibm-volume"
    local client = support.ibm("reports=2000,id=" .. id)
    local seen, count = {}, 0
    local stream = client:reports(with({ enterprise_id = "any" }, { limit = 100 }))
    for report in stream do
      assert.is_nil(seen[report.entity_id])
      seen[report.entity_id] = true
      count = count + 1
    end
    assert.are.equal(2000, count)
    assert.are.equal(20, stream:stats().requests)
    local ledger = support.ledger(id)
    assert.are.equal(20, ledger.requests)
    assert.are.equal(1, ledger.connections)
  end)
end)

describe("ibm: the link to the next page", function()
  --- The offset that a page with this link leads to, and what reading fails with.
  local function follow(link)
    local new, links, offset = answer.new, { link }, nil
    local function none() end
    local function position() return answer.START end
    answer.new = function(_, request)
      offset = query_of.parameter(request.path, "offset")
      local stats = function() return {} end
      local function take_aside() return { next = table.remove(links) } end
      local function conceal(_, text) return text end
      return { take_aside = take_aside, use = none, go_on = none, live = none, close = none,
        retire = none, stats = stats, position = position, conceal = conceal }
    end
    local paging = { parameter = "offset", link = "next" }
    local request = { path = "/x", texts = {}, list = "reports", paging = paging }
    local pages = pages_of.rows({ values = {}, limits = {} }, request)
    pages:go_on()
    local _, failure = pages:go_on "end"
    if not failure then
      pages:go_on()
    end
    answer.new = new
    return offset, failure
  end

  it("is read for its offset, decoded, in every form", function()
    assert.are.equal("Mg==", (follow { href = "/v1/x?limit=2&offset=Mg%3D%3D" }))
    assert.are.equal("a+b c", (follow { href = "https://x.example/?offset=a%2bb+c#offset=d" }))
    assert.are.equal("2", (follow "?offset=2&start=3"))
  end)

  it("is absent where it is nothing, null or empty", function()
    for _, link in ipairs { {}, { href = costream.null }, { href = "" }, costream.null, "" } do
      local offset, failure = follow(link)
      assert.is_nil(offset)
      assert.is_nil(failure)
    end
  end)

  it("is malformed, and no quiet end, where it has no offset or is no text", function()
    for _, link in ipairs { { href = "/v1/x?limit=2" }, "?offset=", { href = 5 }, 5, true } do
      assert.are.equal("malformed", select(2, follow(link)).kind)
    end
  end)
end)

describe("ibm: pages", function()
  it("are what the service sent: limit, first, next, reports", function()
    local pages = all("pages", nil, with(children, { limit = 3 }))
    assert.are.equal(2, #pages)
    for _, page in ipairs(pages) do
      assert.are.equal(3, page.limit)
      assert.matches("^" .. PATH:gsub("%-", "%%-") .. "%?", page.first.href)
    end
    assert.matches("offset=Mw%3D%3D", pages[1].next.href, 1, true)
    assert.is_nil(pages[2].next)
    local whole = all("reports", nil, children)
    assert.are.same({ whole[1], whole[2], whole[3] }, pages[1].reports)
    assert.are.same({ whole[4] }, pages[2].reports)
  end)

  it("may have no report", function()
    local pages = all("pages", "reports=0", with { enterprise_id = "any" })
    assert.are.equal(1, #pages)
    assert.are.same({}, pages[1].reports)
    assert.are.same({}, (all("reports", "reports=0", with { enterprise_id = "any" })))
  end)

  it("are guarded against an offset that comes back", function()
    local pages, failure = support.drain(support.ibm("repeat=1,limit=2"):pages(children))
    assert.are.equal(2, #pages)
    assert.are.equal("malformed", failure.kind)
  end)
end)

describe("ibm: usage", function()
  --- What the rows must be, by four nested loops over the reports.
  local function flattened(reports)
    local rows = {}
    for _, report in ipairs(reports) do
      for _, resource in ipairs(report.resources) do
        for _, plan in ipairs(resource.plans) do
          for _, usage in ipairs(plan.usage) do
            local row = {}
            for _, level in ipairs { report, resource, plan, usage } do
              for name, value in pairs(level) do
                if type(value) ~= "table" then
                  row[name] = value
                end
              end
            end
            rows[#rows + 1] = row
          end
        end
      end
    end
    return rows
  end

  local reports = all("reports", nil, children)

  it("has one row per entity, resource, plan and metric, the inner level winning", function()
    assert.are.same(flattened(reports), (all("usage", nil, children)))
  end)

  it("is the same over pages of one report", function()
    local rows, stream = all("usage", "limit=1", children)
    assert.are.same(flattened(reports), rows)
    local stats = stream:stats()
    assert.are.equal(4, stats.requests)
    assert.are.equal(#rows, stats.rows)
    assert.is_true(stats.bytes > 1000)
  end)

  it("costs, to the cent, what the reports cost", function()
    local rows = all("usage", nil, children)
    assert.are.equal(sum(reports, "billable_cost", "non_billable_cost"), sum(rows, "cost"))
    assert.are.equal(sum(reports, "billable_rated_cost", "non_billable_rated_cost"),
      sum(rows, "rated_cost"))
  end)

  it("costs what many generated reports cost, some of which have no usage", function()
    local query = with({ enterprise_id = "any" }, { limit = 100 })
    local generated = all("reports", "reports=200", query)
    local rows = all("usage", "reports=200", query)
    assert.are.equal(#flattened(generated), #rows)
    assert.are.equal(sum(generated, "billable_cost", "non_billable_cost"), sum(rows, "cost"))
  end)
end)
