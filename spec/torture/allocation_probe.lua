--- Runs one scenario again and again, each time in a process of its own in which another
--- allocation fails, and prints what came of it: how many runs gave the right result, how many an
--- error that says so, and each fault.
--
--     LD_PRELOAD=build/spec/failing_malloc.so lua spec/torture/allocation_probe.lua SCENARIO MOST
--
-- At most MOST allocations are tried, spread over all that the scenario makes.

local LIBRARY = "build/spec/failing_malloc.so"
local SECONDS = 20 -- that a run may take

package.path = "spec/?.lua;" .. package.path

local errors = require "costream.error"
local scenarios = require "torture.scenarios"

local name, most = arg[1], tonumber(arg[2])
local scenario = assert(scenarios[name], "no such scenario")

local function import(called)
  return assert(package.loadlib(LIBRARY, "failing_malloc_" .. called))
end

local arm, disarm = import "arm", import "disarm"
local fork, wait, exit = import "fork", import "wait", import "exit"

-- How many allocations fail from the n-th on. Lua tries a second time when one failed.
local BURSTS = { 1, 2, 1e15 }

-- What says that memory ran out. Lua's own word for a stack that cannot grow is another.
local WORDS = { "not enough memory", "memory ran out", "out of memory", "stack overflow (" }

--- An error of kind `network` is in order, too: to libcurl a connection that it has no memory for
--- is one that cannot be made.
local function tells(failure)
  if errors.is(failure) and failure.kind == "network" then
    return true
  end
  local text = errors.is(failure) and failure.message or failure
  for _, words in ipairs(type(text) == "string" and WORDS or {}) do
    if text:find(words, 1, true) then
      return true
    end
  end
  return false
end

local RIGHT, TOLD, FAULT, UNTOUCHED = 0, 1, 2, 3
local MEANING = { [-1] = "hangs", [4] = "leaves something behind" }

local function fault(what, ...)
  io.write("  ", what:format(...), "\n")
  return FAULT
end

--- In the child: what came of the scenario.
local function judge(expected, first, last)
  arm(first, last)
  local ok, result = pcall(scenario)
  local _, failed = disarm()
  if ok and result ~= expected then
    return fault("gave %s", tostring(result))
  elseif not ok and not tells(result) then
    return fault("raised %s", tostring(result))
  end
  local again, after = pcall(scenario)
  if not again or after ~= expected then
    return fault("with memory back: %s", tostring(after))
  end
  return failed == 0 and UNTOUCHED or ok and RIGHT or TOLD
end

local function in_a_child(action)
  io.stdout:flush()
  local child = fork()
  if child == 0 then
    local code = action()
    io.stdout:flush()
    collectgarbage()
    exit(code)
  end
  return wait(child, SECONDS)
end

--- How many allocations the scenario makes, and its result.
local function measure()
  local file = assert(io.tmpfile())
  assert(in_a_child(function()
    arm(0, -1)
    local result = scenario()
    file:write(disarm(), "\n", result)
    file:close()
    return 0
  end) == 0, "the scenario fails by itself")
  file:seek "set"
  local calls, result = file:read "*l", file:read "*a"
  file:close()
  return math.floor(tonumber(calls)), result
end

-- Lua makes what its buffers are closed with when one is first large, and for good: were memory
-- to run out just then, it would be without a way to close them ever after.
assert(#("x"):rep(100000) > 0)

import "watch"()
import "check_at_exit"()
local calls, expected = measure()
local step = math.max(1, calls / most * #BURSTS)
local counts = { [RIGHT] = 0, [TOLD] = 0, [FAULT] = 0, [UNTOUCHED] = 0 }
for i, burst in ipairs(BURSTS) do
  for at = 1 + (i - 1) / #BURSTS * step, calls, step do
    local n = math.floor(at)
    local code = in_a_child(function()
      return judge(expected, n, n + burst - 1)
    end)
    if not counts[code] or code == FAULT then
      print(("FAULT %s %d %s: %s"):format(name, n, burst, code == FAULT and "as above"
        or MEANING[code] or ("signal %d"):format(code - 1000)))
      code = FAULT
    end
    counts[code] = counts[code] + 1
  end
end
print(("%s: %d allocations, %d right, %d told, %d untouched, %d faults"):format(
  name, calls, counts[RIGHT], counts[TOLD], counts[UNTOUCHED], counts[FAULT]))
io.stdout:flush()
os.exit(counts[FAULT] == 0 and 0 or 1)
