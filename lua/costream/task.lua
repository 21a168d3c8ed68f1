--- Tasks: many streams at once in one thread.
--
-- Whatever has to wait calls `wait(ready)`. In a task it suspends that task alone, anywhere else
-- it drives the event loop until `ready()`. Only coroutines made here are ever suspended, and not
-- below a call of C's (in a callback of string.gsub or table.sort), which Lua cannot suspend.

local core = require "costream.core"
local check = require "costream.check"
local compat = require "costream.compat"
local drivers = require "costream.driver"
local errors = require "costream.error"
local host = require "costream.host"

local M = {}

local WAIT = {} -- what a task yields with its `ready`, to tell it from a user's own yield
local PROBE = {} -- what it yields to find out whether it can; it is resumed at once

-- A task that was ended may wait or yield so often to clean up before it is dropped.
local LAST_WORDS = 100

-- How often, in seconds, it is looked whether a coroutine that is waited for is still there.
local LOOK_AGAIN = 1

local cancellations = setmetatable({}, { __mode = "k" }) -- the errors that ended tasks

-- Nobody holds the tasks of a run whose coroutine a host has dropped.
local tasks = setmetatable({}, { __mode = "kv" }) -- by their coroutines
local resumed = setmetatable({}, { __mode = "v" }) -- the last one, until it is suspended or ends

local function always()
  return true
end

local function never()
  return false
end

---@class costream.Task
---@field coroutine thread
---@field group costream.TaskGroup
---@field ready fun(): boolean
---@field look_again number? asks `ready` again after so many seconds, whatever happened
---@field begun boolean
---@field done boolean? it ended, or was dropped
---@field cancelled boolean
---@field refusals integer how often it wanted to wait since then
---@field streams table<table, true> what it opened, to be closed with it

---@class costream.TaskGroup
---@field driver costream.Driver
---@field owner costream.Task? the one that runs it, and waits for it
---@field size integer tasks that are not done
---@field failure any the first error
---@field failed boolean

--- The task that the code which calls this runs in, or in a coroutine of its own in it. nginx may
--- have suspended the last one, and others with it, and let other code go on.
local function task_here()
  local running = coroutine.running()
  local task = running and tasks[running]
  if task then
    return task
  end
  task = resumed.task
  return task and coroutine.status(task.coroutine) == "normal" and task or nil
end

local function start(group, fn, ...)
  local arguments, count = { ... }, select("#", ...)
  local task = {
    coroutine = coroutine.create(function()
      return fn(compat.unpack(arguments, 1, count))
    end),
    group = group,
    ready = always,
    begun = false,
    cancelled = false,
    refusals = 0,
    streams = setmetatable({}, { __mode = "k" }),
  }
  tasks[task.coroutine] = task
  drivers.add(group.driver, task) -- first: should memory run out, nobody is to wait for it
  group.size = group.size + 1
  return task
end

local function remove(task)
  if task.done then
    return
  end
  drivers.remove(task.group.driver, task)
  task.done = true
  task.group.size = task.group.size - 1
end

local function close_streams(task)
  for stream in pairs(task.streams) do
    stream:close()
  end
end

--- Lets a task run until it waits or ends; its results, packed, when it ended well.
local function resume(task)
  local before = resumed.task
  resumed.task = task
  task.begun = true
  task.ready = never -- a host may ask while the task waits for it
  local results = { n = 0 }
  local function keep(ok, ...)
    results.n = select("#", ...)
    for i = 1, results.n do
      results[i] = (select(i, ...))
    end
    return ok
  end
  local ok
  repeat
    results[1] = nil
    ok = keep(coroutine.resume(task.coroutine))
  until results[1] ~= PROBE
  resumed.task = before
  if coroutine.status(task.coroutine) ~= "dead" then
    local waits = results[1] == WAIT
    task.ready = waits and results[2] or always
    task.look_again = waits and results[3] or nil
    return
  end
  remove(task)
  if ok then
    task.results = results
    return
  end
  close_streams(task)
  if not task.group.failed then
    task.group.failed = true
    task.group.failure = results[1]
  end
end

--- Can it be resumed? One that was dropped is never, though it stays suspended where a Lua cannot
-- close coroutines.
local function is_suspended(task)
  return not task.done and coroutine.status(task.coroutine) == "suspended"
end

local function can_go_on(task)
  return is_suspended(task) and task.ready()
end

local cancel_group

--- Ends the runs that a task waits for.
local function cancel_runs(task)
  local groups = {}
  for _, other in ipairs(task.group.driver.tasks) do
    if other.group.owner == task then
      groups[other.group] = true
    end
  end
  for group in pairs(groups) do
    cancel_group(group)
  end
end

--- Ends a task: wherever it waits, it gets an error of kind `cancelled`. One that has not begun
-- never does.
local function cancel(task)
  task.cancelled = true
  if not is_suspended(task) then
    return -- it waits for this very call, or makes it: its next wait raises
  end
  for _ = 1, task.begun and LAST_WORDS or 0 do
    resume(task)
    if task.done then
      return
    elseif task.refusals > LAST_WORDS then
      break
    end
  end
  remove(task)
  cancel_runs(task)
  close_streams(task)
  if coroutine.close then
    coroutine.close(task.coroutine)
  end
end

function cancel_group(group)
  for i = #group.driver.tasks, 1, -1 do
    local task = group.driver.tasks[i]
    if task and task.group == group then
      cancel(task)
    end
  end
end

local function in_own_coroutine()
  local task = compat.suspends and task_here()
  local running = coroutine.running()
  return task and running == task.coroutine or false
