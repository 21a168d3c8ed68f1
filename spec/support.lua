--- What the specs share: clients of the sandbox, its ledger, and small tools.

local core = require "costream.core"
local costream = require "costream"
local decode = require "costream.decode"

local M = {}

M.url = os.getenv "COSTREAM_SANDBOX"
  or error "run the specs with spec/run, which starts a sandbox"
M.tls_url = os.getenv "COSTREAM_SANDBOX_TLS"
M.ca_file = os.getenv "COSTREAM_SANDBOX_CA"

local function merge(defaults, options)
  for name, value in pairs(options or {}) do
    defaults[name] = value
  end
  return defaults
end

--- The sandbox's URL with controls such as "rows=10,gzip=on".
function M.controls(controls, url)
  return (url or M.url) .. (controls and "/~" .. controls or "")
end

--- How much of a long test is done: `make torture` does all of it.
function M.amount(short, long)
  return os.getenv "COSTREAM_TORTURE" == "long" and long or short
end

--- An OTC client of the sandbox, which tries nothing again unless told to.
function M.otc(controls, options)
  return costream.otc(merge({
    token = "otc-sandbox-token", base_url = M.controls(controls), retry = false,
  }, options))
end

--- An IBM client of the sandbox; IAM is told the same controls.
function M.ibm(controls, options)
  return costream.ibm(merge({
    apikey = "ibm-sandbox-key", base_url = M.controls(controls), iam_url = M.controls(controls),
    retry = false,
  }, options))
end

--- Seconds from some moment on.
M.now = core.now

local serial = 0

--- A name for a run of its own in the sandbox's ledger.
function M.new_id(prefix)
  serial = serial + 1
  return ("%s-%d-%d"):format(prefix, serial, math.floor(os.clock() * 1e6))
end

local function read(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read "*a"
  pipe:close()
  return text
end

M.read_command = read

--- The program that runs the specs: "lua5.4", "luajit".
function M.interpreter()
  local first = 0
  while arg[first - 1] do
    first = first - 1
  end
  return arg[first]
end

--- The sandbox's counters of a run.
function M.ledger(id)
  return decode(read(("curl -s '%s/sandbox/ledger/%s'"):format(M.url, id)))
end

--- The last requests of a run, as the sandbox saw them.
function M.requests(id)
  return decode(read(("curl -s '%s/sandbox/requests/%s'"):format(M.url, id)))
end

--- Can this Lua suspend a coroutine in the `for` that reads a stream? PUC Lua 5.1 cannot: there
--- tasks run one after the other, and hosts wait with them.
M.suspends = _VERSION ~= "Lua 5.1" or rawget(_G, "jit") ~= nil

--- Leaves a test out where a Lua cannot do that.
---@param pending function of busted's
function M.needs_suspension(pending)
  if not M.suspends then
    pending "PUC Lua 5.1 suspends no coroutine that reads a stream"
  end
end

--- Leaves a test out where `assert` raises no error but a text: PUC Lua 5.1 and 5.2.
---@param pending function of busted's
function M.needs_assert_of_tables(pending)
  if type(M.raised(assert, nil, {})) ~= "table" then
    pending "the assert of this Lua complains about an error that is a table"
  end
end

--- Waits, at most some seconds, until `done()` is true; true when it is.
function M.eventually(done, seconds)
  for _ = 1, (seconds or 3) * 20 do
    if done() then
      return true
    end
    os.execute "sleep 0.05"
  end
  return false
end

--- What a function raises; fails when it raises nothing.
function M.raised(fn, ...)
  local ok, failure = pcall(fn, ...)
  assert(not ok, "expected an error, but none was raised")
  return failure
end

--- Reads a stream to its end in a `for`: its rows, and what it raised.
function M.drain(stream)
  local rows = {}
  local ok, failure = pcall(function()
    for row in stream do
      rows[#rows + 1] = row
    end
  end)
  return rows, not ok and failure or nil
end

return M
