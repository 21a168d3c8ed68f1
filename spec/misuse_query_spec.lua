--- Misuse of where, select, values and fold: the message names the place and what it may be.

local costream = require "costream"
local support = require "support"

local unpack = table.unpack or rawget(_G, "unpack")
local records = costream.records

--- `it` for a call that is misuse: its message names the place of the call and holds `expected`.
local function refuses(name, expected, call)
  it("refuses " .. name, function()
    local message = support.raised(call)
    assert.is_string(message)
    assert.matches("spec/misuse_query_spec.lua:%d+: costream: ", message)
    assert.matches(expected, message, nil, true)
    assert.is_nil(message:find "%c")
  end)
end

--- `refuses` for a method of a fresh stream.
local function refuses_call(name, expected, method, ...)
  local arguments, count = { ... }, select("#", ...)
  refuses(method .. name, expected, function()
    local stream = records "[]"
    stream[method](stream, unpack(arguments, 1, count))
  end)
end

describe("a stream that is asked for thousands of fields", function()
  it("says how many it may be when its first row is asked for", function()
    local names = {}
    for i = 1, 4001 do
      names[i] = "field " .. i
    end
    local stream = (records "[]"):select(unpack(names))
    assert.matches("more than 4000 different fields", support.raised(stream), nil, true)
  end)
end)

describe("the conditions of where", function()
  local a_list = "where: value: expected a list of strings, numbers or booleans, got "
  refuses_call(" with an unknown operator", 'where: unknown operator "is"; known are =, ~=, <, '
    .. "<=, >, >=, in, prefix, contains, present, absent", "where", "a", "is", 1)
  refuses_call(" in no list", a_list .. "nothing", "where", "a", "in")
  refuses_call(" in a string", a_list .. '"b"', "where", "a", "in", "b")
  refuses_call(" in a set", 'where: value: expected a list, got a table with the key "b"',
    "where", "a", "in", { b = true })
  refuses_call(" in a list with a name", 'expected a list, got a table with the key "b"',
    "where", "a", "in", { 1, b = 2 })
  refuses_call(" in a list with a table", "where: value: 2: expected a string, number or boolean",
    "where", "a", "in", { 1, {} })
  refuses_call(" in a list with null", "where: value: 1: expected a string, number or boolean",
    "where", "a", "in", { costream.null })
  refuses_call(" in a list with NaN", "where: value: 1: expected a string, number or boolean",
    "where", "a", "in", { 0 / 0 })
  for _, operator in ipairs { "prefix", "contains" } do
    for name, value in pairs { ["1"] = 1, ["true"] = true, ["a table"] = {} } do
      refuses_call((" (a, %s, %s)"):format(operator, name),
        "where: value: expected a string, got " .. name, "where", "a", operator, value)
    end
    refuses_call((" (a, %s)"):format(operator), "where: value: expected a string, got nothing",
      "where", "a", operator)
  end
  for _, operator in ipairs { "<", "<=", ">", ">=" } do
    refuses_call((" (a, %s)"):format(operator), "where: value: expected a string or number, got "
      .. "nothing", "where", "a", operator)
  end
  for _, operator in ipairs { "present", "absent" } do
    for name, value in pairs { ["1"] = 1, ["false"] = false } do
      refuses_call((" (a, %s, %s)"):format(operator, name),
        ('where: "a" %s: takes no value, got %s'):format(operator, name),
        "where", "a", operator, value)
    end
  end
  refuses("a list of numbers where numbers are text", 'where: "a": numbers are text', function()
    records("[]", { numbers = "text" }):where("a", "in", { "1", 2 })
  end)
  refuses("where without its colon", "stream:where: call it with a colon",
    function() records("[]").where("a", "=", 1) end)
end)

describe("values", function()
  refuses_call(" of no fields", "values: expected names of fields", "values")
  refuses_call(" of a list", "values: name 1: expected string, got a table", "values", { "a" })
  refuses_call(" of nothing between names", "values: name 2: expected string, got nothing",
    "values", "a", nil, "b")
  refuses("a field that select has dropped", 'values: "b" is not among the fields',
    function() records("[]"):select("a"):values("b") end)
  refuses("values behind the first row", "values: the stream gives rows already", function()
    local stream = records "[1,2]"
    stream()
    stream:values "a"
  end)
  refuses("values without its colon", "stream:values: call it with a colon",
    function() records("[]").values("a") end)
end)