end

local function can_suspend()
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
local function end_slice()
  if not core.slice_over() then
    return
  elseif host_can_suspend() and host.waits() then
    host.pause()
  else
    host.begin_slice()
  end
end

--- One round: lets each task run that can; true when one could.
local function round(driver)
  local progress = false
  for _, task in ipairs(drivers.all(driver)) do
    if can_go_on(task) then
      resume(task)
      progress = true
      end_slice()
    end
    if task.group.failed and task.group.size > 0 then
      cancel_group(task.group)
    end
  end
  return progress
end

--- As `round`, whatever breaks it off: then nothing else says which task runs now.
local function whole_round(driver)
  local before = resumed.task
  local ok, progress = pcall(round, driver)
  resumed.task = before
  if not ok then
    error(progress, 0)
  end
  return progress
end

--- Raises where a task was ended. One that catches that and tries again and again is suspended
-- here for good.
local function check_cancelled()
  local task = task_here()
  if not task or not task.cancelled then
    return
  end
  task.refusals = task.refusals + 1
  if task.refusals > LAST_WORDS and can_suspend() then
    coroutine.yield(WAIT, always)
  end
  local cancellation = errors.new { kind = "cancelled", message = "the task was ended" }
  cancellations[cancellation] = true
  error(cancellation, 0)
end

--- Is it what ends a task, rather than another error of kind `cancelled`?
---@param thrown any
---@return boolean
function M.is_cancellation(thrown)
  return cancellations[thrown] ~= nil
end

--- Waits without suspending a task, so many seconds at most, by the event loop or as the host
--- does it: but a host that suspends its coroutines must not have a task suspended.
local function block(ready, seconds)
  if host.waits() and not in_own_coroutine() then
    host.wait(ready, seconds)
  else
    host.block(seconds)
  end
end

--- Returns when `ready()` is true. In a task, the others go on meanwhile.
---@param ready fun(): boolean
function M.wait(ready)
  while not ready() do
    check_cancelled()
    if can_suspend() then
      coroutine.yield(WAIT, ready)
      check_cancelled()
    else
      block(ready)
    end
  end
end

--- Lets the host and the other tasks go on: the time slice is over, and rows are still there.
function M.pause()
  check_cancelled()
  if can_suspend() then
    coroutine.yield(WAIT, always)
    check_cancelled()
  else
    end_slice()
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

--- As `wait` for what another coroutine has to do; false where none can go on before this one.
---@param ready fun(): boolean
---@return boolean
function M.wait_for_others(ready)
  ready = collecting(ready)
  while not ready() do
    check_cancelled()
    if can_suspend() then
      coroutine.yield(WAIT, ready, LOOK_AGAIN)
      check_cancelled()
    elseif host.waits() and not task_here() then
      host.wait(ready, LOOK_AGAIN)
    else
      return false
    end
  end
  return true
end

--- Returns when the collector has found out what nobody holds any more.
function M.collect()
  M.wait(host.collect())
end

--- Lets whoever waits look again: something was done that did not come from the network.
M.notice = host.notice

--- Makes a stream end with the task that opened it.
---@param stream table has `close`
function M.adopt(stream)
  local task = task_here()
  if task then
    task.streams[stream] = true
  end
end

--- How long none of the tasks need be asked; nil for until something happens.
local function longest_wait(driver)
  return drivers.find(driver, function(task)
    return task.look_again
  end)
end

local function drive(group)
  local driver = group.driver
  local function ready()
    return drivers.find(driver, can_go_on) or false
  end
  while group.size > 0 do
    if whole_round(driver) then
      host.step()
    elseif group.size > 0 then
      block(ready, longest_wait(driver))
    end
  end
end

--- Iterates once. Its loop can have a fourth value, which Lua 5.4 closes when the loop is left or
-- its coroutine is closed.
local function once(_, done)
  return not done or nil
end

local group_of_run = {
  __close = function(self)
    cancel_group(self.group)
  end,
}

--- Waits for a group; whatever breaks the wait (a signal, the end of the task) ends the group.
local function finish(group)
  local ok, failure
  for _ in once, nil, nil, setmetatable({ group = group }, group_of_run) do
    if can_suspend() then
      ok, failure = pcall(M.wait, function()
        return group.size == 0
      end)
    else
      ok, failure = pcall(drive, group)
    end
  end
  if not ok then
    cancel_group(group)
    error(failure, 0)
  end
end

--- What is to drive a run that is called here.
local function driver_here()
  local task = task_here()
  local driver = task and task.group.driver
  return can_suspend() and driver or drivers.new(driver)
end

--- Runs `fn(...)` as a task, and all that it spawns, until the last has ended.
--
-- The first task that fails ends the others, closes their streams, and its error is raised.
---@param fn function
---@param ... any arguments of `fn`
---@return any ... what `fn` returned
function M.run(fn, ...)
  check.type("run: fn", fn, "function")
  local group = { driver = driver_here(), owner = task_here(), size = 0, failed = false }
  local task = start(group, fn, ...)
  finish(group)
  if group.failed then
    error(group.failure, 0)
  end
  return compat.unpack(task.results, 1, task.results.n)
end

--- Starts one more task beside the one that calls it; `run` waits for it too.
---@param fn function
---@param ... any arguments of `fn`
function M.spawn(fn, ...)
  check.type("spawn: fn", fn, "function")
  local task = task_here()
  if not task then
    check.misuse("spawn: there is no task here; call it inside costream.run(function() ... end)")
  end
  check_cancelled()
  start(task.group, fn, ...)
end

return M
