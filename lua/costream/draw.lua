--- How a stream draws its rows from its source, and how that ends.
--
-- What can be decided of a row in C is decided there: the source is given a plan (`use`) and then
-- says where rows come from (`live`: a reader of the C core) and what to do when it has none
-- (`go_on`). A source without `use` makes its rows itself (`next`: a row; nil at the end; nil and
-- an error). All have `close` and `stats`. Several tasks may read one stream, so a source may be
-- asked again while it waits.

local condition = require "costream.condition"
local core = require "costream.core"
local errors = require "costream.error"
local plan = require "costream.plan"
local task = require "costream.task"

local M = {}

-- A method of readers, had without a look-up for each row.
local read = core.read

--- How many rows were delivered.
function M.count(self)
  if not self._plan or #self._rest > 0 then
    return self._rows
  end
  return self._ahead and self._ahead.given() or self._plan:rows()
end

--- Are all steps taken in C, where values and folds can be made, too?
function M.in_c(self)
  for _, step in ipairs(self._steps) do
    if step.fn then
      return false
    end
  end
  return self._source.use ~= nil
end

--- Says which reader the stream's rows come from; nil when it must be asked for first.
local function set_reader(self, reader)
  self._reader = reader
  local quick = reader and #self._rest == 0 and reader or nil
  if self._ahead then
    self._ahead:aim(quick)
  elseif not self._goal then
    self._quick = quick
  end
end

--- Behind the last row that was delivered; nil where rows have none, or one was lost on its way.
---@return costream.Position?
function M.position(self)
  if self._ended or not self._source.position then
    return self._position
  elseif self._held > 0 then
    return self._before -- none of the rows in hand is delivered yet
  end
  return self._source:position(self._ahead and self._ahead.pending())
end

--- Ends the stream, well without a failure.
function M.finish(self, failure)
  self._position = not self._broken and M.position(self) or nil
  self._ended = true
  set_reader(self, nil)
  if self._ahead and (failure or self._broken) then
    self._ahead.drop()
  end
  self._failure = failure
  self._seconds = self._started and core.now() - self._started or 0
  self._source:close()
end

local function choose(names, row)
  if type(row) ~= "table" then
    return row
  end
  local chosen = {}
  for i = 1, #names do
    chosen[names[i]] = row[names[i]]
  end
  return chosen
end

--- The row after all steps that are Lua's; nil when one of them refused it.
local function take_steps(steps, row)
  for i = 1, #steps do
    local step = steps[i]
    if step.names then
      row = choose(step.names, row)
    elseif step.fn and not step.fn(row) or step.conditions
      and not condition.hold(step.conditions, row) then
      return nil
    end
  end
  return row
end

--- Ends the stream with an error that something threw: its rows would be short without the one
--- that was under way, so it is thrown at each further call.
local function break_off(self, thrown)
  local lost = self._held > 0 or self._source.broken
  local waited = thrown ~= nil and task.is_cancellation(thrown) and not lost
  if self._broken or waited then -- a task was ended while it waited: another may read on
    error(thrown, 0)
  end
  self._broken, self._thrown = true, thrown
  M.finish(self, nil)
  error(thrown, 0)
end

--- The coroutine that runs has rows in its hands which nobody else will get: in a step that is
--- Lua's, or in a list that is not given yet. `_held` has counted it before: for this call,
--- memory may run out.
local function hold(self)
  local holder = coroutine.running() or "main"
  self._holders[holder] = (self._holders[holder] or 0) + 1
end

local function let_go(self)
  local holder = coroutine.running() or "main"
  local more = self._holders[holder] - 1
  self._holders[holder] = more > 0 and more or nil
  self._held = self._held - 1
end

