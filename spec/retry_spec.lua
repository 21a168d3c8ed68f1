--- What is tried again, when, and how often at most.

local core = require "costream.core"
local costream = require "costream"
local retry = require "costream.retry"
local support = require "support"

local soon = { tries = 5, base = 0.001, cap = 0.002 }

local function otc(controls, options)
  options = options or {}
  options.retry = options.retry or soon
  return support.otc(controls, options)
end

describe("an answer", function()
  for _, status in ipairs { 408, 429, 500, 502, 503, 504 } do
    it(("with status %d is asked for again"):format(status), function()
      local id = support.new_id "again"
      local stream = otc(("rows=20,status=%d,fail=2,id=%s"):format(status, id)):hourly()
      assert.are.equal(20, #assert(stream:collect()))
      assert.are.equal(3, support.ledger(id).requests)
      assert.are.equal(2, stream:stats().retries)
      assert.are.equal(3, stream:stats().requests)
    end)
  end

  for _, status in ipairs { 304, 400, 401, 403, 404, 422, 424, 501, 505 } do
    it(("with status %d is not asked for again"):format(status), function()
      local id = support.new_id "once"
      local rows, failure = otc(("status=%d,id=%s"):format(status, id)):hourly():collect()
      assert.is_nil(rows)
      assert.are.equal(status, failure.status)
      assert.are.equal(1, failure.attempts)
      assert.are.equal(1, support.ledger(id).requests)
    end)
  end

  it("that is malformed is not asked for again", function()
    local id = support.new_id "malformed"
    local _, failure = otc("body=html,id=" .. id):hourly():collect()
    assert.are.equal("malformed", failure.kind)
    assert.are.equal(1, support.ledger(id).requests)
  end)

  it("that is over a limit is not asked for again", function()
    local id = support.new_id "limit"
    local client = otc("rows=20,id=" .. id, { limits = { record_bytes = 100 } })
    local _, failure = client:hourly():collect()
    assert.are.equal("limit", failure.kind)
    assert.are.equal(1, support.ledger(id).requests)
  end)

  it("that is one document is asked for again, too", function()
    local id = support.new_id "health"
    assert.are.equal("ok", otc("status=503,fail=1,id=" .. id):health().status)
    assert.are.equal(2, support.ledger(id).requests)
  end)

  it("of IAM is asked for again", function()
    local id = support.new_id "iam"
    local client = support.ibm(nil, {
      retry = soon, iam_url = support.controls("status=503,fail=2,id=" .. id),
    })
    local reports = assert(client:reports({ enterprise_id = "enterprise-cloud-provider",
      month = "2019-06" }):collect())
    assert.is_true(#reports > 0)
    assert.are.equal(3, support.ledger(id).token_requests)
  end)
end)

describe("a request", function()
  it("is given up after so many tries, and says how many they were", function()
    local id = support.new_id "tries"
    local stream = otc("status=503,id=" .. id, { retry = { tries = 3, base = 0.001 } }):hourly()
    local _, failure = stream:collect()
    assert.are.equal("http", failure.kind)
    assert.are.equal(3, failure.attempts)
    assert.matches("status 503, tried 3 times", tostring(failure), 1, true)
    assert.are.equal(3, support.ledger(id).requests)
    assert.are.equal(2, stream:stats().retries)
  end)

  it("is not repeated with retry = false, or tries = 1", function()
    for _, policy in ipairs { false, { tries = 1 } } do
      local id = support.new_id "never"
      local client = support.otc("status=503,id=" .. id, { retry = policy })
      local _, failure = client:hourly():collect()
      assert.are.equal(1, failure.attempts)
      assert.are.equal(1, support.ledger(id).requests)
    end
  end)

  it("to where nobody listens is repeated", function()
    local client = support.otc(nil, { base_url = "http://127.0.0.1:1", retry = soon })
    local _, failure = client:hourly():collect()
    assert.are.equal("network", failure.kind)
    assert.are.equal(5, failure.attempts)
  end)

  it("that stalls is repeated", function()
    local id = support.new_id "stall"
    local client = otc("delay=5000,id=" .. id, {
      timeout = { stall = 0.05 }, retry = { tries = 2, base = 0.001 },
    })
    local _, failure = client:hourly():collect()
    assert.are.equal("timeout", failure.kind)
    assert.are.equal(2, failure.attempts)
    assert.are.equal(2, support.ledger(id).requests)
  end)

  it("that was refused by its certificate is not repeated", function()
    local client = support.otc(nil, { base_url = support.tls_url, retry = soon })
    local _, failure = client:hourly():collect()
    assert.are.equal("tls", failure.kind)
    assert.are.equal(1, failure.attempts)
  end)

  it("is repeated within timeout.total, and not beyond", function()
    local id = support.new_id "total"
    local client = otc("status=503,retry=1,id=" .. id, {
      timeout = { total = 0.5 }, retry = { tries = 100, base = 0.01, cap = 10 },
    })
    local before = core.now()
    local _, failure = client:hourly():collect()
    assert.are.equal("http", failure.kind)
    assert.are.equal(1, support.ledger(id).requests)
    assert.is_true(core.now() - before < 0.5)
  end)

  it("is not repeated in the last moment of timeout.total", function()
    local tries = retry.begin(retry.check("retry", soon), retry.budget())
    local late = { kind = "timeout", message = "not finished after 1 s (timeout.total)" }
    local stalled = { kind = "timeout", message = "no byte for 1.0 s (timeout.stall)" }
    assert.is_nil(tries:again(late))
    assert.is_not_nil(tries:again(stalled))
  end)

  it("waits as long as Retry-After says", function()
    local client = otc("rows=1,status=429,fail=1,retry=1,id=" .. support.new_id "after", {
      retry = { base = 0.001 },
    })
    local before = core.now()
    assert(client:hourly():collect())
    local seconds = core.now() - before
    assert.is_true(seconds >= 1 and seconds < 3, seconds)
  end)

  it("waits no longer than cap, whatever Retry-After says", function()
    local client = otc("rows=1,status=429,fail=1,retry=100000,id=" .. support.new_id "cap", {
      retry = { cap = 0.1 },
    })
    local before = core.now()
    assert(client:hourly():collect())
    local seconds = core.now() - before
    assert.is_true(seconds >= 0.1 and seconds < 2, seconds)
  end)

  it("suspends its own task while it waits, and no other", function()
    support.needs_suspension(pending)
    local waiting = otc("rows=1,status=503,fail=1,retry=1,id=" .. support.new_id "task", {
      retry = { base = 0.001 },
    })
    local order = {}
    costream.run(function()
      costream.spawn(function()
        assert(waiting:hourly():collect())
        order[#order + 1] = "waiting"
      end)
      costream.spawn(function()
        assert(support.otc("rows=2000"):hourly():collect())
        order[#order + 1] = "other"
      end)
    end)
    assert.are.same({ "other", "waiting" }, order)
  end)

  it("wakes a host by the host's own loop", function()
    local client = otc("rows=3,status=503,fail=1,retry=1,id=" .. support.new_id "host", {
      retry = { base = 0.001, cap = 0.2 },
    })
    local waits = 0
    costream.use_wait(function(ready)
      repeat
        waits = waits + 1
        local seconds = costream.timeout()
        assert(seconds, "nothing would wake the host")
        os.execute(("sleep %.3f"):format(math.min(seconds, 0.05)))
        costream.step()
      until ready()
    end)
    local ok, rows = pcall(function()
      return assert(client:hourly():collect())
    end)
    costream.use_wait(nil)
    assert(ok, rows)
    assert.are.equal(3, #rows)
    assert.is_true(waits < 60)
  end)

  it("may be closed while it waits", function()
    support.needs_suspension(pending)
    local failure
    local stream = otc("status=503,retry=50,id=" .. support.new_id "close", {
      retry = { base = 0.001, cap = 50 },
    }):hourly()
    local before = core.now()
    costream.run(function()
      costream.spawn(function()
        failure = select(2, stream:collect())
      end)
      costream.spawn(function()
        assert(support.otc("rows=100,delay=100"):hourly():collect())
        stream:close()
      end)
    end)
    assert.are.equal("cancelled", failure.kind)
    assert.is_true(core.now() - before < 5)
  end)
end)

describe("an answer that ends with its connection, without proof that it is whole", function()
  it("is asked for once more, and not again where it ends at the same row", function()
    local id = support.new_id "unproven"
    local rows, failure = support.drain(otc("rows=20,close=1,id=" .. id):hourly())
    assert.are.equal(20, #rows)
    assert.are.equal("incomplete", failure.kind)
    assert.matches("trust_close = true", failure.recovery, 1, true)
    assert.are.equal(2, support.ledger(id).requests)
  end)
end)

describe("the budget of a client", function()
  it("gives a dead service at most 1.1 requests for each one wanted", function()
    local id = support.new_id "dead"
    local client = otc("status=503,id=" .. id)
    for _ = 1, 200 do
      assert.is_nil((client:hourly():collect()))
    end
    local requests = support.ledger(id).requests
    assert.is_true(requests <= 220, requests)
    assert.is_true(requests > 205, requests)
  end)

  it("lends ten repeats to a client that has wanted little yet", function()
    local id = support.new_id "lent"
    local client = otc("status=503,id=" .. id)
    for _ = 1, 10 do
      client:hourly():collect()
    end
    assert.are.equal(20, support.ledger(id).requests)
  end)

  it("is given back what was spent on a request that came through", function()
    local id = support.new_id "back"
    local client = otc("rows=1,status=503,fail=2,id=" .. id)
    for _ = 1, 15 do -- 30 repeats, where ten are lent
      assert.are.equal(1, #assert(client:hourly():collect()))
      support.read_command(("curl -s -X DELETE '%s/sandbox/ledger/%s'"):format(support.url, id))
    end
  end)
end)

describe("the budget of a client whose service is up again", function()
  it("is given back by requests that come through", function()
    local budget = retry.budget()
    local policy = retry.check("retry", { tries = 5 })
    for _ = 1, 4 do
      local tries = retry.begin(policy, budget)
      while tries:again { kind = "network" } do end -- luacheck: ignore 542
    end
    assert.is_nil(retry.begin(policy, budget):again { kind = "network" })
    for _ = 1, 3 do
      retry.begin(policy, budget):moved_on()
    end
    assert.is_not_nil(retry.begin(policy, budget):again { kind = "network" })
  end)

  it("lends no more for all that came through before it went down", function()
    local budget = retry.budget()
    local policy = retry.check("retry", { tries = 5 })
    for _ = 1, 1000 do
      retry.begin(policy, budget):moved_on()
    end
    local repeats = 0
    for _ = 1, 50 do
      local tries = retry.begin(policy, budget)
      while tries:again { kind = "network" } do
        repeats = repeats + 1
      end
    end
    assert.are.equal(10, repeats)
  end)
end)

describe("the wait before a repeat", function()
  local function waits(policy, failures)
    local tries = retry.begin(retry.check("retry", policy), retry.budget())
    local found = {}
    for i = 1, failures do
      found[i] = tries:again { kind = "network" }
    end
    return found
  end

  it("is random below a bound that doubles up to cap", function()
    local longest, sum = {}, 0
    for _ = 1, 400 do
      for i, seconds in ipairs(waits({ tries = 9, base = 1, cap = 6 }, 6)) do
        assert.is_true(seconds >= 0)
        longest[i] = math.max(longest[i] or 0, seconds)
        sum = sum + (i == 1 and seconds or 0)
      end
    end
    for i, bound in ipairs { 1, 2, 4, 6, 6, 6 } do
      assert.is_true(longest[i] <= bound and longest[i] > 0.9 * bound, longest[i])
    end
    assert.is_true(sum / 400 > 0.4 and sum / 400 < 0.6)
  end)

  it("does not touch the program's own random numbers", function()
    math.randomseed(42)
    local expected = math.random(1e6)
    math.randomseed(42)
    waits({ tries = 5 }, 3)
    assert.are.equal(expected, math.random(1e6))
  end)
end)

describe("the option retry", function()
  it("refuses what is no policy, and says what is", function()
    for _, case in ipairs {
      { true, "retry: expected a table" }, { 5, "retry: expected a table" },
      { { tries = 0 }, "retry.tries: expected a whole number from 1" },
      { { base = 0 }, "retry.base: expected a number greater than 0" },
      { { cap = -1 }, "retry.cap" }, { { wait = 1 }, "unknown name \"wait\"; known are base" },
    } do
      local said = support.raised(support.otc, nil, { retry = case[1] })
      assert.matches("otc: ", said, 1, true)
      assert.matches(case[2], said, 1, true)
    end
  end)
end)
