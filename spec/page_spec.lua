--- The cost page of examples/nginx: what its server answers.
--
-- It runs in nginx's own LuaJIT, whatever Lua runs the specs: once is enough.
if _VERSION ~= "Lua 5.4" then
  return
end

local faults = require "faults_support"
local page_server = require "page_server"
local service = require "page_service"
local support = require "support"

local function of_type(lines, type_)
  local found = {}
  for _, line in ipairs(lines) do
    found[#found + 1] = line.type == type_ and line or nil
  end
  return found
end

local function types_of(lines)
  local types = {}
  for i, line in ipairs(lines) do
    types[i] = line.type
  end
  return types
end

--- A page on answers of its own, and the run in which they are counted.
local function page_on(answers, environment)
  local run = faults.new_run()
  faults.set(run, answers)
  environment = environment or {}
  environment.OTC_BASE_URL = faults.url(run, "run=" .. run)
  return page_server.start(environment), run
end

--- Answers for each of some days, and an empty one for all others.
local function answers_of(scripts)
  local answers = { ["*"] = { faults.answer { body = "[]" } } }
  for date, script in pairs(scripts) do
    answers[service.target(date)] = script
  end
  return answers
end

--- The newest days, as the page has them.
local function today()
  return os.date("!%Y-%m-%d", os.time() + 2 * 3600)
end

--- What several clients get that ask at the same time.
local function at_once(server, count, path)
  local command = ("for i in $(seq %d); do curl -s --max-time 30 '%s%s' | tail -1 & done; wait")
    :format(count, server.url, path)
  return page_server.lines(support.read_command(command))
end

describe("the cost page", function()
  local server

  setup(function()
    server = page_server.start { OTC_BASE_URL = support.controls "seed=3" }
  end)

  teardown(function()
    server:close()
  end)

  it("sends each day whole, and what they come to at the end", function()
    local lines = server:costs("2024-08-01", "2024-08-03")
    assert.are.same({ days = 3, type = "range" }, lines[1])
    assert.are.equal(3, #of_type(lines, "day"))
    assert.are.equal("total", lines[#lines].type)
    local pending
    for _, line in ipairs(lines) do
      if line.type == "cost" then
        pending = pending or line.date
        assert.are.equal(pending, line.date)
      elseif line.type == "day" then
        assert.are.equal(pending, line.date)
        pending = nil
      end
    end
  end)

  it("gives the sums that costream folds itself, to the last bit", function()
    local lines = server:costs "2024-08-02"
    local groups = assert(support.otc "seed=3":daily { date = "2024-08-02" }
      :fold { by = { "product" }, sum = { "amount" } })
    local costs = of_type(lines, "cost")
    assert.are.equal(#groups, #costs)
    for i, group in ipairs(groups) do
      assert.are.equal(group.product, costs[i].product)
      assert.are.equal(group.sum.amount, costs[i].cost)
    end
  end)

  it("gives a month the sums of its rows", function()
    local lines = server:costs("2024-08-01", "2024-08-31")
    local month = support.otc "seed=3":daily { year = 2024, month = 8 }
    local groups = assert(month:fold { by = { "product" }, sum = { "amount" } })
    local whole = 0
    local products, total = {}, lines[#lines]
    for _, product in ipairs(of_type(lines, "product")) do
      products[product.product] = product.cost
    end
    for _, group in ipairs(groups) do
      assert.is_near(group.sum.amount, products[group.product], 1e-9 * group.sum.amount)
      whole = whole + group.sum.amount
    end
    assert.is_near(whole, total.total, 1e-9 * whole)
    assert.are.equal(month:stats().rows, total.rows)
    assert.are.equal(31, total.days)
  end)

  it("lists the products by cost", function()
    local products = of_type(server:costs("2024-08-01", "2024-08-03"), "product")
    for i = 2, #products do
      assert.is_true(products[i - 1].cost >= products[i].cost)
    end
  end)

  it("tells which days may still change", function()
    local changing = of_type(server:costs(today()), "day")[1]
    assert.is_false(changing.settled)
    assert.is_true(of_type(server:costs "2024-08-02", "day")[1].settled)
  end)

  it("gives the same as CSV", function()
    local lines = server:costs("2024-08-01", "2024-08-02")
    local text, status, head = server:get "/costs.csv?from=2024-08-01&to=2024-08-02"
    local _, count = text:gsub("\n", "")
    assert.are.equal(200, status)
    assert.truthy(head:find('filename="costs-2024-08-01-2024-08-02.csv"', 1, true))
    assert.are.equal(1 + #of_type(lines, "cost"), count)
    assert.are.equal("date,product,description,cost_eur\r", text:match "^[^\n]*")
    local first = of_type(lines, "cost")[1]
    assert.truthy(text:find(("2024-08-01,%s,"):format(first.product), 1, true))
  end)

  local refusals = {
    { "from=2024-08-01", "to: expected a day .* to today, as 2024%-08%-02, got nothing" },
    { "to=2024-08-01", "from: expected a day .* to today, as 2024%-08%-02, got nothing" },
    { "from=2024-02-30&to=2024-08-01", 'from: expected a day .*, got "2024%-02%-30"' },
    { "from=2024-8-1&to=2024-08-01", 'from: expected a day .*, got "2024%-8%-1"' },
    { "from=2019-12-31&to=2024-08-01", "from: expected a day from 2020%-01%-01 to today" },
    { "from=2024-08-01&to=2099-01-01", 'to: expected a day from .* to today, .*"2099%-01%-01"' },
    { "from=%3Cscript%3E&to=2024-08-01", "from: expected a day .*, got something else" },
    { "from=%FF&to=2024-08-01", "from: expected a day .*, got something else" },
    { "from=2024-08-01&from=2024-08-02&to=2024-08-03", "from: .*, got something else" },
    { "from&to=2024-08-03", "from: .*, got something else" },
    { "from=2024-08-03&to=2024-08-01", "to: 2024%-08%-01 is before from, 2024%-08%-03" },
    { "from=2023-01-01&to=2024-08-01", "to: more than 366 days behind from" },
    { "from=2024-08-01&to=2024-08-02&product=x", "only from and to may be given" },
  }
  for _, case in ipairs(refusals) do
    it("refuses " .. case[1], function()
      for _, path in ipairs { "/costs?", "/costs.csv?" } do
        local text, status = server:get(path .. case[1])
        local line = page_server.lines(text)[1]
        assert.are.equal(400, status)
        assert.are.equal("error", line.type)
        assert.truthy(line.message:find("^" .. case[2]), line.message)
      end
    end)
  end

  it("lets no script run but its own", function()
    local html, status, head = server:get "/"
    local nonce = head:match "script%-src 'nonce%-(%x+)'"
    assert.are.equal(200, status)
    assert.truthy(html:find(('<script nonce="%s">'):format(nonce), 1, true))
    assert.truthy(head:find("default-src 'none'", 1, true))
    assert.is_nil(head:find("unsafe", 1, true))
    local _, _, other = server:get "/"
    assert.are_not.equal(nonce, other:match "script%-src 'nonce%-(%x+)'")
  end)

  it("is kept by no cache, and read by no other site", function()
    for _, path in ipairs { "/", "/costs?from=2024-08-01&to=2024-08-01", "/costs?" } do
      local _, _, head = server:get(path)
      assert.truthy(head:find("Cache-Control: no-store", 1, true))
      assert.truthy(head:find("Cross-Origin-Resource-Policy: same-origin", 1, true))
    end
  end)

  it("answers to no other name, which a foreign page could have given it", function()
    local body, status = server:get("/costs?from=2024-08-01&to=2024-08-01",
      "-H 'Host: costs.example'")
    assert.are.equal(421, status)
    assert.is_nil(body:find("OTC_", 1, true))
  end)

  it("takes nothing but GET", function()
    local _, status = server:get("/costs?from=2024-08-01&to=2024-08-01", "-X POST")
    assert.are.equal(405, status)
  end)
end)

describe("the cost page's server", function()
  local server, run

  after_each(function()
    if server then
      server:close()
      server = nil
    end
  end)

  it("does not start without a token, and says so", function()
    local log = page_server.refusal { OTC_BASE_URL = support.url }
    assert.truthy(log:find("set OTC_TOKEN to an API key of level Admin", 1, true))
  end)

  it("does not start with an interval that is none, and says so", function()
    local log = page_server.refusal { OTC_TOKEN = "token", REFRESH_SECONDS = "hourly" }
    assert.truthy(log:find("REFRESH_SECONDS: expected seconds, 1 or more", 1, true))
  end)

  it("sends a day while others are still being read", function()
    server = page_on(answers_of {
      ["2024-08-01"] = service.day("2024-08-01", { A = 1 }),
      ["2024-08-02"] = service.day("2024-08-02", { A = 2 }, 2),
    })
    local pipe = assert(io.popen(("curl -sN '%s/costs?from=2024-08-01&to=2024-08-02'"):format(
      server.url)))
    local at = {}
    for line in pipe:lines() do
      local date = line:match '"date":"([%d-]+)".*"type":"day"'
      if date then
        at[date] = support.now()
      end
    end
    pipe:close()
    assert.is_true(at["2024-08-02"] - at["2024-08-01"] > 1)
  end)

  it("ends with the error when a day fails, and with no total", function()
    server = page_on(answers_of {
      ["2024-08-01"] = service.day("2024-08-01", { A = 1 }),
      ["2024-08-02"] = service.refusal(0.5),
    })
    local lines = server:costs("2024-08-01", "2024-08-02")
    local failure = lines[#lines]
    assert.are.same({ "range", "cost", "day", "error" }, types_of(lines))
    assert.are.equal("http", failure.kind)
    assert.truthy(failure.message:find "^2024%-08%-02: GET /v2/daily/consumption/")
    assert.truthy(failure.message:find("no such day", 1, true))
    assert.truthy(failure.recovery:find("Check the query", 1, true))
  end)

  it("gives no CSV of which a day is missing", function()
    server = page_on(answers_of {
      ["2024-08-01"] = service.day("2024-08-01", { A = 1 }),
      ["2024-08-02"] = service.refusal(),
    })
    local body, status = server:get "/costs.csv?from=2024-08-01&to=2024-08-02"
    assert.are.equal(502, status)
    assert.are.equal("error", page_server.lines(body)[1].type)
  end)

  it("shows nobody its token", function()
    server = page_server.start { OTC_BASE_URL = support.url, OTC_TOKEN = "canary-token" }
    local costs = server:costs "2024-08-01"
    assert.are.equal("auth", costs[#costs].kind)
    for _, path in ipairs { "/", "/costs?from=2024-08-01&to=2024-08-01", "/costs.csv?" } do
      local body, _, head = server:get(path)
      assert.is_nil((head .. body):find("canary", 1, true))
    end
    assert.is_nil(server:log():find("canary", 1, true))
  end)

  it("keeps no part of a day: one that was cut is asked for again", function()
    local whole = service.day("2024-08-01", { A = 1, B = 2 })
    local cut = service.cut("2024-08-01", { A = 1, B = 2 })
    server, run = page_on(answers_of {
      ["2024-08-01"] = { turns = { cut, cut, cut, cut, cut, whole } },
    })
    local failed = server:costs "2024-08-01"
    assert.are.same({ "range", "error" }, types_of(failed))
    assert.are.equal("incomplete", failed[2].kind)
    local read = server:costs "2024-08-01"
    assert.are.equal(3, read[#read].total)
    assert.are.equal(6, service.asked(run, "2024-08-01"))
  end)

  it("says that a day has no rows", function()
    server = page_on(answers_of {})
    local lines = server:costs "2024-08-01"
    assert.are.same({ "range", "day", "total" }, types_of(lines))
    assert.are.equal(0, lines[2].rows)
    assert.is_nil(lines[3].total)
  end)

  it("keeps what one worker has read for the others", function()
    server, run = page_on(answers_of {
      ["2024-08-01"] = service.day("2024-08-01", { A = 1 }),
    })
    local workers = server:workers()
    assert.are.equal(2, #workers)
    for i = 1, 2 do
      os.execute("kill -STOP " .. workers[i])
      local lines = server:costs "2024-08-01"
      os.execute("kill -CONT " .. workers[i])
      assert.are.equal(1, lines[#lines].total)
    end
    assert.are.equal(1, service.asked(run, "2024-08-01"))
  end)

  it("asks once for a day that many want at the same time", function()
    server, run = page_on(answers_of {
      ["2024-08-01"] = service.day("2024-08-01", { A = 1 }, 1),
    })
    local ends = at_once(server, 8, "/costs?from=2024-08-01&to=2024-08-01")
    assert.are.equal(8, #ends)
    for _, line in ipairs(ends) do
      assert.are.equal(1, line.total)
    end
    assert.are.equal(1, service.asked(run, "2024-08-01"))
  end)

  it("asks once for a day that fails, and tells all who wait", function()
    server, run = page_on(answers_of { ["2024-08-01"] = service.refusal(2) })
    local ends = at_once(server, 8, "/costs?from=2024-08-01&to=2024-08-01")
    assert.are.equal(8, #ends)
    for _, line in ipairs(ends) do
      assert.are.equal("http", line.kind)
    end
    assert.are.equal(1, service.asked(run, "2024-08-01"))
  end)

  it("reads the newest days anew in the background, in one worker", function()
    local date = today()
    local began = support.now()
    server, run = page_on(answers_of {
      [date] = { turns = {
        service.day(date, { A = 1 }), service.day(date, { A = 2 }), service.day(date, { A = 3 }),
      } },
    }, { REFRESH_SECONDS = 1 })
    assert.is_true(support.eventually(function()
      local lines = server:costs(date)
      return lines[#lines].total == 3
    end, 15))
    assert.is_true(service.asked(run, date) <= support.now() - began + 2)
  end)

  it("has the newest days before anybody asks", function()
    local date = today()
    server, run = page_on(answers_of { [date] = service.day(date, { A = 1 }) })
    assert.is_true(support.eventually(function()
      return service.asked(run, date) == 1
    end, 5))
  end)

  it("reads a day for the next one when a browser has left it", function()
    local slow = service.day("2024-08-01", { A = 1 }, 20)
    server, run = page_on(answers_of {
      ["2024-08-01"] = { turns = { slow, service.day("2024-08-01", { A = 2 }) } },
    })
    server:get("/costs?from=2024-08-01&to=2024-08-01", "--max-time 1")
    local began = support.now()
    local lines = server:costs "2024-08-01"
    assert.are.equal(2, lines[#lines].total)
    assert.is_true(support.now() - began < 10)
    assert.are.equal(2, service.asked(run, "2024-08-01"))
  end)

  it("closes its streams when the browser goes away", function()
    local id = support.new_id "page-left"
    server = page_server.start {
      OTC_BASE_URL = support.controls("rows=200000,rate=100000,id=" .. id),
    }
    local function asked()
      for _, request in ipairs(support.requests(id)) do
        if request.args == "date=2024-08-01" then
          return true
        end
      end
    end
    local pipe = io.popen(("curl -s --max-time 2 '%s/costs?from=2024-08-01&to=2024-08-01'")
      :format(server.url))
    assert.is_true(support.eventually(asked, 3))
    pipe:close()
    assert.is_true(support.eventually(function()
      local ledger = support.ledger(id)
      return ledger.aborted >= 1
    end, 5))
  end)
end)