--- Ends the stream when one of those that held rows is gone, which the rest would be short of.
local function check_held(self)
  local held = 0
  for holder, count in pairs(self._holders) do
    if holder == "main" or coroutine.status(holder) ~= "dead" then
      held = held + count
    end
  end
  if held < self._held and not self._broken then
    break_off(self, errors.new {
      kind = "cancelled",
      message = "a coroutine was left that had rows of this stream in its hands",
      recovery = "Do not use the rows delivered so far as a total: read the source again.",
      rows = M.count(self),
    })
  end
end

local function begin(self)
  self._started = core.now()
  self._rest = self._steps
  if self._source.use then
    self._plan, self._rest, self._fold =
      plan.compile(self._steps, self._goal or {}, self._source:rows_are())
    self._source:use(self._plan)
  end
  task.adopt(self)
end

--- The end of a stream, or its failure.
local function conclude(self, failure)
  if self._broken then
    error(self._thrown, 0)
  elseif self._ended then
    return nil, self._failure -- closed by somebody else while this waited
  end
  if self._held > (self._holders[coroutine.running() or "main"] or 0) then
    collectgarbage() -- finds out whether the others that hold rows are still there
    check_held(self)
  end
  if failure then
    failure.rows = M.count(self)
  end
  M.finish(self, failure)
  return nil, failure
end

local function go_on(self, state, record)
  if not self._started then
    begin(self)
  end
  set_reader(self, nil)
  local on, failure = self._source:go_on(state, record)
  if not on or self._ended then
    return conclude(self, failure)
  end
  set_reader(self, self._source:live())
  return true
end

--- Passes on what a protected call gave, or ends the stream with what it threw.
local function checked(self, ok, ...)
  if not ok then
    break_off(self, (...))
  end
  return ...
end

--- Where the reader has no row, which it said with `state`, or there is none yet: true when there
--- may be one now; nil at the end; nil and an error.
function M.advance(self, state, record)
  if self._broken then
    error(self._thrown, 0)
  elseif self._ended then
    return nil, self._failure
  end
  return checked(self, pcall(go_on, self, state, record))
end

--- What C makes of the next row.
local function next_read(self)
  while true do
    local reader, row, state, record = self._reader, nil, nil, nil
    if reader then
      row, state, record = read(reader)
    end
    if row ~= nil then
      return row
    end
    local on, failure = M.advance(self, state, record)
    if not on then
      return nil, failure
    end
  end
end

local function draw(self)
  if not self._started then
    begin(self)
  end
  local row, failure = self._source:next()
  if row == nil or self._ended then
    return conclude(self, failure)
  end
  return row
end

--- The next row of a source that makes them itself.
local function next_made(self)
  if self._broken then
    error(self._thrown, 0)
  elseif self._ended then
    return nil, self._failure
  end
  return checked(self, pcall(draw, self))
end

--- The next row that passes all steps; nil at the end; nil and an error.
function M.next_row(self)
  local next_one = self._source.use and next_read or next_made
  if self._held > 0 then
    check_held(self)
  end
  while true do
    local row, failure = next_one(self)
    if row == nil then
      return nil, failure
    elseif #self._rest == 0 and self._plan then
      return row
    end
    self._held = self._held + 1
    hold(self)
    row = checked(self, pcall(take_steps, self._rest, row))
    let_go(self)
    if self._broken then
      error(self._thrown, 0)
    elseif self._ended then
      return nil, self._failure -- closed by one of the steps, or while it waited
    elseif row ~= nil then
      self._rows = self._rows + 1
      return row
    end
  end
end

local function collect(self, most)
  local rows, count = {}, 0
  while count < most do
    local row, failure = M.next_row(self)
    if failure then
      return nil, failure
    elseif row == nil then
      break
    end
    count = count + 1
    rows[count] = row
  end
  return rows
end

--- The rows that are left, `most` at most; nil and an error.
function M.collect(self, most)
  self._before = M.position(self)
  self._held = self._held + 1
  hold(self)
  local rows, failure = checked(self, pcall(collect, self, most))
  let_go(self)
  self._before = nil
  if rows and self._ended and self._source.position then
    self._position = self._source:position()
  end
  return rows, failure
end

return M
