--- IBM Cloud's Enterprise Billing Units: units, billing options and credit pools.

local costream = require "costream"
local endpoints = require "endpoint_support"
local support = require "support"

local unpack = table.unpack or rawget(_G, "unpack")

local UNITS = "/v1/billing-units"

local two_pages = {
  [UNITS .. "?enterprise_id=e"] = '{"rows_count":1,"resources":[{"id":"1","name":"Operations"}],'
    .. '"next_url":"https://billing.cloud.ibm.com/v1/billing-units?limit=1&start=1"}',
  [UNITS .. "?enterprise_id=e&start=1"] =
    '{"rows_count":1,"resources":[{"id":"2","name":"Support"}],"next_url":null}',
}

describe("ibm: a list of Enterprise Billing Units", function()
  it("is a stream of all its pages, whose links are read for start alone", function()
    local client, server = endpoints.ibm(two_pages)
    local names = {}
    for unit in client:billing_units { enterprise_id = "e" } do
      names[#names + 1] = unit.name
    end
    assert.are.same({ "Operations", "Support" }, names)
    assert.are.same({
      "GET /v1/billing-units?enterprise_id=e", "GET /v1/billing-units?enterprise_id=e&start=1",
    }, server.lines())
  end)

  it("goes on behind a row by its cursor", function()
    local client = endpoints.ibm(two_pages)
    local stream = client:billing_units { enterprise_id = "e" }
    stream()
    local rest = client:billing_units { enterprise_id = "e", resume = stream:cursor() }
    assert.are.same({ { id = "2", name = "Support" } }, (assert(rest:collect())))
  end)

  it("that goes round in a circle is an error", function()
    local circle = '{"resources":[{"id":"1"}],"next_url":"?start=1"}'
    local client = endpoints.ibm { [UNITS] = circle, [UNITS .. "?start=1"] = circle }
    local rows, failure = support.drain(client:billing_units())
    assert.are.equal(2, #rows)
    assert.matches("the start of the next page came before", failure.message, 1, true)
  end)

  local rows = {
    billing_units = "billing unit", billing_options = "billing option",
    credit_pools = "credit pool",
  }
  for method, name in pairs(rows) do
    it(("with something else among its rows fails: %s"):format(method), function()
      local client = endpoints.ibm { ["*"] = '{"resources":[{"type":"x","message":"y"}]}' }
      local _, failure = client[method](client, method ~= "billing_units"
        and { billing_unit_id = "u" } or {}):collect()
      assert.matches("among the rows stands what is no " .. name, failure.message, 1, true)
    end)
  end

  local sent = {
    {
      "billing_units", { account_id = "a", enterprise_id = "b", account_group_id = "c", limit = 0,
        start = "d" },
      "?account_group_id=c&account_id=a&enterprise_id=b&limit=0&start=d", "billing-units",
    },
    {
      "billing_options", { billing_unit_id = "a", limit = 100, start = "d" },
      "?billing_unit_id=a&limit=100&start=d", "billing-options",
    },
    {
      "credit_pools", { billing_unit_id = "a", date = "2024-07", type = "PLATFORM", limit = 1,
        start = "d" },
      "?billing_unit_id=a&date=2024-07&limit=1&start=d&type=PLATFORM", "credit-pools",
    },
  }
  for _, case in ipairs(sent) do
    local method, query, text, path = unpack(case)
    it("sends each parameter of " .. method, function()
      local client, server = endpoints.ibm { ["*"] = '{"resources":[]}' }
      assert.are.same({}, (assert(client[method](client, query):collect())))
      assert.are.same({ "GET /v1/" .. path .. text }, server.lines())
    end)
  end

  it("of credit pools has them with their terms", function()
    local client = endpoints.ibm { ["*"] = '{"resources":[{"type":"PLATFORM","overage":'
      .. '{"cost":1.5},"term_credits":[{"total_credits":10000,"used_credits":0.5}]}]}' }
    local pool = assert(client:credit_pools { billing_unit_id = "u" }:collect())[1]
    assert.are.equal(0.5, pool.term_credits[1].used_credits)
    assert.are.equal(1.5, pool.overage.cost)
  end)
end)

describe("ibm: one billing unit", function()
  it("is had by its id", function()
    local client, server = endpoints.ibm { ["*"] = '{"id":"5","currency_code":"EUR"}' }
    assert.are.same({ id = "5", currency_code = "EUR" }, client:billing_unit "5")
    assert.are.same({ "GET /v1/billing-units/5" }, server.lines())
  end)

  it("is nil and an error where there is none", function()
    local client = endpoints.ibm { ["*"] = { status = 404, body = "{}" } }
    local unit, failure = client:billing_unit "5"
    assert.is_nil(unit)
    assert.are.equal(404, failure.status)
    assert.matches("Check the id", failure.recovery, 1, true)
  end)
end)

describe("ibm: the token", function()
  local methods = {
    billing_units = {}, billing_unit = "u", billing_options = { billing_unit_id = "u" },
    credit_pools = { billing_unit_id = "u" },
  }

  for method, given in pairs(methods) do
    it(("goes to no host that was not named: %s needs billing_url"):format(method), function()
      local server = endpoints.serve { ["*"] = '{"resources":[]}' }
      local client = costream.ibm { token = endpoints.TOKEN, base_url = server.url }
      local message = support.raised(client[method], client, given)
      assert.matches(("costream: ibm:%s: this needs the option billing_url, as base_url was "
        .. "given"):format(method), message, 1, true)
      assert.are.same({}, server.lines())
    end)
  end

  it("goes to IBM's own billing host where base_url is IBM's own", function()
    for _, base_url in ipairs { false, "https://enterprise.cloud.ibm.com",
      "https://enterprise.cloud.ibm.com/" } do
      local client = costream.ibm { token = "t", base_url = base_url or nil }
      assert.are.equal("https://billing.cloud.ibm.com", client._services.billing.client.base_url)
    end
  end)

  it("goes to the billing host alone", function()
    local other = endpoints.serve { ["*"] = '{"resources":[]}' }
    local client, server = endpoints.ibm(two_pages, { base_url = other.url })
    assert(client:billing_units { enterprise_id = "e" }:collect())
    assert.are.same({}, other.lines())
    assert.are.equal(2, #server.lines())
    assert.matches("\r\nAuthorization: Bearer " .. endpoints.TOKEN .. "\r\n",
      server.requests()[1].head, 1, true)
  end)
end)

describe("ibm: open streams", function()
  it("are counted together, whichever service they are of", function()
    support.needs_suspension(pending)
    local client = endpoints.ibm({
      ["/v1/accounts"] = { { send = "HTTP/1.1 200 OK\r\n\r\n" }, "hang" }, ["*"] = "{}",
    }, { limits = { streams = 1 } })
    costream.run(function()
      local accounts = client:accounts()
      costream.spawn(function()
        accounts:collect()
      end)
      costream.spawn(function()
        local _, failure = client:billing_units():collect()
        accounts:close()
        assert.are.equal("limit", failure.kind)
        assert.matches("limits.streams", failure.message, 1, true)
      end)
    end)
  end)
end)
