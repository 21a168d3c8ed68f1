local format = require "costream.format"
local support = require "format_support"

local python = support.python
local has_python = support.has_python
local message_of = support.message_of
local has_error = support.has_error
local keeper = support.keeper
local lines_of = support.lines_of
local hard_numbers = support.hard_numbers

local NAN, INF = 0 / 0, math.huge
local integers = math.type ~= nil
local list_mark = { __jsontype = "array" }

local function list(values)
  return setmetatable(values, list_mark)
end

local has_cjson, cjson = pcall(require, "cjson")

local function ndjson(rows)
  local sink, text = keeper()
  local write = format.ndjson_writer(sink)
  for _, row in ipairs(rows) do
    write(row)
  end
  return text()
end

describe("format.ndjson_writer", function()
  it("writes one object a line, keys sorted", function()
    assert.equal('{"a":1,"b":2,"c":3}\n{}\n', ndjson { { c = 3, a = 1, b = 2 }, {} })
  end)

  it("gives the sink one text a line", function()
    local sink, _, pieces = keeper()
    format.ndjson_writer(sink) { a = "x\ny" }
    assert.same({ '{"a":"x\\ny"}\n' }, pieces)
  end)

  it("writes to files", function()
    local file = io.tmpfile()
    format.ndjson_writer(file) { a = 1 }
    file:seek "set"
    assert.equal('{"a":1}\n', file:read "*a")
    file:close()
  end)

  it("throws for a row that is no table", function()
    has_error("format.ndjson_writer: row: expected table, got 5", format.ndjson_writer(print), 5)
  end)

  it("throws for a wrong sink", function()
    has_error("sink: expected an open file", format.ndjson_writer, 5)
  end)

  it("names the key of what cannot be written, and writes nothing of the row", function()
    local sink, text = keeper()
    local write = format.ndjson_writer(sink)
    has_error("row.costs[2].amount: JSON has no such number: nan",
      write, { costs = { { amount = 1 }, { amount = NAN } } })
    assert.equal("", text())
  end)

  it("throws when a write fails, with the reason", function()
    local write = format.ndjson_writer { write = function() return nil, "broken pipe" end }
    has_error("format.ndjson_writer: sink: the write failed: broken pipe", write, {})
  end)

  it("is read by Python's json as what it was", function()
    if not has_python then
      pending "no python3"
      return
    end
    local rows, expected = {}, {}
    for i, value in ipairs(hard_numbers()) do
      rows[i] = { number = value }
      expected[i] = ("%.17g"):format(value)
    end
    local given = lines_of(python([[
import json, sys
for line in sys.stdin:
    print("%.17g" % json.loads(line)["number"])
]], ndjson(rows)))
    assert.same(expected, given)
  end)
end)

