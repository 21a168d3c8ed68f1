-- What IBM's own client library changes in the sandbox: it must not notice that it is not IBM,
-- and leave there what costream would have left.

local sdk = require "ibm_sdk_support"
local support = require "support"

local ask, question, result = sdk.ask, sdk.question, sdk.result

local enterprise_id = "enterprise-cloud-provider"
local crn = "crn:v1:bluemix:public:enterprise::a/3f99f8accbc848ea96f3c61a0ae22c44::"
local enterprise_crn = crn .. "enterprise:" .. enterprise_id

local function names_of(rows)
  local names = {}
  for i, row in ipairs(rows) do
    names[i] = row.name
  end
  return names
end

describe("IBM's own client library writes", function()
  local function written(name, questions)
    local id = support.new_id(name)
    local answers = ask(support.controls("id=" .. id), questions)
    for _, answer in ipairs(answers) do
      assert.is_nil(answer.error)
      assert.are.same({}, answer.faults)
    end
    return answers, support.ledger(id).methods, support.ibm("id=" .. id)
  end

  it("an enterprise, made of an account that was in none, and its name", function()
    local answers, methods, ibm = written("sdk-enterprise", {
      question("management", "createEnterprise", {
        sourceAccountId = "standalone-1", name = "Zweite", domain = "zweite.example.com",
        primaryContactIamId = "IBMid-550000NEW1",
      }),
      question("management", "updateEnterprise",
        { enterpriseId = enterprise_id, name = "Umbenannt" }),
    })
    assert.are.equal(202, answers[1].status)
    assert.are.equal(204, answers[2].status)
    assert.are.same({ POST = 1, PATCH = 1 }, methods)
    assert.are.same({ "Umbenannt", "Zweite" }, names_of(ibm:enterprises {}:collect()))
    local made = assert(ibm:enterprise(answers[1].result.enterprise_id))
    assert.are.equal("zweite.example.com", made.domain)
    assert.are.equal(answers[1].result.enterprise_account_id, made.enterprise_account_id)
    assert.are.equal(made.id, assert(ibm:account "standalone-1").enterprise_id)
  end)

  it("account groups: a new one, its name, its end", function()
    local answers, methods, ibm = written("sdk-group", {
      question("management", "createAccountGroup", {
        parent = crn .. "account-group:group-solutions", name = "Büro",
        primaryContactIamId = "IBMid-550000NEW1",
      }),
      question("management", "updateAccountGroup",
        { accountGroupId = "group-ai-services", name = "Intelligenz" }),
      question("management", "deleteAccount", { accountId = "platform-services-operations" }),
      question("management", "deleteAccountGroup",
        { accountGroupId = "group-platform-services" }),
      question("management", "AccountGroupsPager",
        { enterpriseId = enterprise_id, includeDeleted = true }),
    })
    assert.are.same({ 201, 204, 204, 204, 200 }, {
      answers[1].status, answers[2].status, answers[3].status, answers[4].status,
      answers[5].status,
    })
    assert.are.same({ POST = 1, PATCH = 1, DELETE = 2, GET = 1 }, methods)
    local made = assert(ibm:account_group(answers[1].result.account_group_id))
    assert.are.equal("enterprise:enterprise-cloud-provider/account-group:group-solutions",
      made.enterprise_path)
    assert.are.same({ "Solutions", "Intelligenz", "Data-Services", "Büro" },
      names_of(ibm:account_groups {}:collect()))
    local deleted = answers[5].result[1]
    assert.are.same({ "Platform-Services", "DELETED" }, { deleted.name, deleted.state })
  end)

  it("accounts: a new one with its API key, a move, an import, an end", function()
    local answers, methods, ibm = written("sdk-account", {
      question("management", "createAccount", {
        parent = enterprise_crn, name = "Neues Konto", ownerIamId = "IBMid-550000NEW1",
        traits = { mfa = "" },
        options = { create_iam_service_id_with_apikey_and_owner_policies = true },
      }),
      question("management", "updateAccount", {
        accountId = "account-ai-services-support", parent = enterprise_crn,
      }),
      question("management", "importAccountToEnterprise", {
        enterpriseId = enterprise_id, accountId = "standalone-2",
        parent = crn .. "account-group:group-solutions",
        billingUnitId = "billing-unit-support",
      }),
      question("management", "deleteAccount",
        { accountId = "account-data-services-support" }),
    })
    assert.are.same({ 202, 202, 202, 204 }, {
      answers[1].status, answers[2].status, answers[3].status, answers[4].status,
    })
    assert.are.same({ POST = 1, PATCH = 1, PUT = 1, DELETE = 1 }, methods)
    assert.is_string(answers[1].result.iam_apikey)
    assert.are.same({
      "Administration", "AI-Services-Support", "Neues Konto",
    }, names_of(ibm:accounts { parent = enterprise_crn }:collect()))
    local imported = assert(ibm:account "standalone-2")
    assert.are.equal(crn .. "account-group:group-solutions", imported.parent)
    assert.are.equal("DELETED", assert(ibm:account "account-data-services-support").state)
  end)

  -- Each change as the library is asked for it, and as costream is.
  local contact = "IBMid-550000NEW1"
  local changes = {
    { "createAccountGroup",
      { parent = enterprise_crn, name = "Büro", primaryContactIamId = contact },
      "create_account_group",
      { parent = enterprise_crn, name = "Büro", primary_contact_iam_id = contact } },
    { "updateAccountGroup", { accountGroupId = "group-ai-services", name = "Intelligenz" },
      "update_account_group", "group-ai-services", { name = "Intelligenz" } },
    { "createAccount", { parent = enterprise_crn, name = "Konto", ownerIamId = contact },
      "create_account", { parent = enterprise_crn, name = "Konto", owner_iam_id = contact } },
    { "updateAccount",
      { accountId = "platform-services-operations", parent = enterprise_crn },
      "update_account", "platform-services-operations", { parent = enterprise_crn } },
    { "deleteAccountGroup", { accountGroupId = "group-platform-services" },
      "delete_account_group", "group-platform-services" },
    { "importAccountToEnterprise", { enterpriseId = enterprise_id, accountId = "standalone-3" },
      "import_account", enterprise_id, "standalone-3" },
    { "deleteAccount", { accountId = "account-administration" },
      "delete_account", "account-administration" },
    { "createEnterprise",
      { sourceAccountId = "standalone-4", name = "Zweite", primaryContactIamId = contact },
      "create_enterprise", {
        source_account_id = "standalone-4", name = "Zweite", primary_contact_iam_id = contact,
      } },
    { "updateEnterprise", { enterpriseId = enterprise_id, domain = "neu.example.com" },
      "update_enterprise", enterprise_id, { domain = "neu.example.com" } },
  }

  -- All that there is, without what is another each time: new ids, and times.
  local function everything(ibm)
    local rows = {}
    for _, method in ipairs { "enterprises", "account_groups", "accounts" } do
      local query = method ~= "enterprises" and { include_deleted = true } or {}
      for row in ibm[method](ibm, query) do
        for name, value in pairs(row) do
          row[name] = type(value) == "string" and value:gsub(("%x"):rep(32), "ID") or value
        end
        row.created_at, row.updated_at = nil, nil
        rows[#rows + 1] = row
      end
    end
    return rows
  end

  it("and leaves the same hierarchy as costream's methods for the same", function()
    local id, questions = support.new_id "sdk-same", {}
    local ibm = support.ibm("id=" .. id)
    for i, change in ipairs(changes) do
      questions[i] = question("management", change[1], change[2])
      assert(ibm[change[3]](ibm, change[4], change[5]))
    end
    local _, methods, theirs = written("sdk-theirs", questions)
    assert.are.same({ POST = 3, PATCH = 3, PUT = 1, DELETE = 2 }, methods)
    assert.are.same(methods, support.ledger(id).methods)
    local rows = everything(theirs)
    assert.are.equal(2 + 5 + 9, #rows)
    assert.are.same(everything(ibm), rows)
  end)

  it("what usage reports show at once", function()
    local id = support.new_id "sdk-reports"
    result(support.controls("id=" .. id), "management", "updateAccount",
      { accountId = "account-ai-services-support", parent = enterprise_crn })
    local names = support.ibm("id=" .. id):reports {
      enterprise_id = enterprise_id, month = "2024-07", children = true,
    }:fold { by = { "entity_name" } }
    local found = {}
    for i, group in ipairs(names) do
      found[i] = group.entity_name
    end
    assert.are.same({
      "AI-Services-Support", "Administration", "Platform-Services", "Solutions",
    }, found)
  end)
end)