describe("the query of a fold", function()
  refuses_call("()", "fold: expected table, got nothing", "fold")
  refuses_call("(1)", "fold: expected table, got 1", "fold", 1)
  refuses_call(" of nothing", "fold: expected at least one of by, sum, min, max and count",
    "fold", {})
  refuses_call(" of empty lists", "fold: expected at least one of by", "fold",
    { by = {}, sum = {}, count = false })
  refuses_call(" of groups alone", "fold: expected at least one of by", "fold", { groups = 10 })
  refuses_call(" of an unknown name", 'fold: unknown name "avg"; known are by, count, groups, '
    .. "max, min, sum", "fold", { avg = { "a" } })
  refuses_call(" of a list", "fold: unknown name 1", "fold", { "a" })
  refuses_call(" with a count that is no boolean", "fold: count: expected boolean or nil, got 1",
    "fold", { count = 1 })
  for _, groups in ipairs { 0, -1, 1.5, "10", 0 / 0, math.huge } do
    refuses_call(" with groups = " .. tostring(groups), "fold: groups: expected a whole number "
      .. "from 1 to", "fold", { count = true, groups = groups })
  end
  for _, list in ipairs { "by", "sum", "min", "max" } do
    refuses_call(" with a string as " .. list,
      ('fold: %s: expected a list, as in { "amount" }, got "a"'):format(list),
      "fold", { [list] = "a" })
    refuses_call(" with nil in " .. list, ("fold: %s: expected a list, got "):format(list),
      "fold", { [list] = { "a", nil, "b" } })
    refuses_call(" with names instead of a list in " .. list,
      ("fold: %s: expected a list, as in { \"amount\" }"):format(list),
      "fold", { [list] = { field = "a" } })
    refuses_call(" with names beside the list in " .. list,
      ("fold: %s: expected a list"):format(list), "fold", { [list] = { "a", b = "c" } })
    refuses_call(" with a number in " .. list, ("fold: %s: 2: expected string"):format(list),
      "fold", { [list] = { "a", 2 } })
  end
  for _, list in ipairs { "sum", "min", "max" } do
    refuses_call(" with a name twice in " .. list,
      ('fold: %s: 2: "a" is there already'):format(list), "fold", { [list] = { "a", "a" } })
    refuses_call(" with a table in " .. list,
      ("fold: %s: 1: expected string, got a table"):format(list),
      "fold", { [list] = { { field = "a" } } })
    refuses("numbers as text in " .. list, "fold: numbers are text in this stream", function()
      records("[]", { numbers = "text" }):fold { [list] = { "a" } }
    end)
  end
end)

describe("by", function()
  local function refuses_by(name, expected, entry, more)
    local query = { by = { "a", entry }, count = true }
    for field, value in pairs(more or {}) do
      query[field] = value
    end
    refuses_call(" by " .. name, "fold: by: 2" .. expected, "fold", query)
  end

  refuses_by("an entry without field", ".field: expected string, got nothing", { first = 2 })
  refuses_by("an entry with an unknown name", ': unknown name "last"; known are as, field, first',
    { field = "b", last = 2 })
  refuses_by("a name that is no string", ".as: expected string or nil, got 1",
    { field = "b", as = 1 })
  for _, first in ipairs { 0, -1, 1.5, "10" } do
    refuses_by("first = " .. tostring(first), ".first: expected a whole number from 1 to",
      { field = "b", first = first })
  end
  refuses_by("the same field twice", ': "a" is there already; name it otherwise with as', "a")
  refuses_by("a name that is there", ': "a" is there already', { field = "b", as = "a" })
  for name, value in pairs { sum = { "x" }, min = { "x" }, max = { "x" }, count = true } do
    refuses_by("the groups' own name " .. name,
      (': "%s" is what the groups\' own %s is called'):format(name, name), name,
      { [name] = value })
  end

  it("takes such a name where the groups have no such list, or with another name", function()
    local source = '[{"sum":1,"count":2}]'
    assert.are.same({ { sum = 1, count = 2 } }, records(source):fold { by = { "sum", "count" } })
    assert.are.same({ { total = 1, sum = { count = 2 } } },
      records(source):fold { by = { { field = "sum", as = "total" } }, sum = { "count" } })
  end)

  refuses("a field that select has dropped", 'fold: "b" is not among the fields', function()
    records("[]"):select("a"):fold { by = { "b" }, sum = { "a" } }
  end)
  refuses("a sum over a field that select has dropped", 'fold: "b" is not among', function()
    records("[]"):select("a"):fold { by = { "a" }, sum = { "b" } }
  end)
end)

