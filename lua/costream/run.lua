--- Runs: tasks side by side in one thread, many streams at once.

local check = require "costream.check"
local compat = require "costream.compat"
local drivers = require "costream.driver"
local host = require "costream.host"
local tasks = require "costream.task"
local wait = require "costream.wait"

local M = {}

--- One round: lets each task run that can; true when one could.
local function round(driver)
  local progress = false
  for _, task in ipairs(drivers.all(driver)) do
    if tasks.can_go_on(task) then
      tasks.resume(task)
      progress = true
      wait.end_slice()
    end
    if task.group.failed and task.group.size > 0 then
      tasks.cancel_group(task.group)
    end
  end
  return progress
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
    return drivers.find(driver, tasks.can_go_on) or false
  end
  while group.size > 0 do
    if tasks.guarded(round, driver) then
      host.step()
    elseif group.size > 0 then
      wait.block(ready, longest_wait(driver))
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
    tasks.cancel_group(self.group)
  end,
}

--- Waits for a group; whatever breaks the wait (a signal, the end of the task) ends the group.
local function finish(group)
  local ok, failure
  for _ in once, nil, nil, setmetatable({ group = group }, group_of_run) do
    if wait.can_suspend() then
      ok, failure = pcall(wait.for_ready, function()
        return group.size == 0
      end)
    else
      ok, failure = pcall(drive, group)
    end
  end
  if not ok then
    tasks.cancel_group(group)
    error(failure, 0)
  end
end

--- What is to drive a run that is called here.
local function driver_here()
  local task = tasks.here()
  local driver = task and task.group.driver
  return wait.can_suspend() and driver or drivers.new(driver)
end

--- Runs `fn(...)` as a task, and all that it spawns, until the last has ended.
--
-- The first task that fails ends the others, closes their streams, and its error is raised.
---@param fn function
---@param ... any arguments of `fn`
---@return any ... what `fn` returned
function M.run(fn, ...)
  check.type("run: fn", fn, "function")
  local group = { driver = driver_here(), owner = tasks.here(), size = 0, failed = false }
  local task = tasks.start(group, fn, ...)
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
  local task = tasks.here()
  if not task then
    check.misuse("spawn: there is no task here; call it inside costream.run(function() ... end)")
  end
  wait.check_cancelled()
  tasks.start(task.group, fn, ...)
end

return M
