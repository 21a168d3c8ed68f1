--- The fault server, as specs see it: sets of scripts, and what was asked of them.

local decode = require "costream.decode"
local support = require "support"

local M = {}

M.url_of_server = os.getenv "COSTREAM_FAULTS"
  or error "run the specs with spec/run, which starts a fault server"
M.thief = os.getenv "COSTREAM_FAULTS_THIEF"
M.hasty = M.url_of_server:gsub("127%.0%.0%.1", "127.0.0.3")

local control = os.getenv "COSTREAM_FAULTS_CONTROL"

local function quote_byte(byte)
  return ("\\u%04x"):format(byte:byte())
end

-- Unlike any JSON of the product's this writes bytes: each is the character of its number.
local function write(value)
  if type(value) == "string" then
    return '"' .. value:gsub('[%c"\\\127-\255]', quote_byte) .. '"'
  elseif type(value) ~= "table" then
    return tostring(value)
  end
  local parts = {}
  if #value > 0 or next(value) == nil then
    for i, one in ipairs(value) do
      parts[i] = write(one)
    end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for name, one in pairs(value) do
    parts[#parts + 1] = write(name) .. ":" .. write(one)
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

-- As they come from the server: UTF-8 whose characters are bytes.
local function to_bytes(text)
  return (text:gsub("([\194\195])([\128-\191])", function(first, second)
    return string.char((first:byte() - 192) * 64 + second:byte() - 128)
  end))
end

local function call(method, path, more)
  return support.read_command(("curl -sg -X %s %s '%s%s'"):format(method, more or "", control,
    path))
end

--- Gives a set its answers, in place of those it had.
---@param name string
---@param answers table<string, table> by path and query, path alone or "*": a script, which is a
---  list of steps; or { turns = { script, ... } } for the first answer, the second ...
function M.set(name, answers)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(write(answers))
  file:close()
  local said = call("PUT", "/sets/" .. name, "-H Expect: --data-binary @" .. path)
  os.remove(path)
  if said ~= "ok" then
    error(("the fault server does not take the set %s: %s"):format(name, said), 2)
  end
end

--- A name for a run that no other has, also under another Lua.
---@return string
function M.new_run()
  return support.new_id(("run-%d"):format(math.floor(support.now() * 1e6)))
end

--- The base_url of a client.
---@param name string of a set
---@param parameters string? as "cut=5,how=rst,times=1,run=some": see spec/faults/README.md
---@return string
function M.url(name, parameters)
  return ("%s/%s/%s"):format(M.url_of_server, name, parameters or "-")
end

--- A step that sends a right HTTP answer.
---@param made { status: integer?, headers: string[]?, body: string?, gzip: boolean?,
---  framing: "length"|"chunked"|"close"|nil, chunk: integer? }
---@return table step
function M.answer(made)
  return { answer = made }
end

--- The bytes of a set's first answer for a path and query.
---@param name string
---@param target string
---@return string
function M.bytes(name, target)
  return call("GET", "/bytes/" .. name .. target)
end

local function requests_of(texts)
  for i, text in ipairs(texts) do
    texts[i] = to_bytes(text)
  end
  return texts
end

--- What was received in a run: each request with its head and its body. That of the thief's port
--- is "thief".
---@param run string
---@return string[]
function M.seen(run)
  return requests_of(decode(call("GET", "/seen/" .. run)))
end

--- The same for all runs whose names begin so.
---@param prefix string
---@return table<string, string[]> by run
function M.all_seen(prefix)
  local runs = decode(call("GET", "/seen/" .. prefix .. "*"))
  for _, texts in pairs(runs) do
    requests_of(texts)
  end
  return runs
end

--- How many connections and requests there were in a run, and how many of them were cut.
---@param run string
---@return { connections: integer, requests: integer, cuts: integer }
function M.counts(run)
  return decode(call("GET", "/counts/" .. run))
end

--- The same for all runs whose names begin so.
---@param prefix string
---@return table<string, table> by run
function M.all_counts(prefix)
  return decode(call("GET", "/counts/" .. prefix .. "*"))
end

--- Forgets a run.
---@param run string
function M.forget(run)
  call("DELETE", "/runs/" .. run)
end

return M
