--- Work that is done a few things at a time.

local errors = require "costream.error"
local run = require "costream.run"
local tasks = require "costream.task"
local wait = require "costream.wait"

local M = {}

--- Calls `fn(item, add)` for each item, in tasks; `add(item)` brings more work. The first error
--- ends the rest and is raised.
---@param items any[] is emptied, from its end
---@param most integer so many at once
---@param fn fun(item: any, add: fun(item: any))
function M.each(items, most, fn)
  local under_way = 0
  local function add(item)
    items[#items + 1] = item
  end
  local function is_work_or_end()
    return #items > 0 or under_way == 0
  end
  local function work()
    wait.for_ready(is_work_or_end)
    while #items > 0 do
      under_way = under_way + 1
      fn(table.remove(items), add)
      under_way = under_way - 1
      wait.for_ready(is_work_or_end)
    end
  end
  run.run(function()
    for _ = 1, most do
      run.spawn(work)
    end
  end)
end

local function caught(ok, ...)
  local failure = ...
  if ok then
    return ...
  elseif errors.is(failure) and not tasks.is_cancellation(failure) then
    return nil, failure
  end
  error(failure, 0)
end

--- What `fn(...)` returns; nil and the error where it raises one of costream's.
function M.try(fn, ...)
  return caught(pcall(fn, ...))
end

return M
