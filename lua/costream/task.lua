--- Tasks: coroutines of costream's own, each in the group of the run that it is part of.

local compat = require "costream.compat"
local drivers = require "costream.driver"
local errors = require "costream.error"

local M = {}

-- What a task yields with its `ready`, to tell it from a user's own yield; and what it yields to
-- find out whether it can: it is resumed at once.
M.WAIT, M.PROBE = {}, {}
local WAIT, PROBE = M.WAIT, M.PROBE

-- A task that was ended may wait or yield so often to clean up before it is dropped.
M.LAST_WORDS = 100
local LAST_WORDS = M.LAST_WORDS

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
---@return costream.Task?
function M.here()
  local running = coroutine.running()
  local task = running and tasks[running]
  if task then
    return task
  end
  task = resumed.task
  return task and coroutine.status(task.coroutine) == "normal" and task or nil
end

--- A new task of a group: `fn(...)`, which has not begun.
---@param group costream.TaskGroup
---@param fn function
---@return costream.Task
function M.start(group, fn, ...)
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
---@param task costream.Task
function M.resume(task)
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

---@param task costream.Task
---@return boolean
function M.can_go_on(task)
  return is_suspended(task) and task.ready()
end

--- Ends the runs that a task waits for.
local function cancel_runs(task)
  local groups = {}
  for _, other in ipairs(task.group.driver.tasks) do
    if other.group.owner == task then
      groups[other.group] = true
    end
  end
  for group in pairs(groups) do
    M.cancel_group(group)
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
    M.resume(task)
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

--- Ends all tasks of a group.
---@param group costream.TaskGroup
function M.cancel_group(group)
  for i = #group.driver.tasks, 1, -1 do
    local task = group.driver.tasks[i]
    if task and task.group == group then
      cancel(task)
    end
  end
end

--- Calls `fn(...)`; whatever breaks it off, nothing else says which task runs now.
---@return any ... what it returns; its error is raised
function M.guarded(fn, ...)
  local before = resumed.task
  local ok, result = pcall(fn, ...)
  resumed.task = before
  if not ok then
    error(result, 0)
  end
  return result
end

--- Raises what ends a task.
function M.raise_cancellation()
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

--- Makes a stream end with the task that opened it.
---@param stream table has `close`
function M.adopt(stream)
  local task = M.here()
  if task then
    task.streams[stream] = true
  end
end

return M
