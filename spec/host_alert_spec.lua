--- Hosts with several coroutines that wait: what one of them waits for may come in the hands of
--- another.

local core = require "costream.core"
local costream = require "costream"
local support = require "support"
local wait = require "costream.wait"

local SUSPENDS = _VERSION ~= "Lua 5.1" or rawget(_G, "jit") ~= nil
if not SUSPENDS then
  return -- a stream's reader is not suspended there
end

local has_ffi, ffi = pcall(require, "ffi")
if has_ffi then
  ffi.cdef [[
    struct host_pollfd { int fd; short events; short revents; };
    int poll(struct host_pollfd *, unsigned long, int);
  ]]
end

--- Waits as a host does, for so many seconds; true when costream's descriptor is readable.
local function poll(seconds)
  local watched = ffi.new("struct host_pollfd[1]", { { costream.pollfd(), 1, 0 } })
  return ffi.C.poll(watched, 1, math.ceil(seconds * 1000)) > 0
end

--- Lets a host's coroutine run until it sleeps; what it sleeps for: true for the descriptor, and
--- until when.
local function resume(thread)
  local ok, seconds = coroutine.resume(thread)
  assert(ok, seconds)
  return { thread = thread, wakes_at = core.now() + (seconds or math.huge) }
end

--- A host: runs its coroutines, each of which sleeps where it has said, until all have ended.
local function run_host(functions)
  local sleeping, polls = {}, 0
  for i, fn in ipairs(functions) do
    sleeping[i] = resume(coroutine.create(fn))
  end
  while #sleeping > 0 do
    local until_time = math.huge
    for _, sleeper in ipairs(sleeping) do
      until_time = math.min(until_time, sleeper.wakes_at)
    end
    local seconds = math.max(0, math.min(until_time - core.now(), 10))
    local readable = poll(seconds)
    polls = polls + 1
    local now = core.now()
    for i = #sleeping, 1, -1 do
      if readable or sleeping[i].wakes_at <= now then
        sleeping[i] = resume(sleeping[i].thread)
      end
      if coroutine.status(sleeping[i].thread) == "dead" then
        table.remove(sleeping, i)
      end
    end
  end
  return polls
end

--- A coroutine of a host's that waits; what it waits for is there when `flag.up`.
local function begin(flag)
  local thread = coroutine.create(function()
    wait.for_ready(function()
      return flag.up
    end)
    return "through"
  end)
  assert(coroutine.resume(thread))
  return thread
end

local function is_quiet()
  local seconds = costream.timeout()
  return seconds == nil or seconds > 0.5
end

describe("a host's coroutine that waits", function()
  before_each(function()
    costream.use_wait(function(ready)
      repeat
        coroutine.yield(costream.timeout())
        costream.step()
      until ready()
    end)
  end)

  after_each(function()
    costream.use_wait(nil)
  end)

  local function with_poll(name, test)
    it(name, function()
      if not has_ffi then
        pending "needs LuaJIT's ffi for poll"
        return
      end
      test()
    end)
  end

  with_poll("wakes for what came while another one drove its tasks", function()
    local waiting, seconds
    local client = support.otc("rows=3,delay=700", { timeout = { stall = 6 } })
    local polls = run_host {
      function()
        local before = core.now()
        waiting = client:hourly():collect()
        seconds = core.now() - before
      end,
      function()
        coroutine.yield(0.4) -- by then the other one has sent its request, and sleeps
        costream.run(function()
          local before = core.now()
          repeat
            coroutine.yield()
          until core.now() > before + 0.6
        end)
      end,
    }
    assert.are.equal(3, #waiting)
    assert.is_true(seconds < 3, seconds)
    local turns = 0.6 / 0.004 -- of the host's, one for each time slice of the run's
    assert.is_true(polls < 100 + turns)
  end)

  with_poll("wakes for what another one did, though that waits for something else", function()
    local flag, seconds = {}, nil
    run_host {
      function()
        local before = core.now()
        wait.for_ready(function() return flag.up end)
        seconds = core.now() - before
      end,
      function()
        flag.up = true
        assert(support.otc("rows=3,delay=1500"):hourly():collect())
      end,
    }
    assert.is_true(seconds < 1, seconds)
  end)

  with_poll("wakes when another one closes its stream, and never waits itself", function()
    local stream, kind, seconds = support.otc("rows=3,delay=9000"):hourly(), nil, nil
    run_host {
      function()
        local before = core.now()
        local _, failure = stream:collect()
        kind, seconds = failure.kind, core.now() - before
      end,
      function()
        coroutine.yield(0.1)
        stream:close()
      end,
    }
    assert.are.equal("cancelled", kind)
    assert.is_true(seconds < 4, seconds)
  end)

  with_poll("makes the descriptor readable until it went on", function()
    local flag = {}
    local thread = begin(flag)
    assert.is_false(poll(0))
    flag.up = true
    costream.step()
    assert.is_true(poll(0))
    assert.are.same({ true, "through" }, { coroutine.resume(thread) })
    assert.is_false(poll(0))
  end)

  it("makes the time to wait nothing until it went on", function()
    local flag = {}
    local thread = begin(flag)
    assert.is_true(is_quiet())
    flag.up = true
    costream.step()
    assert.are.equal(0, costream.timeout())
    assert.are.same({ true, "through" }, { coroutine.resume(thread) })
    assert.is_true(is_quiet())
  end)

  it("keeps the host from sleeping however long another one works", function()
    local flag = {}
    local thread = begin(flag)
    flag.up = true
    for _ = 1, 5000 do
      costream.step()
    end
    assert.are.equal(0, costream.timeout())
    assert.are.same({ true, "through" }, { coroutine.resume(thread) })
  end)

  it("keeps it from sleeping for ever neither when dropped, nor when never resumed", function()
    local flag = {}
    local kept = begin(flag)
    begin(flag)
    flag.up = true
    local times = 0
    while not is_quiet() do
      times = times + 1
      assert(times < 1000)
      costream.step()
    end
    assert.is_true(times > 0)
    assert.are.same({ true, "through" }, { coroutine.resume(kept) })
  end)

  it("is no reason to keep costream's own wait busy", function()
    local flag = {}
    local thread = begin(flag)
    flag.up = true
    costream.step()
    local before = core.now()
    core.wait(0.2)
    assert.is_true(core.now() - before > 0.15)
    assert.are.same({ true, "through" }, { coroutine.resume(thread) })
  end)

  it("finds out within a second that another coroutine was left, which it waits for", function()
    local stream = costream.records(function()
      coroutine.yield()
      return "1\n"
    end)
    local fetcher = coroutine.create(function() stream() end)
    assert(coroutine.resume(fetcher))
    local failure
    local threads = {
      coroutine.create(function() failure = support.raised(stream) end),
      coroutine.create(costream.run),
    }
    local in_task
    assert(coroutine.resume(threads[1]))
    assert(coroutine.resume(threads[2], function() in_task = support.raised(stream) end))
    for _ = 1, 3 do
      local seconds = costream.timeout()
      assert.is_true(seconds ~= nil and seconds <= 1)
      costream.step()
    end
    fetcher = nil -- luacheck: ignore 311
    local before = core.now()
    repeat
      local seconds = costream.timeout()
      assert.is_true(seconds <= 1)
      core.wait(seconds)
      costream.step()
      for _, thread in ipairs(threads) do
        if coroutine.status(thread) ~= "dead" then
          assert(coroutine.resume(thread))
        end
      end
    until failure and in_task
    assert.is_true(core.now() - before < 4)
    assert.are.same({ "cancelled", "cancelled" }, { failure.kind, in_task.kind })
  end)
end)
