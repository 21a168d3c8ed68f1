--- Days or months in their order, each a part that is a source of its own: the source of a range.
--
-- The first part is read. A few of those behind it are started and then left alone: their answers
-- begin to wait in buffers, and where these are full the service is held back. Whatever goes
-- wrong with them is met when they become the first.

local answer = require "costream.answer"
local calendar = require "costream.calendar"
local check = require "costream.check"
local core = require "costream.core"
local range_query = require "costream.range_query"
local request = require "costream.request"
local stats = require "costream.stats"

local M = {}

---@class costream.Part
---@field name string its day or month
---@field source table
---@field started boolean

---@class costream.PartGiven what the range knows of a part
---@field deadline number?
---@field rows_left integer?
---@field after any? what the part can be read with faster
---@field resume costream.Position?

local Base = {} -- what both kinds of ranges have

--- Adds the next part behind the others; nil when there is none.
local function add_part(self)
  local name = self.next_name
  if not name then
    return nil
  end
  local total = self.client.total
  self.deadline = self.deadline or total and core.now() + total
  self.next_name = name < self.span.to and calendar.next(name) or nil
  local part = {
    name = name,
    started = false,
    source = self.open(range_query.of_part(self.texts, self.span, name), {
      deadline = self.deadline, rows_left = self.rows_left, after = self.after,
      resume = self.resume,
    }),
  }
  self.after, self.resume = nil, nil
  if self.plan then
    part.source:use(self.plan)
  end
  self.parts[#self.parts + 1] = part
  return part
end

--- The part that is read; nil at the end.
local function first_part(self)
  return self.parts[1] or add_part(self)
end

--- A position of a part's source, with the part; nil before its first row, where it proves
--- nothing of the parts before.
local function position_in(part, back)
  local position = part.source:position(back)
  if position.records == 0 and position.inner == 0 then
    return nil
  end
  return {
    offset = position.offset and part.name .. "/" .. position.offset or part.name,
    records = position.records, digest = position.digest, inner = position.inner,
  }
end

local function close_after(self)
  if self.after then
    self.after:close()
    self.after = nil
  end
end

--- Behind the first part's last row: the next one is the first now.
local function finish_part(self)
  local part = self.parts[1]
  local source = part.source
  local after = source:retire()
  self.passed = position_in(part) or self.passed
  self.rows_left = source.rows_left
  stats.add(self.totals, source:stats())
  table.remove(self.parts, 1)
  local next_one = self.parts[1]
  if next_one and self.rows_left then
    next_one.source:limit_rows(self.rows_left)
  end
  close_after(self)
  self.after = after
  if not self.next_name then
    close_after(self)
  end
end

--- Starts as many parts behind the first as there may be.
---@param counted boolean is the first one of the client's open streams? Else there is to be room
---  for it, too
local function start_others(self, counted)
  for i = 2, self.span.parallel do
    local part = self.parts[i]
    if not (part and part.started) then
      part = request.has_room(self.client, counted and 1 or 2) and (part or add_part(self))
      if not part then
        return
      end
      part.started = true
      part.source:start()
    end
  end
end

--- The failure with its day or month.
local function named(self, part, failure)
  failure[self.span.unit] = part.name
  failure.message = part.name .. ": " .. failure.message
  return failure
end

--- Behind the last row that was given, and in which part that is.
---@param back integer?
---@return costream.Position
function Base:position(back)
  local part = self.parts[1]
  return part and position_in(part, back) or self.passed
end

function Base:close()
  self.next_name = nil
  local parts = self.parts
  for _, part in ipairs(parts) do
    part.source:close()
    stats.add(self.totals, part.source:stats())
  end
  self.passed = parts[1] and position_in(parts[1]) or self.passed
  self.parts = {}
  close_after(self)
end

function Base:stats()
  local sum = stats.add(stats.none(), self.totals)
  for _, part in ipairs(self.parts) do
    stats.add(sum, part.source:stats())
  end
  return sum
end

local Range = setmetatable({}, { __index = Base })
Range.__index = Range

--- How rows are to be read, as of the parts, which are all alike.
function Range:rows_are()
  return first_part(self).source:rows_are()
end

function Range:use(plan)
  self.plan = plan
  for _, part in ipairs(self.parts) do
    part.source:use(plan)
  end
end

function Range:live()
  local part = self.parts[1]
  return part and part.source:live()
end

--- Starts others when the first is under way: before, its token may yet be refused.
local function follow_first(self)
  local reader = self:live()
  self.going = self.going or reader ~= nil and reader:status() == 200
  if self.going then
    start_others(self, reader ~= nil)
  end
end

--- As of an answer; the rows are those of all parts.
function Range:go_on(state, record)
  local part = first_part(self)
  if not part then
    return nil
  end
  local on, failure = part.source:go_on(state, record)
  if part == self.parts[1] then -- else another task went on with the next meanwhile
    if failure then
      return nil, named(self, part, failure)
    elseif not on then
      self.going = true
      finish_part(self)
    end
  end
  follow_first(self)
  return self.parts[1] ~= nil or self.next_name ~= nil or nil
end

local RangeOfMade = setmetatable({}, { __index = Base })
RangeOfMade.__index = RangeOfMade

--- The next thing that the parts make; nil at the end; nil and an error.
function RangeOfMade:next()
  while true do
    local part = first_part(self)
    if not part then
      return nil
    end
    local made, failure = part.source:next()
    if failure then
      return nil, named(self, part, failure)
    elseif made == nil and part == self.parts[1] then
      finish_part(self)
    end
    start_others(self, false)
    if made ~= nil then
      return made
    end
  end
end

--- Where in the range a position is: in which part, and where in that.
local function split_position(span, position)
  if position.records == 0 and position.inner == 0 then
    return span.from, nil -- before the first row
  end
  local name, offset = (position.offset or ""):match "^([%d%-]+)/?(.*)$"
  local read = span.unit == "date" and calendar.read_day or calendar.read_month
  if not name or not read(name) or name < span.from or name > span.to then
    check.misuse(span.what
      .. ": resume: the cursor is damaged: take it as stream:cursor() gave it")
  end
  return name, {
    offset = offset ~= "" and offset or nil, records = position.records,
    digest = position.digest, inner = position.inner,
  }
end

local function new(class, client, asked, open)
  local self = {
    client = client,
    span = asked.span,
    texts = asked.texts,
    open = open,
    parts = {},
    passed = asked.resume or answer.START,
    rows_left = client.limits.rows,
    numbers_text = client.values.numbers_text,
    totals = stats.none(),
  }
  self.next_name = asked.span.from
  if asked.resume then
    self.next_name, self.resume = split_position(asked.span, asked.resume)
  end
  return setmetatable(self, class)
end

---@class costream.RangeAsked
---@field span costream.Span
---@field texts table<string, string> the parameters but those for the day or month
---@field resume costream.Position? where to go on

--- The rows of a range, as a source. `open` makes the source of a part, of its parameters.
---@param client costream.Client
---@param asked costream.RangeAsked
---@param open fun(texts: table<string, string>, given: costream.PartGiven): table
---@return table source
function M.rows(client, asked, open)
  return new(Range, client, asked, open)
end

--- What the parts of a range make themselves, as a source.
---@param client costream.Client
---@param asked costream.RangeAsked
---@param open fun(texts: table<string, string>, given: costream.PartGiven): table
---@return table source
function M.made(client, asked, open)
  return new(RangeOfMade, client, asked, open)
end

return M
