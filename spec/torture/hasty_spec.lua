--- Services that answer before they were asked.

local costream = require "costream"
local faults = require "faults_support"
local parts = require "torture.answers.parts"
local support = require "support"

--- What comes of an answer that is there before the request: rows, and an error.
local function read(...)
  faults.set("hasty", { ["*"] = { ... } })
  local client = costream.otc {
    token = "some-token", base_url = faults.hasty, retry = false, timeout = { stall = 5 },
  }
  return support.drain(client:hourly())
end

local function send(bytes)
  return { send = bytes }
end

local function assert_fails(kind, rows, failure)
  assert.are.equal(0, #rows)
  assert.are.equal(kind, failure.kind, tostring(failure))
  return failure
end

describe("an answer that comes before its request", function()
  it("is the answer where it is whole", function()
    for _, ending in ipairs { "hang", "close" } do
      local rows, failure = read(send(parts.ok(nil, "Connection: close")), ending)
      assert.is_nil(failure and tostring(failure))
      assert.are.equal(3, #rows)
    end
  end)

  it("is an error where it is one", function()
    for _, line in ipairs { "408 Request Timeout", "503 Service Unavailable" } do
      local rows, failure = read(send(parts.status(line, "no", "Connection: close")), "close")
      assert.are.equal(tonumber(line:match "%d+"), assert_fails("http", rows, failure).status)
    end
  end)

  it("is incomplete where it is cut", function()
    assert_fails("incomplete", read(send(parts.ok():sub(1, -80)), "close"))
  end)

  it("is malformed where it is none", function()
    assert_fails("malformed", read(send "220 mail ESMTP\r\n", "close"))
    assert_fails("malformed", read(send "SSH-2.0-OpenSSH_9.2\r\n", "close"))
  end)

  it("is of kind network where it is nothing", function()
    assert_fails("network", read "close")
  end)

  it("is not taken together with the one behind it", function()
    local rows, failure = read(send(parts.ok(nil, "Connection: close") .. parts.ok()), "close")
    assert.is_nil(failure)
    assert.are.equal(3, #rows)
  end)
end)
