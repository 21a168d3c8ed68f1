--- Runs whose coroutine a host drops, or closes, before they are through.

local core = require "costream.core"
local costream = require "costream"
local support = require "support"
local task = require "costream.task"

local SUSPENDS = _VERSION ~= "Lua 5.1" or rawget(_G, "jit") ~= nil
if not SUSPENDS then
  return -- a run is not left in the middle there
end

local function collect()
  collectgarbage()
  collectgarbage()
end

--- A coroutine of a host's, which waits in a run of this function: each of its tasks has come to
--- where it waits, since all of that is one time slice.
local function begin(fn)
  core.begin_slice(60)
  local thread = coroutine.create(costream.run)
  assert(coroutine.resume(thread, fn))
  assert.are.equal("suspended", coroutine.status(thread))
  return thread
end

local function slow()
  return (support.otc("rows=3,delay=100"):hourly())
end

describe("a run whose coroutine is dropped", function()
  before_each(function()
    costream.use_wait(function()
      coroutine.yield()
      costream.step()
    end)
  end)

  after_each(function()
    costream.use_wait(nil)
  end)

  it("never goes on in another run", function()
    local went_on = false
    local function fail_later()
      slow():collect()
      went_on = true
      error "of another run"
    end
    begin(function()
      costream.spawn(fail_later)
      costream.run(fail_later)
    end)
    local kept = begin(fail_later)
    costream.use_wait(nil)
    assert.are.equal(3, costream.run(function()
      return #support.otc("rows=3,delay=300"):hourly():collect()
    end))
    assert.is_false(went_on)
    assert.are.equal("suspended", coroutine.status(kept))
  end)

  it("is collected with its tasks and their streams, and is no load on its client", function()
    local client = support.otc("rows=3,delay=5000", { limits = { streams = 2 } })
    local held = setmetatable({}, { __mode = "k" })
    for _ = 1, 5 do
      begin(function()
        for _ = 1, 2 do
          costream.spawn(function()
            local stream = client:hourly()
            held[stream] = true
            stream:collect()
          end)
        end
      end)
      collect()
    end
    assert.is_nil(next(held))
  end)

  it("is ended when it is closed, where a Lua can close coroutines", function()
    if not coroutine.close then
      pending "this Lua closes no coroutines"
    end
    local failure, inner
    local thread = begin(function()
      costream.spawn(function()
        inner = support.raised(costream.run, function() slow():collect() end)
      end)
      failure = support.raised(slow())
    end)
    assert.is_true(coroutine.close(thread))
    assert.are.same({ "cancelled", "cancelled" }, { failure.kind, inner.kind })
  end)
end)

describe("a run in a task that is dropped for not stopping", function()
  it("is dropped, too", function()
    local closed = false
    local guard = { close = function() closed = true end }
    local went_on
    costream.run(function()
      pcall(costream.run, function()
        costream.spawn(function()
          repeat
            pcall(costream.run, function()
              task.adopt(guard)
              repeat
                went_on = closed
                coroutine.yield()
              until false
            end)
          until false
        end)
        for _ = 1, 4 do
          coroutine.yield()
        end
        error "oops"
      end)
      for _ = 1, 4 do
        coroutine.yield()
      end
    end)
    assert.are.same({ true, false }, { closed, went_on })
  end)
end)

describe("which task it is that runs", function()
  it("is not mixed up by a run that is begun in one task and ended in another", function()
    costream.use_wait(function()
      coroutine.yield()
      costream.step()
    end)
    local thread = coroutine.create(costream.run)
    costream.run(function()
      assert(coroutine.resume(thread, function() slow():collect() end))
    end)
    while coroutine.status(thread) ~= "dead" do
      assert(coroutine.resume(thread))
    end
    costream.use_wait(nil)
    assert.matches("there is no task here", support.raised(costream.spawn, print), nil, true)
  end)
end)
