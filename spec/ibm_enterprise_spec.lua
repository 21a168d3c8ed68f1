--- The enterprise Cloud-Provider of the API's page: read, changed and billed, in the sandbox.

local support = require "support"

local ENTERPRISE = "enterprise-cloud-provider"

local function client_of(controls, options)
  local merged = { billing_url = support.controls(controls) }
  for name, value in pairs(options or {}) do
    merged[name] = value
  end
  return support.ibm(controls, merged)
end

local function names(stream)
  local list = {}
  for i, row in ipairs(assert(stream:collect())) do
    list[i] = row.name
  end
  table.sort(list)
  return list
end

local groups = { "AI-Services", "Data-Services", "Platform-Services", "Solutions" }
local accounts = {
  "AI-Services-Operations", "AI-Services-Support", "Administration", "Data-Services-Operations",
  "Data-Services-Support", "Platform-Services-Operations",
}

describe("ibm: the enterprise Cloud-Provider", function()
  for limit = 1, 7 do
    it("has the same account groups and accounts in pages of " .. limit, function()
      local client = client_of()
      assert.are.same(groups, names((client:account_groups {
        enterprise_id = ENTERPRISE, limit = limit,
      })))
      assert.are.same(accounts, names((client:accounts {
        enterprise_id = ENTERPRISE, limit = limit,
      })))
    end)
  end

  it("is among the enterprises, and had by its id", function()
    local client = client_of()
    local listed = assert(client:enterprises():collect())
    assert.are.equal(1, #listed)
    assert.are.same(listed[1], client:enterprise(ENTERPRISE))
    assert.are.equal("Cloud-Provider", listed[1].name)
  end)

  it("has each of them by its id", function()
    local client = client_of()
    for group in client:account_groups { enterprise_id = ENTERPRISE } do
      assert.are.same(group, client:account_group(group.id))
    end
    for account in client:accounts { enterprise_id = ENTERPRISE } do
      assert.are.same(account, client:account(account.id))
    end
  end)

  it("is nil and an error by another id", function()
    local client = client_of()
    for _, method in ipairs { "enterprise", "account_group", "account", "billing_unit" } do
      local found, failure = client[method](client, "not-there")
      assert.is_nil(found)
      assert.are.equal(404, failure.status)
    end
    local _, forbidden = client:enterprise "enterprise-of-another-company"
    assert.are.equal("auth", forbidden.kind)
  end)

  it("has thousands of accounts, each once", function()
    local client = client_of "accounts=2000"
    local stream = client:accounts { enterprise_id = ENTERPRISE, limit = 100 }
    local seen = {}
    for account in stream do
      assert.is_nil(seen[account.id])
      seen[account.id] = true
    end
    assert.are.equal(2000, stream:stats().rows)
    assert.are.equal(20, stream:stats().requests)
  end)

  it("goes on by its cursor in another client", function()
    local query = { enterprise_id = ENTERPRISE, limit = 2 }
    local stream = client_of():accounts(query)
    local first = assert(stream:collect(3))
    query.resume = stream:cursor()
    local rest = assert(client_of():accounts(query):collect())
    assert.are.equal(6, #first + #rest)
    assert.are_not.equal(first[3].id, rest[1].id)
  end)

  it("has each once where a page has to be asked for again", function()
    local client = client_of("limit=2,status=503,fail=2,id=" .. support.new_id "again", {
      retry = { tries = 5, base = 0.001 }, iam_url = support.url,
    })
    local stream = client:accounts { enterprise_id = ENTERPRISE }
    assert.are.same(accounts, names(stream))
    assert.are.equal(2, stream:stats().retries)
  end)
end)

describe("ibm: the billing of Cloud-Provider", function()
  it("has its three units, each by its id", function()
    local client = client_of()
    assert.are.same({ "Administration", "Operations", "Support" }, names((client:billing_units {
      enterprise_id = ENTERPRISE, limit = 1,
    })))
    for unit in client:billing_units { enterprise_id = ENTERPRISE } do
      assert.are.same(unit, client:billing_unit(unit.id))
    end
  end)

  it("has options and credit pools of a unit", function()
    local client, unit = client_of(), { billing_unit_id = "billing-unit-operations" }
    local options = assert(client:billing_options(unit):collect())
    assert.is_true(#options > 0)
    for _, option in ipairs(options) do
      assert.are.equal(unit.billing_unit_id, option.billing_unit_id)
    end
    unit.type = "PLATFORM"
    for pool in client:credit_pools(unit) do
      assert.are.equal("PLATFORM", pool.type)
    end
  end)
end)

describe("ibm: changes of Cloud-Provider", function()
  local function crn_of(client)
    return assert(client:enterprise(ENTERPRISE)).crn
  end

  it("are seen by who looks afterwards: a group made, renamed and deleted", function()
    local client = client_of("id=" .. support.new_id "changes")
    local id = assert(client:create_account_group {
      parent = crn_of(client), name = "Nächste", primary_contact_iam_id = "IBMid-1",
    }).account_group_id
    assert.are.equal("Nächste", assert(client:account_group(id)).name)
    assert(client:update_account_group(id, { name = "Übernächste" }))
    assert.are.equal("Übernächste", assert(client:account_group(id)).name)
    assert(client:delete_account_group(id))
    assert.are.same(groups, names((client:account_groups { enterprise_id = ENTERPRISE })))
  end)

  it("are seen by who looks afterwards: an account made, moved and removed", function()
    local client = client_of("id=" .. support.new_id "changes")
    local id = assert(client:create_account {
      parent = crn_of(client), name = "Neu", owner_iam_id = "IBMid-1",
    }).account_id
    local solutions = assert(client:account_group "group-solutions").crn
    assert(client:update_account(id, { parent = solutions }))
    assert.are.equal(solutions, assert(client:account(id)).parent)
    assert(client:delete_account(id))
    assert.are.same(accounts, names((client:accounts { enterprise_id = ENTERPRISE })))
  end)

  it("are seen by who looks afterwards: an enterprise made, changed and given an account",
    function()
      local client = client_of("id=" .. support.new_id "changes")
      local id = assert(client:create_enterprise {
        source_account_id = "standalone-1", name = "Zweite", primary_contact_iam_id = "IBMid-1",
      }).enterprise_id
      assert(client:update_enterprise(id, { domain = "zweite.example.com" }))
      assert.are.equal("zweite.example.com", assert(client:enterprise(id)).domain)
      assert(client:import_account(ENTERPRISE, "standalone-2"))
      assert.are.equal(ENTERPRISE, assert(client:account "standalone-2").enterprise_id)
    end)

  it("have the key of an account handed over", function()
    local client = client_of("id=" .. support.new_id "changes")
    local created = assert(client:create_account {
      parent = crn_of(client), name = "Neu", owner_iam_id = "IBMid-1",
      options = { create_iam_service_id_with_apikey_and_owner_policies = true },
    })
    assert.is_string(created:take_key())
  end)

  it("are made once where the answer is cut, as the error says that they may be", function()
    local id = support.new_id "changes"
    local parent = crn_of(client_of())
    local client = client_of("cut=10,id=" .. id, { iam_url = support.url, retry = {} })
    local created, failure = client:create_account_group {
      parent = parent, name = "Einmal", primary_contact_iam_id = "IBMid-1",
    }
    assert.is_nil(created)
    assert.matches("look with ibm:account_groups { parent = ... }", failure.recovery, 1, true)
    local seen = names((client_of("id=" .. id):account_groups { enterprise_id = ENTERPRISE }))
    assert.are.equal(5, #seen)
    assert.are.equal(1, support.ledger(id).methods.POST)
  end)

  it("are made once where the first token was refused", function()
    local id = support.new_id "changes"
    local client = client_of("revoke=1,id=" .. id)
    assert(client:create_account_group {
      parent = crn_of(client_of()), name = "Einmal", primary_contact_iam_id = "IBMid-1",
    })
    assert.are.equal(5, #names((client:account_groups { enterprise_id = ENTERPRISE })))
  end)
end)
