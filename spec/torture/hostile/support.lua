--- What the specs of hostile services share: places, a credential in all its dresses, clients of
--- the fault server, and what must not be found anywhere.

local assert = require "luassert"
local costream = require "costream"
local faults = require "faults_support"

local M = {}

local PIECE = 12 -- so much of a credential is too much
local STEP = 4

M.ROWS = '{"amount":1.5,"product":"A"}\n{"amount":2.5,"product":"B"}\n'
M.HOURLY, M.REPORTS = "/v2/hourly/consumption/", "/v1/resource-usage-reports"

M.tokens = {
  odd = 'canary/0123+"key"==\\tail~of~it',
  long = ("canaryOfManyLetters0123456789"):rep(8),
}

local first_run = faults.new_run()

--- A run's name that is known before any request.
function M.run_of(kind, number)
  return ("%s-%s-%d"):format(first_run, kind, number or 1)
end

local port = faults.url_of_server:match "%d+$"

--- Where whoever is led astray comes out: host and port.
M.thief = faults.thief:match "//(.*)"

--- Fills in the names of places, as they are in a run.
function M.place(text, run)
  local places = {
    origin = faults.url_of_server, port = port, thief = M.thief,
    thief_port = M.thief:match "%d+$", other = "127.0.0.2:" .. port,
    base = "/hostile/run=" .. run,
  }
  return (text:gsub("{([a-z_]+)}", places))
end

function M.in_hex(format)
  return function(byte)
    return format:format(byte:byte())
  end
end

local UNRESERVED = "[^%w%-%._~]"

--- Fills in a credential, in each of its dresses.
function M.tell(text, token)
  return (text:gsub("{([a-z_]+)}", {
    token = token,
    in_json = token:gsub(".", M.in_hex "\\u%04x"),
    in_url = token:gsub(UNRESERVED, M.in_hex "%%%02X"),
    in_hex = token:gsub(".", M.in_hex "%%%02X"),
    in_small_hex = token:gsub(UNRESERVED, M.in_hex "%%%02x"),
  }))
end

--- A JSON string of any bytes: what is not ASCII stays as it is.
function M.quoted(text)
  return '"' .. text:gsub('[%c"\\]', M.in_hex "\\u%04x") .. '"'
end

---------------------------------------------------------------- what must not be found

local function count(text, needle)
  local found, at = 0, 1
  while true do
    local first, last = text:find(needle, at, true)
    if not first then
      return found
    end
    found, at = found + 1, last + 1
  end
end

M.count = count

--- Pieces of a credential: any text that has a little more than one of its length has one.
local function pieces_of(token)
  local pieces = {}
  for _, dress in ipairs { "{token}", "{in_url}", "{in_small_hex}", "{in_json}" } do
    local text = M.tell(dress, token)
    for at = 1, #text - PIECE + 1, STEP do
      pieces[text:sub(at, at + PIECE - 1)] = true
    end
  end
  return pieces
end

local known_pieces = {}

--- Fails where a text has a piece of the credential, as it is or in another dress.
function M.assert_clean(text, token, where)
  known_pieces[token] = known_pieces[token] or pieces_of(token)
  for piece in pairs(known_pieces[token]) do
    if text:find(piece, 1, true) then
      error(("%s shows a credential: %s"):format(where, text:sub(1, 2000)), 2)
    end
  end
end

