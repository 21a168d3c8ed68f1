--- Streams in the loop of luv.

local costream = require "costream"
local support = require "support"
local uv = require "luv"

--- Has a timer count while the loop runs; the count, and what ends it.
local function count_ticks()
  local ticks, timer = { count = 0 }, uv.new_timer()
  timer:start(10, 10, function()
    ticks.count = ticks.count + 1
  end)
  function ticks.stop()
    timer:close()
  end
  return ticks
end

local function start(fn)
  local thread = coroutine.create(fn)
  assert(coroutine.resume(thread))
  return thread
end

describe("in the loop of luv, a stream", function()
  if not support.suspends then
    return -- nobody is suspended there
  end

  before_each(function()
    costream.use_luv(uv)
  end)

  after_each(function()
    costream.use_luv(nil)
  end)

  it("suspends the coroutine that reads it, so that two run side by side", function()
    local id = support.new_id "luv"
    local client = support.otc("rows=60,rate=40000,gzip=off,id=" .. id)
    local counts, ended, ticks = { 0, 0 }, 0, count_ticks()
    local function read(n)
      for _ in client:hourly { date = "2024-08-02" } do
        counts[n] = counts[n] + 1
      end
      ended = ended + 1
      if ended == 2 then
        ticks.stop()
      end
    end
    for n = 1, 2 do
      start(function() read(n) end)
    end
    uv.run()
    assert.are.same({ 60, 60 }, counts)
    assert.are.equal(2, support.ledger(id).max_open)
    assert.is_true(ticks.count > 0)
  end)

  it("keeps uv.run() no longer than it is waited for", function()
    local rows
    start(function()
      rows = #support.otc("rows=5,delay=100"):hourly():collect()
    end)
    uv.run()
    assert.are.equal(5, rows)
    assert.is_false(uv.loop_alive())
  end)

  it("has the loop go on where it is read on the main coroutine", function()
    local ticks = count_ticks()
    local rows = support.otc("rows=5,delay=300"):hourly():collect()
    ticks.stop()
    assert.are.equal(5, #rows)
    assert.is_true(ticks.count > 0)
  end)

  it("is misuse where it would have to wait in a callback, which stops the loop", function()
    local client, message = support.otc "rows=5", nil
    local timer = uv.new_timer()
    timer:start(1, 0, function()
      timer:close()
      message = support.raised(function()
        for _ in client:hourly() do error "no row can be there" end
      end)
    end)
    uv.run()
    assert.matches("wait in a callback of uv's", message, nil, true)
    assert.matches("read it in a coroutine", message, nil, true)
  end)

  it("waits in the loop for its next try", function()
    local ticks = count_ticks()
    local rows, stats
    start(function()
      local id = support.new_id "luv"
      local client = support.otc("rows=5,status=503,fail=1,id=" .. id,
        { retry = { tries = 3, base = 0.2, cap = 0.4 } })
      local stream = client:hourly()
      rows, stats = stream:collect(), stream:stats()
      ticks.stop()
    end)
    uv.run()
    assert.are.equal(5, #rows)
    assert.are.equal(1, stats.retries)
  end)

  it("may be read by the tasks of a run in a coroutine", function()
    local client = support.otc "rows=20,rate=40000,gzip=off"
    local rows, ticks = 0, count_ticks()
    start(function()
      costream.run(function()
        for _ = 1, 3 do
          costream.spawn(function()
            local list = client:hourly({ date = "2024-08-02" }):collect()
            rows = rows + #list
          end)
        end
      end)
      ticks.stop()
    end)
    uv.run()
    assert.are.equal(60, rows)
    assert.is_true(ticks.count > 0)
  end)

  it("lets the loop go on though its rows are always there", function()
    local ticks, seen = count_ticks(), nil
    start(function()
      local rows = 0
      for _ in costream.records(('{"id":1,"amount":2.5}\n'):rep(300000)) do
        rows = rows + 1
      end
      assert.are.equal(300000, rows)
      seen = ticks.count
      ticks.stop()
    end)
    uv.run()
    assert.is_true(seen > 0)
  end)

  it("wakes the coroutine that waits for it when another one closes it", function()
    local stream = support.otc("rows=5,delay=20000"):hourly()
    local ended
    start(function()
      local _, failure = stream:collect()
      ended = failure.kind
    end)
    local timer = uv.new_timer()
    timer:start(50, 0, function()
      timer:close()
      stream:close()
    end)
    local before = support.now()
    uv.run()
    assert.are.equal("cancelled", ended)
    assert.is_true(support.now() - before < 10)
  end)

  it("does not keep the loop when the coroutine that reads it was closed", function()
    if not coroutine.close then
      pending "this Lua closes no coroutines"
    end
    local thread = start(function()
      for _ in support.otc("rows=5,delay=20000"):hourly() do error "no row" end
    end)
    coroutine.close(thread)
    local before = support.now()
    uv.run()
    assert.is_true(support.now() - before < 10)
  end)

  it("is misuse in a generator, whose loop would be given what the wait yields", function()
    local client = support.otc "rows=60,rate=40000,gzip=off"
    local function failure_of(use)
      local ok, failure
      start(function()
        ok, failure = pcall(function()
          local rows = coroutine.wrap(function()
            for row in client:hourly { date = "2024-08-02" } do
              coroutine.yield(row)
            end
          end)
          for row in rows do
            use(row)
          end
        end)
      end)
      uv.run()
      assert.is_false(ok)
      return failure
    end
    for _, use in ipairs {
      function() end, function(row) return row.amount end, function(row) row.seen = true end,
    } do
      assert.matches("this stream had to wait in a coroutine that is resumed by the program "
        .. "itself", failure_of(use), nil, true)
    end
  end)

  it("goes on where luv is set again, or no longer, while it is waited for", function()
    for _, again in ipairs { true, false } do
      costream.use_luv(uv)
      local client = support.otc "rows=60,rate=40000,gzip=off"
      local counts = { 0, 0 }
      local function read(n)
        for _ in client:hourly { date = "2024-08-02" } do
          counts[n] = counts[n] + 1
        end
      end
      local timer = uv.new_timer()
      timer:start(50, 0, function()
        timer:close()
        costream.use_luv(nil)
        if again then
          costream.use_luv(uv)
          start(function() read(2) end)
        end
      end)
      start(function() read(1) end)
      local began = support.now()
      uv.run()
      assert.are.same({ 60, again and 60 or 0 }, counts)
      assert.is_true(support.now() - began < 5)
    end
  end)

  it("gives three hundred coroutines all their rows", function()
    local client = support.otc("rows=10,delay=200", { limits = { streams = 300 } })
    local rows = 0
    for _ = 1, 300 do
      start(function()
        local list = client:hourly():collect()
        rows = rows + #list
      end)
    end
    uv.run()
    assert.are.equal(3000, rows)
  end)
end)

describe("a script in the loop of luv", function()
  --- What it prints, and its last words, with what it is to run in a coroutine.
  local function run_script(code)
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(('local uv, costream = require "luv", require "costream" costream.use_luv(uv) '
      .. 'coroutine.wrap(function() %s end)() uv.run() print "went on"'):format(code))
    file:close()
    local text = support.read_command(("%s %s 2>&1"):format(support.interpreter(), path))
    os.remove(path)
    return text
  end

  it("ends with the error of a stream that nobody catches", function()
    support.needs_suspension(pending)
    local text = run_script(([[
      for _ in costream.otc { token = "otc-sandbox-token", base_url = "%s" }:hourly() do end
    ]]):format(support.controls "body=html"))
    assert.matches("Uncaught Error: malformed:", text, nil, true)
    assert.matches("stack traceback:", text, nil, true)
    assert.is_nil(text:find("went on", 1, true))
  end)

  it("prints what the example is to print", function()
    local text = support.read_command(("OTC_TOKEN=otc-sandbox-token OTC_BASE_URL=%s %s %s 2>&1")
      :format(support.controls "rows=20", support.interpreter(),
        "examples/luv.lua 2024-08-01 2024-08-02"))
    assert.matches("2024%-08%-01%s+%S+ EUR", text)
    assert.matches("2024%-08%-02%s+%S+ EUR", text)
  end)
end)

describe("use_luv", function()
  it("wants luv, or nil", function()
    local message = support.raised(costream.use_luv, 5)
    assert.matches("use_luv: uv: expected table or nil, got 5", message, nil, true)
    message = support.raised(costream.use_luv, {})
    assert.matches("use_luv: uv: expected luv, as require \"luv\"", message, nil, true)
  end)
end)
