-- IBM's own client library, with the sandbox in IBM's place: it must not notice, and costream
-- must say the same as it does.

local sdk = require "ibm_sdk_support"
local support = require "support"

local ask, question, result = sdk.ask, sdk.question, sdk.result

local enterprise_id = "enterprise-cloud-provider"
local enterprise_crn = "crn:v1:bluemix:public:enterprise::a/3f99f8accbc848ea96f3c61a0ae22c44::"
  .. "enterprise:" .. enterprise_id

local function costream_of(controls)
  return support.ibm(controls, { billing_url = support.controls(controls) })
end

local function names_of(rows)
  local names = {}
  for i, row in ipairs(rows) do
    names[i] = row.name
  end
  return names
end

describe("IBM's own client library", function()
  describe("reads usage reports", function()
    local queries = {
      { { enterpriseId = enterprise_id }, { enterprise_id = enterprise_id }, 3 },
      { { enterpriseId = enterprise_id, children = true },
        { enterprise_id = enterprise_id, children = true }, 4 },
      { { accountGroupId = "group-solutions" }, { account_group_id = "group-solutions" }, 2 },
      { { accountGroupId = "group-solutions", children = true },
        { account_group_id = "group-solutions", children = true }, 4 },
      { { accountGroupId = "group-data-services" },
        { account_group_id = "group-data-services" }, 2 },
      { { accountGroupId = "group-data-services", children = true },
        { account_group_id = "group-data-services", children = true }, 2 },
      { { accountId = "account-data-services-operations" },
        { account_id = "account-data-services-operations" }, 1 },
    }

    it("of the documented example, as many as are documented, the same as costream", function()
      local questions = {}
      for i, query in ipairs(queries) do
        query[1].month, query[1].limit = "2024-07", 1
        questions[i] = question("reports", "GetResourceUsageReportPager", query[1])
      end
      for i, answer in ipairs(ask(support.url, questions)) do
        local query = queries[i][2]
        query.month = "2024-07"
        assert.are.same({}, answer.faults)
        assert.are.equal(queries[i][3], #answer.result)
        assert.are.same(costream_of():reports(query):collect(), answer.result)
      end
    end)

    it("page by page with its pager, each once, however links are written", function()
      local id, questions = support.new_id "sdk-pages", {}
      for i, form in ipairs { "absent", "null", "nohref", "absolute", "foreign" } do
        questions[i] = question("reports", "GetResourceUsageReportPager",
          { enterpriseId = enterprise_id, month = "2024-07" },
          support.controls(("reports=25,next=%s,id=%s"):format(form, id)))
      end
      local answers = ask(nil, questions)
      assert.are.equal(3 * #questions, support.ledger(id).requests)
      local expected = costream_of "reports=25":reports {
        enterprise_id = enterprise_id, month = "2024-07",
      }:collect()
      for _, answer in ipairs(answers) do
        assert.are.same({}, answer.faults)
        assert.are.same(expected, answer.result)
      end
    end)

    it("a page at a time with its method", function()
      local page = result(support.url, "reports", "getResourceUsageReport",
        { enterpriseId = enterprise_id, children = true, month = "2024-07", limit = 3 })
      assert.are.equal(3, page.limit)
      assert.are.equal(3, #page.reports)
      assert.is_truthy(page.next.href:find("offset=Mw", 1, true))
    end)

    it("over TLS, and zipped", function()
      local questions = {}
      for i, url in ipairs {
        support.controls "gzip=off", support.controls "gzip=on", support.tls_url,
      } do
        questions[i] = question("reports", "GetResourceUsageReportPager",
          { enterpriseId = enterprise_id, month = "2024-07" }, url)
      end
      local answers = ask(nil, questions, { iam_url = support.tls_url })
      assert.are.equal(3, #answers[1].result)
      assert.are.same(answers[1], answers[2])
      assert.are.same(answers[1], answers[3])
    end)
  end)

  describe("lists", function()
    -- The library's pager and parameters, costream's method and query, and how many there are.
    local lists = {
      { "EnterprisesPager", {}, "enterprises", {}, 1 },
      { "EnterprisesPager", { accountId = "account-administration" },
        "enterprises", { account_id = "account-administration" }, 1 },
      { "AccountGroupsPager", { enterpriseId = enterprise_id },
        "account_groups", { enterprise_id = enterprise_id }, 4 },
      { "AccountGroupsPager", { parentAccountGroupId = "group-solutions" },
        "account_groups", { parent_account_group_id = "group-solutions" }, 2 },
      { "AccountGroupsPager", { parent = enterprise_crn },
        "account_groups", { parent = enterprise_crn }, 2 },
      { "AccountsPager", {}, "accounts", {}, 6 },
      { "AccountsPager", { enterpriseId = enterprise_id },
        "accounts", { enterprise_id = enterprise_id }, 6 },
      { "AccountsPager", { accountGroupId = "group-solutions" },
        "accounts", { account_group_id = "group-solutions" }, 4 },
      { "AccountsPager", { parent = enterprise_crn },
        "accounts", { parent = enterprise_crn }, 1 },
    }

    it("enterprises, account groups and accounts, the same as costream", function()
      local questions = {}
      for i, list in ipairs(lists) do
        list[2].limit = 2
        questions[i] = question("management", list[1], list[2])
      end
      local ibm = costream_of()
      for i, answer in ipairs(ask(support.url, questions)) do
        local list = lists[i]
        assert.are.same({}, answer.faults)
        assert.are.equal(list[5], #answer.result)
        assert.are.same(ibm[list[3]](ibm, list[4]):collect(), answer.result)
      end
    end)

    it("hundreds of accounts in a deep hierarchy, each once", function()
      local id = support.new_id "sdk-accounts"
      local accounts = result(support.controls("accounts=350,id=" .. id), "management",
        "AccountsPager", { enterpriseId = enterprise_id, limit = 100 })
      assert.are.equal(350, #accounts)
      assert.are.equal(4, support.ledger(id).requests)
      assert.are.same(costream_of "accounts=350":accounts {
        enterprise_id = enterprise_id, limit = 100,
      }:collect(), accounts)
    end)

    it("billing units and billing options, the same as costream", function()
      local answers = ask(support.url, {
        question("billing", "BillingUnitsPager", { enterpriseId = enterprise_id, limit = 2 }),
        question("billing", "BillingUnitsPager", { accountGroupId = "group-solutions" }),
        question("billing", "BillingOptionsPager",
          { billingUnitId = "billing-unit-support", limit = 2 }),
      })
      local ibm = costream_of()
      local expected = {
        ibm:billing_units { enterprise_id = enterprise_id }:collect(),
        ibm:billing_units { account_group_id = "group-solutions" }:collect(),
        ibm:billing_options { billing_unit_id = "billing-unit-support" }:collect(),
      }
      assert.are.same({ "Administration", "Operations", "Support" }, names_of(expected[1]))
      assert.are.same({ "Operations", "Support" }, names_of(expected[2]))
      for i, answer in ipairs(answers) do
        assert.are.same({}, answer.faults)
        assert.are.same(expected[i], answer.result)
      end
    end)

    it("credit pools of a month, the same as costream", function()
      local pools = result(support.url, "billing", "getCreditPools",
        { billingUnitId = "billing-unit-operations", date = "2024-07" })
      assert.are.equal(2, pools.rows_count)
      assert.are.same(costream_of():credit_pools {
        billing_unit_id = "billing-unit-operations", date = "2024-07",
      }:collect(), pools.resources)
    end)
  end)

  it("gets one of each, the same as costream", function()
    local answers = ask(support.url, {
      question("management", "getEnterprise", { enterpriseId = enterprise_id }),
      question("management", "getAccountGroup", { accountGroupId = "group-solutions" }),
      question("management", "getAccount", { accountId = "account-administration" }),
      question("billing", "getBillingUnit", { billingUnitId = "billing-unit-support" }),
    })
    local ibm = costream_of()
    local expected = {
      ibm:enterprise(enterprise_id), ibm:account_group "group-solutions",
      ibm:account "account-administration", ibm:billing_unit "billing-unit-support",
    }
    assert.are.equal(4, #expected)
    for i, answer in ipairs(answers) do
      assert.are.same({}, answer.faults)
      assert.are.same(expected[i], answer.result)
    end
  end)

  describe("is refused", function()
    it("what is not there, not its own or not allowed, in IBM's words", function()
      local errors = ask(support.controls("id=" .. support.new_id "sdk-refused"), {
        question("management", "getAccount", { accountId = "nobody" }),
        question("management", "getEnterprise",
          { enterpriseId = "enterprise-of-another-company" }),
        question("management", "listAccounts", { limit = 101 }),
        question("management", "deleteAccountGroup", { accountGroupId = "group-solutions" }),
        question("management", "createAccountGroup",
          { parent = enterprise_crn, name = "ab", primaryContactIamId = "IBMid-1" }),
        question("billing", "getCreditPools",
          { billingUnitId = "billing-unit-support", type = "SERVICE" }),
        question("reports", "getResourceUsageReport", { accountId = "nobody" }),
      })
      local expected = {
        { 404, "The entity does not exist." },
        { 403, "Access is denied due to invalid credentials." }, -- what it says of every 403
        { 400, "limit: ensure this value is less than or equal to 100" },
        { 409, "The account group is not empty." },
        { 400, "name: must have 3 to 60 characters" },
        { 400, "type: value must be one of PLATFORM, SUPPORT" },
        { 404, "The entity does not exist." },
      }
      for i, answer in ipairs(errors) do
        assert.are.same(expected[i], { answer.error.status, answer.error.message })
      end
      assert.is_truthy(errors[2].error.body:find("does not have access", 1, true))
      assert.is_truthy(errors[1].error.body:find('"trace":"sandbox-', 1, true))
    end)

    it("by each status that the API documents", function()
      local messages = {
        [401] = "Access is denied due to invalid credentials.",
        [424] = "The entity does not have all its dependencies set up correctly.",
        [429] = "Too many requests.", [503] = "Service Unavailable",
      }
      local questions = {}
      for status in pairs(messages) do
        questions[#questions + 1] = question("reports", "getResourceUsageReport",
          { enterpriseId = enterprise_id }, support.controls("status=" .. status))
      end
      local found = {}
      for _, answer in ipairs(ask(nil, questions)) do
        found[answer.error.status] = answer.error.message
      end
      assert.are.same(messages, found)
    end)

    it("by IAM, when its API key is wrong", function()
      local failure = ask(support.url, {
        question("management", "listAccounts"),
      }, { apikey = "another-key" })[1].error
      assert.are.same({ 400, "Provided API key could not be found." },
        { failure.status, failure.message })
    end)

    it("now and then, and gets through by its own retries", function()
      local id = support.new_id "sdk-retries"
      local answer = ask(support.controls("status=503,fail=1,id=" .. id), {
        question("management", "listAccounts", { limit = 100 }),
      }, { retries = true })[1]
      assert.are.equal(6, #answer.result.resources)
      assert.are.equal(2, support.ledger(id).requests)
    end)
  end)

  it("would notice an answer that is not as it declares", function()
    local answer = ask(support.controls "body=json", {
      question("management", "getAccount", { accountId = "account-administration" }),
    })[1]
    assert.are.same({ "getAccount.ok: is not declared" }, answer.faults)
  end)
end)
