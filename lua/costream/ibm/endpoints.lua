--- The endpoints of IBM Cloud's Enterprise Management v1, as its own libraries have them.

local query = require "costream.query"

local kinds = query.kinds

local paging = { parameter = "next_docid", link = "next_url" }

local enterprise = { name = "enterprise", fields = { "id", "crn", "enterprise_account_id" } }
local account_group = {
  name = "account group", fields = { "id", "crn", "enterprise_id", "enterprise_account_id" },
}
local account = {
  name = "account", fields = { "id", "crn", "enterprise_id", "enterprise_account_id" },
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
    paging = paging,
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
    paging = paging,
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
    paging = paging,
    shape = account,
  },
  {
    name = "account",
    service = "management",
    path = "/v1/accounts/{account_id}",
    shape = account,
  },
}
