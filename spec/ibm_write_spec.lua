--- What IBM Cloud's Enterprise Management is told to change: what is sent, and what comes back.

local costream = require "costream"
local decode = require "costream.decode"
local endpoints = require "endpoint_support"
local support = require "support"

local unpack = table.unpack or rawget(_G, "unpack")

local CRN = "crn:v1:bluemix:public:enterprise::a/1::account-group:2"

-- A method, what it is given, what is sent, and what the service answers.
local writes = {
  {
    "create_enterprise",
    { { source_account_id = "1", name = "Übung", primary_contact_iam_id = "IBMid-1",
      domain = "example.com" } },
    "POST /v1/enterprises",
    '{"domain":"example.com","name":"Übung","primary_contact_iam_id":"IBMid-1",'
      .. '"source_account_id":"1"}',
    { status = 202, body = '{"enterprise_id":"e","enterprise_account_id":"a"}' },
    { enterprise_id = "e", enterprise_account_id = "a" },
  },
  {
    "update_enterprise", { "e 1", { domain = "" } },
    "PATCH /v1/enterprises/e%201", '{"domain":""}', { status = 204 }, true,
  },
  {
    "import_account", { "e", "a?", { parent = CRN, billing_unit_id = "u" } },
    "PUT /v1/enterprises/e/import/accounts/a%3F",
    '{"billing_unit_id":"u","parent":"' .. CRN .. '"}', { status = 202 }, true,
  },
  {
    "import_account", { "e", "a" }, "PUT /v1/enterprises/e/import/accounts/a", "{}",
    { status = 202, body = "{}" }, {},
  },
  {
    "create_account_group", { { parent = CRN, name = "abc", primary_contact_iam_id = "i" } },
    "POST /v1/account-groups",
    '{"name":"abc","parent":"' .. CRN .. '","primary_contact_iam_id":"i"}',
    { status = 201, body = '{"account_group_id":"g"}' }, { account_group_id = "g" },
  },
  {
    "update_account_group", { "g", { name = "abc", primary_contact_iam_id = "i" } },
    "PATCH /v1/account-groups/g", '{"name":"abc","primary_contact_iam_id":"i"}',
    { status = 200, body = "" }, true,
  },
  {
    "delete_account_group", { "g" }, "DELETE /v1/account-groups/g", "", { status = 204 }, true,
  },
  {
    "create_account", { { parent = CRN, name = "abc", owner_iam_id = "i",
      traits = { mfa = "", enterprise_iam_managed = true },
      options = { create_iam_service_id_with_apikey_and_owner_policies = false } } },
    "POST /v1/accounts",
    '{"name":"abc","options":{"create_iam_service_id_with_apikey_and_owner_policies":false},'
      .. '"owner_iam_id":"i","parent":"' .. CRN
      .. '","traits":{"enterprise_iam_managed":true,"mfa":""}}',
    { status = 202, body = '{"account_id":"a"}' }, { account_id = "a" },
  },
  {
    "update_account", { "a", { parent = CRN } }, "PATCH /v1/accounts/a",
    '{"parent":"' .. CRN .. '"}', { status = 202, body = "" }, true,
  },
  {
    "delete_account", { "a" }, "DELETE /v1/accounts/a", "",
    { status = 200, body = '{"message":"done"}' }, { message = "done" },
  },
}

