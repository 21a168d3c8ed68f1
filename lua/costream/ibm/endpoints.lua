--- The endpoints of IBM Cloud's Enterprise Management v1 and Enterprise Billing Units v1, as its
--- own libraries have them.

local query = require "costream.query"

local kinds = query.kinds

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
