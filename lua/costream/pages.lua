--- Pages of the IBM Cloud APIs: each request repeats the first with another offset, which is what
--- their paging's parameter holds.

local answer = require "costream.answer"
local core = require "costream.core"
local errors = require "costream.error"
local page_link = require "costream.page_link"
local query = require "costream.query"
local reported = require "costream.reported"
local stats = require "costream.stats"

local M = {}

local Pages = {}
Pages.__index = Pages

local function malformed(message)
  return errors.new { kind = "malformed", message = message, attempts = 1 }
end

--- The offset of the page behind the one whose surroundings these are; nil on the last; nil and
--- an error.
local function next_offset(self, surroundings)
  local parameter, link = self.paging.parameter, surroundings[self.paging.link]
  local offset, failure = page_link.offset(link, parameter, self.previous)
  if offset and self.seen[offset] then
    return nil, malformed(("the %s of the next page came before: paging would never end"):format(
      parameter))
  end
  return offset, failure
end

--- What surrounds the rows of a page that was read to its end; nil and an error.
local function surroundings_of(page)
  local surroundings = page:take_aside()
  local failure = not surroundings and malformed "the page is empty"
    or reported.failure("page", surroundings, page)
  return not failure and surroundings, failure
end

--- Of the page that is read.
local function offset_of(self)
  return self.texts[self.paging.parameter]
end

--- The answer of the page that comes next; nil and an error when there are too many.
local function open_page(self)
  local most = self.client.limits.pages
  if self.count == most then
    return nil, errors.new {
      kind = "limit", message = ("more than %.0f pages (limits.pages)"):format(most),
    }
  end
  self.count = self.count + 1
  self.seen[offset_of(self) or ""] = true
  self.answer = answer.new(self.client, {
    path = self.path .. query.write(self.texts),
    headers = { "Accept: application/json" },
    framing = { framing = "envelope", path = self.list .. "[]" },
    credential = self.credential,
    shape = self.shape,
    usage = self.usage,
    deadline = self.deadline,
    after = self.after,
    resume = self.resume,
    rows_left = self.rows_left,
  })
  self.after, self.resume = nil, nil
  self.answer:use(self.plan)
  return self.answer
end

--- A position of an answer, with its page.
local function placed(position, offset)
  return {
    offset = offset, records = position.records, digest = position.digest,
    inner = position.inner,
  }
end

--- Counts what the page's answer has cost and lets it go, but for what helps with the next.
local function close_page(self)
  stats.add(self.totals, self.answer:stats())
  self.deadline = self.answer.deadline
  self.after = self.answer:retire()
  self.rows_left = self.answer.rows_left
  self.page_end = placed(self.answer:position(), offset_of(self))
  if self.page_end.records > 0 then
    self.passed = self.page_end -- a page without rows proves nothing of those before it
  end
  self.answer, self.previous = nil, self.answer
end

--- Behind a page: goes to the next, or ends; nil and an error.
local function turn_page(self)
  local offset, failure = next_offset(self, self.surroundings)
  self.surroundings = nil
  self.ended = not offset
  if not self.ended then
    self.texts[self.paging.parameter] = offset
  end
  return not failure, failure
end

--- The next thing: a row; or nil, nil and a page's surroundings behind its last row; or nil and
--- an error; or nil at the end.
local function advance(self)
  local page, row, failure
  repeat
    if self.surroundings then
      local turned
      turned, failure = turn_page(self)
      if not turned then
        return nil, failure
      end
    end
    if self.ended then
      return nil
    end
    page, failure = self.answer, nil
    if not page then
      page, failure = open_page(self)
    end
    if page then
      row, failure = page:next()
    end
    if row ~= nil or failure or self.ended then
      return row, failure
    end
  until self.answer == page -- else another task has turned the page while this one waited
  local surroundings
  surroundings, failure = surroundings_of(page)
  if failure then
    return nil, failure
  end
  self.surroundings = surroundings
  close_page(self)
  return nil, nil, self.surroundings
end

--- Behind the last row of a page: proves it whole and goes to the next, or ends.
local function end_page(self)
  local page = self.answer
  local on, failure = page:go_on "end"
  local surroundings
  if not on and not failure then
    surroundings, failure = surroundings_of(page)
  end
  if failure then
    return nil, failure
  end
  self.surroundings = surroundings
  close_page(self)
  local turned
  turned, failure = turn_page(self)
  return turned and not self.ended, failure
end

function Pages:rows_are()
  return {
    known = self.shape.fields, usage = self.usage,
    nulls = self.client.values.nulls, numbers_text = self.numbers_text,
  }
end

function Pages:use(plan)
  self.plan = plan
end

--- Sends the request of the first page, as an answer's `start`.
function Pages:start()
  self:go_on()
