--- The Open Telekom Cloud's services: where each is, and what to do about its statuses.

local TOO_MANY = "The service got too many requests: wait a while and try again."
local REDIRECT = "Only redirects to the same origin are followed: check %s, and use https."
local DOWN = "The service is not available at the moment: wait some minutes and try again."

---@type table<string, costream.Service>
return {
  consumption = {
    base_url = "https://api-enterprise-dashboard.otc-service.com",
    recoveries = {
      [400] = "Check the query: the service found something in it invalid.",
      [401] = "The API key is wrong or has expired (they live 90 days): make one with level "
        .. "Admin in the Enterprise Dashboard under Configuration, API Keys.",
      [403] = "The API key may not read this: it must have level Admin, and only a payer's key "
        .. "sees other tenants. Make one in the Enterprise Dashboard under Configuration, API "
        .. "Keys.",
      [404] = "Check base_url: it must be the service's root, without /v2.",
      [422] = "Check the query: the service refused the type or range of a parameter.",
      [429] = TOO_MANY,
      ["3xx"] = REDIRECT:format "base_url",
      ["5xx"] = DOWN,
    },
  },
  -- The Enterprise Dashboard itself, a Grafana, where API keys are made.
  dashboard = {
    base_url = "https://enterprise-dashboard.otc-service.com",
    recoveries = {
      [400] = "Check what was sent: a new key needs a name and a role, and where the dashboard "
        .. "limits the life of keys, seconds_to_live within that limit.",
      [401] = "The user or the password is wrong: check them by signing in to the dashboard.",
      [403] = "The user may not do this: API keys are for admins of the dashboard.",
      [404] = "There is no such API key, or dashboard_url is not the dashboard's root: look with "
        .. "otc:api_keys().",
      [409] = "There is an API key of this name: take another, or delete that one.",
      [410] = "This dashboard is a newer Grafana, which makes no API keys any more: make a "
        .. "service account with role Admin there, add a token to it, and use that as the key.",
      [429] = TOO_MANY,
      ["3xx"] = REDIRECT:format "dashboard_url",
      ["5xx"] = DOWN,
    },
  },
}
