--- The tasks that a run drives.
--
-- Each run has those of its own and of the runs in them, and nothing but the run holds the list:
-- when the coroutine that the run is in is dropped, its tasks are collected with it.

local M = {}

---@class costream.Driver a run outside of tasks, or where its task cannot be suspended
---@field tasks costream.Task[] what is not done, in the order of their start
---@field parent costream.Driver? what drives the task that the run is in

---@param parent costream.Driver?
---@return costream.Driver
function M.new(parent)
  return { tasks = {}, parent = parent }
end

---@param driver costream.Driver
---@param task costream.Task
function M.add(driver, task)
  driver.tasks[#driver.tasks + 1] = task
end

---@param driver costream.Driver
---@param task costream.Task
function M.remove(driver, task)
  for i, other in ipairs(driver.tasks) do
    if other == task then
      table.remove(driver.tasks, i)
      return
    end
  end
end

--- Calls `visit` with the tasks that a driver can let run, its own and those beside the task that
--- it is in, until it returns something, which is returned.
---@param driver costream.Driver
---@param visit fun(task: costream.Task): any
---@return any
function M.find(driver, visit)
  while driver do
    for _, task in ipairs(driver.tasks) do
      local result = visit(task)
      if result then
        return result
      end
    end
    driver = driver.parent
  end
end

--- All those tasks, in a list that does not change when they do.
---@param driver costream.Driver
---@return costream.Task[]
function M.all(driver)
  local list = {}
  M.find(driver, function(task)
    list[#list + 1] = task
  end)
  return list
end

return M
