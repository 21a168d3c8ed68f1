--- fold: groups of rows, what is counted and looked for in them, and what fails.

local corpus = require "corpus"
local costream = require "costream"
local query_support = require "query_support"

local function always()
  return true
end

local text = [==[[
  {"p":"b","n":2,"d":"2024-08-02T10:00:00"}, {"p":"a","n":1,"d":"2024-08-02T11:00:00"},
  {"p":"b","n":0.5,"d":"2024-08-03T00:00:00"}, {"n":4,"d":"2024-08-02T12:00:00"},
  {"p":null,"n":8}, {"p":"\u0062","n":null,"d":"2024-08-03T10:00:00"}, {"p":"a"}
]]==]

--- Folds in C, with null as a value, in pieces, and behind a function; all must show the same.
local function fold(source, query, options)
  local expected = query_support.show(assert(costream.records(source, options):fold(query)))
  local ways = {
    costream.records(corpus.pieces(source, 2), options),
    (costream.records(source, options):where(always)),
    (costream.records(source, { nulls = true, numbers = (options or {}).numbers })),
  }
  for i, stream in ipairs(ways) do
    assert.are.equal(expected, query_support.show(assert(stream:fold(query))), "way " .. i)
  end
  return assert(costream.records(source, options):fold(query))
end

