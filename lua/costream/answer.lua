--- One request and the rows of its answer: the source that clients build on.

local check = require "costream.check"
local conceal = require "costream.conceal"
local core = require "costream.core"
local errors = require "costream.error"
local excerpt = require "costream.excerpt"
local refusal = require "costream.refusal"
local shape = require "costream.shape"
local task = require "costream.task"

local M = {}

local Answer = {}
Answer.__index = Answer

local function copy(table_, into)
  for name, value in pairs(table_) do
    into[name] = value
  end
  return into
end

--- `timeout.total` counts from here, the wait for a token included.
local function set_deadline(self)
  local total = self.client.total
  self.deadline = self.deadline or total and core.now() + total
end

--- Seconds that `timeout.total` leaves; nil without it.
local function time_left(self)
  return self.deadline and math.max(self.deadline - core.now(), 0.001)
end

--- What no message may show.
local function secret_of(self)
  return self.token or self.secret
end

local function send(self, token)
  local headers = copy(self.headers or {}, {})
  if token then
    headers[#headers + 1] = "Authorization: Bearer " .. token
  end
  local client = self.client
  local request = copy(client.request, {
    method = self.method, url = client.base_url .. self.path, headers = headers, body = self.body,
    total = time_left(self),
  })
  local how = { plan = self.plan, after = self.after }
  local reader = core.reader(copy(client.values, copy(self.framing, how)))
  self.after = nil
  local ok, failure = reader:request(request)
  if ok then
    self.reader = reader
    self.requests = self.requests + 1
    return true
  end
  if failure.kind == "misuse" then
    check.misuse(client.name .. ": " .. failure.message)
  end
  failure.attempts = 1
  return nil, errors.new(failure)
end

local function start(self)
  set_deadline(self)
  local token, failure
  if self.credential then
    token, failure = self.credential:token(self.deadline)
    if not token then
      return nil, failure
    end
  end
  if self.closed or self.reader then
    return true -- while this waited for the token: the stream may be read by several tasks
  end
  self.token = token
  return send(self, token)
end

local function drop_reader(self)
  if self.reader then
    self.bytes = self.bytes + self.reader:bytes()
    self.reader:close()
    self.reader = nil
  end
end

--- True when the answer is refused for its token and another may be had: it is asked for again.
local function ask_again(self)
  if self.reader:status() ~= 401 or self.renewed or not self.credential then
    return false
  end
  self.renewed = true
  if not self.credential:renew(self.token) then
    return false
  end
  drop_reader(self)
  self.retries = self.retries + 1
  return true
end

--- Notes whose answer a failure is about.
local function sign(self, failure)
  local status = self.reader:status()
  -- A server may have named it; a short one would only garble words that are none.
  local secret = secret_of(self)
  if secret and #secret >= 8 then
    failure.message = conceal(failure.message, secret)
  end
  failure.status = status > 0 and status or nil
  failure.request_id = failure.request_id or refusal.request_id(self.reader, secret_of(self))
  failure.attempts = 1 + self.retries
  return failure
end

--- Malformed text that is a web page gets a word on where it may come from.
local function explain(self, failure)
  local content_type = self.reader:header "Content-Type" or ""
  if failure.kind == "malformed" and content_type:lower():find("html", 1, true) then
    failure.message = ("the answer is a web page (%s), not JSON: %s"):format(
      excerpt(content_type, secret_of(self)), failure.message)
    failure.recovery = "A gateway or proxy may have answered instead of the service: "
      .. "check base_url and proxy."
  end
  if failure.kind == "timeout" and failure.message:find("timeout.total", 1, true) then
    -- The request had what was left of it.
    failure.message = ("not finished after %g s (timeout.total)"):format(self.client.total)
  end
  return sign(self, errors.new(failure))
end

local function refused(self)
  local what = self.method .. " " .. self.path:gsub("%?.*", "")
  local recoveries = self.client.recoveries
  return sign(self, refusal.new(self.reader, what, recoveries, secret_of(self)))
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

--- Does what is to be done when the reader has no row, which it said with `state` (nil when there
--- is no reader): true when it may have one now; nil at the end; nil and an error.
---@param state any
---@param record any what state "unknown" is about
function Answer:go_on(state, record)
  if self.closed then
    return nil
  elseif not self.reader then
    return start(self)
  elseif state == nil then
    return true
  elseif state == "end" then
    self.aside = self.reader:aside()
    return nil
  elseif state == "wait" then
    task.wait(self.ready)
    return true
  elseif state == "unknown" then
    return nil, sign(self, shape.failure(self.shape, record, secret_of(self)))
  elseif state ~= "refused" then
    return nil, explain(self, state)
  elseif ask_again(self) then
    return true
  end
  return nil, refused(self)
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
        return nil, sign(self, shape.failure(self.shape, row, secret_of(self)))
      end
      return row
    end
  end
end

function Answer:close()
  if not self.closed then
    drop_reader(self)
    if self.after then
      self.after:close()
      self.after = nil
    end
    self.closed = true
  end
end

--- As close, but gives what the next answer can be read with faster, or nil: `after` in what it
--- is made of.
---@return any?
function Answer:retire()
  local reader = self.reader
  if reader then
    self.bytes = self.bytes + reader:bytes()
    self.reader = nil
    reader:retire()
  end
  self:close()
  return reader
end

function Answer:stats()
  local under_way = self.reader and self.reader:bytes() or 0
  return { bytes = self.bytes + under_way, requests = self.requests, retries = self.retries }
end

--- A request, sent when the first row is asked for. `secret` is what its body must not give away.
---@param client costream.Client
---@param request { method: string?, path: string, headers: string[]?,
---  body: string?, framing: table?, credential: table?, secret: string?, deadline: number?,
---  shape: costream.Shape?, usage: boolean?, after: any? }
---@return table source
function M.new(client, request)
  local self = setmetatable({
    client = client,
    method = request.method or "GET",
    path = request.path,
    headers = request.headers,
    body = request.body,
    framing = request.framing or {},
    credential = request.credential,
    secret = request.secret,
    shape = request.shape,
    usage = request.usage,
    deadline = request.deadline,
    after = request.after,
    numbers_text = client.values.numbers_text,
    requests = 0,
    retries = 0,
    bytes = 0,
    closed = false,
  }, Answer)
  self.ready = function()
    return self.closed or not self.reader or self.reader:ready()
  end
  return self
end

--- The one JSON object that an answer is; nil and an error.
---@param answer table
---@return table? document
---@return costream.Error? failure
function M.document(answer)
  local document, failure = answer:next()
  if document ~= nil then
    local more
    more, failure = answer:next()
    local object = type(document) == "table" and getmetatable(document) ~= core.list
    if more ~= nil or not failure and not object then
      failure = errors.new {
        kind = "malformed",
        message = ("%s %s: expected one JSON object"):format(answer.method, answer.path),
      }
    end
  end
  answer:close()
  if failure then
    return nil, failure
  end
  return document
end

return M
