--- `costream.records` of a function that waits, read by several coroutines, some of them left.

local costream = require "costream"
local support = require "support"

local SUSPENDS = _VERSION ~= "Lua 5.1" or rawget(_G, "jit") ~= nil
if not SUSPENDS then
  return -- no coroutine waits in a `for` there
end

--- A stream of four rows whose function yields before the second.
local function pausing()
  local calls = 0
  return (costream.records(function()
    calls = calls + 1
    if calls == 2 then
      coroutine.yield()
    end
    return calls < 5 and ('{"n":%d}\n'):format(calls) or nil
  end))
end

--- A coroutine that waits in the function of the stream.
local function begin(stream)
  local thread = coroutine.create(function()
    return (stream:collect())
  end)
  assert(coroutine.resume(thread))
  return thread
end

--- Likewise, with no row in its hands.
local function begin_loop(stream)
  local thread = coroutine.create(function()
    for _ in stream do end -- luacheck: ignore 542
    return "ended"
  end)
  assert(coroutine.resume(thread))
  return thread
end

describe("a coroutine that is left while it fetches a chunk", function()
  local LEFT = "the coroutine that was reading the source was left"

  it("fails the stream, which would be short of the chunk", function()
    local stream = pausing()
    begin_loop(stream)
    for _ = 1, 2 do
      local failure = support.raised(stream)
      assert.are.same({ "cancelled", LEFT, 1 }, { failure.kind, failure.message, failure.rows })
    end
  end)

  it("fails the stream for a task, too", function()
    local stream = pausing()
    begin_loop(stream)
    local failure = support.raised(costream.run, function()
      stream()
    end)
    assert.are.equal(LEFT, failure.message)
  end)

  it("fails the stream for a task that waits already", function()
    local stream = pausing()
    local thread = begin_loop(stream)
    local failure = support.raised(costream.run, function()
      costream.spawn(function() stream() end)
      support.otc("delay=50"):health()
      thread = nil -- luacheck: ignore 311
    end)
    assert.is_nil(thread)
    assert.are.equal(LEFT, failure.message)
  end)

  it("fails the stream when it is closed there", function()
    if not coroutine.close then
      pending "this Lua closes no coroutines"
    end
    local stream = pausing()
    local thread = begin_loop(stream)
    coroutine.close(thread)
    assert.are.equal(LEFT, support.raised(stream).message)
  end)
end)

describe("a coroutine that waits in the function that a stream reads from", function()
  it("is not waited for by one that keeps it from going on", function()
    for _, begin_one in ipairs { begin, begin_loop } do
      local stream = pausing()
      local thread = begin_one(stream)
      local failure = support.raised(stream)
      assert.are.equal("suspended", coroutine.status(thread))
      assert.matches("another coroutine waits in the function", failure, nil, true)
    end
  end)

  it("gives its rows to whoever waits in other tasks", function()
    local client = support.otc "delay=20"
    local calls, rows = 0, {}
    local stream = costream.records(function()
      calls = calls + 1
      client:health()
      return calls < 5 and ('{"n":%d}\n'):format(calls) or nil
    end)
    costream.run(function()
      for _ = 1, 3 do
        costream.spawn(function()
          for row in stream do
            rows[#rows + 1] = row.n
          end
        end)
      end
    end)
    assert.are.same({ 1, 2, 3, 4 }, rows)
  end)

  it("is misuse to wait for in a coroutine that the function has made", function()
    local stream
    stream = costream.records(function()
      return tostring(coroutine.wrap(function()
        return stream()
      end)())
    end)
    local thread = coroutine.create(function() stream() end)
    local ok, failure = coroutine.resume(thread)
    assert.is_false(ok)
    assert.matches("the function reads the stream that it feeds", failure, nil, true)
  end)
end)
