--- The endpoints of IBM Cloud's Enterprise Management v1 and Enterprise Billing Units v1, as its
--- own libraries have them.

local body = require "costream.body"
local query = require "costream.query"

local kinds = query.kinds

local name = kinds.text { least = 3, most = 60 }
local domain = kinds.text { least = 0, most = 60 }

local by_docid = { parameter = "next_docid", link = "next_url" }
local by_start = { parameter = "start", link = "next_url" }

local enterprise = { name = "enterprise", fields = { "id", "crn", "enterprise_account_id" } }
local account_group = {
  name = "account group", fields = { "id", "crn", "enterprise_id", "enterprise_account_id" },
}
local account = {
  name = "account", fields = { "id", "crn", "enterprise_id", "enterprise_account_id" },
}
local billing_unit = { name = "billing unit", fields = { "id", "crn", "enterprise_id" } }
local billing_option = { name = "billing option", fields = { "id", "billing_unit_id" } }
local credit_pool = {
  name = "credit pool", fields = { "billing_unit_id", "term_credits", "overage" },
}

return {
  {
    name = "enterprises",
    service = "management",
    path = "/v1/enterprises",
    parameters = {
      enterprise_account_id = kinds.text(), account_group_id = kinds.text(),
      account_id = kinds.text(), limit = kinds.integer(0, 100), next_docid = kinds.text(),
    },
    list = "resources",
    paging = by_docid,
    shape = enterprise,
  },
  {
    name = "enterprise",
    service = "management",
    path = "/v1/enterprises/{enterprise_id}",
    shape = enterprise,
  },
  {
    name = "create_enterprise",
    service = "management",
    method = "POST",
    path = "/v1/enterprises",
    body = {
      fields = {
        source_account_id = kinds.text(), name = name, primary_contact_iam_id = kinds.text(),
        domain = domain,
      },
      required = { "source_account_id", "name", "primary_contact_iam_id" },
    },
    look = "ibm:enterprises { account_id = ... }",
  },
  {
    name = "update_enterprise",
    service = "management",
    method = "PATCH",
    path = "/v1/enterprises/{enterprise_id}",
    body = {
      fields = { name = name, domain = domain, primary_contact_iam_id = kinds.text() },
      any = true,
    },
    look = "ibm:enterprise(enterprise_id)",
  },
  {
    name = "import_account",
    service = "management",
    method = "PUT",
    path = "/v1/enterprises/{enterprise_id}/import/accounts/{account_id}",
    body = { fields = { parent = kinds.text(), billing_unit_id = kinds.text() } },
    look = "ibm:account(account_id)",
  },
  {
    name = "account_groups",
    service = "management",
    path = "/v1/account-groups",
    parameters = {
      enterprise_id = kinds.text(), parent_account_group_id = kinds.text(),
      parent = kinds.text(), include_deleted = kinds.boolean(), limit = kinds.integer(0, 100),
      next_docid = kinds.text(),
    },
    list = "resources",
    paging = by_docid,
    shape = account_group,
  },
  {
    name = "account_group",
    service = "management",
    path = "/v1/account-groups/{account_group_id}",
    shape = account_group,
  },
  {
    name = "create_account_group",
    service = "management",
    method = "POST",
    path = "/v1/account-groups",
    body = {
      fields = { parent = kinds.text(), name = name, primary_contact_iam_id = kinds.text() },
      required = { "parent", "name", "primary_contact_iam_id" },
    },
    look = "ibm:account_groups { parent = ... }",
  },
  {
    name = "update_account_group",
    service = "management",
    method = "PATCH",
    path = "/v1/account-groups/{account_group_id}",
    body = { fields = { name = name, primary_contact_iam_id = kinds.text() }, any = true },
    look = "ibm:account_group(account_group_id)",
  },
  {
    name = "delete_account_group",
    service = "management",
    method = "DELETE",
    path = "/v1/account-groups/{account_group_id}",
    look = "ibm:account_group(account_group_id)",
  },
  {
    name = "accounts",
    service = "management",
    path = "/v1/accounts",
    parameters = {
      enterprise_id = kinds.text(), account_group_id = kinds.text(), parent = kinds.text(),
      include_deleted = kinds.boolean(), limit = kinds.integer(0, 100),
      next_docid = kinds.text(),
    },
    list = "resources",
    paging = by_docid,
    shape = account,
  },
  {
    name = "account",
    service = "management",
    path = "/v1/accounts/{account_id}",
    shape = account,
  },
  {
    name = "create_account",
    service = "management",
    method = "POST",
    path = "/v1/accounts",
    body = {
      fields = {
        parent = kinds.text(), name = name, owner_iam_id = kinds.text(),
        traits = body.object {
          mfa = kinds.text { least = 0, most = 60 }, enterprise_iam_managed = kinds.boolean(),
        },
        options = body.object {
          create_iam_service_id_with_apikey_and_owner_policies = kinds.boolean(),
        },
      },
      required = { "parent", "name", "owner_iam_id" },
    },
    look = "ibm:accounts { parent = ... }",
    key = { member = "iam_apikey" },
  },
  {
    name = "update_account",
    service = "management",
    method = "PATCH",
    path = "/v1/accounts/{account_id}",
    body = { fields = { parent = kinds.text() }, required = { "parent" } },
    look = "ibm:account(account_id)",
  },
  {
    name = "delete_account",
    service = "management",
    method = "DELETE",
    path = "/v1/accounts/{account_id}",
    look = "ibm:account(account_id)",
  },
  {
    name = "billing_units",
    service = "billing",
    path = "/v1/billing-units",
    parameters = {
      account_id = kinds.text(), enterprise_id = kinds.text(), account_group_id = kinds.text(),
      limit = kinds.integer(0, 100), start = kinds.text(),
    },
    list = "resources",
    paging = by_start,
    shape = billing_unit,
  },
  {
    name = "billing_unit",
    service = "billing",
    path = "/v1/billing-units/{billing_unit_id}",
    shape = billing_unit,
  },
  {
    name = "billing_options",
    service = "billing",
    path = "/v1/billing-options",
    parameters = {
      billing_unit_id = kinds.text(), limit = kinds.integer(0, 100), start = kinds.text(),
    },
    required = { "billing_unit_id" },
    list = "resources",
    paging = by_start,
    shape = billing_option,
  },
  {
    name = "credit_pools",
    service = "billing",
    path = "/v1/credit-pools",
    parameters = {
      billing_unit_id = kinds.text(), date = kinds.month { digits = 2 },
      type = kinds.one_of("PLATFORM", "SUPPORT"), limit = kinds.integer(0, 100),
      start = kinds.text(),
    },
    required = { "billing_unit_id" },
    list = "resources",
    paging = by_start,
    shape = credit_pool,
  },
}
