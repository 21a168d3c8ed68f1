--- The rows of one request's answer, sent as often as it takes: the source that clients build on.
--
-- A try that breaks is put down at the last row that was given. The next one reads these rows
-- again, proves them the same and gives those behind.

local conceal = require "costream.conceal"
local core = require "costream.core"
local failures = require "costream.answer_failure"
local request = require "costream.request"
local retry = require "costream.retry"
local secret = require "costream.secret"
local shape = require "costream.shape"
local stats = require "costream.stats"
local wait = require "costream.wait"

local M = {}

local Answer = {}
Answer.__index = Answer

--- Before the first row.
---@type costream.Position
M.START = { records = 0, digest = ("0"):rep(16), inner = 0 }
local START = M.START

local REDIRECTS = 5 -- in a row, of one request
local redirects = { [301] = true, [302] = true, [303] = true, [307] = true, [308] = true }

--- `timeout.total` counts from here, the wait for a token included.
local function set_deadline(self)
  local total = self.client.total
  self.deadline = self.deadline or total and core.now() + total
end

local function is_further(records, inner, passed)
  if records ~= passed.records then
    return records > passed.records
  end
  -- 0 is behind the last row of its record.
  return passed.inner > 0 and (inner == 0 or inner > passed.inner)
end

--- Where the answer stands `back` rows before the last one that the reader gave.
---@param back integer?
---@return costream.Position
function Answer:position(back)
  local passed = self.passed or START
  if self.reader and self.resumable then
    local records, digest, inner = self.reader:position(back or 0)
    if is_further(records, inner, passed) then
      return { records = records, digest = digest, inner = inner }
    end
  end
  return passed
end

--- Counts what the reader has brought; the next one goes on behind.
local function put_down(self)
  local reader = self.reader
  if not reader then
    return
  end
  local passed = self:position()
  if passed ~= (self.passed or START) then
    self.passed = passed
    self.tries:moved_on()
  end
  self.bytes = self.bytes + reader:bytes()
  self.sent, self.status = reader:sent(), reader:status()
  if self.rows_left then
    self.rows_left = self.rows_left - reader:rows()
  end
  self.reader = nil
  return reader
end

--- Lets the reader go, but for what the next one can use of it.
local function hand_over(self)
  local reader = put_down(self)
  if reader then
    reader:retire()
    self.after = reader
  end
end

local function failed_with(self, failure, retry_after)
  hand_over(self)
  local seconds = self.tries:again(failure, retry_after)
  local now = core.now()
  -- A moment early: what libcurl counts in is milliseconds.
  self.out_of_time = self.deadline ~= nil and now + (seconds or 0) >= self.deadline - 0.01
  if not seconds or self.out_of_time then
    return nil, failure
  end
  self.retries = self.retries + 1
  self.url, self.redirected = nil, 0
  self.timer = core.timer(seconds)
  return true
end

local function start(self)
  local allowed, failure = request.allow(self)
  if not allowed then
    return nil, failure
  end
  set_deadline(self)
  self.sent = false
  self.tries = self.tries or retry.begin(self.write and retry.NEVER or self.client.retry,
    self.client.budget)
  local token
  if self.credential then
    token, failure = self.credential:token(self.deadline)
    if not token then
      return nil, failure
    end
  end
  request.read_trusted(self)
  wait.pause_in_time() -- a request is work, too
  if self.closed or self.reader then
    return true -- while this waited: the stream may be read by several tasks
  end
  secret.keep(self, "token", token)
  self.reader, failure = request.send(self, token)
  if not self.reader then
    return failed_with(self, failure)
  end
  self.requests = self.requests + 1
  return true
end

--- Waits until it is time for the next try.
local function rest(self)
  wait.for_ready(self.rested)
  if self.timer and self.timer:passed() then
    self.timer:close()
    self.timer = nil
  end
  return true
end

--- True when the answer is refused for its token and another may be had: it is asked for again.
local function ask_again(self)
  if self.reader:status() ~= 401 or self.renewed or not self.credential then
    return false
  end
  self.renewed = true
  if not self.credential:renew(secret.of(self, "token")) then
    return false
  end
  hand_over(self)
  self.retries = self.retries + 1
  return true
end

--- True when the answer is elsewhere, where it may be asked for; else false, and perhaps why.
local function follow(self)
  if self.method ~= "GET" or not redirects[self.reader:status()] then
    return false
  end
  local client = self.client
  local from = self.url or client.base_url .. self.path
  local url, why = core.redirect(from, self.reader:header "Location" or "",
    client.request.allow_http)
  if url and self.redirected == REDIRECTS then
    url, why = nil, ("it is the redirect number %d in a row"):format(REDIRECTS + 1)
  end
  if not url then
    return false, "the redirect is not followed: " .. why
  end
  hand_over(self)
  self.url, self.redirected = url, self.redirected + 1
  return true
end

--- By its status: goes on where that is right; nil and an error.
local function refused(self)
  if ask_again(self) then
    return true
  end
  local followed, why = follow(self)
  if followed then
    return true
  end
  return failed_with(self, failures.refused(self, why), self.reader:retry_after())
