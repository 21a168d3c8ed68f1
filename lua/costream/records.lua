--- Streams over bytes that are already here.

local check = require "costream.check"
local core = require "costream.core"
local errors = require "costream.error"
local host = require "costream.host"
local limits = require "costream.limits"
local reader_options = require "costream.reader_options"
local stream = require "costream.stream"
local wait = require "costream.wait"

local M = {}

---@class costream.RecordsOptions
---@field path string? where the list is in an envelope: "reports[]", "data.items[]"
---@field framing "array"|"lines"? how the records stand; default: told by the first byte
---@field nulls boolean? null is `costream.null` instead of nil
---@field numbers "text"? every number as the string that was written
---@field limits costream.Limits?

local known = { path = true, framing = true, nulls = true, numbers = true, limits = true }

local NO_TOTAL = "Do not use the rows delivered so far as a total: the text is wrong there."

local function framing_of(options)
  local path, framing = options.path, options.framing
  if framing ~= nil and framing ~= "array" and framing ~= "lines" then
    check.misuse(('records: options.framing: expected "array" or "lines", got %s'):format(
      check.show(framing)))
  end
  if path == nil then
    return framing
  end
  check.type("records: options.path", path, "string")
  if path:find "%z" or not core.path_valid(path) then
    check.misuse(('records: options.path: expected names joined by "." and "[]" at the end, as '
      .. 'in "data.reports[]", got %s'):format(check.show(path)))
  end
  if framing then
    check.misuse "records: options.framing: not together with options.path"
  end
  return "envelope"
end

local function check_options(options)
  check.type("records: options", options, "table")
  check.names("records: options", options, known)
  local reader = reader_options("records: options.", options)
  for name, limit in pairs(limits.of_text("records: options.limits", options.limits)) do
    reader[name] = limit
  end
  reader.framing = framing_of(options)
  reader.sliced = true
  reader.path = options.path
  return reader
end

--- How the next chunk is had: a function giving text, nil at the end, or nil and a message; or
--- nil and a file, which the reader reads itself.
local function chunks_of(source)
  if type(source) == "string" then
    local given = false
    return function()
      if not given then
        given = true
        return source
      end
    end
  end
  if type(source) == "function" then
    return source
  end
  local kind = io.type(source)
  if kind == "closed file" then
    check.misuse "records: source: the file is closed"
  end
  if kind ~= "file" then
    check.misuse("records: source: expected a string, an open file or a function, got "
      .. (source == nil and "nothing" or check.show(source)))
  end
  return nil, source
end

local Source = {}
Source.__index = Source

--- The next chunk of the source. A function may wait, so that another task comes here meanwhile:
--- it waits for the same chunk.
local function next_chunk(self)
  self.fetching, self.fetcher[1] = true, host.running()
  local ok, chunk, message = pcall(self.chunks)
  self.fetching, self.fetcher[1] = false, nil
  if not ok then
    self.broken = true -- what the function was about to give may be lost
    error(chunk, 0)
  end
  return chunk, message
end

local function failed(message)
  return nil, errors.new {
    kind = "incomplete",
    message = "the source failed: " .. tostring(message),
    recovery = "Do not use the rows delivered so far as a total: read the source again.",
  }
end

local function feed_file(self)
  if io.type(self.file) ~= "file" then
    return failed "the file was closed"
  end
  local length, message = self.reader:fill(self.file)
  if not length then
    return failed(message)
  elseif length == 0 then
    self.reader:finish(self.empty_allowed)
  end
  return true
end

--- Is the coroutine gone that was fetching, with the chunk that it was to bring?
local function is_left(self)
  local fetcher = self.fetcher[1]
  return self.fetching and (fetcher == nil or host.status(fetcher) == "dead")
end

local function check_not_in_source(self)
  local fetcher = self.fetcher[1]
  if fetcher == host.running() or fetcher ~= nil and host.status(fetcher) == "normal" then
    check.misuse "records: source: the function reads the stream that it feeds"
  end
end

--- Waits until another coroutine has fetched its chunk; nil and an error when it never will.
local function await_chunk(self)
  check_not_in_source(self)
  local waited = wait.for_others(function()
    return not self.fetching or is_left(self)
  end)
  if is_left(self) then
    return nil, errors.new {
      kind = "cancelled",
      message = "the coroutine that was reading the source was left",
      recovery = "Do not use the rows delivered so far as a total: read the source again.",
    }
  elseif not waited then
    check.misuse("records: source: another coroutine waits in the function, and cannot go on "
      .. "before this one: let it, or read the stream in one coroutine")
  end
  return true
end

--- Hands the reader more bytes; nil and an error when the source failed.
function Source:feed()
  if self.file then
    return feed_file(self)
  end
  while self.at > #self.chunk do
    if self.fetching then
      return await_chunk(self)
    end
    local chunk, message = next_chunk(self)
    if self.closed then
      return true
    end
    if chunk == nil and message ~= nil then
      return failed(message)
    end
    if chunk == nil then
      self.reader:finish(self.empty_allowed)
      return true
    end
    if type(chunk) ~= "string" then
      check.misuse(("records: source: the function must return a string or nil, got %s"):format(
        check.show(chunk)))
    end
    self.chunk, self.at = chunk, 1
  end
  self.at = self.reader:feed(self.chunk, self.at)
  return true
end

function Source:rows_are()
  return { nulls = self.options.nulls, numbers_text = self.numbers_text }
end

function Source:use(plan)
  self.options.plan = plan
  self.reader = core.reader(self.options)
end

function Source:live()
  return not self.closed and self.reader or nil
end

--- As of an answer: feeds the reader when it has no row.
function Source:go_on(state)
  if self.closed or state == "end" then
    return nil
  elseif state == nil then
    return true
  elseif state == "slice" or state == "wait" and self.has_fed and core.slice_over() then
    -- Where rows are only added up, nothing else looks at the clock.
    self.has_fed = false
    wait.pause()
    return true
  elseif state == "wait" then
    self.has_fed = true
    return self:feed()
  end
  state.recovery = state.recovery or state.kind ~= "limit" and NO_TOTAL or nil
  return nil, errors.new(state)
end

function Source:stats()
  local read = self.reader and not self.closed and self.reader:bytes() or 0
  return { bytes = self.bytes or read, requests = 0, retries = 0 }
end

function Source:close()
  self.bytes = self:stats().bytes
  self.closed = true
  if self.reader then
    self.reader:close()
  end
  self.chunk, self.at, self.chunks, self.file = "", 1, nil, nil
end

--- A stream over bytes that are already here.
---@param source string|file*|fun(): string?, string? text, an open file, or a function that gives
---  the next chunk, nil at the end, or nil and a message when it failed
---@param options costream.RecordsOptions?
---@return costream.Stream
function M.open(source, options)
  local reader = check_options(options or {})
  local chunks, file = chunks_of(source)
  local self = setmetatable({
    chunks = chunks,
    fetching = false,
    fetcher = setmetatable({}, { __mode = "v" }),
    file = file,
    chunk = "",
    at = 1,
    empty_allowed = reader.framing == "lines",
    options = reader,
    numbers_text = reader.numbers_text,
  }, Source)
  return stream.new("records", self)
end

return M
