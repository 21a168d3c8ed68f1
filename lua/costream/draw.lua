--- How a stream draws its rows from its source, and how that ends.
--
-- What can be decided of a row in C is decided there: the source is given a plan (`use`) and then
-- says where rows come from (`live`: a reader of the C core) and what to do when it has none
-- (`go_on`). A source without `use` makes its rows itself (`next`: a row; nil at the end; nil and
-- an error). All have `close` and `stats`. Several tasks may read one stream, so a source may be
-- asked again while it waits.

local added_fields = require "costream.added_fields"
local compat = require "costream.compat"
local core = require "costream.core"
local errors = require "costream.error"
local host = require "costream.host"
local plan = require "costream.plan"
local steps = require "costream.steps"
local tasks = require "costream.task"
local wait = require "costream.wait"

local M = {}

local NO_TOTAL = "Do not use the rows delivered so far as a total: read the source again."

-- Had without a look-up for each row.
local read, pass, give, protect = core.read, core.pass, core.give, compat.protect

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
    if step.fn or step.add then
      return false
    end
  end
  return self._source.use ~= nil
end

--- Says which reader the stream's rows come from; nil when it must be asked for first.
local function set_reader(self, reader)
  self._reader = reader
  if not reader then
    self._live, self._quick, self._batch = false, false, false
  elseif #self._rest == 0 and not (self._goal and self._goal.fold) then
    self._live = reader
  end
end

--- Behind the last row that was delivered; nil where rows have none, or one was lost on its way,
--- or is in somebody's hands.
---@return costream.Position?
function M.position(self)
  if self._passing or self._held > 0 or not self._source.position then
    return nil
  elseif self._ended then
    return self._position
  elseif self._unharmed or not self._broken then
    return self._source:position(self._ahead and self._ahead.pending())
  end
end

--- Ends the stream, well without a failure.
function M.finish(self, failure)
  self._position = M.position(self)
  self._failure = failure
  self._ended = true
  set_reader(self, nil)
  if self._ahead and (failure or self._broken) then
    self._ahead.drop()
  end
  self._seconds = self._started and core.now() - self._started or 0
  self._source:close()
end

--- Ends a stream that an error broke: its rows would be short without the one that was under way,
--- so the error is thrown at each further call.
local function break_off(self, thrown)
  local lost = self._held > 0 or self._source.broken or self._passing
  if not lost and tasks.is_cancellation(thrown) and rawequal(thrown, self._thrown) then
    -- It only waited: another task may read on.
    self._broken, self._thrown, self._unharmed = false, false, false
  elseif not self._ended then
    M.finish(self, nil)
  end
  error(thrown, 0)
end

--- What is run instead where the stream is broken, or a row was lost on its way.
local function refuse(self)
  if self._broken then
    error(self._thrown, 0)
  end
  error(errors.new {
    kind = "cancelled",
    message = "an error was thrown over a row of this stream that was about to be given",
    recovery = NO_TOTAL,
  }, 0)
end

--- Runs what reads the stream. Whatever is thrown meanwhile, wherever that is, breaks the stream.
--- Where `fn(self, ...)` has rows to give, it passes them (core.pass) in its last call; to keep
--- them from being lost behind that, too, this must be called in the last tail call of a function
--- that `giver` was given.
---@param raises boolean does it raise what is given behind nil?
function M.guarded(self, raises, fn, ...)
  if self._broken or self._passing then
    fn = refuse
  end
  return self, raises, break_off, protect(fn, self._breaker, self, ...)
end

--- What others are to call instead of `fn`, which calls `guarded`: it gives what that gave.
---@param fn function
---@return function
M.giver = core.giver

if compat.is_jit then
  -- It could suspend nothing below a function of C's, but leaves none of Lua's in between behind
  -- a tail call.
  function M.guarded(self, raises, fn, ...)
    if self._broken or self._passing then
      fn = refuse
    end
    return give(self, raises, break_off, protect(fn, self._breaker, self, ...))
  end

  function M.giver(fn)
    return fn
  end
end

--- The coroutine that runs has rows in its hands which nobody else will get: in a step that is
--- Lua's, or in a list that is not given yet. `_held` has counted it before: for this call,
--- memory may run out.
local function hold(self)
  local holder = host.running()
  self._holders[holder] = (self._holders[holder] or 0) + 1
  return holder
end

local function let_go(self, holder)
  local more = self._holders[holder] - 1
  self._holders[holder] = more > 0 and more or nil
  self._held = self._held - 1
  if self._ended and not self._failure and self._held == 0 and self._source.position then
    self._position = self._source:position() -- the last row in hand is given now
  end