end

--- How rows are to be read: what a plan needs to know of them.
function Answer:rows_are()
  local values = self.client.values
  return {
    known = self.shape and self.shape.fields, usage = self.usage,
    nulls = values.nulls, numbers_text = values.numbers_text,
  }
end

--- Takes what is wanted of each record, before the first is read.
function Answer:use(plan)
  self.plan = plan
end

--- The reader that rows are coming from; nil when there is none, for now.
function Answer:live()
  return self.reader
end

--- Sends the request without waiting for its answer, unless it was sent.
function Answer:start()
  self:go_on()
end

--- The answer may have so many rows; to be said before the first.
---@param most integer
function Answer:limit_rows(most)
  self.rows_left = most
  if self.reader then
    self.reader:limit_rows(most)
  end
end

--- Does what is to be done when the reader has no row, which it said with `state` (nil when there
--- is no reader): true when it may have one now; nil at the end; nil and an error.
---@param state any
---@param record any what state "unknown" is about
function Answer:go_on(state, record)
  if self.closed then
    return nil
  elseif self.timer then
    return rest(self)
  elseif not self.reader then
    return start(self)
  elseif state == nil then
    return true
  elseif state == "end" then
    self.aside = self.reader:aside()
    self.tries:moved_on()
    return nil
  elseif state == "wait" then
    wait.for_ready(self.ready)
    return true
  elseif state == "slice" then
    wait.pause()
    return true
  elseif state == "unknown" then
    return nil, failures.unknown(self, record)
  elseif state == "refused" then
    return refused(self)
  end
  return failed_with(self, failures.explained(self, state))
end

--- The next row; nil at the end; nil and an error.
function Answer:next()
  local state
  while true do
    local on, failure = self:go_on(state)
    if not on then
      return nil, failure
    end
    local row
    state = nil
    if self.reader then
      row, state = core.read(self.reader)
    end
    if row ~= nil then
      if self.shape and not shape.fits(self.shape, row) then
        return nil, failures.unknown(self, row)
      end
      return row
    end
  end
end

--- A text without the credential that was sent: a service's own words are not trusted with it.
---@param text string
---@return string
function Answer:conceal(text)
  return conceal(text, self:secrets())
end

--- What was sent that no message may show.
---@return string[]
function Answer:secrets()
  local secrets = { secret.of(self, "token") or secret.of(self, "secret") }
  secrets[#secrets + 1] = self.credential and secret.of(self.credential, "password")
  return secrets
end

--- What surrounded the answer's rows, once: it is not kept here.
---@return table?
function Answer:take_aside()
  local aside = self.aside
  self.aside = nil
  return aside
end

function Answer:close()
  if self.closed then
    return
  end
  local reader = put_down(self)
  for _, held in pairs { reader or false, self.after or false, self.timer or false } do
    if held then
      held:close()
    end
  end
  self.after, self.timer = nil, nil
  self.client.open[self] = nil
  self.closed = true
  if self.client.totals then
    stats.add(self.client.totals, self:stats())
  end
  wait.notice()
end

--- As close, but gives what the next answer can be read with faster, or nil: `after` in what it
--- is made of.
---@return any?
function Answer:retire()
  hand_over(self)
  local after = self.after
  self.after = nil
  self:close()
  return after
end

function Answer:stats()
  local under_way = self.reader and self.reader:bytes() or 0
  return { bytes = self.bytes + under_way, requests = self.requests, retries = self.retries }
end

--- A request, sent when the first row is asked for. `secret` is what its body must not give away;
--- `resume` is where to go on. Rows of an answer that is one `document` are not gone on behind:
--- it is read anew. A `write` changes something, and is not sent twice but for a token; what it
--- makes may have a key, in the answer's member `key`.
---@param client costream.Client
---@param asked { method: string?, path: string, headers: string[]?, body: string?,
---  write: boolean?, key: string?, framing: table?, credential: table?, secret: string?,
---  deadline: number?, shape: costream.Shape?, usage: boolean?, after: any?,
---  resume: costream.Position?, rows_left: integer? }
---@return table source
function M.new(client, asked)
  local framing = asked.framing or {}
  local self = setmetatable({
    client = client,
    method = asked.method or "GET",
    write = asked.write,
    key = asked.key,
    path = asked.path,
    headers = asked.headers,
    framing = framing,
    credential = asked.credential,
    shape = asked.shape,
    usage = asked.usage,
    deadline = asked.deadline,
    after = asked.after,
    resumable = framing.framing ~= "document",
    passed = asked.resume,
    rows_left = asked.rows_left or framing.framing ~= "document" and client.limits.rows or nil,
    numbers_text = client.values.numbers_text,
    requests = 0,
    retries = 0,
    redirected = 0,
    bytes = 0,
    closed = false,
  }, Answer)
  secret.keep(self, "body", asked.body)
  secret.keep(self, "secret", asked.secret)
  self.ready = function()
    return self.closed or not self.reader or self.reader:ready()
  end
  self.rested = function()
    return self.closed or not self.timer or self.timer:passed()
  end
  return self
end

return M
