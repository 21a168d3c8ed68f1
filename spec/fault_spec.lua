--- Connections that break, servers that are silent or send too much: what kind of error that is.

local core = require "costream.core"
local servers = require "servers"
local support = require "support"

local running

--- Asks one of the servers: the answer's rows, or nil and the failure, and the seconds it took.
local function ask(name, options, scheme)
  options = options or {}
  options.base_url = ("%s://127.0.0.1:%d"):format(scheme or "http", running.ports[name])
  local before = core.now()
  local rows, failure = support.otc(nil, options):hourly():collect()
  return rows, failure, core.now() - before
end

local function assert_fails(kind, text, name, options, scheme)
  local rows, failure, seconds = ask(name, options, scheme)
  assert.is_nil(rows)
  assert.are.equal(kind, failure.kind, failure.message)
  assert.matches(text, failure.message, 1, true)
  return failure, seconds
end

--- Makes one request by hand, of which not all can be said by a client's options.
local function request(name, fields)
  local reader = core.reader { framing = "array" }
  local wanted = {
    method = "GET", url = ("http://127.0.0.1:%d/"):format(running.ports[name]), connect = 5,
    stall = 5,
  }
  for field, value in pairs(fields) do
    wanted[field] = value
  end
  local before = core.now()
  assert(reader:request(wanted))
  local rows = 0
  while true do
    local row, word, failure = core.read(reader)
    if row ~= nil then
      rows = rows + 1
    elseif word == "wait" then
      while not reader:ready() do
        core.wait()
      end
    else
      reader:close()
      return rows, failure or word, core.now() - before
    end
  end
end

setup(function()
  running = servers.start "fault_server.py"
end)

teardown(function()
  running.close()
end)

describe("a connection that breaks", function()
  for _, name in ipairs { "handshake-end", "handshake-reset", "handshake-cut" } do
    it("in the TLS handshake is of kind network: " .. name, function()
      assert_fails("network", "", name, nil, "https")
    end)
  end

  it("is another thing than an answer that is no TLS, or refuses it: kind tls", function()
    assert_fails("tls", "", "no-tls", nil, "https")
    assert_fails("tls", "handshake failure", "alert", nil, "https")
  end)

  it("in the body is of kind network or incomplete", function()
    local rows, failure = ask "body-reset"
    assert.is_nil(rows)
    assert.is_true(failure.kind == "network" or failure.kind == "incomplete", failure.message)
  end)
end)

describe("a server that is silent", function()
  it("in the TLS handshake is over timeout.connect", function()
    local _, seconds = assert_fails("timeout", "timeout.connect", "silent",
      { timeout = { connect = 0.3 } }, "https")
    assert.is_true(seconds >= 0.29 and seconds < 5) -- and the default is 10
  end)

  it("behind a request is over timeout.stall", function()
    local _, seconds = assert_fails("timeout", "timeout.stall", "silent",
      { timeout = { stall = 0.5 } })
    assert.is_true(seconds >= 0.49 and seconds < 0.9)
  end)

  it("behind a POST is over it, too, and no later", function()
    local _, failure, seconds = request("silent", { method = "POST", body = "x", stall = 0.5 })
    assert.are.equal("timeout", failure.kind)
    assert.matches("timeout.stall", failure.message, 1, true)
    assert.is_true(seconds >= 0.49 and seconds < 0.9)
  end)
end)

describe("headers", function()
  local function fails(name, fields, text)
    local _, failure = request(name, fields)
    assert.are.equal("limit", failure.kind, failure.message)
    assert.matches(text, failure.message, 1, true)
  end

  it("may be 200 KiB together", function()
    local rows, word = request("headers-200k", {})
    assert.are.same({ 0, "end" }, { rows, word })
  end)

  it("of more than 256 KiB are over limits.header_bytes", function()
    fails("headers-300k", {}, "262144 bytes (limits.header_bytes)")
    fails("headers-300k", { header_bytes = 1e9 }, "262144 bytes (limits.header_bytes)")
  end)

  it("may be limited to less", function()
    fails("headers-2k", { header_bytes = 1000 }, "1000 bytes (limits.header_bytes)")
    assert.are.equal(0, (request("headers-2k", { header_bytes = 4000 })))
  end)

  it("with one line of more than libcurl's 100 KiB are a limit", function()
    fails("line-200k", {}, "100 KiB")
  end)

  it("behind the body count: a trailer of more than libcurl's 4 KiB is a limit", function()
    fails("long-trailer", {}, "4 KiB")
  end)

  it("of answers before the answer count", function()
    fails("interim", {}, "limits.header_bytes")
  end)
end)

describe("a gzip body", function()
  it("is over limits.ratio where it holds 500 times its bytes, behind a mebibyte", function()
    local _, failure = request("bomb", {})
    assert.are.equal("limit", failure.kind)
    assert.matches("500 times as many bytes as were sent (limits.ratio)", failure.message, 1,
      true)
  end)

  it("is not judged before that mebibyte", function()
    assert.are.equal(0, (request("bomb-of-a-mebibyte", {})))
  end)

  it("may be allowed more, or less", function()
    assert.are.equal(300000, (request("rows", {})))
    local _, failure = request("rows", { ratio = 2 })
    assert.matches("over 2 times", failure.message, 1, true)
    local _, other = request("bomb", { ratio = 2000 })
    assert.are_not.equal("limit", other.kind)
  end)
end)
