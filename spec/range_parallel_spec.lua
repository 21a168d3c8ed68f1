--- How many requests a range has under way: never more than was said, and what holds them back.

local costream = require "costream"
local faults = require "faults_support"
local range_support = require "range_support"
local support = require "support"

local with = range_support.with

local range = { from = "2024-03-28", to = "2024-04-04" } -- eight days
local DAYS = 8

--- Reads answers that pause in their middle, longer where the machine is slow: never more than so
--- many are open at once, and indeed so many. Gives the ledger.
local function assert_open_at_once(count, read)
  local ledger
  for _, gap in ipairs { 100, 400, 2000 } do
    local id = support.new_id "at-once"
    read(("gap=%d,gzip=off,id=%s"):format(gap, id))
    ledger = support.ledger(id)
    assert.is_true(ledger.max_open <= count, ledger.max_open)
    if ledger.max_open == count then
      break
    end
  end
  assert.are.equal(count, ledger.max_open)
  assert.are.equal(0, ledger.open)
  return ledger
end

--- Reads the eight days.
local function reader(parallel, limits)
  return function(controls)
    local client = support.otc("resources=100,chunk=4000," .. controls, { limits = limits })
    local days = client:daily(with(range, { parallel = parallel }))
    assert.are.equal(DAYS * 100, #assert(days:collect()))
  end
end

describe("a range", function()
  for _, parallel in ipairs { 1, 2, 3, 4, 8, 50 } do
    it(("has %d requests at once where that is said, and no more connections"):format(parallel),
      function()
        local ledger = assert_open_at_once(math.min(parallel, DAYS), reader(parallel))
        assert.are.equal(DAYS, ledger.requests)
        assert.is_true(ledger.connections <= parallel)
      end)
  end

  it("has four where nothing is said", function()
    assert_open_at_once(4, reader())
  end)

  it("has as many of IBM's months", function()
    for _, method in ipairs { "reports", "usage", "pages" } do
      assert_open_at_once(3, function(controls)
        local client = support.ibm("chunk=300," .. controls, { iam_url = support.url })
        local stream = client[method](client, {
          enterprise_id = "enterprise-cloud-provider", children = true, limit = 2, parallel = 3,
          from = "2024-01", to = "2024-05",
        })
        assert(stream:collect())
      end)
    end
  end)

  it("asks for its first day alone until that is under way", function()
    for controls, kind in pairs { ["status=401"] = "auth", ["body=html"] = "malformed" } do
      local id = support.new_id "first"
      local stream = support.otc(controls .. ",id=" .. id):daily(range)
      local rows, failure = stream:collect()
      assert.is_nil(rows)
      assert.are.same({ kind, "2024-03-28" }, { failure.kind, failure.date })
      if kind == "auth" then
        assert.are.equal(1, support.ledger(id).requests)
      end
    end
  end)

  it("has fewer requests at once where limits.streams has no room for more", function()
    for _, streams in ipairs { 1, 2, 3 } do
      assert_open_at_once(streams, reader(nil, { streams = streams }))
    end
  end)

  it("goes on over IBM's pages where limits.streams is 1", function()
    local client = support.ibm(nil, { limits = { streams = 1 } })
    for _, method in ipairs { "reports", "usage", "pages" } do
      local stream = client[method](client, {
        enterprise_id = "enterprise-cloud-provider", children = true, limit = 1,
        from = "2024-01", to = "2024-03",
      })
      assert.is_true(#assert(stream:collect()) > 0)
      assert.are.equal(12, stream:stats().requests)
    end
  end)

  it("is refused where other streams are as many as limits.streams allows", function()
    local client = support.otc("resources=3", { limits = { streams = 1 } })
    local other = client:daily()
    assert.is_table(other())
    local rows, failure = client:daily(range):collect()
    assert.is_nil(rows)
    assert.are.equal("limit", failure.kind)
    assert.matches("limits.streams", failure.message, nil, true)
    other:close()
  end)
end)

describe("the end of a range", function()
  --- Rows that come slowly, of all days at once.
  local function open(id)
    return (support.otc("rows=2000,rate=100000,gzip=off,id=" .. id):daily(range))
  end

  local function is_over(id)
    return support.eventually(function()
      local ledger = support.ledger(id)
      return ledger.open == 0 and ledger.aborted == ledger.requests
    end)
  end

  --- A stream of which four answers are open.
  local function begun(id)
    local stream = open(id)
    for _ = 1, 30 do
      assert.is_table(stream())
    end
    assert.is_true(support.eventually(function()
      costream.step() -- nobody waits for rows meanwhile
      return support.ledger(id).open == 4
    end))
    return stream
  end

  it("by close leaves none of its connections open", function()
    local id = support.new_id "close"
    collectgarbage "stop" -- not by the collector
    local stream = begun(id)
    stream:close()
    local over = is_over(id)
    collectgarbage "restart"
    assert.is_true(over)
    assert.are.equal("cancelled", select(2, stream:collect()).kind)
  end)

  it("by the collector leaves none open", function()
    local id = support.new_id "close"
    begun(id)
    collectgarbage()
    collectgarbage()
    assert.is_true(is_over(id))
  end)

  it("keeps what it has cost", function()
    local id = support.new_id "stats"
    local stream = open(id)
    assert.is_table(stream())
    local before = stream:stats()
    stream:close()
    local stats = stream:stats()
    assert.are.same({ before.requests, 1, 0 }, { stats.requests, stats.rows, stats.retries })
    assert.is_true(stats.requests > 1 and stats.bytes > 0)
  end)
end)

describe("limits.rows", function()
  local counts = { ["2024-03-30"] = 30, ["2024-03-31"] = 0, ["2024-04-01"] = 30,
    ["2024-04-02"] = 1, ["2024-04-03"] = 39 }
  local days = { from = "2024-03-30", to = "2024-04-03" }

  local function open(limit, parallel)
    local client = range_support.client("limited-days", nil, { limits = { rows = limit } })
    return (client:daily(with(days, { parallel = parallel })))
  end

  setup(function()
    range_support.set("limited-days", counts)
  end)

  it("is for all days of a range together", function()
    for _, parallel in ipairs { 1, 2, 5 } do
      assert.are.equal(100, #range_support.read(open(100, parallel)))
      for limit, day in pairs { [99] = "2024-04-03", [61] = "2024-04-03", [60] = "2024-04-02",
        [59] = "2024-04-01", [30] = "2024-04-01", [29] = "2024-03-30" } do
        local names, failure = range_support.read(open(limit, parallel))
        assert.are.equal(limit, #names)
        assert.are.same({ "limit", day }, { failure.kind, failure.date })
        assert.are.equal(("%s: more than %d rows (limits.rows)"):format(day, limit),
          failure.message)
      end
    end
  end)

  it("is for what a fold takes, too", function()
    for _, parallel in ipairs { 1, 5 } do
      assert.are.equal(100, assert(open(100, parallel):fold { count = true })[1].count)
      local groups, failure = open(99, parallel):fold { count = true }
      assert.is_nil(groups)
      assert.are.equal("limit", failure.kind)
    end
  end)

  it("is for all months, of rows, usages and pages' reports", function()
    local asked = { enterprise_id = "any", limit = 4, from = "2024-01", to = "2024-03" }
    for _, method in ipairs { "reports", "usage", "pages" } do
      local function collect(limit)
        local client = support.ibm("reports=10", { iam_url = support.url,
          limits = { rows = limit } })
        return client[method](client, asked):collect()
      end
      local count = #assert(collect())
      count = method == "pages" and 30 or count
      assert.is_table(collect(count))
      local _, failure = collect(count - 1)
      assert.are.same({ "limit", "2024-03" }, { failure.kind, failure.month })
    end
  end)
end)

describe("timeout.total", function()
  it("is for a range as a whole", function()
    for _, parallel in ipairs { 1, 2 } do
      local client = support.otc("rows=10,delay=600", { timeout = { total = 2 } })
      local before = support.now()
      local rows, failure = client:daily(with(range, { parallel = parallel })):collect()
      assert.is_nil(rows)
      assert.are.equal("timeout", failure.kind)
      assert.matches(failure.date .. ": not finished after 2 s (timeout.total)",
        failure.message, nil, true)
      assert.is_true(failure.date > "2024-03-28" and support.now() - before < 10)
    end
  end)
end)

describe("timeout.stall", function()
  it("does not count for a day that nobody reads yet", function()
    local first = {}
    for i = 1, 12 do
      first[2 * i - 1] = { send = range_support.body("2024-03-30", 1) }
      first[2 * i] = { wait = 0.15 }
    end
    local head = "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n"
    local body = range_support.body("2024-03-31", 10)
    first = { { send = ("%sContent-Length: %d\r\n\r\n"):format(head,
      12 * #first[1].send) }, { steps = first }, "close" }
    local second = { { send = ("%sContent-Length: %d\r\n\r\n"):format(head, #body) },
      { send = body:sub(1, 100) }, { wait = 1.5 }, { send = body:sub(101) }, "close" }
    faults.set("silent-day", { [range_support.target "2024-03-30"] = first,
      [range_support.target "2024-03-31"] = second })
    local client = range_support.client("silent-day", nil, { timeout = { stall = 1 } })
    local names, failure = range_support.read(client:daily { from = "2024-03-30",
      to = "2024-03-31" })
    assert.is_nil(failure)
    assert.are.equal(22, #names)
  end)
end)