describe("fold", function()
  it("counts and adds up each group", function()
    assert.are.same({
      { count = 2, sum = { n = 12 } }, { p = "a", count = 2, sum = { n = 1 } },
      { p = "b", count = 3, sum = { n = 2.5 } },
    }, fold(text, { by = { "p" }, sum = { "n" }, count = true }))
  end)

  it("without by gives one group", function()
    assert.are.same({ { count = 7, sum = { n = 15.5 } } },
      fold(text, { sum = { "n" }, count = true }))
  end)

  it("without by gives one group even of no rows, with by none", function()
    local query = { sum = { "n" }, min = { "n" }, max = { "n" }, count = true }
    assert.are.same({ { count = 0, sum = {}, min = {}, max = {} } }, fold("[]", query))
    assert.are.same({}, fold("[]", { by = { "p" }, count = true }))
  end)

  it("tells count alone where it was asked for", function()
    assert.are.same({ { p = "x" } }, fold('[{"p":"x"}]', { by = { "p" } }))
    assert.are.same({ { p = "x" } }, fold('[{"p":"x"}]', { by = { "p" }, count = false }))
  end)

  it("adds nothing for a row that lacks the field or has null there", function()
    assert.are.same({ { sum = { a = 1 }, min = { a = 1 }, max = { a = 1 } } },
      fold('[{"a":null},{"a":1},{}]', { sum = { "a", "b" }, min = { "a", "b" }, max = { "a" } }))
  end)

  it("groups by the first characters of a string", function()
    local source = '[{"d":"2024-08-02T10"},{"d":"2024-08-03T00"},{"d":"2024-08-02T23"},{}]'
    local groups = fold(source, {
      by = { { field = "d", first = 10, as = "day" } }, count = true,
    })
    assert.are.same({
      { count = 1 }, { day = "2024-08-02", count = 2 }, { day = "2024-08-03", count = 1 },
    }, groups)
  end)

  it("counts characters, not bytes", function()
    local source = '[{"a":"äöü1"},{"a":"\\u00e4ö\\u00fc2"},{"a":"😀b"},{"a":"😀"}]'
    assert.are.same({
      { a = "äöü", count = 2 }, { a = "😀", count = 1 }, { a = "😀b", count = 1 },
    }, fold(source, { by = { { field = "a", first = 3 } }, count = true }))
  end)

  it("cuts strings at each length", function()
    local whole = "äb€😀" .. ("0123456789"):rep(3) .. "ü" .. ("x"):rep(20)
    for first = 1, 60 do
      local query = { by = { { field = "a", first = first } } }
      local cut = query_support.fold({ { a = whole } }, query)
      assert.are.same({ { a = cut[1].a } }, fold('[{"a":"' .. whole .. '"}]', query))
    end
  end)

  it("leaves what is no string whole where the first characters are asked for", function()
    assert.are.same({ { a = true }, { a = 12345 }, { a = "tr" } },
      fold('[{"a":"true"},{"a":12345},{"a":true}]', { by = { { field = "a", first = 2 } } }))
  end)

  it("groups by a field whole and cut at once", function()
    assert.are.same({ { a = "xy", initial = "x" }, { a = "xz", initial = "x" } },
      fold('[{"a":"xz"},{"a":"xy"}]', {
        by = { { field = "a", first = 1, as = "initial" }, "a" },
      }))
  end)

  it("names the keys as it is told", function()
    assert.are.same({ { year = 1, count = 1, sum = { a = 1 } } }, fold('[{"a":1}]', {
      by = { { field = "a", as = "year" } }, sum = { "a" }, count = true,
    }))
  end)

  it("sorts the groups: absent, booleans, numbers, strings by their bytes", function()
    local source = '[{"a":"b"},{"a":2},{"a":"B"},{"a":true},{"a":-1.5},{"a":""},{"a":"ä"},'
      .. '{"a":false},{"a":10},{},{"a":"ba"},{"a":1e300},{"a":"\\u0000"},{"a":"2"}]'
    local keys = {}
    for i, group in ipairs(fold(source, { by = { "a" } })) do
      keys[i] = group.a == nil and "absent" or group.a
    end
    local expected = {
      "absent", false, true, -1.5, 2, 10, 1e300, "", "\0", "2", "B", "b", "ba", "ä",
    }
    assert.are.same(expected, keys)
  end)

  it("sorts by the first key first", function()
    local keys = {}
    for i, group in ipairs(fold('[{"a":2,"b":"x"},{"a":1,"b":"y"},{"a":2,"b":"a"},{"b":"z"}]', {
      by = { "a", "b" },
    })) do
      keys[i] = tostring(group.a) .. group.b
    end
    assert.are.same({ "nilz", "1y", "2a", "2x" }, keys)
  end)

  it("takes equal numbers for one key, however they are written", function()
    local groups = fold('[{"a":1},{"a":1.0},{"a":10e-1},{"a":0},{"a":-0.0},{"a":-0}]', {
      by = { "a" }, count = true,
    })
    assert.are.same({ { a = 0, count = 3 }, { a = 1, count = 3 } }, groups)
    assert.are.equal("0 1", ("%g %g"):format(groups[1].a, groups[2].a))
  end)

  it("does not take 1, \"1\" and true for one key", function()
    assert.are.equal(4, #fold('[{"a":1},{"a":"1"},{"a":true},{"a":"true"}]', { by = { "a" } }))
  end)

  it("takes null and what is not there for one key", function()
    assert.are.same({ { count = 2 } },
      fold('[{"a":null},{"b":1}]', { by = { "a" }, count = true }))
  end)

  it("keeps apart keys that together are the same text", function()
    assert.are.equal(2, #fold('[{"a":"xy","b":"z"},{"a":"x","b":"yz"}]', { by = { "a", "b" } }))
  end)

  it("tells long keys apart, wherever they differ", function()
    local records, expected = {}, {}
    for at = 1, 64 do
      local key = ("k"):rep(at - 1) .. "z" .. ("k"):rep(64 - at)
      records[at] = '{"a":"' .. key .. '"},{"a":"' .. key .. '"}'
      expected[65 - at] = { a = key, count = 2 }
    end
    table.sort(expected, function(a, b) return a.a < b.a end)
    assert.are.same(expected, fold("[" .. table.concat(records, ",") .. "]", {
      by = { "a" }, count = true,
    }))
  end)

  it("takes escaped names and strings as they are decoded", function()
    assert.are.same({ { ["ä"] = "a\nb", count = 2 } },
      fold([==[[{"\u00e4":"a\nb"},{"ä":"\u0061\u000ab"}]]==], { by = { "ä" }, count = true }))
  end)

  it("takes the last of several members with the name", function()
    assert.are.same({ { a = 2, sum = { b = 1 } } },
      fold('[{"a":1,"b":"x","a":2,"b":1}]', { by = { "a" }, sum = { "b" } }))
  end)

  it("counts records that are no objects, which have no fields", function()
    assert.are.same({ { count = 4, sum = { a = 1 } } },
      fold('[7,"a",[1],{"a":1}]', { sum = { "a" }, count = true }))
  end)

  it("finds the least and the greatest number", function()
    assert.are.same({ { min = { a = -3.5 }, max = { a = 1000 } } },
      fold('[{"a":2},{"a":-3.5},{"a":1e3},{"a":2}]', { min = { "a" }, max = { "a" } }))
  end)

  it("finds the least and the greatest string by their bytes", function()
    assert.are.same({ { min = { a = "" }, max = { a = "ä" } } },
      fold('[{"a":"b"},{"a":"ä"},{"a":""},{"a":"a"}]', { min = { "a" }, max = { "a" } }))
  end)

  it("finds long strings, each longer than the one before", function()
    local records, longest = {}, nil
    for i = 1, 40 do
      longest = ("x"):rep(i * 7)
      records[i] = '{"a":"' .. longest .. '"}'
    end
    assert.are.same({ { min = { a = ("x"):rep(7) }, max = { a = longest } } },
      fold("[" .. table.concat(records, ",") .. "]", { min = { "a" }, max = { "a" } }))
  end)

  it("compares the ends of 64-bit integers with doubles exactly", function()
    if not math.type then
      pending "this Lua has no integers of 64 bits"
    end
    local source = '[{"a":9007199254740993},{"a":9007199254740992.0},{"a":9223372036854775807}]'
    local groups = fold(source, { min = { "a" }, max = { "a" } })
    assert.are.equal(2 ^ 53, groups[1].min.a)
    assert.are.equal(math.maxinteger, groups[1].max.a)
    assert.are.equal(3, #fold(source, { by = { "a" } }))
  end)

  it("sees integers beyond 2^53 as a loop over the rows sees them", function()
    local source = '{"a":9007199254740993}\n{"a":9007199254740992}\n'
    local keys, count, sum = {}, 0, {}
    for row in costream.records(source) do
      count = count + (keys[row.a] and 0 or 1)
      keys[row.a] = true
      sum[#sum + 1] = row.a
    end
    local groups = costream.records(source):fold { by = { "a" }, count = true }
    local total = costream.records(source):fold { sum = { "a" } }
    assert.are.equal(count, #groups)
    assert.are.equal(query_support.sum(sum), total[1].sum.a)
  end)

  it("gives integers while they fit", function()
    if not math.type then
      pending "this Lua has no integers of 64 bits"
    end
    local function type_of(source)
      return math.type(fold(source, { sum = { "a" } })[1].sum.a)
    end
    assert.are.equal("integer", type_of '[{"a":1},{"a":2}]')
    assert.are.equal("float", type_of '[{"a":1},{"a":2.0}]')
    assert.are.equal("integer", type_of '[{"a":9223372036854775807},{"a":1},{"a":-1}]')
    assert.are.equal("float", type_of '[{"a":9223372036854775807},{"a":1}]')
  end)

  it("looks at one field in many ways", function()
    assert.are.same({ { a = 1, count = 2, sum = { a = 2 }, min = { a = 1 }, max = { a = 1 } } },
      fold('[{"a":1},{"a":1}]', {
        by = { "a" }, sum = { "a" }, min = { "a" }, max = { "a" }, count = true,
      }))
  end)

  it("takes the rows that where and select leave", function()
    local stream = costream.records(text):where("n", ">", 0.5):select("p", "n")
      :where("p", "present")
    assert.are.same({ { p = "a", sum = { n = 1 } }, { p = "b", sum = { n = 2 } } },
      stream:fold { by = { "p" }, sum = { "n" } })
  end)

  it("groups numbers as text where numbers are text", function()
    local query = { by = { "a" }, count = true }
    assert.are.same({ { a = "1", count = 1 }, { a = "1.0", count = 2 } },
      fold('[{"a":1.0},{"a":1},{"a":"1.0"}]', query, { numbers = "text" }))
  end)

  it("finds its groups among many", function()
    local random, records, counts = query_support.random(7), {}, {}
    for i = 1, 20000 do
      local key = random(5000)
      records[i] = ('{"k":"key %d","n":%d}'):format(key, i)
      counts[key] = counts[key] or { 0, 0 }
      counts[key] = { counts[key][1] + 1, counts[key][2] + i }
    end
    local groups, checked = costream.records(table.concat(records, "\n")):fold {
      by = { "k" }, sum = { "n" }, count = true,
    }, 0
    for _, group in ipairs(groups) do
      local expected = counts[tonumber(group.k:match "%d+")]
      assert(group.count == expected[1] and group.sum.n == expected[2])
      checked = checked + group.count
    end
    assert.are.equal(20000, checked)
  end)

  it("counts the rows that went in as delivered", function()
    for _, fn in ipairs { false, always } do
      local stream = costream.records(text)
      stream = fn and stream:where(fn) or stream
      stream:where("n", "present"):fold { count = true }
      assert.are.equal(5, stream:stats().rows)
      assert.are.equal(#text, stream:stats().bytes)
    end
  end)
end)
