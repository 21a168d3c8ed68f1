--- One try of a request: what is sent, and whether it may be.

local check = require "costream.check"
local core = require "costream.core"
local errors = require "costream.error"
local secret = require "costream.secret"
local wait = require "costream.wait"

local M = {}

local function copy(table_, into)
  for name, value in pairs(table_) do
    into[name] = value
  end
  return into
end

--- Seconds that `timeout.total` leaves; nil without it.
local function time_left(self)
  return self.deadline and math.max(self.deadline - core.now(), 0.001)
end

--- The connections and what waits for them are the parent's.
local function check_process(client)
  if client.pid ~= core.pid() then
    check.misuse(("%s: this client was made before fork, in process %d, and this is process %d: "
      .. "make a client of its own here"):format(client.name, client.pid, core.pid()))
  end
end

local function open_count(client)
  local count = 0
  for _ in pairs(client.open) do
    count = count + 1
  end
  return count
end

--- Could so many more streams be open? Those that nobody holds count until they are collected.
---@param client costream.Client
---@param count integer
---@return boolean
function M.has_room(client, count)
  return open_count(client) + count <= client.limits.streams
end

--- Counts an answer's stream in; nil and an error when there are too many.
local function count_in(self)
  local client = self.client
  local most = client.limits.streams
  if not client.open[self] and open_count(client) >= most then
    wait.collect() -- streams that nobody holds are not open
    wait.collect()
    if open_count(client) >= most then
      return nil, errors.new {
        kind = "limit",
        message = ("%d streams of this client are open (limits.streams)"):format(most),
        recovery = "Close streams that are not read any more, or raise limits.streams.",
      }
    end
  end
  client.open[self] = true
  return true
end

--- Throws where the client must not be used; nil and an error where there are too many streams.
---@param answer table
---@return true? allowed
---@return costream.Error? failure
function M.allow(answer)
  check_process(answer.client)
  if not answer.resumable then
    return true -- one document, no stream
  end
  return count_in(answer)
end

--- Reads the certificates that the answer's server is checked with, once, a few at a time.
---@param answer table
function M.read_trusted(answer)
  local client = answer.client
  local url = answer.url or client.base_url
  while url:find "^[Hh][Tt][Tt][Pp][Ss]:" and not core.read_trusted(client.request.ca_file) do
    wait.pause_in_time()
  end
end

--- Sends it: a reader of the answer; nil and an error. A write may have an answer without body.
---@param answer table
---@param token string?
---@return userdata? reader
---@return costream.Error? failure
function M.send(answer, token)
  local client = answer.client
  local headers = copy(answer.headers or {}, {})
  if token then
    headers[#headers + 1] = ("Authorization: %s %s"):format(answer.credential.scheme, token)
  end
  local reader = core.reader(copy(client.values, copy(answer.framing, {
    sliced = true, plan = answer.plan, after = answer.after, rows = answer.rows_left,
    digest = answer.resumable, resume = answer.passed, empty_allowed = answer.write,
  })))
  answer.after = nil
  local ok, failure = reader:request(copy(client.request, {
    method = answer.method, url = answer.url or client.base_url .. answer.path, headers = headers,
    body = secret.of(answer, "body"), proxy = secret.of(client, "proxy"),
    total = time_left(answer), write = answer.write,
  }))
  if ok then
    return reader
  end
  if failure.kind == "misuse" then
    check.misuse(client.name .. ": " .. failure.message)
  end
  failure.attempts = 1 + answer.retries
  return nil, errors.new(failure)
end

return M
