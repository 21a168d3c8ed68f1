--- Streams: what every query returns.
--
-- A stream draws rows from a source, an object with `next()` (a row; nil at the end; nil and an
-- error), `close()` and `stats()`. Everything else is layered on that. Several tasks may read one
-- stream, so a source may be asked for the next row while it waits for one.

local condition = require "costream.condition"
local check = require "costream.check"
local core = require "costream.core"
local errors = require "costream.error"
local task = require "costream.task"

local M = {}

---@class costream.Stats
---@field rows integer rows delivered
---@field bytes integer bytes of JSON read
---@field requests integer requests made
---@field retries integer requests that were repeats
---@field seconds number since the first row was asked for, until the end

---@class costream.Stream
---@operator call: table?
local Stream = {}
Stream.__index = Stream

-- Only Lua 5.4 has the fourth value of `for`, which closes the stream when the loop is left.
local CLOSES_FOR = tonumber(_VERSION:match "%d+%.%d+") >= 5.4

local function closed_error(self)
  return errors.new { kind = "cancelled", message = "the stream is closed", rows = self._rows }
end

local function finish(self, failure)
  self._ended = true
  self._failure = failure
  self._seconds = self._started and core.now() - self._started or 0
  self._source:close()
end

--- The row after all steps; nil when one of them refused it.
local function take_steps(steps, row)
  for i = 1, #steps do
    row = steps[i](row)
    if row == nil then
      return nil
    end
  end
  return row
end

--- Ends the stream with an error that something threw: its rows would be short without the one
--- that was under way, so it is thrown at each further call.
local function break_off(self, thrown)
  local lost = self._in_steps > 0 or self._collecting > 0 or self._source.broken
  local waited = thrown ~= nil and task.is_cancellation(thrown) and not lost
  if self._broken or waited then -- a task was ended while it waited: another may read on
    error(thrown, 0)
  end
  self._broken, self._thrown = true, thrown
  finish(self, nil)
  error(thrown, 0)
end

local function begin(self)
  self._started = core.now()
  task.adopt(self)
end

local function draw(self)
  while true do
    local row, failure = self._source:next()
    if self._broken then
      error(self._thrown, 0)
    elseif self._ended then
      return nil, self._failure -- closed by somebody else while this waited
    end
    if row == nil then
      if failure then
        failure.rows = self._rows
      end
      finish(self, failure)
      return nil, failure
    end
    self._in_steps = self._in_steps + 1
    row = take_steps(self._steps, row)
    self._in_steps = self._in_steps - 1
    if row ~= nil then
      self._rows = self._rows + 1
      return row
    end
  end
end

--- The next row that passes all steps; nil at the end; nil and an error.
local function next_row(self)
  if self._broken then
    error(self._thrown, 0)
  elseif self._ended then
    return nil, self._failure
  end
  if not self._started then
    begin(self)
  end
  local ok, row, failure = pcall(draw, self)
  if not ok then
    break_off(self, row)
  end
  return row, failure
end

--- A row; nil at the end. Failure raises, again at each further call.
function Stream:__call()
  local row, failure = next_row(self)
  if failure then
    error(failure, 0)
  end
  return row
end

local function add_step(self, method, step)
  if self._started then
    check.misuse(method .. ": the stream gives rows already; say it before the first")
  end
  self._steps[#self._steps + 1] = step
  return M.iterable(self)
end

--- Throws where a condition could never hold.
local function check_fields(self, field, value)
  local fields = type(field) == "table" and field or {}
  if type(field) == "string" then
    fields = { [field] = value }
  end
  for name, wanted in pairs(fields) do
    if self._selected and not self._selected[name] then
      check.misuse(("where: %s is not among the fields that select has left"):format(
        check.show(name)))
    end
    if self._source.numbers_text and type(wanted) == "number" then
      check.misuse(('where: %s: numbers are text in this stream (numbers = "text")'):format(
        check.show(name)))
    end
  end
end

--- Fewer rows: those for which the condition holds.
--
--     stream:where { region = "EU-DE", status = "NEW" }
--     stream:where("amount", ">", 0.01)
--     stream:where(function(row) return row.amount > 0.01 end)
---@param field table|string|fun(row: table): any
---@param operator string?
---@param value any
---@return costream.Stream stream the same stream
function Stream:where(field, operator, value)
  check.self("stream:where", self, Stream)
  local holds = condition.new(field, operator, value)
  check_fields(self, field, value)
  return add_step(self, "where", function(row)
    if holds(row) then
      return row
    end
  end)
end

--- The set of the names; throws for one that is gone already.
local function chosen_fields(self, names)
  local chosen = {}
  for _, name in ipairs(names) do
    if self._selected and not self._selected[name] then
      check.misuse(("select: %s is not among the fields that select has left"):format(
        check.show(name)))
    end
    chosen[name] = true
  end
  return chosen
end

--- Rows with these fields alone.
---@param ... string names of fields
---@return costream.Stream stream the same stream
function Stream:select(...)
  check.self("stream:select", self, Stream)
  local names, count = { ... }, select("#", ...)
  if count == 0 then
    check.misuse("select: expected names of fields")
  end
  for i = 1, count do
    check.type(("select: name %d"):format(i), names[i], "string")
  end
  self._selected = chosen_fields(self, names)
  return add_step(self, "select", function(row)
    if type(row) ~= "table" then
      return row
    end
    local chosen = {}
    for i = 1, #names do
      chosen[names[i]] = row[names[i]]
    end
    return chosen
  end)
end

--- The rows that are left, or the next `n`, as a list.
---@param n integer? at most so many; the stream stays open for more
---@return table[]? rows nil when the stream failed
---@return costream.Error? failure
function Stream:collect(n)
  check.self("stream:collect", self, Stream)
  check.integer("collect: n", n, 0, 2 ^ 53)
  local rows, failure = {}, nil
  self._collecting = self._collecting + 1
  while not n or #rows < n do
    local row
    row, failure = next_row(self)
    if row == nil then
      break
    end
    rows[#rows + 1] = row
  end
  self._collecting = self._collecting - 1
  if failure then
    return nil, failure
  end
  return rows
end

--- What the stream has cost so far; still there when it has ended.
---@return costream.Stats
function Stream:stats()
  check.self("stream:stats", self, Stream)
  local stats = self._source:stats()
  stats.rows = self._rows
  local seconds = self._started and core.now() - self._started or 0
  stats.seconds = self._ended and self._seconds or seconds
  return stats
end

--- Ends the stream and closes its connection. Closing again does nothing.
function Stream:close()
  check.self("stream:close", self, Stream)
  if not self._ended then
    finish(self, closed_error(self))
  end
end

Stream.__close = Stream.close

function Stream:__tostring()
  local state = not self._started and "not started" or self._ended and "ended" or "open"
  local rows = self._rows == 1 and "1 row" or ("%d rows"):format(self._rows)
  return ("costream.Stream (%s, %s, %s)"):format(self._name, state, rows)
end

--- What a `for` wants of a stream: itself, and on Lua 5.4 itself again, to be closed.
---@param stream costream.Stream
---@return costream.Stream
function M.iterable(stream)
  if CLOSES_FOR then
    return stream, nil, nil, stream
  end
  return stream
end

--- Makes a stream of a source.
---@param name string what it reads, for `tostring`
---@param source table
---@return costream.Stream
function M.new(name, source)
  local stream = { _name = name, _source = source, _steps = {}, _rows = 0, _collecting = 0,
    _in_steps = 0, _ended = false,
  }
  return M.iterable(setmetatable(stream, Stream))
end

return M
