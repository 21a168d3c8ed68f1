--- How long the worker is kept from its other work: a timer that wants to run each millisecond
-- notes what became of that.

local ffi = require "ffi"

ffi.cdef [[
  typedef struct { long seconds, nanoseconds; } stall_time;
  int clock_gettime(int clock, stall_time *time);
]]

local M = {}

-- Of the system: one counts this thread's work alone, whatever else the machine does.
local MONOTONIC, THREAD = 1, 3

local time = ffi.new "stall_time"

local function milliseconds(clock)
  ffi.C.clock_gettime(clock, time)
  return tonumber(time.seconds) * 1e3 + tonumber(time.nanoseconds) / 1e6
end

local worked, late, looks
local running = false

local function look()
  local worked_before, before = milliseconds(THREAD), milliseconds(MONOTONIC)
  while running do
    ngx.sleep(0.001)
    local worked_now, now = milliseconds(THREAD), milliseconds(MONOTONIC)
    worked = math.max(worked, worked_now - worked_before)
    late = math.max(late, now - before - 1)
    looks = looks + 1
    worked_before, before = worked_now, now
  end
end

function M.begin()
  worked, late, looks = 0, 0, 0
  running = true
  assert(ngx.timer.at(0, look))
end

--- What was the most between two looks: milliseconds of the worker's own time, and of lateness;
--- and the number of looks.
function M.finish()
  running = false
  return worked, late, looks
end

return M