describe("ibm: a change", function()
  for _, case in ipairs(writes) do
    local method, given, line, body, answer, expected = unpack(case)
    it(("is sent as documented, and gives what came: %s, %d"):format(method, answer.status),
      function()
        local client, server = endpoints.ibm { ["*"] = answer }
        local done, failure = client[method](client, unpack(given))
        assert.is_nil(failure)
        assert.are.same(expected, done)
        local requests = server.requests()
        assert.are.equal(1, #requests)
        assert.are.equal(line, requests[1].line)
        assert.are.equal(body, requests[1].body)
        local head = requests[1].head
        assert.matches("\r\nAuthorization: Bearer " .. endpoints.TOKEN .. "\r\n", head, 1, true)
        assert.are.equal(body ~= "", head:find("\r\nContent-Type: application/json\r\n", 1, true)
          ~= nil)
      end)
  end

  it("is nil and an error where it is refused", function()
    local client = endpoints.ibm { ["*"] = {
      status = 409, body = '{"errors":[{"code":"has_children","message":"not empty"}]}',
    } }
    local done, failure = client:delete_account_group "g"
    assert.is_nil(done)
    assert.are.equal(409, failure.status)
    assert.matches("DELETE /v1/account-groups/g was refused: has_children: not empty",
      failure.message, 1, true)
  end)

  it("never has an id that could be read as a way elsewhere", function()
    local client, server = endpoints.ibm { ["*"] = { status = 204 } }
    for _, id in ipairs { "", ".", "..", "../accounts/1", "a/b", "a\\b", "a\nb" } do
      for _, method in ipairs { "delete_account", "delete_account_group" } do
        support.raised(client[method], client, id)
      end
      for _, ids in ipairs { { id, "a" }, { "e", id } } do
        assert.matches("costream: ibm:import_account: ",
          support.raised(client.import_account, client, unpack(ids)), 1, true)
      end
    end
    assert.are.same({}, server.lines())
  end)

  local bad_bodies = {
    { "body: expected table, got", "create_enterprise", "x" },
    { "name: expected string, got nothing", "create_account_group",
      { parent = "p", primary_contact_iam_id = "i" } },
    { "parent: expected string, got nothing", "update_account", "a", {} },
    { "owner_iam_id: expected string, got 5", "create_account",
      { parent = "p", name = "abc", owner_iam_id = 5 } },
    { "expected at least one of domain, name, primary_contact_iam_id", "update_enterprise", "e",
      {} },
    { "expected at least one of name, primary_contact_iam_id", "update_account_group", "g" },
    { 'unknown name "domain"; known are name, primary_contact_iam_id', "update_account_group",
      "g", { domain = "d" } },
    { "name: expected 3 to 60 characters, got 2", "update_enterprise", "e", { name = "üb" } },
    { "name: expected 3 to 60 characters, got 61", "update_enterprise", "e",
      { name = ("ü"):rep(61) } },
    { "name: expected UTF-8 text", "update_enterprise", "e", { name = "abc\255" } },
    { "domain: expected 0 to 60 characters, got 61", "update_enterprise", "e",
      { domain = ("a"):rep(61) } },
    { "traits: expected table, got true", "create_account",
      { parent = "p", name = "abc", owner_iam_id = "i", traits = true } },
    { 'traits: unknown name "MFA"', "create_account",
      { parent = "p", name = "abc", owner_iam_id = "i", traits = { MFA = "" } } },
    { "options.create_iam_service_id_with_apikey_and_owner_policies: expected boolean",
      "create_account", { parent = "p", name = "abc", owner_iam_id = "i",
        options = { create_iam_service_id_with_apikey_and_owner_policies = 1 } } },
  }
  for i, case in ipairs(bad_bodies) do
    it(("with a body that cannot be right is misuse (%d: %s)"):format(i, case[1]), function()
      local client, server = endpoints.ibm { ["*"] = { status = 204 } }
      local message = support.raised(client[case[2]], client, unpack(case, 3))
      assert.matches("costream: ibm:" .. case[2], message, 1, true)
      assert.matches(case[1], message, 1, true)
      assert.are.same({}, server.lines())
    end)
  end

  it("takes the shortest and the longest name, in characters", function()
    for _, count in ipairs { 3, 60 } do
      local client, server = endpoints.ibm { ["*"] = { status = 204 } }
      assert(client:update_enterprise("e", { name = ("ü"):rep(count) }))
      assert.are.equal(("ü"):rep(count), decode(server.requests()[1].body).name)
    end
  end)
end)

describe("ibm: the key of a created account", function()
  local KEY = "key-that-is-shown-once"
  local given = { parent = CRN, name = "abc", owner_iam_id = "i",
    options = { create_iam_service_id_with_apikey_and_owner_policies = true } }

  it("is handed over once, and is in no field", function()
    local client = endpoints.ibm { ["*"] = { status = 202,
      body = '{"account_id":"a","iam_apikey_id":"k","iam_apikey":"' .. KEY .. '"}' } }
    local created = assert(client:create_account(given))
    assert.is_nil(costream.format.json(created):find(KEY, 1, true))
    assert.is_nil(tostring(created):find(KEY, 1, true))
    assert.are.equal("a", created.account_id)
    assert.are.equal("k", created.iam_apikey_id)
    assert.are.equal(KEY, created:take_key())
    assert.matches("created:take_key: there is no key, or it was taken",
      support.raised(created.take_key, created), 1, true)
  end)

  it("is none where none was made", function()
    local client = endpoints.ibm { ["*"] = { status = 202, body = '{"account_id":"a"}' } }
    local created = assert(client:create_account(given))
    assert.matches("costream: created:take_key: there is no key",
      support.raised(created.take_key, created), 1, true)
    assert.matches("created:take_key: call it with a colon",
      support.raised(created.take_key), 1, true)
  end)
end)
