--- Misuse: every argument is checked where it is given, and the message says what it may be.

local costream = require "costream"
local support = require "support"

local unpack = table.unpack or rawget(_G, "unpack")
local records, otc, ibm = costream.records, costream.otc, costream.ibm

--- `it` for a call that is misuse: its message names the place of the call and holds `expected`.
local function refuses(name, expected, call)
  it("refuses " .. name, function()
    local message = support.raised(call)
    assert.is_string(message)
    assert.matches("spec/misuse_spec.lua:%d+: costream: ", message)
    assert.matches(expected, message, nil, true)
    assert.is_nil(message:find "%c")
  end)
end

local function of_records(options)
  return function() records("[]", options) end
end

local function of_otc(options)
  return function()
    options.token = options.token or "token"
    otc(options)
  end
end

describe("records", function()
  local source = "records: source: expected a string, an open file or a function, got "
  refuses("no source", source .. "nothing", function() records() end)
  refuses("a number as source", source .. "7", function() records(7) end)
  refuses("a table as source", source .. "a table", function() records {} end)
  refuses("a stream as source", source, function() records((records "[]")) end)

  refuses("no source in a pcall", source .. "nothing", function()
    local _, message = pcall(records)
    error(message, 0)
  end)

  refuses("options that are no table", 'records: options: expected table, got "a[]"',
    of_records "a[]")
  refuses("an unknown option", 'records: options: unknown name "pth"; known are framing, limits, '
    .. "nulls, numbers, path", of_records { pth = "a[]" })
  refuses("a list as options", "unknown name 1", of_records { "a[]" })
  refuses("nulls that are no boolean", "options.nulls: expected boolean or nil, got 1",
    of_records { nulls = 1 })
  refuses("numbers other than text", 'options.numbers: expected "text" or nil, got "float"',
    of_records { numbers = "float" })
  refuses("an unknown framing", 'options.framing: expected "array" or "lines", got "envelope"',
    of_records { framing = "envelope" })
  refuses("a framing that is no string", "options.framing: expected", of_records { framing = 1 })
  refuses("a framing beside a path", "options.framing: not together with options.path",
    of_records { framing = "array", path = "a[]" })
  refuses("a path that is no string", "options.path: expected string", of_records { path = 1 })

  for _, path in ipairs { "", "[]", "reports", "a.b", ".a[]", "a.[]", "a..b[]", "a[].b[]",
    "a[][]", "a[0]", "a]b[]", "a\0b[]" } do
    refuses(("the path %q"):format(path):gsub("%z", "\\0"), "options.path: expected names joined",
      of_records { path = path })
  end

  for _, path in ipairs { "a[]", "a.b.c[]", "a b.ä[]" } do
    it(("takes the path %q"):format(path), function()
      assert.has_no_error(of_records { path = path })
    end)
  end
end)

describe("limits", function()
  local most = { record_bytes = 2 ^ 30, depth = 1024, body_bytes = 2 ^ 53 }

  refuses("limits that are no table", "options.limits: expected table, got 10",
    of_records { limits = 10 })
  refuses("an unknown limit", 'options.limits: unknown name "pages"; known are body_bytes, '
    .. "depth, record_bytes, rows", of_records { limits = { pages = 10 } })

  for name, high in pairs(most) do
    local expected = ("limits.%s: expected a whole number from 1 to %.0f"):format(name, high)
    for _, value in ipairs { 0, -1, 1.5, high * 2, math.huge, 0 / 0, "10", true } do
      refuses(("%s = %s"):format(name, tostring(value)), expected,
        of_records { limits = { [name] = value } })
    end

    it("takes the most and the least of " .. name, function()
      assert.has_no_error(of_records { limits = { [name] = high } })
      assert.has_no_error(of_records { limits = { [name] = 1 } })
    end)
  end
end)

describe("otc", function()
  refuses("no options", "otc: options: expected a table as {", function() otc() end)
  refuses("options that are no table", "otc: options: expected a table as {",
    function() otc(1) end)
  refuses("no token", "otc: token: expected a string or a function, got nothing",
    function() otc {} end)
  refuses("a token that is a number", "otc: token: expected a string or a function, got a number",
    of_otc { token = 12345 })
  for name, token in pairs {
    ["an empty token"] = "", ["a token with a space"] = "to ken", ["a token with LF"] = "token\n",
    ["a token that is not ASCII"] = "tökn", ["a token with a NUL"] = "to\0ken",
  } do
    refuses(name, "otc: token: expected visible ASCII characters", of_otc { token = token })
  end
  refuses("an unknown option", 'otc: unknown name "tokn"; known are allow_http, base_url',
    of_otc { tokn = "x" })
  refuses("an option of ibm", 'otc: unknown name "apikey"', of_otc { apikey = "x" })

  it("shows no secret in its name, nor in a message on one", function()
    assert.is_nil(tostring(otc { token = "geheim" }):find("geheim", 1, true))
    local message = support.raised(otc, { token = "geheim geheim" })
    assert.is_nil(message:find("geheim", 1, true))
  end)
end)