end

--- As of an answer: all pages that are left.
function Pages:limit_rows(most)
  self.rows_left = most
  if self.answer then
    self.answer:limit_rows(most)
  end
end

function Pages:live()
  return self.answer and self.answer:live()
end

--- As of an answer; the rows are those of all pages.
function Pages:go_on(state, record)
  if self.ended then
    return nil
  elseif state == "end" then
    return end_page(self)
  end
  local page, too_many = self.answer, nil
  if not page then
    page, too_many = open_page(self)
  end
  if not page then
    return nil, too_many
  end
  local on, failure = page:go_on(state, record)
  -- A page that another task closed meanwhile is not the end.
  return on or self.answer ~= page and not self.ended, failure
end

--- Behind the last row that was given, as of an answer, and on which page that is.
---@param back integer?
---@return costream.Position
function Pages:position(back)
  local position = self.answer and self.answer:position(back)
  if position and position.records > 0 then
    return placed(position, offset_of(self))
  end
  return self.passed
end

--- As close, but gives what other pages can be read with faster, or nil.
---@return any?
function Pages:retire()
  if self.answer then
    close_page(self)
  end
  self.ended = true
  local after = self.after
  self.after = nil
  return after
end

function Pages:close()
  local after = self:retire()
  if after then
    after:close()
  end
end

function Pages:stats()
  return stats.add(self.answer and self.answer:stats() or stats.none(), self.totals)
end

--- The rows of all pages, as a source.
---@param client costream.Client
---@param request { path: string, texts: table<string, string>, list: string,
---  paging: costream.Paging, credential: table, shape: costream.Shape,
---  resume: costream.Position?, deadline: number?, after: any?, rows_left: integer? }
---@param usage boolean? a row is a usage of a report, not the report
---@return table source
function M.rows(client, request, usage)
  local texts = {}
  for name, text in pairs(request.texts) do
    texts[name] = text
  end
  local resume, parameter = request.resume, request.paging.parameter
  texts[parameter] = resume and resume.offset or texts[parameter]
  return setmetatable({
    client = client,
    path = request.path,
    texts = texts,
    resume = resume,
    passed = resume or placed(answer.START, texts[parameter]),
    count = resume and resume.records > 0 and -1 or 0, -- the page of the cursor is none of ours
    list = request.list,
    paging = request.paging,
    shape = request.shape,
    usage = usage,
    credential = request.credential,
    deadline = request.deadline,
    after = request.after,
    rows_left = request.rows_left,
    numbers_text = client.values.numbers_text,
    seen = {},
    totals = stats.none(),
    ended = false,
  }, Pages)
end

local Whole = {}
Whole.__index = Whole

local function new_list()
  return setmetatable({}, core.list)
end

--- Behind the last row of a page: the page, or nil where it was given before; nil and an error.
local function finish_page(self, page)
  local rows = self.list
  self.list = new_list()
  self.passed = placed(self.rows.page_end, self.rows.page_end.offset)
  self.passed.inner = 1 -- the page as a whole
  if not self.given_before then
    page[self.rows.list] = rows
    return page
  end
  self.given_before = false
  if #rows > 0 then
    return nil, errors.new {
      kind = "changed", message = "the page that was read last has more rows than before",
    }
  end
end

--- The next page as one table: what surrounds the list, and the list; nil at the end; nil and
--- an error.
function Whole:next()
  while true do
    local row, failure, page = advance(self.rows)
    if page then
      page, failure = finish_page(self, page)
      if page or failure then
        return page, failure
      end
    elseif row == nil then
      return nil, failure
    else
      self.list[#self.list + 1] = row
    end
  end
end

--- Behind the last page that was given: `inner` is 1 where its last row is not all of it.
---@return costream.Position
function Whole:position()
  return self.passed
end

function Whole:start()
  self.rows:start()
end

function Whole:limit_rows(most)
  self.rows:limit_rows(most)
end

function Whole:retire()
  local after = self.rows:retire()
  self.rows_left = self.rows.rows_left
  return after
end

function Whole:close()
  self.rows:close()
end

function Whole:stats()
  return self.rows:stats()
end

--- The pages themselves, as a source.
---@param client costream.Client
---@param request table as for `rows`
---@return table source
function M.whole(client, request)
  local resume = request.resume
  local given_before = resume ~= nil and resume.inner > 0
  local rows = M.rows(client, request)
  local self = {
    rows = rows, list = new_list(), numbers_text = client.values.numbers_text,
    given_before = given_before, passed = rows:position(),
  }
  if given_before then
    rows.resume = { offset = resume.offset, records = resume.records, digest = resume.digest,
      inner = 0 }
    rows.count = -1
  end
  return setmetatable(self, Whole)
end

return M
