--- Costs of a range of days: a few days at once, and what they come to together.

local calendar = require "calendar"
local costream = require "costream"
local days = require "days"

local M = {}

local AT_ONCE = 4
local MOST_DAYS = 366

---@class Reading what is read for one request, or for a refresh
---@field streams table<costream.Stream, true> those that are open
---@field locked table<string, true> days that it keeps others from reading
---@field over boolean? nobody wants more of it
---@field failure string? a line of JSON: what ended it
local Reading = {}
Reading.__index = Reading

---@return Reading
function M.reading()
  return setmetatable({ streams = {}, locked = {} }, Reading)
end

--- Ends it, and closes its streams.
---@param failure string? a line of JSON
function Reading:stop(failure)
  if self.over then
    return
  end
  self.over, self.failure = true, failure
  for stream in pairs(self.streams) do
    stream:close()
  end
end

--- Leaves nothing behind, also where nginx has ended its threads.
function Reading:finish()
  self:stop()
  for date in pairs(self.locked) do
    days.unlock(date, self)
  end
end

--- What was given, if it may be shown.
local function show(value)
  if type(value) ~= "string" then
    return value == nil and "nothing" or "something else"
  end
  return value:find "^[%w%-%. :/]*$" and #value <= 20 and ('"%s"'):format(value)
    or "something else"
end

local function check_names(given)
  for name in pairs(given) do
    if name ~= "from" and name ~= "to" then
      return nil, "only from and to may be given"
    end
  end
  for _, name in ipairs { "from", "to" } do
    if not calendar.is_day(given[name]) then
      return nil, ("%s: expected a day from 2020-01-01 to today, as 2024-08-02, got %s"):format(
        name, show(given[name]))
    end
  end
  return true
end

--- The days that a query asks for.
---@param given table<string, any> arguments of the URL: `from` and `to`, both included
---@return string[]? dates
---@return string? wrong
function M.dates(given)
  local ok, wrong = check_names(given)
  if not ok then
    return nil, wrong
  elseif given.from > given.to then
    return nil, ("to: %s is before from, %s"):format(given.to, given.from)
  end
  local dates = calendar.days(given.from, given.to, MOST_DAYS)
  if not dates then
    return nil, ("to: more than %d days behind from: ask for less at once"):format(MOST_DAYS)
  end
  return dates
end

--- Reads all days, the first ones first, and gives each to `take` as soon as it is there.
---@param dates string[]
---@param reading Reading its `failure` says whether one failed
---@param take fun(text: string, i: integer)
function M.read(dates, reading, take)
  local at = 0
  local function work()
    while at < #dates and not reading.over do
      at = at + 1
      local i = at
      local text, failure = days.get(dates[i], reading)
      if text then
        take(text, i)
      else
        reading:stop(failure)
      end
    end
  end
  local threads = {}
  for i = 1, math.min(AT_ONCE, #dates) do
    threads[i] = ngx.thread.spawn(work)
  end
  for _, thread in ipairs(threads) do
    assert(ngx.thread.wait(thread))
  end
end

local function by_cost(a, b)
  local one, other = a.sum.cost or 0, b.sum.cost or 0
  return one > other or one == other and tostring(a.product) < tostring(b.product)
end

--- The records of a type in several texts.
---@param texts string[]
---@param type_ "cost"|"day"
---@return costream.Stream
function M.records(texts, type_)
  local i = 0
  return (costream.records(function()
    i = i + 1
    return texts[i]
  end):where { type = type_ })
end

--- What days come to, dearest product first: lines of type "product", and one of type "total".
---@param texts string[] all days of the range
---@return string
function M.total(texts)
  local lines = {}
  local products = assert(M.records(texts, "cost"):fold {
    by = { "product" }, sum = { "cost" }, max = { "description" },
  })
  table.sort(products, by_cost)
  for i, group in ipairs(products) do
    lines[i] = costream.format.json {
      type = "product", product = group.product, description = group.max.description,
      cost = group.sum.cost,
    }
  end
  local sums = assert(M.records(texts, "cost"):fold { sum = { "cost" } })[1]
  local read = assert(M.records(texts, "day"):fold { sum = { "rows" }, min = { "read_at" } })[1]
  lines[#lines + 1] = costream.format.json {
    type = "total", total = sums.sum.cost, days = #texts, rows = read.sum.rows,
    read_at = read.min.read_at,
  }
  return table.concat(lines, "\n") .. "\n"
end

return M