describe("the options of every client", function()
  for _, name in ipairs { "nulls", "http2", "allow_http", "trust_close" } do
    refuses(name .. " that is no boolean", name .. ": expected boolean or nil, got 1",
      of_otc { [name] = 1 })
  end
  refuses("numbers other than text", 'numbers: expected "text" or nil, got true',
    of_otc { numbers = true })
  refuses("an unknown limit", 'limits: unknown name "row_bytes"',
    of_otc { limits = { row_bytes = 1 } })
  for _, name in ipairs { "proxy", "ca_file", "user_agent" } do
    refuses(name .. " that is no string", name .. ": expected non-empty text",
      of_otc { [name] = 1 })
    refuses(name .. " that is empty", name .. ": expected non-empty text", of_otc { [name] = "" })
    refuses(name .. " with a line break", name .. ": expected non-empty text without control",
      of_otc { [name] = "a\r\nHost: b" })
  end
  refuses("a timeout that is a number", "otc: timeout: expected table or nil, got 5",
    of_otc { timeout = 5 })
  refuses("an unknown timeout", 'timeout: unknown name "read"; known are connect, stall, total',
    of_otc { timeout = { read = 1 } })
  for _, name in ipairs { "connect", "stall", "total" } do
    for _, seconds in ipairs { 0, -1, math.huge, 0 / 0, "10" } do
      refuses(("timeout.%s = %s"):format(name, tostring(seconds)),
        ("timeout.%s: expected a number greater than 0, got"):format(name),
        of_otc { timeout = { [name] = seconds } })
    end
  end

  refuses("a base_url that is no string", "otc: base_url: expected string, got 1",
    of_otc { base_url = 1 })
  for url, expected in pairs {
    [""] = "must begin with https:// or http://",
    ["example.com"] = "must begin with https:// or http://",
    ["ftp://example.com"] = "must begin with https:// or http://",
    ["https://"] = "the URL is malformed",
    ["https://user:word@example.com"] = "must not contain a user name or password",
    ["https://exam ple.com"] = "no white space or control characters",
    ["https://example.com\n"] = "no white space or control characters",
    ["https://example.com/?a=b"] = "no query or fragment",
    ["https://example.com/#a"] = "no query or fragment",
    ["http://example.com"] = "plain http is allowed to a loopback address only",
    ["http://127.0.0.1.example.com"] = "plain http is allowed to a loopback address only",
    ["http://localhost.example.com"] = "plain http is allowed to a loopback address only",
  } do
    refuses(("base_url = %q"):format(url):gsub("\n", "n"), expected, of_otc { base_url = url })
  end

  for _, url in ipairs { "http://127.0.0.1:1", "http://localhost", "http://[::1]:80/x",
    "HTTPS://example.com/" } do
    it("takes the base_url " .. url, function()
      assert.has_no_error(of_otc { base_url = url })
    end)
  end

  it("takes plain http to other hosts with allow_http alone", function()
    assert.has_no_error(of_otc { base_url = "http://example.com", allow_http = true })
  end)
end)

