--- The endpoints of the Enterprise Dashboard API v2 that give no rows, and those of the dashboard
--- itself, where API keys are made.

local query = require "costream.query"

local kinds = query.kinds

return {
  {
    name = "health",
    path = "/v2/health",
    anonymous = true,
  },
  {
    name = "versions",
    path = "/",
    anonymous = true,
  },
  {
    name = "api_keys",
    service = "dashboard",
    path = "/api/auth/keys",
    wrapped = "list",
    shape = { name = "API key", fields = { "id", "name" } },
  },
  {
    name = "create_api_key",
    service = "dashboard",
    method = "POST",
    path = "/api/auth/keys",
    body = {
      fields = {
        name = kinds.text(), role = kinds.one_of("Admin", "Editor", "Viewer"),
        seconds_to_live = kinds.integer(1, 2 ^ 53),
      },
      required = { "name", "role" },
      as = { seconds_to_live = "secondsToLive" },
    },
    look = "otc:api_keys()",
    key = { member = "key", needed = true },
  },
  {
    name = "delete_api_key",
    service = "dashboard",
    method = "DELETE",
    path = "/api/auth/keys/{id}",
    id = kinds.identifier(),
    look = "otc:api_keys()",
  },
}
