--- Misuse of from, to and parallel: the message names the argument and what it may be.

local costream = require "costream"
local support = require "support"

local otc = costream.otc { token = "token" }
local ibm = costream.ibm { token = "token" }

--- `it` for a query that is misuse: its message names the place of the call and holds `expected`.
local function refuses(name, expected, client, method, query)
  it(("refuses %s in %s"):format(name, method), function()
    local message = support.raised(function()
      client[method](client, query)
    end)
    assert.is_string(message)
    assert.matches("spec/misuse_range_spec.lua:%d+: costream: ", message)
    assert.matches(expected, message, nil, true)
  end)
end

local function show(value)
  return type(value) == "string" and ('"%s"'):format(value) or tostring(value)
end

for _, method in ipairs { "hourly", "daily" } do
  describe("a range of otc:" .. method, function()
    local what = "otc:" .. method .. ": "
    local function refuses_query(name, expected, query)
      refuses(name, what .. expected, otc, method, query)
    end

    refuses_query("from alone", "from: only together with to: a range has two ends, as in from = "
      .. '"2024-03", to = "2024-05"', { from = "2024-03-30" })
    refuses_query("to alone", "to: only together with from", { to = "2024-03-30" })
    refuses_query("parallel alone", "parallel: only together with from and to", { parallel = 2 })
    refuses_query("a day to a month", 'to: expected a day, as from is one, got "2024-04"',
      { from = "2024-03-30", to = "2024-04" })
    refuses_query("a month to a day", 'to: expected a month, as from is one, got "2024-04-01"',
      { from = "2024-03", to = "2024-04-01" })
    refuses_query("days that run backwards", "to: 2024-03-29 is before from, which is 2024-03-30",
      { from = "2024-03-30", to = "2024-03-29" })
    refuses_query("months that run backwards", "to: 2023-12 is before from, which is 2024-01",
      { from = "2024-01", to = "2023-12" })
    for _, value in ipairs { "2024-02-30", "2023-02-29", "2024-13", "2024-00", "2024", "2024-3-1",
      "30.03.2024", "" } do
      refuses_query("to = " .. show(value), "to: expected a day as 2024-03-31, or a month as "
        .. "2024-03, got " .. show(value), { from = "2024-01-01", to = value })
    end
    for _, value in ipairs { 20240330, true } do
      refuses_query("from = " .. show(value), "from: expected string, got " .. show(value),
        { from = value, to = "2024-03-30" })
    end
    for _, value in ipairs { "2019-12-31", "2101-01-01", "2019-12" } do
      refuses_query("from = " .. show(value), "from: expected a year from 2020 to 2100, got "
        .. show(value), { from = value, to = value })
    end
    refuses_query("to = 2101-01", 'to: expected a year from 2020 to 2100, got "2101-01"',
      { from = "2100-12", to = "2101-01" })
    for name, value in pairs { date = "2024-03-30", year = 2024, month = 3, week = 13 } do
      refuses_query(name .. " in a range", name .. ": not together with from and to",
        { from = "2024-03-30", to = "2024-03-31", [name] = value })
    end
    for _, value in ipairs { 0, -1, 1.5, "4", true, math.huge } do
      refuses_query("parallel = " .. show(value), "parallel: expected a whole number from 1 to",
        { from = "2024-03-30", to = "2024-03-31", parallel = value })
    end
    refuses_query("an unknown name in a range", 'unknown name "until"',
      { from = "2024-03-30", to = "2024-03-31", ["until"] = 1 })
    refuses_query("a wrong filter in a range", "contract: expected a whole number",
      { from = "2024-03-30", to = "2024-03-31", contract = "x" })

    it("may have each other filter, and be all that there is", function()
      assert.has_no_error(function()
        otc[method](otc, { from = "2020-01-01", to = "2100-12-31", contract = 1, product = "x",
          parallel = 1, show_tag = true, tag_key = "k" })
        otc[method](otc, { from = "2020-01", to = "2100-12" })
        otc:hourly { from = "2024-03-30", to = "2024-03-31", hour = 2 }
      end)
    end)
  end)
end

for _, method in ipairs { "reports", "usage", "pages" } do
  describe("a range of ibm:" .. method, function()
    local what = "ibm:" .. method .. ": "
    local function refuses_query(name, expected, query)
      query.enterprise_id = "e"
      refuses(name, what .. expected, ibm, method, query)
    end

    refuses_query("from alone", "from: only together with to", { from = "2024-03" })
    refuses_query("days", 'from: expected a month as 2024-03, got "2024-03-30"',
      { from = "2024-03-30", to = "2024-03-31" })
    refuses_query("month in a range", "month: not together with from and to",
      { from = "2024-03", to = "2024-04", month = "2024-03" })
    refuses_query("offset in a range", "offset: not together with from and to",
      { from = "2024-03", to = "2024-04", offset = "x" })
    refuses_query("months that run backwards", "to: 2023-12 is before from",
      { from = "2024-01", to = "2023-12" })
    refuses_query("parallel alone", "parallel: only together with from and to", { parallel = 2 })

    it("without an id is refused as any other query", function()
      assert.matches("expected exactly one of enterprise_id",
        support.raised(ibm[method], ibm, { from = "2024-01", to = "2024-02" }), nil, true)
    end)
  end)
end

describe("a query with a name that is not known", function()
  local RANGE = { "from", "parallel", "resume", "to" }
  local function names_them(client, prefix, method, names)
    it(("is told all that there are: %s:%s"):format(prefix, method), function()
      local message = support.raised(client[method], client, { form = "2024-03" })
      local known = message:match 'unknown name "form"; known are (.*)$'
      for _, name in ipairs(names) do
        assert.matches((", %s,"):format(name), (", %s,"):format(known), nil, true)
      end
      assert.are.equal(method == "usage" or method == "reports",
        (known .. ","):find(", path,", 1, true) ~= nil)
    end)
  end
  for _, method in ipairs { "hourly", "daily" } do
    names_them(otc, "otc", method, RANGE)
  end
  for _, method in ipairs { "reports", "usage", "pages" } do
    names_them(ibm, "ibm", method, RANGE)
  end
  names_them(ibm, "ibm", "accounts", { "resume", "limit" })
end)
