--- Work that is done a few things at a time.

local errors = require "costream.error"
local request = require "costream.request"
local run = require "costream.run"
local tasks = require "costream.task"
local wait = require "costream.wait"

local M = {}

--- Calls `fn(item, add)` for each item, in tasks; `add(item)` brings more work. The first error
--- ends the rest and is raised.
---@param client costream.Client
---@param items any[] is emptied, from its end
---@param most integer so many at once, and no more than the client may have streams open; but one
---@param fn fun(item: any, add: fun(item: any)) opens one stream at a time, before it waits
function M.each(client, items, most, fn)
  local under_way = 0
  local function add(item)
    items[#items + 1] = item
  end
  local function can_begin_or_end()
    return under_way == 0 or #items > 0 and request.has_room(client, 1)
  end
  local function work()
    wait.for_ready(can_begin_or_end)
    while #items > 0 do
      under_way = under_way + 1
      fn(table.remove(items), add)
      under_way = under_way - 1
      wait.for_ready(can_begin_or_end)
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