describe("format.json", function()
  it("writes scalars", function()
    assert.equal('"x"', format.json "x")
    assert.equal("true", format.json(true))
    assert.equal("false", format.json(false))
    assert.equal("1.5", format.json(1.5))
  end)

  it("writes null for null", function()
    if not has_cjson then
      pending "no cjson"
      return
    end
    assert.equal("null", format.json(cjson.null))
    assert.equal('{"a":[null]}', format.json { a = { cjson.null } })
  end)

  it("escapes quotes, backslashes and control characters", function()
    assert.equal([["\"\\/\b\f\n\r\t\u0000\u0001\u001f]] .. '\127"',
      format.json '"\\/\b\f\n\r\t\0\1\31\127')
  end)

  it("escapes keys", function()
    assert.equal([[{"a\"\n":1}]], format.json { ['a"\n'] = 1 })
  end)

  it("leaves UTF-8 as it is", function()
    assert.equal('"für 日本 🙂"', format.json "für 日本 🙂")
  end)

  it("keeps floats of Lua 5.3 and later floats", function()
    if not integers then
      assert.equal("[24,24.5]", format.json { 24, 24.5 })
      return
    end
    assert.equal("[24,24.0,24.5,1e+300,-0.0]", format.json { 24, 24.0, 24.5, 1e300, -0.0 })
    assert.equal("float", math.type(tonumber(format.json(2.0 ^ 60))))
    assert.equal("9223372036854775807", format.json(math.maxinteger))
  end)

  it("writes numbers that read back the same", function()
    for _, value in ipairs(hard_numbers()) do
      assert.equal(value, tonumber(format.json(value)))
    end
  end)

  it("writes tables with the keys 1 to n as lists", function()
    assert.equal('[1,"x",[true]]', format.json { 1, "x", { true } })
  end)

  it("writes an empty table as an object, and as a list when it came as one", function()
    assert.equal("{}", format.json {})
    assert.equal("[]", format.json(list {}))
    assert.equal('{"a":[],"b":{}}', format.json { a = list {}, b = {} })
  end)

  it("writes the holes of a list that came with nulls as null", function()
    assert.equal("[1,null,3]", format.json(list { 1, nil, 3 }))
    assert.equal("[null,2]", format.json(list { nil, 2 }))
  end)

  it("throws for keys that are no text, naming the table", function()
    has_error("value.a: expected a list without holes or names as keys, got the key",
      format.json, { a = { [1] = 1, [3] = 3 } })
    has_error("value: expected a list", format.json, { 1, x = 2 })
    has_error("got the key true", format.json, { [true] = 1 })
    has_error("got the key 1.5", format.json, { [1.5] = 1 })
    has_error("value: expected a list", format.json, { [0] = 1 })
  end)

  it("throws for NaN and infinities, naming the key", function()
    has_error("value.a.b[2]: JSON has no such number: nan",
      format.json, { a = { b = { 1, NAN } } })
    has_error("value.x: JSON has no such number: inf", format.json, { x = INF })
    has_error("value.x: JSON has no such number: -inf", format.json, { x = -INF })
  end)

  it("throws for text that is not UTF-8, naming the key", function()
    for _, bytes in ipairs {
      "\255", "\195", "\192\128", "\224\128\128", "\240\128\128\128", "\237\160\128",
      "\244\144\128\128",
    } do
      has_error("value.name: expected UTF-8 text", format.json, { name = "x" .. bytes })
    end
    has_error('value["x\255"]: expected UTF-8 text', format.json, { ["x\255"] = 1 })
  end)

  it("throws for other types, naming the key", function()
    has_error("value.f: expected a value that JSON has, got a function",
      format.json, { f = print })
    has_error("got a thread", format.json, { coroutine.create(function() end) })
    has_error("value.file: expected a value that JSON has, got a userdata",
      format.json, { file = io.stdout })
    has_error("got nothing", format.json, nil)
  end)

  it("throws for a table inside itself, naming the key", function()
    local row = { a = { b = {} } }
    row.a.b.up = row.a
    has_error("value.a.b.up: a table inside itself", format.json, row)
  end)

  it("writes the same table twice when it is not inside itself", function()
    local shared = { 1 }
    assert.equal('{"a":[1],"b":[1]}', format.json { a = shared, b = shared })
  end)

  it("writes tables 1024 deep, and throws for more", function()
    local function nested(depth)
      local value = list {}
      for _ = 2, depth do
        value = { value }
      end
      return value
    end
    assert.equal(("["):rep(1024) .. ("]"):rep(1024), format.json(nested(1024)))
    has_error("tables inside tables more than 1024 deep", format.json, nested(1025))
    local message = message_of(format.json, nested(100000))
    assert.is_true(#message < 300)
  end)

  it("is read by cjson as what it was", function()
    if not has_cjson then
      pending "no cjson"
      return
    end
    local value = {
      text = 'a"b\\c\0\1\n é 日 🙂', list = { 1, 2.5, "x", { k = false } }, deep = { { { 1 } } },
      flag = true, none = cjson.null, number = 0.1, negative = -12.25,
    }
    assert.same(value, cjson.decode(format.json(value)))
  end)
end)
