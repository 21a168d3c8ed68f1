--- The Open Telekom Cloud client: queries as they arrive, and rows as they come back.

local costream = require "costream"
local support = require "support"

local HOURLY, DAILY = "/v2/hourly/consumption/", "/v2/daily/consumption/"

local function rows_of(controls, query, method)
  local client = support.otc(controls)
  return assert(client[method or "hourly"](client, query):collect())
end

--- The rows of a query, and the one request that it made.
local function sent(method, query)
  local id = support.new_id "otc-sent"
  local rows = rows_of("rows=40,resources=40,id=" .. id, query, method)
  local requests = support.requests(id)
  assert.are.equal(1, #requests)
  return requests[1], rows
end

local function count(rows, holds)
  local counted = 0
  for _, row in ipairs(rows) do
    counted = counted + (holds(row) and 1 or 0)
  end
  return counted
end

local function has_tags(row)
  return row.tags
end

describe("otc: a query", function()
  local arrives = {
    { "contract", 1000012345, "contract=1000012345" },
    { "date", "2024-02-29", "date=2024-02-29" },
    { "month", 12, "month=12" },
    { "product", "OTC_KMS_UD_C", "product=OTC_KMS_UD_C" },
    { "product_description", "a&b=c ü/+%", "product_description=a%26b%3Dc%20%C3%BC%2F%2B%25" },
    { "project_name", "eu-de_Prüfstand", "project_name=eu-de_Pr%C3%BCfstand" },
    { "resource_id", "x~1._-/", "resource_id=x~1._-%2F" },
    { "show_tag", true, "show_tag=true" },
    { "show_tag", false, "show_tag=false" },
    { "week", 53, "week=53" },
    { "year", 2100, "year=2100" },
    { "consumption_type", "OTF", "consumption_type=OTF" },
  }
  for _, case in ipairs(arrives) do
    local name, value, args = case[1], case[2], case[3]
    it(("sends %s = %s by the hour and by the day"):format(name, tostring(value)), function()
      local hourly, daily = sent("hourly", { [name] = value }), sent("daily", { [name] = value })
      assert.are.equal(args, hourly.args)
      assert.are.equal(HOURLY, hourly.path)
      assert.are.equal(args, daily.args)
      assert.are.equal(DAILY, daily.path)
    end)
  end

  it("sends the hour, 0 too", function()
    assert.are.equal("hour=0", sent("hourly", { hour = 0 }).args)
    assert.are.equal("hour=23", sent("hourly", { hour = 23 }).args)
  end)

  it("sends a product given as a number as its digits", function()
    assert.are.equal("product=4711", sent("daily", { product = 4711 }).args)
  end)

  it("sends tag_key and tag_value with show_tag", function()
    local query = { show_tag = true, tag_key = "cost center", tag_value = "0815" }
    local request = sent("daily", query)
    assert.are.equal("show_tag=true&tag_key=cost%20center&tag_value=0815", request.args)
  end)

  it("writes the same query always as the same URL", function()
    local request = sent("hourly", { year = 2024, month = 8, hour = 3, contract = 1000012345 })
    assert.are.equal("contract=1000012345&hour=3&month=8&year=2024", request.args)
  end)

  it("may be absent or empty", function()
    assert.are.equal("", sent("hourly", nil).args)
    assert.are.equal("", sent("daily", {}).args)
  end)

  it("is a GET with the token, and says what it takes and who asks", function()
    local request = sent("hourly", {})
    assert.are.equal("GET", request.method)
    assert.are.equal("valid", request.authorization)
    assert.are.equal("gzip", request.headers["accept-encoding"])
    assert.are.equal("application/x-ndjson, application/json", request.headers.accept)
    assert.are.equal("costream/" .. costream.version, request.headers["user-agent"])
  end)

  it("says another user_agent when given one", function()
    local id = support.new_id "otc-agent"
    local client = support.otc("rows=1,id=" .. id, { user_agent = "bill/7" })
    assert(client:hourly():collect())
    assert.are.equal("bill/7", support.requests(id)[1].headers["user-agent"])
  end)

  it("is not sent before the first row is asked for", function()
    local id = support.new_id "otc-lazy"
    local stream = support.otc("rows=1,id=" .. id):hourly()
    assert.are.equal(0, support.ledger(id).requests)
    assert.are.equal(1, #stream:collect())
    assert.are.equal(1, support.ledger(id).requests)
  end)
end)

describe("otc: misuse of a query", function()
  local refused = {
    { "contract", 1.5 }, { "contract", -1 }, { "contract", "1000012345" },
    { "date", "2024-02-30" }, { "date", "2023-02-29" }, { "date", "2024-8-2" },
    { "date", "02.08.2024" }, { "date", 20240802 }, { "hour", 24 }, { "hour", -1 },
    { "hour", "3" }, { "month", 0 }, { "month", 13 }, { "product", "" }, { "product", 1.5 },
    { "product", true }, { "product_description", 5 }, { "project_name", "a\nb" },
    { "resource_id", {} }, { "show_tag", "true" }, { "show_tag", 1 }, { "week", 0 },
    { "week", 54 }, { "year", 2019 }, { "year", 2101 }, { "consumption_type", "el" },
    { "consumption_type", "XX" }, { "hours", 3 }, { "prodct", "x" },
  }
  for _, case in ipairs(refused) do
    local name, value = case[1], case[2]
    it(("throws for %s = %q, naming it"):format(name, tostring(value)), function()
      local id = support.new_id "otc-misuse"
      local client = support.otc("rows=1,id=" .. id)
      local message = support.raised(client.hourly, client, { [name] = value })
      assert.are.equal("string", type(message))
      assert.matches("costream: otc:hourly: .*" .. name, message)
      assert.are.equal(0, support.ledger(id).requests)
    end)
  end

  it("throws for an hour by the day, naming what may be given", function()
    local client = support.otc()
    local message = support.raised(client.daily, client, { hour = 3 })
    assert.matches('unknown name "hour"', message, 1, true)
    assert.matches("consumption_type, contract, date, from, month, parallel, product", message, 1,
      true)
  end)

  it("throws for a tag without show_tag = true, where it would be no filter", function()
    local client = support.otc()
    for _, query in ipairs { { tag_key = "env" }, { tag_value = "prod", show_tag = false } } do
      local message = support.raised(client.hourly, client, query)
      assert.matches("show_tag = true", message, 1, true)
    end
  end)

  it("throws for a query that is no table", function()
    local client = support.otc()
    assert.matches("query", support.raised(client.daily, client, "2024-08-02"))
  end)

  it("names the place of the user's own call", function()
    local message = support.raised(function()
      support.otc():hourly { hour = 99 }
    end)
    assert.matches("^%S*otc_spec%.lua:%d+: costream: ", message)
  end)
end)

describe("otc: misuse of the constructor", function()
  local cases = {
    { "token", {} }, { "token", { token = 5 } }, { "token", { token = "" } },
    { "token", { token = "a b" } }, { "tokn", { token = "x", tokn = "y" } },
    { "base_url", { token = "x", base_url = 5 } },
    { "base_url", { token = "x", base_url = "ftp://127.0.0.1" } },
    { "base_url", { token = "x", base_url = "https://example.org/?a=1" } },
    { "base_url", { token = "x", base_url = "nonsense" } },
    { "timeout", { token = "x", timeout = 5 } },
    { "timeout.stall", { token = "x", timeout = { stall = 0 } } },
    { "stahl", { token = "x", timeout = { stahl = 1 } } },
    { "limits.depth", { token = "x", limits = { depth = 5000 } } },
    { "nulls", { token = "x", nulls = 1 } }, { "numbers", { token = "x", numbers = "string" } },
    { "ca_file", { token = "x", ca_file = "" } }, { "proxy", { token = "x", proxy = 5 } },
    { "user_agent", { token = "x", user_agent = "a\r\nb: c" } },
    { "http2", { token = "x", http2 = "yes" } },
  }
  for i, case in ipairs(cases) do
    it(("throws, naming %s (%d)"):format(case[1], i), function()
      local message = support.raised(costream.otc, case[2])
      assert.matches("costream: otc", message, 1, true)
      assert.matches(case[1], message, 1, true)
    end)
  end

  it("throws without options", function()
    assert.matches("options", support.raised(costream.otc))
  end)

  it("never shows the token", function()
    local message = support.raised(costream.otc, { token = "secret-word\n" })
    assert.is_nil(message:find("secret-word", 1, true))
    assert.is_nil(tostring(costream.otc { token = "secret-word" }):find("secret-word", 1, true))
  end)
end)

describe("otc: rows", function()
  local plain = rows_of("rows=300,framing=lines,gzip=off")

  local ways = {
    "framing=array", "framing=array,pretty=1", "framing=lines,blank=1", "framing=lines,newline=0",
    "gzip=on", "gzip=on,framing=array", "length=1", "length=1,gzip=on", "close=1,framing=array",
    "chunk=7,gzip=on", "chunk=100,framing=array", "chunk=1000", "chunk=65537",
    "chunk=1000,framing=array,gzip=on",
  }
  for _, way in ipairs(ways) do
    it("are the same with " .. way, function()
      assert.are.same(plain, rows_of("rows=300," .. way))
    end)
  end

  for _, way in ipairs { "framing=lines", "framing=array,pretty=1", "gzip=on" } do
    it("are the same byte by byte with " .. way, function()
      local wanted = rows_of "rows=3,gzip=off"
      assert.are.equal(3, #wanted)
      assert.are.same(wanted, rows_of("rows=3,chunk=1," .. way))
    end)
  end

  it("are as many as the service has", function()
    assert.are.equal(300, #plain)
    assert.are.equal(25000, #rows_of "rows=25000")
  end)

  it("are the same when the query is made again", function()
    assert.are.same(plain, rows_of "rows=300")
  end)

  for _, framing in ipairs { "lines", "array" } do
    it(("are none where the service has none (%s)"):format(framing), function()
      assert.are.same({}, rows_of("rows=0,framing=" .. framing))
      assert.are.same({}, rows_of("rows=9,framing=" .. framing, { product = "NO_SUCH" }))
    end)
  end

  it("hold numbers, text and null as the service wrote them", function()
    local row = plain[1]
    assert.are.equal(0.011584, row.amount)
    assert.are.equal(1000012346, row.contract)
    assert.are.equal("2024-08-02T00:00:00", row.consumption_date)
    assert.are.equal("OTC_KMS_UD_C", row.product)
    local texts = {}
    for _, each in ipairs(plain) do
      texts[each.project_name or ""] = true
    end
    assert.is_true(texts["eu-de_München"])
    assert.is_true(texts["eu-de_🚀"])
    assert.is_true(texts["eu-de_Forschung/Lehre"])
  end)

  it("hold costream.null with nulls = true, and text with numbers = \"text\"", function()
    local client = support.otc("rows=300", { nulls = true, numbers = "text" })
    local rows = client:hourly():collect()
    assert.are.equal("0.011584", rows[1].amount)
    local function is_null(row)
      return row.project_name == costream.null
    end
    assert.is_true(count(rows, is_null) > 0)
    assert.are.equal(0, count(plain, is_null))
  end)

  it("keep missing and unknown members as they are, in any order", function()
    local rows = rows_of "rows=500,irregular=1"
    assert.are.equal(500, #rows)
    assert.is_true(count(rows, function(row) return row.etl_updated == nil end) > 0)
  end)

  it("have tags only when asked for", function()
    assert.are.equal(0, count(plain, has_tags))
    local _, rows = sent("hourly", { show_tag = true })
    assert.is_true(count(rows, has_tags) > 0)
  end)

  it("are those with the tag that was asked for", function()
    local query = { show_tag = true, tag_key = "team", tag_value = "Büro" }
    local rows = rows_of("rows=300", query)
    local all = rows_of("rows=300", { show_tag = true })
    local wanted = count(all, function(row) return row.tags and row.tags.team == "Büro" end)
    assert.is_true(wanted > 0)
    assert.are.equal(wanted, #rows)
  end)

  it("are those for which all filters hold", function()
    local first = plain[1]
    local query = { product = first.product, contract = first.contract }
    local rows = rows_of("rows=300", query)
    assert.is_true(#rows > 0 and #rows < 300)
    assert.are.equal(#rows, count(plain, function(row)
      return row.product == query.product and row.contract == query.contract
    end))
  end)

  it("by the day have an aggregation_id, by the hour a usage_id", function()
    local daily = rows_of("rows=5", {}, "daily")
    assert.are.equal("string", type(daily[1].aggregation_id))
    assert.is_nil(daily[1].usage_id)
    assert.are.equal("string", type(plain[1].usage_id))
  end)

  for day, hours in pairs { ["2024-03-31"] = 23, ["2024-08-02"] = 24, ["2024-10-27"] = 25 } do
    it(("of %s are those of %d hours"):format(day, hours), function()
      local seen, distinct = {}, 0
      local rows = rows_of("seed=1,resources=4", { date = day })
      for _, row in ipairs(rows) do
        assert.are.equal(day, row.consumption_date:sub(1, 10))
        distinct = distinct + (seen[row.consumption_date] and 0 or 1)
        seen[row.consumption_date] = true
      end
      assert.are.equal(hours, distinct)
      assert.are.equal(4 * hours, #rows)
    end)
  end

  it("of a month are those of all its days", function()
    local rows = rows_of("resources=2", { year = 2024, month = 2 }, "daily")
    assert.are.equal(2 * 29, #rows)
    assert.are.equal("2024-02-29T00:00:00", rows[#rows].consumption_date)
  end)
end)

describe("otc: the token", function()
  it("may be a function, called for each request", function()
    local calls = 0
    local client = support.otc("rows=2", { token = function()
      calls = calls + 1
      return "otc-sandbox-token"
    end })
    assert.are.equal(0, calls)
    assert.are.equal(2, #client:hourly():collect())
    assert.are.equal(1, calls)
    assert.are.equal(2, #client:daily():collect())
    assert.are.equal(2, calls)
  end)

  it("is asked for once more when the service refuses it", function()
    local given = { "stale-token", "otc-sandbox-token", "never-asked-for" }
    local client = support.otc("rows=2", { token = function()
      return table.remove(given, 1)
    end })
    local stream = client:hourly()
    assert.are.equal(2, #stream:collect())
    assert.are.same({ "never-asked-for" }, given)
    local stats = stream:stats()
    assert.are.equal(2, stats.requests)
    assert.are.equal(1, stats.retries)
  end)

  it("is given up when the second is refused too", function()
    local id, calls = support.new_id "otc-401", 0
    local client = support.otc("rows=2,revoke=5,id=" .. id, { token = function()
      calls = calls + 1
      return "otc-sandbox-token"
    end })
    local rows, failure = client:hourly():collect()
    assert.is_nil(rows)
    assert.are.equal("auth", failure.kind)
    assert.are.equal(2, failure.attempts)
    assert.are.equal(2, calls)
    assert.are.equal(2, support.ledger(id).requests)
  end)

  it("is not tried twice when it is text", function()
    local id = support.new_id "otc-text"
    local _, failure = support.otc("rows=2,revoke=1,id=" .. id):hourly():collect()
    assert.are.equal("auth", failure.kind)
    assert.are.equal(1, failure.attempts)
    assert.are.equal(1, support.ledger(id).requests)
  end)

  it("that a function does not give is misuse", function()
    local stream = support.otc("rows=2", { token = function() return nil end }):hourly()
    assert.matches("otc: token: what the function returned", support.raised(stream), 1, true)
  end)
end)

describe("otc: health and versions", function()
  it("give what the service says, and send no token", function()
    local id = support.new_id "otc-health"
    local client = support.otc("id=" .. id)
    assert.are.same({ status = "ok" }, client:health())
    local version = assert(client:versions()).versions[1]
    assert.are.equal("v2", version.id)
    assert.matches("^https://api%-enterprise%-dashboard%-beta", version.links[1].href)
    for _, request in ipairs(support.requests(id)) do
      assert.are.equal("absent", request.authorization)
    end
  end)
end)