describe("a stream whose rows go to", function()
  local goals = {
    values = function(stream) stream:values "a" end,
    fold = function(stream) stream:fold { count = true } end,
  }
  local calls = {
    ["for"] = function(stream) stream() end,
    collect = function(stream) stream:collect() end,
    values = function(stream) stream:values "a" end,
    fold = function(stream) stream:fold { count = true } end,
    where = function(stream) stream:where { a = 1 } end,
    select = function(stream) stream:select "a" end,
  }
  for goal, give in pairs(goals) do
    for call, again in pairs(calls) do
      for _, in_lua in ipairs { false, true } do
        local name = ("%s behind %s%s"):format(call, goal, in_lua and ", in Lua" or "")
        refuses(name, ("%s: the rows of this stream go to %s"):format(call, goal), function()
          local stream = records '[{"a":1},{"a":2}]'
          stream = in_lua and stream:where(function() return true end) or stream
          give(stream)
          again(stream)
        end)
      end
    end
  end

  refuses("values that were begun: collect is misuse", "collect: the rows of this stream go to",
    function()
      local stream = records '[{"a":1},{"a":2}]'
      stream:values("a")()
      stream:collect()
    end)

  it("fold and fail stays usable for stats and close", function()
    local stream = records "[x"
    assert.is_nil((stream:fold { count = true }))
    assert.are.equal(0, stream:stats().rows)
    assert.has_no_error(function() stream:close() end)
  end)
end)

describe("a stream that gives rows already", function()
  for name, call in pairs {
    fold = function(stream) stream:fold { count = true } end,
    values = function(stream) stream:values "a" end,
    where = function(stream) stream:where("a", "present") end,
  } do
    refuses(name .. " behind the first row", name .. ": the stream gives rows already", function()
      local stream = records "[1,2]"
      stream()
      call(stream)
    end)
    refuses(name .. " behind the last row", name .. ": the stream gives rows already", function()
      local stream = records "[1,2]"
      stream:collect()
      call(stream)
    end)
  end

  refuses("a step on a stream that a function of its own reads", "where: the stream gives rows",
    function()
      local stream
      stream = records('[{"a":1}]'):where(function() return stream:where { a = 1 } end)
      stream:collect()
    end)
end)

describe("misuse that a client's options make", function()
  local options = { numbers = "text" }
  local account = { account_id = "account-data-services-operations", month = "2019-06" }

  for _, method in ipairs { "reports", "usage", "pages" } do
    refuses("a sum over ibm:" .. method .. " where numbers are text", "fold: numbers are text",
      function()
        local ibm = support.ibm(nil, options)
        ibm[method](ibm, account):fold { sum = { "limit" } }
      end)
    refuses("a number beside ibm:" .. method .. " where numbers are text",
      'where: "limit": numbers are text', function()
        local ibm = support.ibm(nil, options)
        ibm[method](ibm, account):where("limit", ">", 1)
      end)
  end
  refuses("a sum over otc rows where numbers are text", "fold: numbers are text", function()
    support.otc("rows=1", options):hourly():fold { sum = { "amount" } }
  end)
end)

describe("misuse of what a step gave", function()
  for _, method in ipairs { "where", "select", "values", "fold", "collect", "stats" } do
    refuses(method .. " behind values",
      method .. ": behind values there is only a for", function()
      local iterator = records("[]"):values "a"
      iterator[method](iterator, "a", "=", 1)
    end)
  end

  refuses("a source that reads its own stream", "the function reads the stream", function()
    local stream, calls = nil, 0
    stream = records(function()
      calls = calls + 1
      return calls == 1 and "[1" or stream() and nil
    end)
    stream:collect()
  end)

  refuses("null as a value, by its name", "got costream.null", function()
    records("[]"):where("a", "=", costream.null)
  end)
end)
