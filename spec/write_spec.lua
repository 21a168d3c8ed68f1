--- Changes that break on their way: never repeated by themselves, and said to be in doubt.

local costream = require "costream"
local endpoints = require "endpoint_support"
local faults = require "faults_support"

local NAME = { name = "Operations" }
local eager = { retry = { tries = 5, base = 0.001, cap = 0.002 }, timeout = { stall = 0.2 } }
local DOUBT = "It may have been carried out all the same: look with "
  .. "ibm:account_group(account_group_id) before you ask for it again."
local LOST = "The service took it, but what it said of it is lost: look with "
  .. "ibm:account_group(account_group_id) before you ask for it again."

--- Changes an account group where this is what is said, with a client that repeats what it may.
local function change(said, options, parameters)
  local given = {}
  for _, part in ipairs { eager, options or {} } do
    for name, value in pairs(part) do
      given[name] = value
    end
  end
  local client, server = endpoints.ibm({ ["*"] = said }, given, parameters)
  local done, failure = client:update_account_group("g", NAME)
  return done, failure, server
end

local function assert_once(server)
  assert.are.same({ "PATCH /v1/account-groups/g" }, server.lines())
end

describe("a change that breaks on its way", function()
  local broken = {
    ["is reset"] = { "network", { "reset" } },
    ["gets no answer"] = { "network", { "close" } },
    ["gets no answer in time"] = { "timeout", { "hang" } },
    ["gets half a head"] = { "network", { { send = "HTTP/1.1 204 No Con" }, "close" } },
    ["is answered with an error"] = { "malformed", { faults.answer {
      body = '{"errors":[{"message":"no"}]}',
    } } },
    ["gets what is no HTTP"] = { "malformed", { { send = "SSH-2.0-OpenSSH\r\n\r\n" }, "close" } },
  }
  for name, case in pairs(broken) do
    it(("is sent once, and said to be in doubt, where it %s"):format(name), function()
      local done, failure, server = change(case[2])
      assert.is_nil(done)
      assert.are.equal(case[1], failure.kind)
      assert.are.equal(DOUBT, failure.recovery)
      assert.are.equal(1, failure.attempts)
      assert_once(server)
    end)
  end

  local taken = {
    ["is cut"] = { "incomplete", {
      { send = "HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{" }, "close",
    } },
    ["is no JSON"] = { "malformed", { faults.answer { status = 201, body = "<html>" } } },
    ["is a list"] = { "malformed", { faults.answer { body = "[]" } } },
    ["is a number"] = { "malformed", { faults.answer { status = 202, body = "1" } } },
    ["is two objects"] = { "malformed", { faults.answer { body = "{}{}" } } },
    ["nothing proves whole"] = { "incomplete", { faults.answer {
      body = "", framing = "close",
    } } },
  }
  for name, case in pairs(taken) do
    it(("is sent once, and said to be lost, where its answer %s"):format(name), function()
      local done, failure, server = change(case[2])
      assert.is_nil(done)
      assert.are.equal(case[1], failure.kind)
      assert.are.equal(LOST, failure.recovery)
      assert_once(server)
    end)
  end

  for _, how in ipairs { "fin", "rst" } do
    it("is in doubt or right, and sent once, at whichever byte its answer ends: " .. how,
      function()
        local said = faults.answer { status = 201, body = '{"account_group_id":"g"}' }
        local cut, last = 0
        repeat
          local parameters = ("cut=%d,how=%s"):format(cut, how)
          local done, failure, server = change({ said }, nil, parameters)
          assert_once(server)
          assert.is_true(done ~= nil or failure.recovery == DOUBT or failure.recovery == LOST)
          cut, last = cut + 5, done
        until last
        assert.are.equal("g", last.account_group_id)
        assert.is_true(cut > 100)
      end)
  end

  it("is in doubt where its answer is over a limit", function()
    local _, failure, server = change(
      { status = 201, body = '{"a":"' .. ("x"):rep(5000) .. '"}' },
      { limits = { record_bytes = 1000 } })
    assert.are.equal("limit", failure.kind)
    assert.are.equal(LOST, failure.recovery)
    assert_once(server)
  end)

  it("is sent once on a connection that was kept, too", function()
    local client, server = endpoints.ibm({
      ["/v1/account-groups/h"] = '{"id":"h"}', ["/v1/account-groups/g"] = { "close" },
    }, eager)
    assert(client:account_group "h")
    local _, failure = client:update_account_group("g", NAME)
    assert.are.equal(DOUBT, failure.recovery)
    assert.are.same({ "GET /v1/account-groups/h", "PATCH /v1/account-groups/g" }, server.lines())
  end)

  it("is not in doubt where there was no connection", function()
    local client = costream.ibm { token = "t", base_url = "http://127.0.0.1:1" }
    local _, failure = client:update_account_group("g", NAME)
    assert.are.equal("network", failure.kind)
    assert.is_nil(failure.recovery:find("carried out", 1, true))
  end)
end)

