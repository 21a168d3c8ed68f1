--- Streams in the coroutines of cqueues, which costream finds by itself.

local costream = require "costream"
local cqueues = require "cqueues"
local support = require "support"

--- Runs functions as coroutines of a controller, until all have ended.
local function run(...)
  local controller = cqueues.new()
  for _, fn in ipairs { ... } do
    controller:wrap(fn)
  end
  return controller:loop()
end

--- Counts in a coroutine of cqueues while it is not stopped.
local function count_ticks(controller)
  local ticks = { count = 0 }
  controller:wrap(function()
    while not ticks.stopped do
      cqueues.sleep(0.01)
      ticks.count = ticks.count + 1
    end
  end)
  return ticks
end

describe("in a coroutine of cqueues, a stream", function()
  if not support.suspends then
    return -- nobody is suspended there
  end

  it("suspends it alone, so that two run side by side, and others sleep on time", function()
    local id = support.new_id "cqueues"
    local client = support.otc("rows=60,rate=40000,gzip=off,id=" .. id)
    local counts, controller = { 0, 0 }, cqueues.new()
    local ticks = count_ticks(controller)
    for n = 1, 2 do
      controller:wrap(function()
        for _ in client:hourly { date = "2024-08-02" } do
          counts[n] = counts[n] + 1
        end
        ticks.stopped = true
      end)
    end
    assert(controller:loop())
    assert.are.same({ 60, 60 }, counts)
    assert.are.equal(2, support.ledger(id).max_open)
    assert.is_true(ticks.count > 1)
  end)

  it("leaves nothing in the controller when nobody waits any more", function()
    local controller, rows = cqueues.new(), nil
    controller:wrap(function()
      rows = support.otc("rows=5,delay=100"):hourly():collect()
    end)
    assert(controller:loop(20))
    assert.are.equal(5, #rows)
    assert.is_true(controller:empty())
  end)

  it("waits among other things for its next try", function()
    local rows, stats
    assert(run(function()
      local client = support.otc("rows=5,status=503,fail=1,id=" .. support.new_id "cqueues",
        { retry = { tries = 3, base = 0.2, cap = 0.4 } })
      local stream = client:hourly()
      rows, stats = stream:collect(), stream:stats()
    end))
    assert.are.equal(5, #rows)
    assert.are.equal(1, stats.retries)
  end)

  it("may be read in a controller that is stepped in a coroutine of another", function()
    local outer, inner = cqueues.new(), cqueues.new()
    local client = support.otc "rows=20,rate=40000,gzip=off"
    local ticks, rows = count_ticks(outer), { 0, 0 }
    local function read(n)
      for _ in client:hourly() do
        rows[n] = rows[n] + 1
      end
    end
    inner:wrap(function() read(1) end)
    outer:wrap(function()
      assert(inner:loop())
      ticks.stopped = true
    end)
    outer:wrap(function() read(2) end)
    assert(outer:loop())
    assert.are.same({ 20, 20 }, rows)
    assert.is_true(ticks.count > 1)
  end)

  it("is read on in a controller before which another ran, without spinning for it", function()
    local first, second, counts = cqueues.new(), cqueues.new(), {}
    local client = support.otc "rows=60,rate=40000,gzip=off"
    for n, controller in ipairs { first, second } do
      controller:wrap(function()
        local rows = 0
        for _ in client:hourly { date = "2024-08-02" } do
          rows = rows + 1
        end
        counts[n] = rows
      end)
    end
    assert(first:step(0))
    local began = os.clock()
    assert(second:loop())
    assert.is_true(os.clock() - began < 0.4)
    assert(first:loop(10))
    assert.are.same({ 60, 60 }, counts)
  end)

  it("may be read by the tasks of a run", function()
    local client = support.otc "rows=20,rate=40000,gzip=off"
    local controller, rows = cqueues.new(), 0
    local ticks = count_ticks(controller)
    controller:wrap(function()
      costream.run(function()
        for _ = 1, 3 do
          costream.spawn(function()
            for _ in client:hourly() do
              rows = rows + 1
            end
          end)
        end
      end)
      ticks.stopped = true
    end)
    assert(controller:loop())
    assert.are.equal(60, rows)
    assert.is_true(ticks.count > 1)
  end)

  it("raises its error there, which the controller gives to who steps it", function()
    local ok, failure = run(function()
      for _ in support.otc("body=html"):hourly() do error "no row" end
    end)
    assert.is_falsy(ok)
    assert.is_true(costream.is_error(failure), tostring(failure))
    assert.are.equal("malformed", failure.kind)
  end)

  it("lets the others go on though its rows are always there", function()
    local controller, seen = cqueues.new(), nil
    local ticks = count_ticks(controller)
    controller:wrap(function()
      local rows = 0
      for _ in costream.records(('{"id":1,"amount":2.5}\n'):rep(300000)) do
        rows = rows + 1
      end
      assert.are.equal(300000, rows)
      seen, ticks.stopped = ticks.count, true
    end)
    assert(controller:loop())
    assert.is_true(seen > 0)
  end)

  it("goes on when another coroutine closes it, which never waits itself", function()
    local stream, ended = support.otc("rows=5,delay=20000"):hourly(), nil
    local before = support.now()
    assert(run(function()
      local _, failure = stream:collect()
      ended = failure.kind
    end, function()
      cqueues.sleep(0.05)
      stream:close()
    end))
    assert.are.equal("cancelled", ended)
    assert.is_true(support.now() - before < 10)
  end)

  it("is collected with its controller when that is dropped", function()
    local client = support.otc "rows=5,delay=20000"
    local controller, held = cqueues.new(), setmetatable({}, { __mode = "k" })
    for _ = 1, 2 do
      controller:wrap(function()
        local stream = client:hourly()
        held[stream] = true
        stream:collect()
      end)
    end
    assert(controller:step(0))
    assert(controller:step(0))
    assert.is_not_nil(next(held))
    controller = nil -- luacheck: ignore 311
    for _ = 1, 4 do
      collectgarbage()
    end
    assert.is_nil(next(held))
  end)

  it("gives three hundred coroutines all their rows", function()
    local client = support.otc("rows=10,delay=200", { limits = { streams = 300 } })
    local controller, rows = cqueues.new(), 0
    for _ = 1, 300 do
      controller:wrap(function()
        for _ in client:hourly() do
          rows = rows + 1
        end
      end)
    end
    assert(controller:loop())
    assert.are.equal(3000, rows)
  end)

  it("wakes but those of many coroutines that it has something for", function()
    local client = support.otc("rows=3,delay=20000", { limits = { streams = 101 } })
    local controller, resumed = cqueues.new(), 0
    local streams = {}
    for n = 1, 100 do
      streams[n] = client:hourly()
      controller:wrap(function()
        streams[n]:collect()
      end)
    end
    controller:wrap(function()
      local poll = cqueues.poll
      cqueues.poll = function(...)
        resumed = resumed + 1
        return poll(...)
      end
      local rows = support.otc("rows=60,rate=40000,gzip=off"):hourly():collect()
      assert.are.equal(60, #rows)
      cqueues.poll = poll
      for n = 1, 100 do
        streams[n]:close()
      end
    end)
    assert(controller:loop())
    assert.is_true(resumed < 2000, resumed) -- a hundred for each piece would be many more
  end)
end)

describe("with cqueues loaded, a stream", function()
  it("blocks outside of a controller, as always", function()
    assert.are.equal(5, #support.otc("rows=5"):hourly():collect())
  end)

  it("blocks in a coroutine that is the user's own, as always", function()
    local rows
    assert(run(function()
      local stream = support.otc("rows=5,delay=50"):hourly()
      local generator = coroutine.wrap(function()
        for row in stream do
          coroutine.yield(row)
        end
      end)
      rows = 0
      for row in generator do
        assert.are.equal("table", type(row))
        rows = rows + 1
      end
    end))
    assert.are.equal(5, rows)
  end)

  it("is read as the example shows", function()
    local text = support.read_command(("OTC_TOKEN=otc-sandbox-token OTC_BASE_URL=%s %s %s 2>&1")
      :format(support.controls "rows=20", support.interpreter(),
        "examples/cqueues.lua 2024-08-01 2024-08-02"))
    assert.matches("2024%-08%-01%s+%S+ EUR", text)
    assert.matches("2024%-08%-02%s+%S+ EUR", text)
  end)
end)
