--- Tasks: many streams at once in one thread, and how they end together.

local core = require "costream.core"
local costream = require "costream"
local support = require "support"
local task = require "costream.task"

-- PUC Lua 5.1 cannot leave a `for` in the middle: its tasks run one after the other.
local SUSPENDS = _VERSION ~= "Lua 5.1" or rawget(_G, "jit") ~= nil

local run, spawn = costream.run, costream.spawn

--- A query of three rows that the sandbox answers after so many milliseconds.
local function slow(milliseconds)
  return (support.otc(("rows=3,delay=%d"):format(milliseconds)):hourly())
end

--- A row of a sandbox that makes its caller wait.
local function wait_a_little()
  assert(slow(20):collect(1))
end

local function append_later(list, value)
  wait_a_little()
  list[#list + 1] = value
end

local function seconds_of(fn, ...)
  local before = core.now()
  fn(...)
  return core.now() - before
end

--- `it` for what needs tasks that are suspended.
local function in_turns(name, test)
  it(name, function()
    if not SUSPENDS then
      pending "needs a Lua that can yield out of a for"
    end
    test()
  end)
end

describe("run", function()
  it("returns what its function returned, nils too", function()
    local function give() return 1, nil, "x", nil end
    assert.equal(4, select("#", run(give)))
    assert.same({ give() }, { run(give) })
    assert.equal(0, select("#", run(function() end)))
  end)

  it("hands its arguments on, nils too", function()
    local count, first = run(function(...) return select("#", ...), (...) end, "a", nil, nil)
    assert.same({ 3, "a" }, { count, first })
  end)

  it("raises errors of any type as they are", function()
    for _, value in ipairs { {}, "text", 7, true, false, print } do
      assert.equal(value, support.raised(run, function() error(value, 0) end))
    end
    assert.same({ false, nil }, { pcall(run, function() error() end) })
  end)

  it("waits for all that was spawned, and by those", function()
    local done = {}
    run(function()
      spawn(function()
        wait_a_little()
        spawn(append_later, done, "grandchild")
        done[#done + 1] = "child"
      end)
      done[#done + 1] = "parent"
    end)
    assert.same({ "parent", "child", "grandchild" }, done)
  end)

  it("may be called inside itself, and waits for its own alone", function()
    local order = {}
    local result = run(function()
      local inner = run(function(x)
        spawn(append_later, order, "inner child")
        return x + 1
      end, 1)
      order[#order + 1] = "inner done"
      return inner * 10
    end)
    assert.equal(20, result)
    assert.same({ "inner child", "inner done" }, order)
  end)

  it("inside itself hands its error to the outer one, which may catch it", function()
    local order = {}
    run(function()
      spawn(append_later, order, "sibling")
      local _, failure = pcall(run, function() error("inner", 0) end)
      order[#order + 1] = failure
    end)
    table.sort(order)
    assert.same({ "inner", "sibling" }, order)
  end)
end)

describe("spawn", function()
  it("starts tasks in the order of the calls, behind the one that calls", function()
    local order = {}
    run(function()
      for i = 1, 5 do
        spawn(function(name) order[#order + 1] = name end, i)
      end
      order[#order + 1] = "first"
    end)
    assert.same({ "first", 1, 2, 3, 4, 5 }, order)
  end)

  it("hands its arguments on, nils too", function()
    local count
    run(spawn, function(...) count = select("#", ...) end, nil, 1, nil)
    assert.equal(3, count)
  end)

  it("is misuse behind the end of a run, also of one that failed", function()
    run(function() end)
    assert.matches("there is no task here", support.raised(spawn, print), nil, true)
    pcall(run, function() error "oops" end)
    assert.matches("there is no task here", support.raised(spawn, print), nil, true)
  end)
end)

describe("tasks", function()
  in_turns("run while others wait, and may close what those wait for", function()
    local order = {}
    run(function()
      local stream = slow(10000)
      spawn(function()
        local _, failure = stream:collect()
        order[#order + 1] = failure.kind
      end)
      spawn(function()
        order[#order + 1] = #slow(20):collect()
        stream:close()
      end)
    end)
    assert.same({ 3, "cancelled" }, order)
  end)

  in_turns("with a rate-limited stream each read them side by side", function()
    local id = support.new_id "side-by-side"
    local client = support.otc("rows=60,rate=60000,id=" .. id)
    local begun, ended = 0, 0
    run(function()
      for _ = 1, 8 do
        spawn(function()
          local stream = client:hourly()
          assert(stream())
          begun = begun + 1
          local rows = assert(stream:collect())
          assert.equal(59, #rows)
          assert.equal(8, begun, "a stream was read to its end before all had begun")
          ended = ended + 1
        end)
      end
    end)
    assert.equal(8, ended)
    assert.equal(8, support.ledger(id).max_open)
  end)

  it("may be very many", function()
    local sum = 0
    run(function()
      for i = 1, 3000 do
        spawn(function() sum = sum + costream.records("[" .. i .. "]")() end)
      end
    end)
    assert.equal(3000 * 3001 / 2, sum)
  end)

  it("may be many that wait at once", function()
    local rows = 0
    run(function()
      for _ = 1, 40 do
        spawn(function()
          local list = slow(30):collect()
          rows = rows + #list
        end)
      end
    end)
    assert.equal(120, rows)
  end)

  in_turns("may share a stream: each row goes to one of them", function()
    local stream, seen, count = support.otc("rows=40,chunk=500"):hourly(), {}, 0
    run(function()
      for _ = 1, 3 do
        spawn(function()
          for row in stream do
            assert(not seen[row])
            seen[row], count = true, count + 1
          end
        end)
      end
    end)
    assert.equal(40, count)
  end)

  it("may wait in a pcall, and catch what a stream raises", function()
    local failure, rows = run(function()
      return support.raised(support.otc("status=500,delay=20"):hourly()), slow(20):collect()
    end)
    assert.equal("http", failure.kind)
    assert.equal(3, #rows)
  end)
end)

describe("a task that fails", function()
  --- Runs functions as tasks beside one that fails with "oops" a little later.
  local function fail_beside(...)
    local others = { ... }
    return support.raised(run, function()
      for _, other in ipairs(others) do
        spawn(other)
      end
      wait_a_little()
      error("oops", 0)
    end)
  end

  in_turns("ends the others with cancelled, where they wait", function()
    local failures, streams = {}, {}
    local function other()
      local stream = slow(10000)
      streams[#streams + 1] = stream
      local _, failure = pcall(stream)
      failures[#failures + 1] = failure
      error(failure, 0)
    end
    assert.equal("oops", fail_beside(other, other, other))
    for i = 1, 3 do
      assert.is_true(costream.is_error(failures[i]))
      assert.equal("cancelled", failures[i].kind)
      assert.equal("cancelled", support.raised(streams[i]).kind)
    end
  end)

  in_turns("does not wait for what the others wait for", function()
    local seconds = seconds_of(fail_beside, function() slow(10000):collect() end)
    assert.is_true(seconds < 2)
  end)

  in_turns("closes the connections of the others", function()
    local id = support.new_id "task"
    pcall(run, function()
      local stream = support.otc("rows=2000,rate=20000,id=" .. id):hourly()
      spawn(function() stream:collect() end)
      repeat wait_a_little() until stream:stats().bytes > 0
      error "oops"
    end)
    assert.is_true(support.eventually(function()
      costream.step()
      return support.ledger(id).aborted == 1
    end))
  end)

  in_turns("closes its own streams", function()
    local mine
    assert.equal("oops", support.raised(run, function()
      mine = support.otc("rows=1000,rate=20000"):hourly()
      mine()
      error("oops", 0)
    end))
    assert.equal("cancelled", support.raised(mine).kind)
  end)

  in_turns("raises its own error, whatever the others raise when they are ended", function()
    assert.equal("oops", fail_beside(function()
      pcall(slow(10000))
      error("the second", 0)
    end))
  end)

  in_turns("ends one that catches its end and goes on", function()
    local rounds = 0
    assert.equal("oops", fail_beside(function()
      while true do
        rounds = rounds + 1
        pcall(slow(10000))
      end
    end))
    assert.is_true(rounds > 1 and rounds < 1000)
  end)

  in_turns("ends one that yields by itself and never stops", function()
    local rounds = 0
    assert.equal("oops", fail_beside(function()
      repeat
        rounds = rounds + 1
        coroutine.yield()
      until false
    end))
    assert.is_true(rounds > 1)
  end)

  --- A function that runs a task, which is dropped for not stopping, inside another run.
  local function dropping(rounds_after)
    return function(fn)
      pcall(run, function()
        local dropped = false
        local guard = { close = function() dropped = true end }
        spawn(function()
          task.adopt(guard)
          local left = rounds_after
          repeat
            coroutine.yield()
            left = dropped and left - 1 or left
            fn(dropped)
          until left == 0
        end)
        coroutine.yield()
        coroutine.yield()
        error "oops"
      end)
    end
  end

  in_turns("drops for good one that does not stop", function()
    local rounds, went_on = 0, false
    run(dropping(5), function(dropped)
      rounds, went_on = rounds + 1, dropped
    end)
    assert.is_true(rounds > 1)
    assert.is_false(went_on)
  end)

  in_turns("does not wait for one that it dropped, nor count it twice", function()
    local ended = false
    local ok = pcall(run, function()
      spawn(function()
        local before = core.now()
        repeat
          coroutine.yield()
          assert(core.now() < before + 2, "the run inside never ends")
        until ended
      end)
      dropping(1)(function() end)
      ended = true
    end)
    assert.is_true(ok)
  end)

  in_turns("ends the runs inside the others", function()
    local inner
    assert.equal("oops", fail_beside(function()
      run(function()
        inner = support.raised(slow(10000))
        error(inner, 0)
      end)
    end))
    assert.equal("cancelled", inner.kind)
  end)

  it("starts none that was spawned and has not begun", function()
    local begun = false
    pcall(run, function()
      spawn(function() begun = true end)
      error "oops"
    end)
    assert.is_false(begun)
  end)

  in_turns("leaves no trace for the next run", function()
    fail_beside(function() slow(10000):collect() end)
    assert.equal(3, run(function()
      spawn(wait_a_little)
      return #slow(20):collect()
    end))
    assert.equal(3, #slow(20):collect())
  end)
end)
