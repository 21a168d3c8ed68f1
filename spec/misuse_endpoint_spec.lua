--- Misuse of the methods that are made of tables of endpoints: lists, and what is had by an id.

local costream = require "costream"
local support = require "support"

local ibm = costream.ibm { token = "token" }
local otc = costream.otc { user = "user", password = "password" }

--- `it` for a call that is misuse: its message names the place of the call and holds `expected`.
local function refuses(client, method, expected, ...)
  local given, count = { ... }, select("#", ...)
  it(("of %s is refused: %s"):format(method, expected), function()
    local message = support.raised(function()
      client[method](client, (table.unpack or rawget(_G, "unpack"))(given, 1, count))
    end)
    assert.matches("spec/misuse_endpoint_spec.lua:%d+: costream: ", message)
    assert.matches(expected, message, 1, true)
  end)
end

describe("misuse", function()
  local texts = {
    enterprises = { "enterprise_account_id", "account_group_id", "account_id", "next_docid" },
    account_groups = { "enterprise_id", "parent_account_group_id", "parent", "next_docid" },
    accounts = { "enterprise_id", "account_group_id", "parent", "next_docid" },
    billing_units = { "account_id", "enterprise_id", "account_group_id", "start" },
    billing_options = { "billing_unit_id", "start" },
    credit_pools = { "billing_unit_id", "start" },
  }
  for method, names in pairs(texts) do
    local needed = method == "billing_options" or method == "credit_pools"
    local function with(name, value)
      return { billing_unit_id = needed and name ~= "billing_unit_id" and "u" or nil,
        [name] = value }
    end
    for _, name in ipairs(names) do
      refuses(ibm, method, ("ibm:%s: %s: expected string, got 5"):format(method, name),
        with(name, 5))
      refuses(ibm, method, ("ibm:%s: %s: expected non-empty text without control"):format(method,
        name), with(name, "a\nb"))
    end
    for _, limit in ipairs { -1, 101, 1.5, "10" } do
      refuses(ibm, method, ("ibm:%s: limit: expected a whole number from 0 to 100, got "):format(
        method) .. (type(limit) == "string" and '"10"' or tostring(limit)), with("limit", limit))
    end
    refuses(ibm, method, ("ibm:%s: unknown name \"offset\"; known are "):format(method),
      with("offset", "a"))
    refuses(ibm, method, ('ibm:%s: query: expected table or nil, got "a"'):format(method), "a")
    refuses(ibm, method, ("ibm:%s: resume: expected what stream:cursor() gave"):format(method),
      with("resume", "a"))
    if needed then
      refuses(ibm, method, ("ibm:%s: billing_unit_id: expected string, got nothing"):format(
        method), {})
      refuses(ibm, method, "billing_unit_id: expected string, got nothing")
    end
  end

  for _, method in ipairs { "account_groups", "accounts" } do
    refuses(ibm, method, "include_deleted: expected boolean, got 1", { include_deleted = 1 })
  end
  for _, date in ipairs { "2024-7", "2024-13", "2024", "2024-07-01" } do
    refuses(ibm, "credit_pools", ('date: expected a month as 2024-08, got "%s"'):format(date),
      { billing_unit_id = "u", date = date })
  end
  refuses(ibm, "credit_pools", 'type: expected one of PLATFORM, SUPPORT, got "platform"',
    { billing_unit_id = "u", type = "platform" })

  for _, method in ipairs { "enterprise", "account_group", "account", "billing_unit" } do
    local called = ("ibm:%s: %s_id: "):format(method, method)
    refuses(ibm, method, called .. "expected string, got nothing")
    refuses(ibm, method, called .. "expected string, got a table", { id = "a" })
    refuses(ibm, method, called .. 'expected an id, which is no path, got ".."', "..")
    refuses(ibm, method, called .. 'expected an id, which is no path, got "a/b"', "a/b")
  end
end)

describe("a method of an endpoint", function()
  local methods = {
    [ibm] = {
      "enterprises", "enterprise", "account_groups", "account_group", "accounts", "account",
      "create_enterprise", "update_enterprise", "import_account", "create_account_group",
      "update_account_group", "delete_account_group", "create_account", "update_account",
      "delete_account", "billing_units", "billing_unit", "billing_options", "credit_pools",
    },
    [otc] = { "health", "versions", "api_keys", "create_api_key", "delete_api_key" },
  }
  for client, names in pairs(methods) do
    for _, name in ipairs(names) do
      it("is called with a colon: " .. name, function()
        local message = support.raised(client[name], {})
        assert.matches(name .. ": call it with a colon", message, 1, true)
      end)
    end
  end
end)
