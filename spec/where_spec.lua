--- where: each operator, on each type of value; in C, and behind a function, where Lua decides.

local corpus = require "corpus"
local costream = require "costream"
local query_support = require "query_support"
local support = require "support"

-- Each row has a letter and one value, or none.
local rows = [==[[
  {"l":"a","v":1}, {"l":"b","v":1.5}, {"l":"c","v":-2}, {"l":"d","v":"1"}, {"l":"e","v":"Bern"},
  {"l":"f","v":"B\u0065rlin"}, {"l":"g","v":""}, {"l":"h","v":true}, {"l":"i","v":false},
  {"l":"j","v":null}, {"l":"k"}, {"l":"m","v":[1]}, {"l":"n","v":{"v":1}}, {"l":"o","v":10e-1},
  {"l":"p","v":"Z\u00fcrich \ud83d\ude00"}, {"v":"Bern","l":"q"}, {"l":"r","\u0076":2e3},
  {"l":"s","v":"x","v":7}, {"l":"t","v":7,"v":null}, {"l":"u","v":"a\u0000b"}
]]==]

local function always()
  return true
end

--- The letters of the rows that are left.
local function letters(stream)
  local list = {}
  for _, row in ipairs(assert(stream:collect())) do
    list[#list + 1] = row.l
  end
  return table.concat(list)
end

--- The same condition in C, with null as a value, in pieces, in Lua and behind select.
local function holds_for(expected, ...)
  local field = type((...)) == "string" and (...) or "v"
  assert.are.equal(expected, letters(costream.records(rows):where(...)))
  assert.are.equal(expected, letters(costream.records(rows, { nulls = true }):where(...)))
  assert.are.equal(expected, letters(costream.records(corpus.pieces(rows, 3)):where(...)))
  assert.are.equal(expected, letters(costream.records(rows):where(always):where(...)))
  local null_rows = costream.records(rows, { nulls = true })
  assert.are.equal(expected, letters(null_rows:where(always):where(...)))
  assert.are.equal(expected, letters(costream.records(rows):select(field, "l"):where(...)))
end

local ALL = "abcdefghijkmnopqrstu"

describe("where", function()
  it("with = holds for what is equal and of the same type", function()
    holds_for("ao", "v", "=", 1)
    holds_for("d", "v", "=", "1")
    holds_for("eq", "v", "=", "Bern")
    holds_for("f", "v", "=", "Berlin")
    holds_for("p", "v", "=", "Zürich 😀")
    holds_for("u", "v", "=", "a\0b")
    holds_for("g", "v", "=", "")
    holds_for("h", "v", "=", true)
    holds_for("i", "v", "=", false)
  end)

  it("with ~= holds for what is there, no object and no list, and not equal", function()
    holds_for("bcdefghipqrsu", "v", "~=", 1)
    holds_for("abcdfghioprsu", "v", "~=", "Bern")
    holds_for("abcdefgiopqrsu", "v", "~=", true)
  end)

  it("with < and <= holds for lesser numbers, or lesser strings", function()
    holds_for("c", "v", "<", 1)
    holds_for("aco", "v", "<=", 1)
    holds_for("dfg", "v", "<", "Bern")
    holds_for("defgq", "v", "<=", "Bern")
  end)

  it("with > and >= holds for greater numbers, or greater strings", function()
    holds_for("rs", "v", ">", 1.5)
    holds_for("brs", "v", ">=", 1.5)
    holds_for("pu", "v", ">", "Bern")
    holds_for("epqu", "v", ">=", "Bern")
  end)

  it("compares numbers of every form by what they are worth", function()
    holds_for("r", "v", "=", 2000)
    holds_for("r", "v", ">=", 2000.0)
    holds_for("", "v", ">", 2e3)
  end)

  it("compares with infinity as with any number", function()
    holds_for("abcors", "v", "<", math.huge)
    holds_for("abcors", "v", ">", -math.huge)
    holds_for("", "v", "=", math.huge)
  end)

  it("with in holds for what equals one of the list", function()
    holds_for("adefoq", "v", "in", { 1, "1", "Bern", "Berlin" })
    holds_for("ghi", "v", "in", { true, false, "" })
    holds_for("aos", "v", "in", { 1.0, 7, 7, "x" })
  end)

  it("with in holds for nothing when the list is empty", function()
    holds_for("", "v", "in", {})
  end)

  it("with in finds each of many", function()
    local many = {}
    for i = 1, 5000 do
      many[i] = i % 2 == 0 and i + 0.5 or "text " .. i
    end
    holds_for("", "v", "in", many)
    many[2501], many[4999] = "Zürich 😀", 1.5
    holds_for("bp", "v", "in", many)
  end)

  it("keeps the list as it was when in was said", function()
    local list = { 1 }
    local stream = costream.records(rows):where("v", "in", list)
    list[1], list[2] = 7, "Bern"
    assert.are.equal("ao", letters(stream))
  end)

  it("with prefix holds for strings that begin with it", function()
    holds_for("efq", "v", "prefix", "Ber")
    holds_for("eq", "v", "prefix", "Bern")
    holds_for("p", "v", "prefix", "Zü")
    holds_for("u", "v", "prefix", "a\0")
    holds_for("", "v", "prefix", "ern")
  end)

  it("with contains holds for strings that have it somewhere", function()
    holds_for("efq", "v", "contains", "er")
    holds_for("p", "v", "contains", "ürich 😀")
    holds_for("u", "v", "contains", "\0b")
    holds_for("d", "v", "contains", "1")
    holds_for("", "v", "contains", "%a")
  end)

  it("with an empty prefix or contains holds for all strings", function()
    holds_for("defgpqu", "v", "prefix", "")
    holds_for("defgpqu", "v", "contains", "")
  end)

  it("with contains finds what begins over and over", function()
    local text = '{"v":"' .. ("aab"):rep(50) .. 'aaab"}\n{"v":"' .. ("aab"):rep(50) .. '"}'
    assert.are.equal(1, #costream.records(text):where("v", "contains", "aabaaab"):collect())
  end)

  it("with present holds for all that is not null", function()
    holds_for("abcdefghimnopqrsu", "v", "present")
    holds_for(ALL, "l", "present")
    holds_for("", "nowhere", "present")
  end)

  it("with absent holds for null and for what is not there", function()
    holds_for("jkt", "v", "absent")
    holds_for(ALL, "nowhere", "absent")
  end)

  it("with a table holds where all fields are equal", function()
    holds_for("a", { v = 1, l = "a" })
    holds_for("", { v = 1, l = "b" })
    holds_for("i", { v = false })
  end)

  it("decides on escaped names and strings as they are decoded", function()
    local text = [==[{"n\u0061me \"x\"":"\u0041\u00e4\n"}]==]
    assert.are.equal(1, #costream.records(text):where('name "x"', "=", "Aä\n"):collect())
  end)

  it("takes an empty name for a name", function()
    assert.are.equal(1, #costream.records('{"":1}\n{"a":1}'):where("", "=", 1):collect())
  end)

  it("decides on the last of several members with the name", function()
    holds_for("s", "v", "=", 7)
    holds_for("", "v", "=", "x")
  end)

  it("does not look into nested objects", function()
    assert.are.equal(0, #costream.records('{"a":{"v":1}}'):where("v", "present"):collect())
  end)

  it("holds for no field of a record that is no object, but absent", function()
    local text = '5\n"v"\n[1]\nnull\ntrue\n'
    for _, fn in ipairs { false, always } do
      local function stream()
        local made = costream.records(text)
        return fn and made:where(fn) or made
      end
      assert.are.equal(0, #stream():where("v", "~=", 0):collect())
      assert.are.equal(5, #stream():where("v", "absent"):collect())
    end
  end)

  it("compares numbers as text where numbers are text", function()
    local function numbers()
      return (costream.records('{"v":1.50}\n{"v":"1.5"}\n{"v":1.5}', { numbers = "text" }))
    end
    assert.are.equal(1, #numbers():where("v", "=", "1.50"):collect())
    assert.are.equal(3, #numbers():where("v", "prefix", "1.5"):collect())
    assert.are.equal(2, #numbers():where(always):where("v", "in", { "1.5" }):collect())
  end)

  it("compares integers of 64 bits with doubles exactly", function()
    local text = '{"v":9007199254740993}\n{"v":9223372036854775807}\n{"v":9007199254740992}\n'
    local least = costream.records(text):where("v", ">", 9007199254740992)
    local greatest = costream.records(text):where("v", ">=", 2 ^ 63)
    local ends = math.type and { 2, 0 } or { 1, 1 } -- what a loop over full rows finds
    assert.are.same(ends, { #least:collect(), #greatest:collect() })
  end)

  it("gives the rows in full: conditions change no row", function()
    local row = costream.records('{"a":1,"b":{"c":[1,2]},"d":"x"}'):where("a", "=", 1)()
    assert.are.same({ a = 1, b = { c = { 1, 2 } }, d = "x" }, row)
  end)

  it("between two selects decides on what the first left", function()
    local stream = costream.records('{"a":1,"b":2,"c":3}\n{"a":2,"b":2,"c":4}')
    stream:select("a", "c"):where("a", ">", 1):select("c")
    assert.are.same({ { c = 4 } }, stream:collect())
  end)

  it("with a function sees full rows, those alone for which the others hold", function()
    local seen = {}
    costream.records(rows):where("v", "=", 1):where(function(row)
      seen[#seen + 1] = corpus.show(row)
    end):collect()
    local one = costream.records('{"l":"a","v":1}')()
    assert.are.equal(corpus.show(one), seen[1])
    assert.are.equal(2, #seen)
  end)

  it("checks each byte of rows that it refuses", function()
    for _, bad in ipairs { '{"v":2,"w":01}', '{"v":2,"w":"\\ud800"}', '{"v":2,"w":[1,]}' } do
      local left, failure = costream.records('{"v":1}\n' .. bad):where("v", "=", 3):collect()
      assert.is_nil(left)
      assert.are.equal("malformed", failure.kind)
      assert.are.equal(2, failure.row)
      assert.are.equal(0, failure.rows)
    end
  end)
end)

describe("where over HTTP", function()
  local function count(stream, wanted)
    local rows_wanted = 0
    for _, row in ipairs(assert(stream:collect())) do
      rows_wanted = rows_wanted + (wanted(row) and 1 or 0)
    end
    return rows_wanted
  end

  for _, controls in ipairs { "rows=700,irregular=1", "rows=700,framing=array,seed=3" } do
    it("leaves the rows that a function leaves: " .. controls, function()
      local otc = support.otc(controls)
      local cases = {
        { { "amount", ">", 0.01 }, function(row) return (row.amount or 0) > 0.01 end },
        { { "product", "prefix", "OTC_E" },
          function(row) return (row.product or ""):sub(1, 5) == "OTC_E" end },
        { { "project_name", "absent" }, function(row) return row.project_name == nil end },
      }
      for _, case in ipairs(cases) do
        local wanted = count(otc:hourly(), case[2])
        local left = otc:hourly():where((table.unpack or rawget(_G, "unpack"))(case[1]))
        assert.are.equal(wanted, #left:collect())
        assert.are.equal(wanted, left:stats().rows)
      end
    end)
  end

  it("decides on usage rows, reports and pages", function()
    local ibm, query = support.ibm "limit=2", {
      enterprise_id = "enterprise-cloud-provider", month = "2019-06", children = true,
    }
    local expected = count(ibm:usage(query), function(row) return (row.cost or 0) > 100 end)
    assert.are.equal(expected, #ibm:usage(query):where("cost", ">", 100):collect())
    local solutions = ibm:reports(query):where { entity_name = "Solutions" }
    assert.are.equal(2, #solutions:collect())
    assert.are.equal(1, #ibm:pages(query):where("next", "absent"):collect())
    assert.are.equal(2, #ibm:pages(query):where("limit", "=", 2):collect())
  end)
end)

describe("select over HTTP", function()
  --- In C and behind a function, rows have of their fields what full rows have.
  local function same_as_full(make, ...)
    local full = assert(make():collect())
    local wanted = query_support.show(query_support.steps(full, { { "select", ... } }))
    for _, stream in ipairs { (make():select(...)), (make():where(always):select(...)) } do
      query_support.assert_same(wanted, query_support.show(assert(stream:collect())))
      assert.are.equal(#full, stream:stats().rows)
    end
    assert.is_true(#full >= 4)
  end

  for _, nulls in ipairs { false, true } do
    local with_nulls = nulls and ", with nulls" or ""
    for _, controls in ipairs { "rows=600,irregular=1", "rows=300,framing=array,pretty=1" } do
      it("gives what full rows have: " .. controls .. with_nulls, function()
        local otc = support.otc(controls, { nulls = nulls })
        same_as_full(function() return (otc:hourly()) end, "amount", "region", "nowhere")
      end)
    end

    it("gives what full usage rows, reports and pages have" .. with_nulls, function()
      local ibm, query = support.ibm("limit=1", { nulls = nulls }), {
        enterprise_id = "enterprise-cloud-provider", month = "2019-06", children = true,
      }
      same_as_full(function() return (ibm:usage(query)) end, "metric", "cost", "plans")
      same_as_full(function() return (ibm:reports(query)) end, "resources", "entity_name")
      same_as_full(function() return (ibm:pages(query)) end, "reports", "next")
    end)
  end
end)
