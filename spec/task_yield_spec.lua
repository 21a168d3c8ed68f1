--- Coroutines and yields of the user's own, in tasks and beside them.

local costream = require "costream"
local support = require "support"

local run, spawn = costream.run, costream.spawn

--- A query of three rows that the sandbox answers after so many milliseconds.
local function slow(milliseconds)
  return (support.otc(("rows=3,delay=%d"):format(milliseconds)):hourly())
end

--- A row of a sandbox that makes its caller wait.
local function wait_a_little()
  assert(slow(20):collect(1))
end

describe("a coroutine of the user's own", function()
  local function generator(stream)
    return coroutine.wrap(function()
      for row in stream do
        coroutine.yield(row)
      end
    end)
  end

  it("reads a stream outside of a run", function()
    local count = 0
    for row in generator(slow(20)) do
      count = count + (row.product and 1 or 0)
    end
    assert.equal(3, count)
  end)

  it("inside a task gets each row, though the stream has to wait", function()
    local counts = {}
    run(function()
      for i = 1, 4 do
        spawn(function()
          counts[i] = 0
          for row in generator(support.otc("rows=20,chunk=700,delay=10"):hourly()) do
            counts[i] = counts[i] + (type(row) == "table" and 1 or 100)
          end
        end)
      end
    end)
    assert.same({ 20, 20, 20, 20 }, counts)
  end)

  it("may be left in the middle and gone on with in another task", function()
    local next_row = generator(support.otc("rows=5,chunk=300"):hourly())
    local count = 0
    local function count_rows()
      while next_row() do
        count = count + 1
      end
    end
    run(function() spawn(count_rows, assert(next_row())) end)
    assert.equal(4, count)
  end)

  it("may be resumed inside a task with values of its own", function()
    local echo = coroutine.wrap(function(x)
      while true do
        wait_a_little()
        x = coroutine.yield(x * 2)
      end
    end)
    assert.same({ 2, 4, 6 }, run(function() return { echo(1), echo(2), echo(3) } end))
  end)

  it("may call run", function()
    local generate = coroutine.wrap(function()
      coroutine.yield(run(function() return #slow(20):collect() end))
    end)
    assert.equal(3, generate())
  end)
end)

describe("a yield of the user's own in a task", function()
  it("lets the others run, and goes on", function()
    local order = {}
    run(function()
      for i = 1, 2 do
        spawn(function()
          order[#order + 1] = i
          coroutine.yield("a value", "of its own")
          order[#order + 1] = i + 10
        end)
      end
    end)
    assert.same({ 1, 2, 11, 12 }, order)
  end)
end)
