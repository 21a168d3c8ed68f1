--- Ranges for specs: what a loop over their days or months gives, and days on the fault server.

local costream = require "costream"
local faults = require "faults_support"
local support = require "support"

local M = {}

--- What a piece of Python prints, line by line.
---@param code string without single quotes
---@return string[]
function M.python(code)
  local lines = {}
  for line in support.read_command(("python3 -c '%s'"):format(code)):gmatch "[^\n]+" do
    lines[#lines + 1] = line
  end
  return lines
end

--- The days from one to another, both included.
---@param from string
---@param to string
---@return string[]
function M.days(from, to)
  return M.python(([[
from datetime import date, timedelta
day = date.fromisoformat("%s")
while day <= date.fromisoformat("%s"):
    print(day)
    day += timedelta(days=1)
]]):format(from, to))
end

--- A query with more in it.
---@param query table
---@param more table?
---@return table
function M.with(query, more)
  local copy = {}
  for _, fields in ipairs { query, more or {} } do
    for name, value in pairs(fields) do
      copy[name] = value
    end
  end
  return copy
end

--- The rows of one query after the other.
---@param queries table[]
---@param open fun(query: table): costream.Stream
---@return table[]
function M.one_by_one(queries, open)
  local rows = {}
  for _, query in ipairs(queries) do
    for _, row in ipairs(assert(open(query):collect())) do
      rows[#rows + 1] = row
    end
  end
  return rows
end

--- The path and query that a day is asked for with.
---@param day string
---@return string
function M.target(day)
  return "/v2/daily/consumption/?date=" .. day
end

--- A day's rows as NDJSON, each of the same length.
---@param day string
---@param count integer at most 9999
---@return string
function M.body(day, count)
  local lines = {}
  for i = 1, count do
    lines[i] = ('{"resource_id":"%s/%04d","amount":%04d.25,"product":"p-%d"}\n'):format(
      day, i, 1000 + i, i % 3)
  end
  return table.concat(lines)
end

--- A script that answers with a day's rows.
---@param day string
---@param count integer
---@return table
function M.script(day, count)
  return { faults.answer {
    framing = "chunked", chunk = 4096, body = M.body(day, count),
    headers = { "Content-Type: application/x-ndjson" },
  } }
end

--- Gives a set of the fault server days with so many rows each, and scripts of their own to some.
---@param name string
---@param counts table<string, integer>
---@param scripts table<string, table>?
function M.set(name, counts, scripts)
  local answers = {}
  for day, count in pairs(counts) do
    answers[M.target(day)] = M.script(day, count)
  end
  for day, script in pairs(scripts or {}) do
    answers[M.target(day)] = script
  end
  faults.set(name, answers)
end

--- What the rows of days are called, in order.
---@param counts table<string, integer>
---@return string[]
function M.names(counts)
  local days, names = {}, {}
  for day in pairs(counts) do
    days[#days + 1] = day
  end
  table.sort(days)
  for _, day in ipairs(days) do
    for i = 1, counts[day] do
      names[#names + 1] = ("%s/%04d"):format(day, i)
    end
  end
  return names
end

--- A client of a set.
---@param name string
---@param parameters string?
---@param options table?
---@return costream.Otc
function M.client(name, parameters, options)
  return costream.otc(M.with({
    token = "token-of-specs", base_url = faults.url(name, parameters), retry = false,
  }, options))
end

--- What rows are called, and what reading them failed with.
---@param stream costream.Stream
---@param names string[]? those that there are
---@return string[] names
---@return any failure
function M.read(stream, names)
  names = names or {}
  local ok, failure = pcall(function()
    for row in stream do
      names[#names + 1] = row.resource_id
    end
  end)
  return names, not ok and failure or nil
end

return M