end

--- Ends the stream when one of those that held rows is gone, which the rest would be short of.
local function check_held(self)
  local held = 0
  for holder, count in pairs(self._holders) do
    if host.status(holder) ~= "dead" then
      held = held + count
    end
  end
  if held < self._held and not self._broken then
    error(errors.new {
      kind = "cancelled",
      message = "a coroutine was left that had rows of this stream in its hands",
      recovery = NO_TOTAL,
      rows = M.count(self),
    }, 0)
  end
end

local function begin(self)
  self._started = core.now()
  self._rest = self._steps
  if self._source.use then
    self._plan, self._rest, self._fold =
      plan.compile(added_fields.order(self._steps, self._goal or {}), self._goal or {},
        self._source:rows_are())
    self._source:use(self._plan)
  end
  tasks.adopt(self)
end

--- The end of a stream, or its failure.
local function conclude(self, failure)
  local others = self._held > (self._holders[host.running()] or 0)
  if others and not self._broken and not self._ended then
    wait.collect() -- finds out whether the others that hold rows are still there
  end
  if self._broken then
    error(self._thrown, 0)
  elseif self._ended then
    return nil, self._failure -- closed by somebody else while this waited
  elseif others then
    check_held(self)
  end
  if failure then
    failure.rows = M.count(self)
  end
  M.finish(self, failure)
  return nil, failure
end

--- As the source's go_on. What that throws (a token's function, say) costs no row.
local function ask(self, state, record)
  local ok, on, failure = pcall(self._source.go_on, self._source, state, record)
  if not ok then
    self._unharmed = not self._source.broken
    error(on, 0)
  end
  return on, failure
end

local function go_on(self, state, record)
  if not self._started then
    begin(self)
  end
  set_reader(self, nil)
  local on, failure = ask(self, state, record)
  if not on or self._ended then
    return conclude(self, failure)
  end
  set_reader(self, self._source:live())
  return true
end

--- Where the reader has no row, which it said with `state`, or there is none yet: true when there
--- may be one now; nil at the end; nil and an error.
local function advance(self, state, record)
  if self._broken then
    error(self._thrown, 0)
  elseif self._ended then
    return nil, self._failure
  end
  return go_on(self, state, record)
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
    local on, failure = advance(self, state, record)
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
  return draw(self)
end

--- The next row that passes all steps; nil at the end; nil and an error. To be called guarded.
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
    local holder = hold(self)
    row = steps.take(self._rest, row)
    let_go(self, holder)
    if self._broken then
      error(self._thrown, 0)
    elseif self._failure then
      return nil, self._failure -- closed by one of the steps, or failed meanwhile
    elseif row ~= nil then
      self._rows = self._rows + 1
      return row
    end
  end
end

local function next_to_give(self, state, record)
  if state ~= nil then
    local on, failure = advance(self, state, record)
    if not on then
      return nil, failure
    end
  end
  local row, failure = M.next_row(self)
  if row == nil then
    return nil, failure
  end
  return pass(self, row)
end

--- The next row where the reader has none, which it said with `state`, or there is none yet; nil
--- at the end. Failure raises.
function M.give_row(self, state, record)
  return M.guarded(self, true, next_to_give, state, record)
end

local next_values

local function pass_values(self, number, ...)
  if number == nil then
    return next_values(self, ...)
  elseif self._ahead then
    self._ahead.came(number)
  end
  return pass(self, number, ...)
end

function next_values(self, state, record)
  local on, failure = advance(self, state, record)
  if not on then
    return nil, failure
  elseif self._reader then
    return pass_values(self, read(self._reader))
  end
  return next_values(self)
end

--- The number and the values of the next row, likewise.
function M.give_values(self, state, record)
  return M.guarded(self, true, next_values, state, record)
end

local function collect(self, most)
  local rows, count = {}, 0
  local before, delivered = M.position(self), M.count(self)
  self._held = self._held + 1
  local holder = hold(self)
  while count < most do
    local row, failure = M.next_row(self)
    if failure then
      let_go(self, holder)
      if M.count(self) - count == delivered then
        self._position = before -- these rows are not given, and nobody else got any
      end
      return nil, failure
    elseif row == nil then
      break
    end
    count = count + 1
    rows[count] = row
  end
  let_go(self, holder)
  return pass(self, rows)
end

--- The rows that are left, `most` at most; nil and an error.
function M.collect(self, most)
  return M.guarded(self, false, collect, most)
end

return M