--- Fails where one of the strings that pairs() finds, from here on, has a piece of it: names and
--- values alike.
local function assert_dump_clean(root, token)
  local seen, waiting, strings = {}, { root }, {}
  while #waiting > 0 do
    local value = table.remove(waiting)
    if type(value) == "string" then
      strings[#strings + 1] = value
    elseif type(value) == "table" and not seen[value] then
      seen[value] = true
      for name, field in pairs(value) do
        waiting[#waiting + 1] = name
        waiting[#waiting + 1] = field
      end
    end
  end
  M.assert_clean(table.concat(strings, "\n"), token, "a field")
end

--- Fails where a text is more than a readable line.
function M.assert_printable(text)
  assert.is_nil(text:find "[%z\1-\31\127]", "not one printable line: " .. text)
  assert.is_nil(text:find("\226\128\174", 1, true), "it turns its line around")
  assert.is_true(#text < 1500)
end

--- Fails where what a program may print of a client, a stream and its error has the credential.
function M.assert_nothing_shown(client, stream, failure, token)
  for where, thing in pairs { client = client, stream = stream, error = failure } do
    M.assert_clean(tostring(thing), token, where)
    assert_dump_clean(thing, token)
  end
  if failure then
    M.assert_printable(tostring(failure))
    M.assert_printable(failure.message)
  end
  for name, value in pairs(stream:stats()) do
    M.assert_clean(name .. tostring(value), token, "stats")
  end
  M.assert_clean(stream:cursor(), token, "the cursor")
end

--- Reads a stream: its rows, its error, and what whoever traces that error sees.
local function read(stream)
  local rows, traced = {}, nil
  local ok, failure = xpcall(function()
    for row in stream do
      rows[#rows + 1] = row
    end
  end, function(raised)
    traced = debug.traceback(tostring(raised))
    return raised
  end)
  return { rows = rows, failure = not ok and failure or nil, traced = traced or "" }
end

--- Fails unless each request has the credential once, in the header where it belongs.
local function assert_sent_rightly(requests, token)
  local head = "\r\nAuthorization: Bearer " .. token .. "\r\n"
  for _, request in ipairs(requests) do
    assert.are.equal(1, count(request, head), request)
    M.assert_clean((request:gsub(head:gsub("%p", "%%%0"), "\r\n")), token, "the request")
  end
end

---------------------------------------------------------------- clients and answers

M.timeout = { connect = 2, stall = 3, total = 6 }

--- A client of OTC's in a run, that never retries.
function M.otc(run, token, more)
  local options = {
    token = token, base_url = faults.url("hostile", "run=" .. run), retry = false,
    timeout = M.timeout,
  }
  for name, value in pairs(more or {}) do
    options[name] = value
  end
  return costream.otc(options)
end

--- A client of IBM's in a run, that never retries.
function M.ibm(run, token)
  local url = faults.url("hostile", "run=" .. run)
  return costream.ibm {
    token = token, base_url = url, billing_url = url, retry = false, timeout = M.timeout,
  }
end

--- The script of an answer with these lines, a length and a body.
function M.http(lines, body)
  local length = "Content-Length: " .. #body
  return { { send = table.concat(lines, "\r\n") .. "\r\n" .. length .. "\r\n\r\n" .. body } }
end

--- The script of an answer with status 200.
function M.ok(body)
  return M.http({ "HTTP/1.1 200 OK" }, body)
end

--- The script of a redirect.
function M.redirect(location, status)
  return M.http({ "HTTP/1.1 " .. (status or "302 Found"), "Location: " .. location }, "")
end

---------------------------------------------------------------- queries

local Queries = {}
Queries.__index = Queries

--- Queries that are made one behind the other, before anything is asked about one of them.
function M.queries()
  return setmetatable({ waiting = {}, results = {}, stolen = {} }, Queries)
end

--- One more: under which run, with which credential, and what gives its client and its stream.
function Queries:add(run, token, open)
  table.insert(self.waiting, { run = run, token = token, open = open })
end

--- Makes them all.
function Queries:make()
  local before = #faults.seen "thief"
  for _, query in ipairs(self.waiting) do
    local client, stream = query.open()
    local result = read(stream)
    result.client, result.stream, result.token = client, stream, query.token
    self.results[query.run] = result
  end
  local seen = faults.all_seen(first_run)
  for run, result in pairs(self.results) do
    result.requests = seen[run] or {}
  end
  local stolen = faults.seen "thief"
  for i = before + 1, #stolen do
    table.insert(self.stolen, stolen[i])
  end
end

--- What came of one: its rows, error and requests; fails where the credential is shown, or
--- went elsewhere than it should.
function Queries:result(run)
  local result = assert(self.results[run], "the query was not made")
  local failure, token = result.failure, result.token
  assert.is_true(failure == nil or costream.is_error(failure), tostring(failure))
  M.assert_clean(result.traced, token, "the traceback")
  M.assert_nothing_shown(result.client, result.stream, failure, token)
  assert_sent_rightly(result.requests, token)
  return result.rows, failure, result.requests
end

--- Fails where one of them led to where nobody should have gone.
function Queries:assert_nothing_stolen()
  assert.are.same({}, self.stolen)
end

return M
