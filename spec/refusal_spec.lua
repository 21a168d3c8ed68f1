--- Answers that are not rows: each status of each contract, pages of gateways, odd bodies.

local document_from = require("costream.document").object
local refusal = require "costream.refusal"
local support = require "support"

local ibm_query = { enterprise_id = "enterprise-cloud-provider", month = "2019-06" }

local providers = {
  otc = {
    open = function(controls)
      return support.otc(controls):hourly { date = "2024-08-02" }
    end,
    path = "GET /v2/hourly/consumption/",
    statuses = {
      [400] = { "http", "Check the query" },
      [401] = { "auth", "level Admin" },
      [403] = { "auth", "level Admin" },
      [404] = { "http", "Check base_url" },
      [422] = { "http", "Check the query" },
      [429] = { "http", "wait a while and try again" },
      [500] = { "http", "not available at the moment" },
      [502] = { "http", "not available at the moment" },
      [503] = { "http", "not available at the moment" },
      [301] = { "http", "Only redirects to the same origin are followed" },
      [307] = { "http", "Only redirects to the same origin are followed" },
      [418] = { "http", "See the service's documentation" },
    },
  },
  ibm = {
    -- IAM has no faults of its own here: see iam_spec.
    open = function(controls)
      return support.ibm(controls, { iam_url = support.url }):reports(ibm_query)
    end,
    path = "GET /v1/resource-usage-reports",
    statuses = {
      [400] = { "http", "The input parameters in the request are either incomplete or incorrect. "
        .. "Be sure to validate your request." },
      [401] = { "auth", "The token provided in the Authorization header is invalid or expired." },
      [403] = { "auth", "The subject does not have access to the reports." },
      [404] = { "http", "The entity does not exist." },
      [424] = { "http", "The entity does not have all its dependencies set up correctly. The "
        .. "dependencies need to be fixed before a report can be generated" },
      [429] = { "http", "wait a while and try again" },
      [500] = { "http", "The API is currently unavailable. Your request could not be processed. "
        .. "Wait a few minutes and try again." },
      [502] = { "http", "Wait a few minutes and try again." },
      [503] = { "http", "Wait a few minutes and try again." },
      [301] = { "http", "Only redirects to the same origin are followed" },
      [307] = { "http", "Only redirects to the same origin are followed" },
      [418] = { "http", "See the service's documentation" },
    },
  },
}

--- What reading a provider's rows fails with, and the rows before it.
local function fails(provider, controls)
  local rows, failure = support.drain(providers[provider].open(controls))
  assert.is_not_nil(failure, "expected a failure")
  return failure, rows
end

