--- Time slices: rows that are always there keep neither a host nor other tasks waiting.

local core = require "costream.core"
local costream = require "costream"
local support = require "support"

local ROWS = 50000
local TEXT = ('{"id":1,"amount":2.5}\n'):rep(ROWS)

--- A host's turns while it runs a function in a coroutine of its own.
local function count_turns(fn)
  local turns, thread = 0, coroutine.create(fn)
  costream.use_wait(function()
    coroutine.yield()
  end)
  repeat
    assert(coroutine.resume(thread))
    turns = turns + 1
    costream.step()
  until coroutine.status(thread) == "dead"
  return turns
end

--- Keeps the machine busy, so that rows take some time each.
local function work(seconds)
  local stop = core.now() + seconds
  repeat until core.now() >= stop
end

local function read_all(stream)
  local rows = 0
  for _ in stream do
    rows = rows + 1
    work(0.000005)
  end
  assert.are.equal(ROWS, rows)
end

describe("a host whose streams always have rows", function()
  if not support.suspends then
    return -- nobody is suspended there
  end

  after_each(function()
    costream.use_wait(nil)
  end)

  it("goes on every few milliseconds of a loop over rows", function()
    local turns = count_turns(function()
      read_all((costream.records(TEXT)))
    end)
    assert.is_true(turns >= 10, turns)
  end)

  it("goes on during a loop over values", function()
    local turns = count_turns(function()
      local rows = 0
      for n in costream.records(TEXT):values "amount" do
        rows = n
        work(0.000005)
      end
      assert.are.equal(ROWS, rows)
    end)
    assert.is_true(turns >= 10, turns)
  end)

  it("goes on while an answer that has come as gzip is folded and read", function()
    local client = support.otc "rows=50000,gzip=on"
    local turns = count_turns(function()
      read_all((client:hourly { date = "2024-08-02" }))
    end)
    assert.is_true(turns >= 10, turns)
  end)

  it("goes on between the tasks of a run, of which each has its turn", function()
    local most_behind, rows = 0, { 0, 0 }
    local function read(n)
      for _ in costream.records(TEXT) do
        rows[n] = rows[n] + 1
        if rows[3 - n] < ROWS then
          most_behind = math.max(most_behind, rows[n] - rows[3 - n])
        end
        work(0.000005)
      end
    end
    local turns = count_turns(function()
      costream.run(function()
        costream.spawn(read, 1)
        costream.spawn(read, 2)
      end)
    end)
    assert.are.same({ ROWS, ROWS }, rows)
    assert.is_true(turns >= 10, turns)
    assert.is_true(most_behind < ROWS / 2, most_behind)
  end)

  it("goes on while the tree of an enterprise is put together, and rows are given its paths",
    function()
      local most = tonumber((support.read_command(("%s spec/tree_probe.lua %s"):format(
        support.interpreter(), support.url .. "/~accounts=8000,limit=100"))))
      assert.is_true(most < 0.08, most)
    end)

  it("is not kept from sleeping by a coroutine that paused", function()
    count_turns(function()
      read_all((costream.records(TEXT)))
    end)
    assert.is_nil(costream.timeout())
  end)
end)

describe("tasks whose streams always have rows", function()
  if not support.suspends then
    return -- nobody is suspended there
  end

  it("take turns without a host, too", function()
    local order = {}
    costream.run(function()
      for n = 1, 2 do
        costream.spawn(function()
          for _ in costream.records(TEXT) do
            if order[#order] ~= n then
              order[#order + 1] = n
            end
            work(0.000005)
          end
        end)
      end
    end)
    assert.is_true(#order >= 6, #order)
  end)
end)
