--- API keys of the Enterprise Dashboard: made, listed and deleted, and what of them is a secret.

local costream = require "costream"
local endpoints = require "endpoint_support"
local faults = require "faults_support"
local support = require "support"

local KEY = "eyJrIjoia2V5LW9mLXNwZWNzIn0="
local BASIC = "YWRtaW4tb2YtZW5kcG9pbnRzOnBhc3Mgd29yZDogw7wvb2YgZW5kcG9pbnRz"
local NEW = { name = "reports", role = "Admin", seconds_to_live = 7776000 }

local function created_with(body, status)
  local client, server = endpoints.otc { ["*"] = { status = status or 200, body = body } }
  local created, failure = client:create_api_key(NEW)
  return created, failure, server
end

describe("otc: API keys", function()
  local keys = '[{"id":1,"name":"a","role":"Admin"},'
    .. '{"id":2,"name":"b","expiration":"2026-01-01"}]'

  it("are a list, alone or wrapped", function()
    for _, body in ipairs { keys, '{"list":' .. keys .. "}", '{"list":' .. keys .. ',"x":1}' } do
      local client, server = endpoints.otc { ["*"] = body }
      local list = assert(client:api_keys())
      assert.are.equal(2, #list)
      assert.are.same({ id = 2, name = "b", expiration = "2026-01-01" }, list[2])
      assert.are.same({ "GET /api/auth/keys" }, server.lines())
    end
  end)

  it("have null where that is asked for, as rows do", function()
    local body = { ["*"] = '[{"id":1,"expiration":null}]' }
    assert.are.same({ { id = 1 } }, (endpoints.otc(body):api_keys()))
    local list = endpoints.otc(body, { nulls = true }):api_keys()
    assert.are.equal(costream.null, list[1].expiration)
  end)

  it("may be none", function()
    for _, body in ipairs { "[]", '{"list":[]}' } do
      assert.are.equal(0, #assert(endpoints.otc({ ["*"] = body }):api_keys()))
    end
  end)

  local odd = { "{}", '{"list":{}}', '{"list":null}', '{"message":"no"}', '"a"', "null", "[[]]",
    "[null]", '[{"id":1},null,{"id":2}]', '{"list":[null]}',
    '[{"id":1},5]', '[{"message":"no"}]', '{"list":[{"message":"no"}]}', keys .. keys }
  for _, body in ipairs(odd) do
    it("are malformed where they are none: " .. body:sub(1, 30), function()
      local list, failure = endpoints.otc({ ["*"] = body }):api_keys()
      assert.is_nil(list)
      assert.are.equal("malformed", failure.kind)
    end)
  end

  it("are asked for as the user, by the password", function()
    local client, server = endpoints.otc { ["*"] = "[]" }
    assert(client:api_keys())
    assert.matches("\r\nAuthorization: Basic " .. BASIC .. "\r\n", server.requests()[1].head, 1,
      true)
  end)

  it("are nil and an error where they are refused", function()
    local client = endpoints.otc { ["*"] = { status = 401,
      body = '{"message":"invalid username or password"}' } }
    local list, failure = client:api_keys()
    assert.is_nil(list)
    assert.are.equal("auth", failure.kind)
    assert.matches("invalid username or password", failure.message, 1, true)
    assert.matches("The user or the password is wrong", failure.recovery, 1, true)
  end)

  it("are deleted by their id, a number or its text", function()
    for _, id in ipairs { 17, "17" } do
      local client, server = endpoints.otc { ["*"] = '{"message":"API key deleted"}' }
      assert.are.same({ message = "API key deleted" }, client:delete_api_key(id))
      assert.are.same({ "DELETE /api/auth/keys/17" }, server.lines())
    end
    assert.is_true(endpoints.otc({ ["*"] = { status = 204 } }):delete_api_key(17))
  end)

  it("are not deleted by what is no id", function()
    local client, server = endpoints.otc { ["*"] = { status = 204 } }
    for _, id in ipairs { "..", "1/2", "", 1.5, -1, true } do
      assert.matches("costream: otc:delete_api_key: id: expected ",
        support.raised(client.delete_api_key, client, id), 1, true)
    end
    assert.are.same({}, server.lines())
  end)
end)

describe("otc: a new API key", function()
  it("is asked for as documented", function()
    local _, _, server = created_with('{"id":3,"name":"reports","key":"' .. KEY .. '"}')
    local request = server.requests()[1]
    assert.are.equal("POST /api/auth/keys", request.line)
    assert.are.equal('{"name":"reports","role":"Admin","secondsToLive":7776000}', request.body)
    local client, other = endpoints.otc { ["*"] = '{"key":"k"}' }
    assert(client:create_api_key { name = "n", role = "Viewer" })
    assert.are.equal('{"name":"n","role":"Viewer"}', other.requests()[1].body)
  end)

  it("is handed over once, and is in no field", function()
    local created = assert(created_with('{"id":3,"name":"reports","key":"' .. KEY .. '"}'))
    assert.are.equal(3, created.id)
    assert.are.equal("reports", created.name)
    assert.are.equal('{"id":3,"name":"reports"}', costream.format.json(created))
    assert.is_nil(tostring(created):find(KEY, 1, true))
    assert.are.equal(KEY, created:take_key())
    assert.matches("costream: created:take_key: there is no key, or it was taken",
      support.raised(created.take_key, created), 1, true)
  end)

  it("that is not in the answer is an error, as it was made", function()
    for _, body in ipairs { "{}", '{"id":3,"key":null}', '{"id":3,"key":""}', '{"key":5}' } do
      local created, failure = created_with(body)
      assert.is_nil(created)
      assert.are.equal("malformed", failure.kind)
      assert.matches("the answer holds no key", failure.message, 1, true)
      assert.matches("The service took it, but what it said of it is lost: look with "
        .. "otc:api_keys()", failure.recovery, 1, true)
    end
    local _, failure = created_with("", 204)
    assert.matches("the answer holds no key", failure.message, 1, true)
    assert.matches("The service took it", failure.recovery, 1, true)
    assert.are.equal(204, failure.status)
  end)

  it("of a newer Grafana is refused with what to do instead", function()
    local _, failure = created_with('{"message":"this endpoint has been removed"}', 410)
    assert.are.equal(410, failure.status)
    assert.matches("this endpoint has been removed", failure.message, 1, true)
    assert.matches("make a service account with role Admin there, add a token to it",
      failure.recovery, 1, true)
  end)

  local bad = {
    { "name: expected string, got nothing", { role = "Admin" } },
    { "name: expected non-empty text", { name = "", role = "Admin" } },
    { "role: expected one of Admin, Editor, Viewer, got nil", { name = "n" } },
    { 'role: expected one of Admin, Editor, Viewer, got "admin"',
      { name = "n", role = "admin" } },
    { "seconds_to_live: expected a whole number from 1",
      { name = "n", role = "Admin", seconds_to_live = 0 } },
    { 'unknown name "secondsToLive"', { name = "n", role = "Admin", secondsToLive = 1 } },
  }
  for i, case in ipairs(bad) do
    it(("that cannot be made is misuse (%d: %s)"):format(i, case[1]), function()
      local client = endpoints.otc { ["*"] = "{}" }
      local message = support.raised(client.create_api_key, client, case[2])
      assert.matches("costream: otc:create_api_key: " .. case[1], message, 1, true)
    end)
  end

  it("that breaks on its way is asked for once, and is in doubt", function()
    local client, server = endpoints.otc({ ["*"] = { "reset" } }, { retry = { base = 0.001 } })
    local _, failure = client:create_api_key(NEW)
    assert.are.equal("network", failure.kind)
    assert.are.equal("It may have been carried out all the same: look with otc:api_keys() before "
      .. "you ask for it again.", failure.recovery)
    assert.are.equal(1, #server.lines())
  end)
end)

describe("otc: a new key", function()
  local made = ('{"id":1,"name":"nightly","key":"%s"}'):format(KEY)
  local said = ('{"message":"made %s","key":"%s"}'):format(KEY, KEY)
  for name, answer in pairs {
    ["of another status than those of success"] = { status = 206, body = made },
    ["of such a status that says it"] = { status = 206, body = said },
    ["that is a web page of such a status"] = { status = 203, body = "<html>" .. made },
    ["that refuses it"] = { status = 400, body = made },
    ["of a service in trouble"] = { status = 500, body = said },
    ["that reports an error"] = { body = ('{"error":"%s","key":"%s"}'):format(KEY, KEY) },
  } do
    it("is not in the error that is made of an answer " .. name, function()
      local created, failure = endpoints.otc { ["*"] = answer }:create_api_key(NEW)
      assert.is_nil(created)
      for _, value in pairs(failure) do
        assert.is_nil(tostring(value):find(KEY:sub(1, 12), 1, true))
      end
    end)
  end
end)

describe("otc: the password", function()
  it("is in no message, whatever the dashboard says of it", function()
    local said = "who says " .. endpoints.PASSWORD .. ", or Authorization: Basic " .. BASIC .. "?"
    for _, status in ipairs { 400, 401, 403, 500 } do
      local client = endpoints.otc { ["*"] = { status = status, body = said,
        headers = { "Content-Type: text/plain", "X-Request-Id: " .. BASIC } } }
      for _, ask in ipairs { client.api_keys, client.create_api_key, client.delete_api_key } do
        local _, failure = ask(client, ask == client.create_api_key and NEW or "1")
        assert.matches("who says ***, or Authorization: Basic ***?", failure.message, 1, true)
        assert.are.equal("***", failure.request_id)
      end
    end
  end)

  it("is in no message, in answers that say all is well neither", function()
    for _, body in ipairs {
      '[{"message":"' .. endpoints.PASSWORD .. " " .. BASIC .. '"}]',
      '{"error":"' .. endpoints.PASSWORD .. " " .. BASIC .. '"}',
    } do
      local client = endpoints.otc { ["*"] = body }
      for _, failure in ipairs {
        select(2, client:api_keys()), (select(2, client:create_api_key(NEW))),
      } do
        assert.is_nil(tostring(failure):find(endpoints.PASSWORD, 1, true))
        assert.is_nil(tostring(failure):find(BASIC, 1, true))
      end
    end
  end)

  it("is in no field of the client, nor in its name", function()
    local function look(value, seen)
      if type(value) == "string" then
        assert.is_nil(value:find(endpoints.PASSWORD, 1, true) or value:find(BASIC, 1, true))
      elseif type(value) == "table" and not seen[value] then
        seen[value] = true
        for name, one in pairs(value) do
          look(name, seen)
          look(one, seen)
        end
      end
    end
    local client = endpoints.otc { ["*"] = "[]" }
    assert(client:api_keys())
    look(client, {})
    look(tostring(client), {})
  end)

  it("that cannot be one is misuse, which does not show it", function()
    for _, password in ipairs { "", "geheim\r\nX: y", 12345, true } do
      local message = support.raised(costream.otc, { user = "u", password = password })
      assert.matches("otc: password: expected non-empty text without control characters", message,
        1, true)
      assert.is_nil(message:find("geheim", 1, true) or message:find("12345", 1, true))
    end
  end)

  it("stands with a user's name, which has no colon", function()
    for missing, options in pairs { user = { password = "p" }, password = { user = "u" } } do
      assert.matches(("otc: %s: expected non-empty text"):format(missing),
        support.raised(costream.otc, options), 1, true)
    end
    assert.matches("otc: user: expected a name without a colon",
      support.raised(costream.otc, { user = "u:v", password = "p" }), 1, true)
  end)

  it("goes to no host that was not named", function()
    local server = endpoints.serve { ["*"] = "[]" }
    local client = costream.otc { user = "u", password = "p", base_url = server.url }
    assert.matches("costream: otc:api_keys: this needs the option dashboard_url, as base_url was",
      support.raised(client.api_keys, client), 1, true)
    assert.are.same({}, server.lines())
  end)

  it("goes to the provider's own dashboard where base_url is the provider's own", function()
    for _, base_url in ipairs { false, "https://api-enterprise-dashboard.otc-service.com/" } do
      local client = costream.otc { user = "u", password = "p", base_url = base_url or nil }
      assert.are.equal("https://enterprise-dashboard.otc-service.com",
        client._services.dashboard.client.base_url)
    end
  end)

  it("goes to another host with https alone", function()
    assert.matches("otc: dashboard_url: plain http is allowed to a loopback address only",
      support.raised(costream.otc, { user = "u", password = "p",
        dashboard_url = "http://example.com" }), 1, true)
  end)

  it("is not sent to another host that the dashboard redirects to", function()
    local away = "/" .. faults.new_run()
    local client = endpoints.otc { ["*"] = { status = 302,
      headers = { "Location: " .. faults.thief .. away } } }
    assert.matches("the redirect is not followed", select(2, client:api_keys()).message, 1, true)
    for _, request in ipairs(faults.seen "thief") do
      assert.is_nil(request:find(away, 1, true))
    end
  end)
end)

describe("otc: a credential that is not there", function()
  it("is named by the methods that need it", function()
    local server = endpoints.serve { ["*"] = "[]" }
    local with_password = costream.otc { user = "u", password = "p", base_url = server.url }
    local with_token = costream.otc { token = "t", base_url = server.url }
    for _, method in ipairs { "hourly", "daily", "audit" } do
      assert.matches(("costream: otc:%s: this needs the option token"):format(method),
        support.raised(with_password[method], with_password), 1, true)
    end
    for _, method in ipairs { "api_keys", "create_api_key", "delete_api_key" } do
      assert.matches(("otc:%s: this needs the options user and password"):format(method),
        support.raised(with_token[method], with_token), 1, true)
    end
    assert.are.same({}, server.lines())
  end)

  it("is not missed by health and versions", function()
    local client, server = endpoints.otc { ["*"] = '{"status":"ok"}' }
    assert(client:health())
    assert(client:versions())
    for _, request in ipairs(server.requests()) do
      assert.is_nil(request.head:find("Authorization", 1, true))
    end
  end)

  it("is misuse where the dashboard is named", function()
    assert.matches("otc: dashboard_url: only together with user and password",
      support.raised(costream.otc, { token = "t", dashboard_url = "https://a.example" }), 1, true)
  end)
end)

describe("otc: a token and a password", function()
  it("go each to their own host", function()
    local rows = endpoints.serve { ["*"] = "[]" }
    local client, dashboard = endpoints.otc({ ["*"] = "[]" },
      { token = "token-of-rows", base_url = rows.url })
    assert(client:hourly():collect())
    assert(client:api_keys())
    assert.matches("Authorization: Bearer token-of-rows\r\n", rows.requests()[1].head, 1, true)
    assert.matches("Authorization: Basic " .. BASIC, dashboard.requests()[1].head, 1, true)
    assert.are.equal(1, #rows.lines())
    assert.are.equal(1, #dashboard.lines())
  end)
end)

describe("otc: API keys of the sandbox", function()
  local function keys_of(controls, options)
    local merged = {
      user = "sandbox-admin", password = "sandbox-password",
      dashboard_url = support.controls(controls),
    }
    for name, value in pairs(options or {}) do
      merged[name] = value
    end
    return support.otc(controls, merged)
  end

  for _, form in ipairs { "", ",keys=wrapped", ",keys=bare" } do
    it("are made, read with, listed and deleted" .. form, function()
      local controls = "rows=5,id=" .. support.new_id "keys" .. form
      local client = keys_of(controls)
      local created = assert(client:create_api_key {
        name = "report", role = "Admin", seconds_to_live = 3600,
      })
      local reader = support.otc(controls, { token = created:take_key() })
      assert.are.equal(5, #assert(reader:hourly({ date = "2024-08-02" }):collect()))
      local listed = assert(client:api_keys())
      assert.are.equal("report", listed[#listed].name)
      assert(client:delete_api_key(created.id))
      assert.are.equal(#listed - 1, #assert(client:api_keys()))
      assert.are.equal("auth", select(2, reader:hourly({ date = "2024-08-02" }):collect()).kind)
    end)
  end

  it("are not made by a newer Grafana", function()
    local client = keys_of("keys=gone,id=" .. support.new_id "keys")
    local _, failure = client:create_api_key { name = "n", role = "Admin", seconds_to_live = 1 }
    assert.are.equal(410, failure.status)
    assert.matches("service account", failure.recovery, 1, true)
  end)

  it("are refused by a wrong password", function()
    local client = keys_of("id=" .. support.new_id "keys", { password = "wrong-password" })
    assert.are.equal("auth", select(2, client:api_keys()).kind)
  end)
end)
