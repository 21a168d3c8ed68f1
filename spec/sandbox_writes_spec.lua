-- What the sandbox keeps of writes, and how it refuses them: clients are tried against this.

local decode = require "costream.decode"
local support = require "support"

local enterprise = "crn:v1:bluemix:public:enterprise::a/3f99f8accbc848ea96f3c61a0ae22c44::"
  .. "enterprise:enterprise-cloud-provider"
local token

local function curl(arguments, input)
  local command = ("curl -s -w '\n%%{http_code}' %s"):format(arguments)
  if input then
    command = ("printf '%%s' '%s' | %s --data-binary @-"):format(input, command)
  end
  local body, status = support.read_command(command):match "^(.*)\n(%d+)$"
  return tonumber(status), decode(body) or body
end

local function ibm_arguments(method, controls, path)
  local arguments = "-X %s -H 'Authorization: Bearer %s' -H 'Content-Type: application/json' "
    .. "--path-as-is '%s%s'"
  return arguments:format(method, token, support.controls(controls), path)
end

-- The status and the decoded body of a call of IBM's.
local function call(method, controls, path, body)
  return curl(ibm_arguments(method, controls, path), body)
end

local function refusal(...)
  local status, body = call(...)
  return { status, body.errors[1].message }
end

local function account_body(name)
  return ('{"parent":"%s","name":"%s","owner_iam_id":"IBMid-1"}'):format(enterprise, name)
end

local function count_accounts(controls)
  local _, page = call("GET", controls, "/v1/accounts?limit=100")
  return #page.resources
end

describe("IBM's writes in the sandbox", function()
  setup(function()
    local _, answer = curl(("'%s/identity/token'"):format(support.url),
      "grant_type=urn:ibm:params:oauth:grant-type:apikey&apikey=ibm-sandbox-key")
    token = answer.access_token
  end)

  it("are seen under their id alone, until its ledger is cleared", function()
    local id = "id=" .. support.new_id "writes"
    assert.are.equal(202, (call("POST", id, "/v1/accounts", account_body "Neu")))
    assert.are.equal(7, count_accounts(id))
    assert.are.equal(6, count_accounts("id=" .. support.new_id "writes"))
    curl(("-X DELETE '%s/sandbox/ledger/%s'"):format(support.url, id:sub(4)))
    assert.are.equal(6, count_accounts(id))
  end)

  it("are each kept once, many at a time", function()
    local id = support.new_id "parallel"
    os.execute(("seq 40 | xargs -P 8 -I @ curl -s -o /dev/null %s -d '%s'"):format(
      ibm_arguments("POST", "id=" .. id, "/v1/accounts"), account_body "Konto @"))
    assert.are.equal(40, support.ledger(id).methods.POST)
    for _ = 1, 8 do -- each worker is asked
      assert.are.equal(46, count_accounts("id=" .. id))
    end
  end)

  it("are carried out though their answer is cut, and not when they are refused", function()
    local controls = {
      ["cut=0"] = 7, ["delay=50"] = 7, ["status=503"] = 6, ["status=503,fail=1"] = 6,
      ["revoke=1"] = 6,
    }
    for control, expected in pairs(controls) do
      local id = "id=" .. support.new_id "broken"
      call("POST", control .. "," .. id, "/v1/accounts", account_body "Neu")
      assert.are.equal(expected, count_accounts(id))
    end
  end)

  it("take the methods of their paths alone, of those who have a token", function()
    for path, allowed in pairs {
      ["/v1/enterprises"] = "GET, POST", ["/v1/enterprises/x"] = "GET, PATCH",
      ["/v1/accounts/x"] = "DELETE, GET, PATCH", ["/v1/billing-units"] = "GET",
      ["/v1/enterprises/x/import/accounts/y"] = "PUT",
    } do
      assert.are.same({ 405, "Use " .. allowed .. "." }, refusal("TRACK", nil, path))
    end
    local status = curl(("-X DELETE '%s/v1/accounts/account-administration'"):format(support.url))
    assert.are.equal(401, status)
  end)

  it("refuse bodies that are not as documented, each with its reason", function()
    local function group(members)
      return "{" .. members .. "}"
    end
    local parent, named = ('"parent":"%s"'):format(enterprise), '"name":"Gruppe"'
    local contact = '"primary_contact_iam_id":"IBMid-1"'
    local refused = {
      [group(named .. "," .. contact)] = "parent: is needed",
      [group(parent .. "," .. contact)] = "name: is needed",
      [group(parent .. ',"name":"ab",' .. contact)] = "name: must have 3 to 60 characters",
      [group(parent .. ',"name":1,' .. contact)] = "name: must have 3 to 60 characters",
      [group(parent .. "," .. named .. ',"primary_contact_iam_id":"me"')] =
        "primary_contact_iam_id: is not an IAM ID that exists",
      [group('"parent":"x",' .. named .. "," .. contact)] =
        "parent: is no enterprise and no account group",
      [group(parent .. ',"nome":"Gruppe"')] = "nome: unknown field",
      ["[]"] = "parent: is needed",
      ["{"] = "the body is not a JSON object",
      ['"text"'] = "the body is not a JSON object",
    }
    for body, reason in pairs(refused) do
      assert.are.same({ 400, reason }, refusal("POST", nil, "/v1/account-groups", body))
    end
    assert.are.same({ 400, "the body has nothing to change" },
      refusal("PATCH", nil, "/v1/account-groups/group-solutions", "{}"))
  end)

  it("refuse what the hierarchy does not allow", function()
    local id = "id=" .. support.new_id "hierarchy"
    local function import(account)
      return "PUT", id, "/v1/enterprises/enterprise-cloud-provider/import/accounts/" .. account,
        "{}"
    end
    assert.are.equal(202, (call(import "standalone-1")))
    assert.are.same({ 409, "The account is already part of an enterprise." },
      refusal(import "standalone-1"))
    assert.are.same({ 404, "The entity does not exist." }, refusal(import "nobody"))
    assert.are.equal(204, (call("DELETE", id, "/v1/accounts/standalone-1")))
    assert.are.same({ 404, "The entity does not exist." },
      refusal("DELETE", id, "/v1/accounts/standalone-1"))
    assert.are.same({ 409, "The account group is not empty." },
      refusal("DELETE", id, "/v1/account-groups/group-solutions"))
    assert.are.equal(403,
      (call("PATCH", id, "/v1/enterprises/enterprise-of-another-company", '{"name":"abc"}')))
  end)

  it("find ids as they were sent: nothing in them leads to another path", function()
    for _, sent in ipairs {
      "%2e%2e", "..%2Faccounts", "account-administration%2F", "%2E%2E%2Faccounts", "a+b",
    } do
      local id = support.new_id "sent"
      local path = "/v1/accounts/" .. sent
      assert.are.equal(404, (call("DELETE", "id=" .. id, path)))
      assert.are.equal(path, support.requests(id)[1].path)
    end
  end)
end)

