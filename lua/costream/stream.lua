--- Streams: what every query returns. How they come by their rows: see draw.lua.

local condition = require "costream.condition"
local check = require "costream.check"
local compat = require "costream.compat"
local core = require "costream.core"
local cursor = require "costream.cursor"
local draw = require "costream.draw"
local errors = require "costream.error"
local fold = require "costream.fold"
local iterators = require "costream.iterators"

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

local function check_goal(self, method)
  if self._goal then
    check.misuse(("%s: the rows of this stream go to %s"):format(
      method, self._goal.fold and "fold" or "values"))
  end
end

--- A row; nil at the end. Failure raises, again at each further call.
Stream.__call = iterators.rows(draw.giver(function(self, state, record)
  check_goal(self, "for")
  return draw.give_row(self, state, record)
end))

local function check_not_started(self, method)
  check_goal(self, method)
  if self._started then
    check.misuse(method .. ": the stream gives rows already; say it before the first")
  end
end

local function add_step(self, method, step)
  check_not_started(self, method)
  self._steps[#self._steps + 1] = step
  return M.iterable(self)
end

--- Throws where a field is not there any more.
local function check_left(self, what, name)
  if self._selected and not self._selected[name] then
    check.misuse(("%s: %s is not among the fields that select has left"):format(
      what, check.show(name)))
  end
end

--- Throws where a condition could never hold.
local function check_condition(self, wanted)
  check_left(self, "where", wanted.field)
  if self._source.numbers_text and wanted.numeric then
    check.misuse(('where: %s: numbers are text in this stream (numbers = "text")'):format(
      check.show(wanted.field)))
  end
end

--- Fewer rows: those for which the condition holds. A function is asked in Lua; all else is
--- decided in C, and a row that is refused there costs next to nothing.
---
---     stream:where { region = "EU-DE", status = "NEW" }
---     stream:where("amount", ">", 0.01)
---     stream:where("product", "in", { "OTC_KMS_UD_C", "OTC_OBS_STD" })
---     stream:where("tags", "present")
---     stream:where(function(row) return row.amount > 0.01 end)
---
--- `=`, `~=`; `<`, `<=`, `>`, `>=` between numbers and between strings; `in` a list; `prefix` and
--- `contains` of strings; `present` and `absent`, where null is absent. What cannot be compared
--- does not hold; `~=` holds for a number, string or boolean that is not equal, of another type,
--- too, but never for an object or a list.
---@param field table|string|fun(row: table): any
---@param operator string?
---@param value any
---@return costream.Stream stream the same stream
function Stream:where(field, operator, value)
  check.self("stream:where", self, Stream)
  if type(field) == "function" and operator == nil and value == nil then
    return add_step(self, "where", { fn = field })
  end
  local conditions = condition.new(field, operator, value)
  for _, wanted in ipairs(conditions) do
    check_condition(self, wanted)
  end
  return add_step(self, "where", { conditions = conditions })
end

--- The names that were given; throws unless each is a field that is left.
local function check_fields(self, method, ...)
  local names, count = { ... }, select("#", ...)
  if count == 0 then
    check.misuse(method .. ": expected names of fields")
  end
  for i = 1, count do
    check.type(("%s: name %d"):format(method, i), names[i], "string")
    check_left(self, method, names[i])
  end
  return names
end

--- Rows with these fields alone.
---@param ... string names of fields
---@return costream.Stream stream the same stream
function Stream:select(...)
  check.self("stream:select", self, Stream)
  local names = check_fields(self, "select", ...)
  check_not_started(self, "select")
  self._selected = {}
  for _, name in ipairs(names) do
    self._selected[name] = true
  end
  return add_step(self, "select", { names = names })
end

local function next_values_of_row(self, names)
  local row, failure = draw.next_row(self)
  if row == nil then
    return nil, failure
  end
  local values = {}
  for i = 1, type(row) == "table" and #names or 0 do
    values[i] = row[names[i]]
  end
  return core.pass(self, self._rows, compat.unpack(values, 1, #names))
end

--- How each row's number and values come, where rows are tables in Lua's hands.
local function values_of_rows(self, names)
  return draw.giver(function()
    return draw.guarded(self, true, next_values_of_row, names)
  end)
end

---@class costream.Values to be called by a `for`
---@operator call: integer?

--- What `values` gives: nothing but a `for` can use it, and it says so.
local function callable(iterator)
  return setmetatable({}, {
    __call = iterator,
    __index = function(_, name)
      check.misuse(("%s: behind values there is only a for; say it before values"):format(
        tostring(name)))
    end,
    __metatable = false,
  })
end

--- The row's number, from 1, and its values of these fields, without a table for each row; nil
--- where a field is absent.
---
---     for n, product, amount in stream:values("product", "amount") do
---@param ... string names of fields
---@return costream.Values iterator
function Stream:values(...)
  check.self("stream:values", self, Stream)
  local names = check_fields(self, "values", ...)
  check_not_started(self, "values")
  self._goal = { values = names }
  local iterator = callable(draw.in_c(self)
    and iterators.values(self, #names, draw.give_values) or values_of_rows(self, names))
  if compat.closes_for then
    return iterator, nil, nil, self
  end
  return iterator
end

--- Folds rows that are tables in Lua's hands. To be called guarded.
local function fold_rows(self, asked)
  local folding = fold.new(asked, fold.fields(asked))
  while true do
    local row, failure = draw.next_row(self)
    if row == nil then
      return not failure and folding, failure
    end
    local added
    added, failure = folding:add(row, self._reader and self._reader:records() or self._rows)
    if not added then
      failure.rows = self._rows - 1
      failure = errors.new(failure)
      draw.finish(self, failure)
      return nil, failure
    end
  end
end

--- Folds all rows, in C where that is possible: the fold; nil and an error. To be called guarded.
local function fold_all(self, asked)
  if not draw.in_c(self) then
    return fold_rows(self, asked)
  end
  local _, failure = draw.next_row(self)
  if failure then
    return nil, failure
  end
  return self._fold
end

local guarded_fold = draw.giver(function(self, asked)
  return draw.guarded(self, false, fold_all, asked)
end)

--- The sums and counts of groups of rows, and their least and greatest values.
---
---     for _, group in ipairs(stream:fold { by = { "product" }, sum = { "amount" } }) do
---       print(group.product, group.sum.amount)
---     end
---
--- A sum is exact: the double that is nearest to the sum of all the numbers, whatever their
--- order; an integer where all are integers and it fits one. A row that lacks the field, or has
--- null there, adds nothing; what is no number there fails the fold. Groups are sorted by what
--- they are grouped by; rows that lack that field are a group of their own, the first.
---@param query costream.FoldQuery
---@return costream.Group[]? groups nil when the stream failed
---@return costream.Error? failure
function Stream:fold(query)
  check.self("stream:fold", self, Stream)
  local asked = fold.check(query)
  for _, name in ipairs(fold.fields(asked)) do
    check_left(self, "fold", name)
  end
  if self._source.numbers_text and #asked.sum + #asked.min + #asked.max > 0 then
    check.misuse 'fold: numbers are text in this stream (numbers = "text")'
  end
  check_not_started(self, "fold")
  self._goal = { fold = asked }
  local folding, failure = guarded_fold(self, asked)
  if not folding then
    return nil, failure
  end
  local groups, field = fold.groups(folding)
  if field then
    return nil, errors.new {
      kind = "limit",
      message = ("fold: sum: %s: the sum is larger than any double"):format(field),
      recovery = "Add up fewer rows, in groups or with where.",
      rows = draw.count(self),
    }
  end
  return groups
end

--- The rows that are left, or the next `n`, as a list.
---@param n integer? at most so many; the stream stays open for more
---@return table[]? rows nil when the stream failed
---@return costream.Error? failure
function Stream:collect(n)
  check.self("stream:collect", self, Stream)
  check.integer("collect: n", n, 0, 2 ^ 53)
  check_goal(self, "collect")
  return draw.collect(self, n or math.huge)
end

Stream.collect = draw.giver(Stream.collect)

--- What the stream has cost so far; still there when it has ended.
---@return costream.Stats
function Stream:stats()
  check.self("stream:stats", self, Stream)
  local stats = self._source:stats()
  stats.rows = draw.count(self)
  local seconds = self._started and core.now() - self._started or 0
  stats.seconds = self._ended and self._seconds or seconds
  return stats
end

--- Where the stream stands, as a short text without spaces: the same query with
--- `resume = cursor` goes on behind the last row that was delivered, in another process, too; or
--- fails as `changed` where the rows up to there are not the same any more. The cursor is still
--- there when the stream has failed.
---@return string
function Stream:cursor()
  check.self("stream:cursor", self, Stream)
  if not self._asked then
    check.misuse "cursor: only streams of a service's answers have one"
  elseif self._goal and self._goal.fold then
    check.misuse "cursor: a fold is one answer or none: ask for it anew"
  end
  local position = draw.position(self)
  if not position then
    check.misuse("cursor: a row is in the hands of a function or of another task, or was lost "
      .. "there: ask for it between rows")
  end
  return cursor.write(self._asked, position)
end

--- Ends the stream and closes its connection. Closing again does nothing.
function Stream:close()
  check.self("stream:close", self, Stream)
  if not self._ended then
    draw.finish(self, errors.new {
      kind = "cancelled", message = "the stream is closed", rows = draw.count(self),
    })
  end
end

Stream.__close = Stream.close

function Stream:__tostring()
  local state = not self._started and "not started" or self._ended and "ended" or "open"
  local count = draw.count(self)
  local rows = count == 1 and "1 row" or ("%d rows"):format(count)
  return ("costream.Stream (%s, %s, %s)"):format(self._name, state, rows)
end

--- What a `for` wants of a stream: itself, and on Lua 5.4 itself again, to be closed.
---@param stream costream.Stream
---@return costream.Stream
function M.iterable(stream)
  if compat.closes_for then
    return stream, nil, nil, stream
  end
  return stream
end

--- Makes a stream of a source.
---@param name string what it reads, for `tostring`
---@param source table
---@param asked string? what names the query in a cursor
---@param first costream.Step? what is done with each row before all else
---@return costream.Stream
function M.new(name, source, asked, first)
  local stream = { _name = name, _source = source, _asked = asked, _steps = { first }, _rows = 0,
    _held = 0, _holders = setmetatable({}, { __mode = "k" }), _ended = false,
    -- as the C core's handover.c has it
    _passing = false, _unharmed = false, _broken = false, _thrown = false,
    _live = false, _quick = false, _batch = false, _aimed = false,
  }
  stream._breaker = core.breaker(stream)
  return M.iterable(setmetatable(stream, Stream))
end

return M