describe("a change that is refused", function()
  for _, status in ipairs { 408, 500, 502, 503, 504 } do
    it(("with %d is sent once, and said to be in doubt"):format(status), function()
      local _, failure, server = change { status = status, body = "{}" }
      assert.are.equal(status, failure.status)
      assert.are.equal(DOUBT, failure.recovery)
      assert_once(server)
    end)
  end

  for _, status in ipairs { 400, 403, 404, 409, 429 } do
    it(("with %d is sent once, and was not carried out"):format(status), function()
      local _, failure, server = change { status = status, body = "{}",
        headers = { "Retry-After: 0" } }
      assert.are.equal(status, failure.status)
      assert.is_nil(failure.recovery:find("carried out", 1, true))
      assert_once(server)
    end)
  end

  for _, status in ipairs { 301, 302, 303, 307, 308 } do
    it(("with %d is not sent elsewhere, on the same origin either"):format(status), function()
      local _, failure, server = change { status = status, headers = { "Location: ./h" } }
      assert.are.equal(status, failure.status)
      assert.matches("Changes are not sent to where a redirect leads", failure.recovery, 1, true)
      assert_once(server)
    end)
  end

  for _, status in ipairs { 203, 205, 206 } do
    it(("with %d, which no change is answered with, is in doubt"):format(status), function()
      local done, failure, server = change { status = status, body = "{}" }
      assert.is_nil(done)
      assert.are.equal(LOST, failure.recovery)
      assert_once(server)
    end)
  end
end)

describe("a change whose token was refused", function()
  local function tokens()
    local count = 0
    return function()
      count = count + 1
      return "token-number-" .. count
    end
  end

  it("is sent once more with a fresh one", function()
    local done, failure, server = change({ turns = {
      { faults.answer { status = 401, body = "{}" } }, { faults.answer { status = 204 } },
    } }, { token = tokens() })
    assert.is_nil(failure)
    assert.is_true(done)
    assert.are.equal(2, #server.lines())
    assert.matches("Bearer token-number-2\r\n", server.requests()[2].head, 1, true)
  end)

  it("is refused where that one is, too", function()
    local done, failure, server = change({ status = 401, body = "{}" }, { token = tokens() })
    assert.is_nil(done)
    assert.are.equal("auth", failure.kind)
    assert.are.equal(2, failure.attempts)
    assert.is_nil(failure.recovery:find("carried out", 1, true))
    assert.are.equal(2, #server.lines())
  end)

  it("is in doubt where it breaks then", function()
    local _, failure, server = change({ turns = {
      { faults.answer { status = 401, body = "{}" } }, { "reset" },
    } }, { token = tokens() })
    assert.are.equal(DOUBT, failure.recovery)
    assert.are.equal(2, #server.lines())
  end)

  it("is not in doubt where no fresh one is to be had", function()
    local iam = endpoints.serve { ["/identity/token"] = { turns = {
      { faults.answer { body = '{"access_token":"first-token","expires_in":3600}' } },
      { "reset" },
    } } }
    local server = endpoints.serve { ["*"] = { status = 401, body = "{}" } }
    local client = costream.ibm {
      apikey = "key-of-specs", iam_url = iam.url, base_url = server.url, retry = false,
    }
    local _, failure = client:update_account_group("g", NAME)
    assert.are.equal("network", failure.kind)
    assert.is_nil(failure.recovery:find("carried out", 1, true))
    assert_once(server)
  end)
end)

describe("what changes nothing", function()
  for _, status in ipairs { 201, 202, 204 } do
    it(("is no answer with %d"):format(status), function()
      local client = endpoints.ibm { ["*"] = { status = status, body = '{"id":"a"}' } }
      local account, failure = client:account "a"
      assert.is_nil(account)
      assert.are.equal(status, failure.status)
      local _, of_list = client:accounts():collect()
      assert.are.equal(status, of_list.status)
    end)
  end

  it("is no answer without a body", function()
    local client = endpoints.ibm { ["*"] = { status = 200, body = "" } }
    assert.are.equal("incomplete", select(2, client:account "a").kind)
  end)
end)