describe("otc queries", function()
  local client = otc { token = "token" }
  local wrong = {
    { "date", "expected a date as 2024-08-02", "2024-8-2", "02.08.2024", "2024-08-02T00", "",
      "2024-00-01", "2024-13-01", "2024-08-00", "2024-08-32", "2024-04-31", "2023-02-29",
      "2100-02-29" },
    { "date", "expected string", 20240802, true },
    { "month", "expected a whole number from 1 to 12", 0, 13, 1.5, "8", true },
    { "week", "expected a whole number from 1 to 53", 0, 54 },
    { "year", "expected a whole number from 2020 to 2100", 2019, 2101, "2024" },
    { "contract", "expected a whole number from 0 to 9007199254740992", -1, 2 ^ 60, "17", 0.5 },
    { "product", "expected string", true, {} },
    { "product", "expected non-empty text without control characters", "", "a\nb" },
    { "product", "expected a whole number", -1, 1.5 },
    { "product_description", "expected string", 1 },
    { "project_name", "expected non-empty text without control characters", "", "a\0b" },
    { "resource_id", "expected string", 1 },
    { "show_tag", "expected boolean", "true", 1 },
    { "consumption_type", "expected one of EL, RC, OTF", "el", "", 1 },
    { "tag_key", "has no effect without show_tag = true", "team" },
    { "tag_value", "has no effect without show_tag = true", "blue" },
  }
  for _, method in ipairs { "hourly", "daily" } do
    for _, case in ipairs(wrong) do
      for i = 3, #case do
        refuses(("%s = %s of %s"):format(case[1], tostring(case[i]):gsub("%c", "?"), method),
          ("otc:%s: %s: %s"):format(method, case[1], case[2]),
          function() client[method](client, { [case[1]] = case[i] }) end)
      end
    end
    refuses("a query of " .. method .. " that is a string",
      ('otc:%s: query: expected table or nil, got "2024-08-02"'):format(method),
      function() client[method](client, "2024-08-02") end)
    refuses("an unknown name in a query of " .. method, 'unknown name "Date"; known are',
      function() client[method](client, { Date = "2024-08-02" }) end)
    refuses("a list as query of " .. method, "unknown name 1",
      function() client[method](client, { "2024-08-02" }) end)
    refuses("a tag with show_tag = false in " .. method, "has no effect without show_tag = true",
      function() client[method](client, { tag_key = "a", show_tag = false }) end)

    it("takes everything that " .. method .. " knows", function()
      assert.has_no_error(function()
        client[method](client, {
          contract = 0, date = "2024-02-29", month = 12, product = 5, product_description = "ä",
          project_name = "a b", resource_id = "x", show_tag = true, tag_key = "k",
          tag_value = "v", week = 53, year = 2020, consumption_type = "OTF",
        })
      end)
    end)
  end
  refuses("hour = 24 of hourly", "hour: expected a whole number from 0 to 23, got 24",
    function() client:hourly { hour = 24 } end)
  refuses("hour of daily", 'otc:daily: unknown name "hour"',
    function() client:daily { hour = 1 } end)
end)

describe("ibm", function()
  refuses("no options", "ibm: options: expected a table as {", function() ibm() end)
  refuses("neither apikey nor token", "ibm: expected either apikey or token",
    function() ibm {} end)
  refuses("both apikey and token", "ibm: expected either apikey or token",
    function() ibm { apikey = "a", token = "b" } end)
  refuses("an apikey that is a function", "ibm: apikey: expected a string, got a function",
    function() ibm { apikey = print } end)
  refuses("an apikey with a space", "ibm: apikey: expected visible ASCII characters",
    function() ibm { apikey = "a b" } end)
  refuses("an iam_url that is none", "ibm: iam_url: the URL must begin with https://",
    function() ibm { apikey = "a", iam_url = "iam" } end)
  refuses("an iam_url with plain http", "ibm: iam_url: plain http is allowed to a loopback",
    function() ibm { apikey = "a", iam_url = "http://example.com" } end)
  refuses("a billing_url with plain http", "ibm: billing_url: plain http is allowed to a",
    function() ibm { apikey = "a", billing_url = "http://example.com" } end)

  it("shows no secret in its name", function()
    assert.is_nil(tostring(ibm { apikey = "geheim" }):find("geheim", 1, true))
  end)
end)

describe("ibm queries", function()
  local client = ibm { token = "token" }
  local wrong = {
    { "enterprise_id", "expected string", 1, true },
    { "enterprise_id", "expected non-empty text without control characters", "", "a\nb" },
    { "children", "expected boolean", "true", 1 },
    { "month", "expected a month as 2024-08", "2024-13", "2024-00", "24-07", "2024", "July" },
    { "month", "expected string", 7 },
    { "billing_unit_id", "expected string", 1 },
    { "limit", "expected a whole number from 1 to", 0, -1, 1.5, "5" },
    { "offset", "expected non-empty text without control characters", "" },
  }
  for _, method in ipairs { "reports", "pages", "usage" } do
    for _, case in ipairs(wrong) do
      for i = 3, #case do
        refuses(("%s = %s of %s"):format(case[1], tostring(case[i]):gsub("%c", "?"), method),
          ("ibm:%s: %s: %s"):format(method, case[1], case[2]), function()
            local query = { enterprise_id = "e" }
            query[case[1]] = case[i]
            client[method](client, query)
          end)
      end
    end
    refuses("no query of " .. method, "expected exactly one of enterprise_id",
      function() client[method](client) end)
    refuses("two ids of " .. method, "and account_id, got 2 of them",
      function() client[method](client, { account_group_id = "a", account_id = "b" }) end)
    refuses("children of an account of " .. method, "children: not together with account_id",
      function() client[method](client, { account_id = "a", children = true }) end)
    refuses("an unknown name in a query of " .. method, 'unknown name "enterprise"',
      function() client[method](client, { enterprise = "a" }) end)
  end
end)