describe("OTC's API keys in the sandbox", function()
  local function keys(method, controls, path, body)
    local arguments = "-X %s -u sandbox-admin:sandbox-password '%s/api/auth/keys%s'"
    return curl(arguments:format(method, support.controls(controls), path), body)
  end

  local function rows(controls, key)
    return curl(("-H 'Authorization: Bearer %s' '%s/v2/daily/consumption/'"):format(key,
      support.controls(controls .. ",rows=1")))
  end

  it("are made, listed, good for rows, and deleted", function()
    local id = "id=" .. support.new_id "keys"
    local status, made = keys("POST", id, "", '{"name":"neu","role":"Admin","secondsToLive":60}')
    assert.are.equal(200, status)
    local _, list = keys("GET", id, "")
    assert.are.same({ "dashboard", "neu" }, { list[1].name, list[2].name })
    assert.is_nil(list[2].key)
    assert.are.equal(200, (rows(id, made.key)))
    assert.are.same({ 200, { message = "API key deleted" } },
      { keys("DELETE", id, "/" .. made.id) })
    assert.are.equal(401, (rows(id, made.key)))
    assert.are.same({ 404, { message = "API key not found" } },
      { keys("DELETE", id, "/" .. made.id) })
  end)

  it("that are not of level Admin get no rows", function()
    local id = "id=" .. support.new_id "keys"
    local _, made = keys("POST", id, "", '{"name":"neu","role":"Viewer","secondsToLive":60}')
    assert.are.equal(401, (rows(id, made.key)))
  end)

  it("are answered as other Grafanas do", function()
    local id = ",id=" .. support.new_id "keys"
    local body = '{"name":"neu","role":"Admin","secondsToLive":60}'
    local _, wrapped = keys("GET", "keys=wrapped" .. id, "")
    assert.are.equal("dashboard", wrapped.list[1].name)
    assert.are.equal(410, (keys("POST", "keys=gone" .. id, "", body)))
    assert.are.same({ 204, "" }, { keys("DELETE", "keys=bare" .. id, "/1") })
  end)

  it("are refused without a lifetime, a name, a role or a password", function()
    local refused = {
      ['{"name":"neu","role":"Admin"}'] = "Number of seconds before expiration should be set",
      ['{"role":"Admin","secondsToLive":60}'] = "name is required",
      ['{"name":"neu","role":"King","secondsToLive":60}'] = "Invalid role specified",
      ['{"name":"neu","role":"Admin","secondsToLive":1e9}'] =
        "Number of seconds before expiration is greater than the global limit",
      ["{"] = "bad request data",
    }
    for body, message in pairs(refused) do
      assert.are.same({ 400, { message = message } }, { keys("POST", nil, "", body) })
    end
    local url = ("'%s/api/auth/keys'"):format(support.url)
    assert.are.same({ 401, { message = "Unauthorized" } }, { curl(url) })
    assert.are.same({ 401, { message = "invalid username or password" } },
      { curl("-u sandbox-admin:wrong " .. url) })
  end)
end)
