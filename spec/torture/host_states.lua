--- What the Lua states of host.c do: each function gives true when its result is right.

package.path = "spec/?.lua;" .. package.path

local costream = require "costream"
local support = require "support"

local M = {}

local ROWS = 3000
local DAY = { date = "2024-08-02" }

local stream

local function long_answer()
  return (support.otc("gzip=off,rows=" .. ROWS):hourly(DAY))
end

--- Leaves a stream under way.
function M.begin()
  stream = long_answer()
  for _ = 1, 10 do
    stream()
  end
  return stream:stats().rows == 10
end

function M.go_on()
  local rows = 10
  for _ in stream do
    rows = rows + 1
  end
  return rows == ROWS
end

function M.read_all()
  local groups = assert(support.ibm():usage({
    enterprise_id = "enterprise-cloud-provider", month = "2024-07",
  }):fold { sum = { "cost" }, count = true })
  return groups[1].count > 0 and #assert(long_answer():collect()) == ROWS
end

--- Runs a function in a coroutine of the host's until it waits for the third time.
local suspended

local function suspend(fn)
  costream.use_wait(coroutine.yield)
  suspended = coroutine.create(function()
    costream.run(fn)
  end)
  for _ = 1, 3 do
    assert(coroutine.resume(suspended))
    costream.step()
  end
  return coroutine.status(suspended) == "suspended"
end

function M.suspend_tasks()
  local client = support.otc "rows=1000,rate=20000,gzip=off"
  return suspend(function()
    for _ = 1, 3 do
      costream.spawn(function()
        client:hourly(DAY):collect()
      end)
    end
  end)
end

--- Leaves a timer under way.
function M.suspend_retry()
  local client = support.otc(nil, {
    base_url = "http://127.0.0.1:1", retry = { tries = 5, base = 60, cap = 60 },
  })
  return suspend(function()
    client:hourly(DAY):collect()
  end)
end

function M.leave_coroutines()
  costream.use_wait(coroutine.yield)
  for _ = 1, 8 do
    local left = coroutine.create(function()
      for _ in support.otc("rows=1000,rate=20000,gzip=off"):hourly(DAY) do
        coroutine.yield()
      end
    end)
    assert(coroutine.resume(left))
  end
  costream.use_wait(nil)
  collectgarbage()
  collectgarbage()
  return M.read_all()
end

return M