describe("run and spawn", function()
  refuses("to run nothing", "run: fn: expected function, got nothing",
    function() costream.run() end)
  refuses("to run a table", "run: fn: expected function, got a table",
    function() costream.run {} end)
  refuses("to spawn where no task is", "spawn: there is no task here",
    function() costream.spawn(print) end)
  refuses("to spawn a string", 'spawn: fn: expected function, got "x"',
    function() costream.run(function() costream.spawn "x" end) end)
end)

describe("where and select", function()
  local function refuses_step(name, expected, method, ...)
    local arguments, count = { ... }, select("#", ...)
    refuses(method .. name, expected, function()
      local stream = records "[]"
      stream[method](stream, unpack(arguments, 1, count))
    end)
  end

  refuses_step("()", "where: expected function or table or string, got nothing", "where")
  refuses_step("(1)", "where: expected function or table or string, got 1", "where", 1)
  refuses_step(" {}", "where: expected at least one field in the table", "where", {})
  refuses_step(" { name }", "where: name: expected string, got 1", "where", { "n" })
  refuses_step(" { n = {} }", "where: n: expected a string, number or", "where", { n = {} })
  refuses_step(" { n = null }", "where: n: expected a string", "where", { n = costream.null })
  refuses_step("(n)", "where: operator: expected string, got nothing", "where", "n")
  refuses_step("(n, ==)", 'unknown operator "=="; known are =, ~=, <', "where", "n", "==", 1)
  refuses_step("(n, =)", "where: value: expected a string, number or boolean", "where", "n", "=")
  refuses_step("(n, =, NaN)", "where: value: expected a string", "where", "n", "=", 0 / 0)
  refuses_step("(n, =, {})", "where: value: expected a string", "where", "n", "=", {})
  for _, operator in ipairs { "<", "<=", ">", ">=" } do
    refuses_step("(n, " .. operator .. ", true)",
      operator .. " orders strings and numbers alone, got true", "where", "n", operator, true)
  end
  refuses_step("(fn, =)", "where: a function or a table stands alone", "where", print, "=")
  refuses_step("({}, nil, 1)", "where: a function or a table stands alone",
    "where", { n = 1 }, nil, 1)
  refuses_step("()", "select: expected names of fields", "select")
  refuses_step("(a, 2)", "select: name 2: expected string, got 2", "select", "a", 2)
  refuses_step("(a, nil, b)", "name 2: expected string, got nothing", "select", "a", nil, "b")

  refuses("where behind the first row", "where: the stream gives rows already", function()
    local stream = records "[1,2]"
    stream()
    stream:where("n", "=", 1)
  end)
  refuses("select behind the end", "select: the stream gives rows already", function()
    local stream = records "[]"
    stream:collect()
    stream:select "n"
  end)
end)

describe("collect", function()
  for _, n in ipairs { -1, 1.5, 0 / 0, math.huge, "1" } do
    refuses("n = " .. tostring(n), "collect: n: expected a whole number from 0", function()
      local stream = records "[]"
      stream:collect(n)
    end)
  end
end)

describe("what is seldom meant", function()
  refuses("where on a field that select has dropped", "where: \"b\" is not among the fields",
    function() records("{}"):select("a"):where("b", "=", 1) end)
  refuses("select of a field that select has dropped", "select: \"b\" is not among the fields",
    function() records("{}"):select("a"):select("b") end)
  refuses("a number where numbers are text", 'where: "a": numbers are text in this stream',
    function() records("{}", { numbers = "text" }):where { a = 4 } end)
  refuses("a stream's method without its colon", "stream:collect: call it with a colon",
    function() records("{}").collect() end)
  refuses("an iam_url beside a token", "ibm: iam_url: only together with apikey",
    function() ibm { token = "token", iam_url = "https://iam.example" } end)
  refuses("a proxy that is none", "otc: proxy: ", of_otc { proxy = "foo://x" })
end)

describe("a method without its colon", function()
  local otc_client = otc { token = "token" }
  local ibm_client = ibm { token = "token" }
  for _, method in ipairs { "hourly", "daily", "health", "versions" } do
    refuses("otc." .. method, ("otc:%s: call it with a colon"):format(method), function()
      otc_client[method] { date = "2024-08-02" }
    end)
  end
  for _, method in ipairs { "reports", "pages", "usage" } do
    refuses("ibm." .. method, ("ibm:%s: call it with a colon"):format(method), function()
      ibm_client[method] { account_id = "a" }
    end)
  end
end)