for name, provider in pairs(providers) do
  describe(name .. ": a status", function()
    for status, wanted in pairs(provider.statuses) do
      it(("of %d is of kind %s, and says what to do"):format(status, wanted[1]), function()
        local id = support.new_id "refusal"
        local failure, rows = fails(name, ("status=%d,redirect=foreign,id=%s"):format(status, id))
        assert.are.same({}, rows)
        assert.are.equal(wanted[1], failure.kind)
        assert.are.equal(status, failure.status)
        assert.are.equal(0, failure.rows)
        assert.matches(wanted[2], failure.recovery, 1, true)
        assert.matches(provider.path .. " was refused", failure.message, 1, true)
        -- Only an exchanged token can be had anew.
        local requests = name == "ibm" and status == 401 and 2 or 1
        assert.are.equal(requests, failure.attempts)
        assert.are.equal(requests, support.ledger(id).requests)
      end)
    end

    it("is told by a line that names kind, status and recovery", function()
      local line = tostring((fails(name, "status=403")))
      assert.matches("^auth: GET /", line)
      assert.matches("status 403", line, 1, true)
      assert.matches(provider.statuses[403][2], line, 1, true)
      assert.is_nil(line:find "[\r\n]")
    end)

    it("comes with what the service said, gzip or not", function()
      for _, way in ipairs { "gzip=on", "gzip=off", "chunk=3", "close=1" } do
        local failure = fails(name, "status=424," .. way)
        local said = name == "ibm" and "does not have all its dependencies"
          or "Failed Dependency"
        assert.matches(said, failure.message, 1, true)
      end
    end)

    it("that redirects to another origin is never followed", function()
      local id = support.new_id "redirect"
      for i, status in ipairs { 301, 302, 303, 307, 308 } do
        local controls = ("status=%d,redirect=foreign,id=%s"):format(status, id)
        local failure = fails(name, controls)
        assert.are.equal(status, failure.status)
        assert.matches("the redirect is not followed: it leads to another host",
          failure.message, 1, true)
        assert.are.equal(i, support.ledger(id).requests)
      end
    end)

    it("that redirects within the origin is followed", function()
      for _, status in ipairs { 301, 302, 303, 307, 308 } do
        local failure = fails(name, ("status=%d,redirect=same"):format(status))
        assert.are.equal(404, failure.status) -- there is nothing
      end
    end)

    it("leaves the connection free for the next query", function()
      local id = support.new_id "refusal-reuse"
      for _ = 1, 3 do
        fails(name, "status=503,id=" .. id)
      end
      assert.are.equal(1, support.ledger(id).connections)
    end)

    it("of a cut answer is still that status", function()
      local failure = fails(name, "status=503,cut=5")
      assert.are.equal("http", failure.kind)
      assert.are.equal(503, failure.status)
    end)

    it("returns nil and the error from collect", function()
      local rows, failure = provider.open "status=500":collect()
      assert.is_nil(rows)
      assert.are.equal("http", failure.kind)
    end)
  end)

  describe(name .. ": a body with status 200", function()
    it("that is a web page is malformed, and says so", function()
      local failure, rows = fails(name, "body=html")
      assert.are.same({}, rows)
      assert.are.equal("malformed", failure.kind)
      assert.are.equal(200, failure.status)
      assert.matches("the answer is a web page (text/html), not JSON", failure.message, 1, true)
      assert.matches("gateway or proxy", failure.recovery, 1, true)
    end)

    it("that is other text is malformed", function()
      local failure = fails(name, "body=text")
      assert.are.equal("malformed", failure.kind)
      assert.are.equal(0, failure.rows)
      assert.are.equal(1, failure.line)
      assert.is_true(failure.byte <= 2)
    end)

    for _, way in ipairs { "gzip=off", "gzip=on", "close=1", "chunk=9" } do
      it("that is empty is incomplete and not an end: " .. way, function()
        local failure, rows = fails(name, "body=empty," .. way)
        assert.are.same({}, rows)
        assert.are.equal("incomplete", failure.kind)
        assert.are.equal(200, failure.status)
      end)
    end

    it("that is not UTF-8 is malformed, behind the good rows", function()
      for _, more in ipairs { "", ",chunk=11", ",gzip=off" } do
        local failure, rows = fails(name, "rows=10,reports=10,body=utf8bad" .. more)
        assert.are.equal("malformed", failure.kind)
        assert.matches("UTF-8", failure.message, 1, true)
        assert.are.equal(2, #rows)
        assert.are.equal(2, failure.rows)
        assert.are.equal(3, failure.row)
        assert.is_true(failure.byte > 500)
      end
    end)
  end)
end

describe("ibm: an answer", function()
  it("that is refused names the request for the support", function()
    local failure = fails("ibm", "status=424")
    assert.matches("^sandbox%-%x+$", failure.request_id)
    assert.matches("request " .. failure.request_id:gsub("%-", "%%-"), tostring(failure))
  end)

  it("that is an object without reports is not taken for an empty list", function()
    local failure, rows = fails("ibm", "body=json")
    assert.are.same({}, rows)
    assert.are.equal("malformed", failure.kind)
    assert.matches("the envelope ends without its list", failure.message, 1, true)
  end)

  it("that the service itself refuses says why", function()
    local client = support.ibm()
    local _, failure = client:reports({ enterprise_id = "nobody" }):collect()
    assert.are.equal(404, failure.status)
    assert.matches("The entity does not exist", failure.message, 1, true)
    local _, odd = client:reports({ enterprise_id = "x", offset = "odd" }):collect()
    assert.are.equal(400, odd.status)
    assert.matches("offset: is not a position that this service gave", odd.message, 1, true)
  end)
end)

describe("otc: an answer", function()
  it("that is refused has no request_id where the service gives none", function()
    assert.is_nil(fails("otc", "status=400").request_id)
  end)

  it("that is not UTF-8 is malformed in an array too", function()
    local failure, rows = fails("otc", "rows=10,framing=array,body=utf8bad")
    assert.are.equal("malformed", failure.kind)
    assert.are.equal(2, #rows)
    assert.are.equal(3, failure.row)
  end)
end)

describe("a document", function()
  --- What is made of an answer that has these rows.
  local function document_of(...)
    local rows, closed = { ... }, 0
    local document, failure = document_from {
      method = "GET", path = "/x", retries = 0,
      next = function() return table.remove(rows, 1) end,
      close = function() closed = closed + 1 end,
    }
    assert.are.equal(1, closed)
    return document, failure
  end

  it("is the one object that the answer holds", function()
    assert.are.same({ a = 1 }, (document_of { a = 1 }))
  end)

  it("is malformed where the answer holds two, or something else", function()
    for _, rows in ipairs { { { a = 1 }, { a = 2 } }, { 5 }, { "text" } } do
      local document, failure = document_of((table.unpack or unpack)(rows))
      assert.is_nil(document)
      assert.are.equal("malformed", failure.kind)
      assert.matches("GET /x: expected one JSON object", failure.message, 1, true)
    end
  end)
end)

describe("what a service says", function()
  local function refused(text, headers)
    return refusal.new({
      status = function() return 500 end,
      text = function() return text end,
      header = function(_, name) return headers and headers[name] end,
    }, "GET /x", {})
  end

  local shapes = {
    ['{"errors":[{"message":"a","code":"c"}],"error":"b"}'] = "a",
    ['{"error":"b","message":"d"}'] = "b",
    ['{"message":"d","errorMessage":"e"}'] = "d",
    ['{"errorMessage":"e"}'] = "e",
    ['{"detail":"f"}'] = "f",
    ['{"detail":[{"loc":["query","hour"],"msg":"g"}]}'] = "query.hour: g",
    ['{"errors":[],"message":"d"}'] = "d",
    ['{"errors":[5],"message":null,"error":""}'] = '{"errors":[5]',
    ['["odd"]'] = '["odd"]',
    ["not JSON"] = "not JSON",
  }
  for text, said in pairs(shapes) do
    it("is found in " .. text, function()
      assert.matches(said, refused(text).message, 1, true)
    end)
  end

  it("may be nothing", function()
    assert.matches("^GET /x was refused$", refused("").message)
  end)

  it("is cut short, between characters", function()
    local message = refused(("ü"):rep(1000)).message
    assert.is_true(#message < 400)
    assert.matches("^GET /x was refused: [\195\188]+%.%.%.?$", message)
  end)

  it("cannot move a terminal's cursor, nor break the line or UTF-8", function()
    local line = tostring(refused("a\27[31m\r\nb\0c\155d\255e\194\155f\226\128\174g"))
    assert.is_nil(line:find "[%c\155\255]")
    assert.is_nil(line:find("\226\128\174", 1, true))
    assert.matches("a.*b.*c.*d.*e.*f.*g", line)
  end)

  it("names the request by the first header that is there, or by its trace", function()
    local trace = '{"trace":"t-1"}'
    assert.are.equal("t-1", refused(trace).request_id)
    local correlated = { ["X-Correlation-Id"] = "c-1", ["X-Global-Transaction-Id"] = "g-1" }
    assert.are.equal("c-1", refused(trace, correlated).request_id)
    correlated["X-Request-Id"] = "r\27-1"
    assert.are.equal("r -1", refused(trace, correlated).request_id)
  end)
end)

describe("otc: health and versions", function()
  it("give nil and an error when they are refused", function()
    for _, method in ipairs { "health", "versions" } do
      local client = support.otc "status=503"
      local document, failure = client[method](client)
      assert.is_nil(document)
      assert.are.equal("http", failure.kind)
      assert.are.equal(503, failure.status)
    end
  end)

  for body, kind in pairs { html = "malformed", text = "malformed", empty = "incomplete" } do
    it("give nil and an error for a body that is no document: " .. body, function()
      local document, failure = support.otc("body=" .. body):health()
      assert.is_nil(document)
      assert.are.equal(kind, failure.kind)
    end)
  end
end)
