--- Waiting: what has to wait calls `for_ready(ready)`.
--
-- In a task it suspends that task alone, anywhere else it drives the event loop, or has the host
-- do so, until `ready()`. Of the coroutines in a run only those of tasks are ever suspended, and
-- not below a call of C's (in a callback of string.gsub or table.sort), which Lua cannot suspend.

local compat = require "costream.compat"
local core = require "costream.core"
local host = require "costream.host"
local tasks = require "costream.task"

local M = {}

local WAIT, PROBE = tasks.WAIT, tasks.PROBE

-- How often, in seconds, it is looked whether a coroutine that is waited for is still there.
local LOOK_AGAIN = 1

local function always()
  return true
end

local function in_own_coroutine()
  local task = compat.suspends and tasks.here()
  local running = coroutine.running()
  return task and running == task.coroutine or false
end

--- Is this a task's own coroutine, and can it be suspended here?
---@return boolean
function M.can_suspend()
  if not in_own_coroutine() then
    return false
  end
  local known = core.is_yieldable()
  if known == nil then
    return (pcall(coroutine.yield, PROBE))
  end
  return known
end

--- Can a host suspend what runs here? It must not be a task.
local function host_can_suspend()
  local running, is_main = coroutine.running()
  return compat.suspends and running ~= nil and not is_main and not in_own_coroutine()
    and core.is_yieldable() ~= false
end

--- Lets the host go on when the time slice is over.
function M.end_slice()
  if not core.slice_over() then
    return
  elseif host_can_suspend() and host.waits() then
    host.pause()
  else
    host.begin_slice()
  end
end

--- Raises where a task was ended. One that catches that and tries again and again is suspended
-- here for good.
function M.check_cancelled()
  local task = tasks.here()
  if not task or not task.cancelled then
    return
  end
  task.refusals = task.refusals + 1
  if task.refusals > tasks.LAST_WORDS and M.can_suspend() then
    coroutine.yield(WAIT, always)
  end
  tasks.raise_cancellation()
end

--- Waits without suspending a task, so many seconds at most, by the event loop or as the host
--- does it: but a host that suspends its coroutines must not have a task suspended.
---@param ready fun(): boolean
---@param seconds number?
function M.block(ready, seconds)
  if host.waits() and not in_own_coroutine() then
    host.wait(ready, seconds)
  else
    host.block(seconds)
  end
end

--- Returns when `ready()` is true. In a task, the others go on meanwhile.
---@param ready fun(): boolean
function M.for_ready(ready)
  while not ready() do
    M.check_cancelled()
    if M.can_suspend() then
      coroutine.yield(WAIT, ready)
      M.check_cancelled()
    else
      M.block(ready)
    end
  end
end

--- Lets the host and the other tasks go on: the time slice is over, and rows are still there.
function M.pause()
  M.check_cancelled()
  if M.can_suspend() then
    coroutine.yield(WAIT, always)
    M.check_cancelled()
  else
    M.end_slice()
  end
end

--- Likewise, where there is other work than rows: if the time slice is over.
function M.pause_in_time()
  if core.slice_over() then
    M.pause()
  end
end

--- As `ready`, but finds out now and then which coroutines nobody can resume any more.
local function collecting(ready)
  local collect_at = 0
  return function()
    if ready() then
      return true
    elseif core.now() < collect_at then
      return false
    end
    host.collect()
    collect_at = core.now() + LOOK_AGAIN
    return ready()
  end
end

--- As `for_ready` for what another coroutine has to do; false where none can go on before this
--- one.
---@param ready fun(): boolean
---@return boolean
function M.for_others(ready)
  ready = collecting(ready)
  while not ready() do
    M.check_cancelled()
    if M.can_suspend() then
      coroutine.yield(WAIT, ready, LOOK_AGAIN)
      M.check_cancelled()
    elseif host.waits() and not tasks.here() then
      host.wait(ready, LOOK_AGAIN)
    else
      return false
    end
  end
  return true
end

--- Returns when the collector has found out what nobody holds any more.
function M.collect()
  M.for_ready(host.collect())
end

--- Lets whoever waits look again: something was done that did not come from the network.
M.notice = host.notice

return M
