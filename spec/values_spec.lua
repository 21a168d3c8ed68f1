--- What becomes of JSON's values in Lua.

local cjson = require "cjson"
local corpus = require "corpus"
local costream = require "costream"

local unpack = table.unpack or rawget(_G, "unpack")

local INTEGERS = math.type ~= nil

local function value_of(text, options)
  local row, more = unpack(costream.records("[" .. text .. "]", options):collect(), 1, 2)
  assert(more == nil)
  return row
end

local function field_of(text, options)
  return value_of('{"field":' .. text .. "}", options).field
end

local function assert_integer(expected, text)
  local number = value_of(text)
  assert.equal(expected, number)
  if INTEGERS then
    assert.equal("integer", math.type(number))
  end
end

local function assert_float(expected, text)
  local number = value_of(text)
  assert.equal(("%.17g"):format(expected), ("%.17g"):format(number))
  if INTEGERS then
    assert.equal("float", math.type(number))
  end
end

describe("a number", function()
  it("without fraction and exponent is an integer", function()
    assert_integer(0, "0")
    assert_integer(0, "-0")
    assert_integer(10, "10")
    assert_integer(-1234567890, "-1234567890")
    assert_integer(2 ^ 53, "9007199254740992")
    assert_integer(-2 ^ 53, "-9007199254740992")
  end)

  it("is an integer up to both ends of 64 bits", function()
    if INTEGERS then
      assert_integer(math.maxinteger, "9223372036854775807")
      assert_integer(math.mininteger, "-9223372036854775808")
      assert_integer(math.maxinteger - 1, "9223372036854775806")
      assert_integer(math.tointeger(2 ^ 53) + 1, "9007199254740993")
    else
      assert_float(2 ^ 63, "9223372036854775807")
      assert_float(-2 ^ 63, "-9223372036854775808")
      assert_float(2 ^ 53, "9007199254740993")
    end
  end)

  it("is the nearest double beyond", function()
    assert_float(2 ^ 63, "9223372036854775808")
    assert_float(-2 ^ 63, "-9223372036854775809")
    assert_float(2 ^ 64, "18446744073709551616")
    assert_float(1e30, "1000000000000000000000000000000")
  end)

  it("with fraction or exponent is a float", function()
    assert_float(1, "1.0")
    assert_float(100, "1e2")
    assert_float(-2.5e-3, "-2.5E-3")
    assert_float(0, "0e5")
  end)

  it("keeps the sign of a negative zero that is a float", function()
    assert.equal(-math.huge, 1 / value_of "-0.0")
    assert.equal(-math.huge, 1 / value_of "-0e1")
    assert.equal(math.huge, 1 / value_of "0.0")
  end)

  it("is the nearest double, to the last bit", function()
    assert_float(0.1, "0.1")
    assert_float(0.30000000000000004, "0.3000000000000000444089209850062616169452667236328125")
    assert_float(9007199254740992, "9007199254740993.0")
    assert_float(9007199254740994, "9007199254740993.00000000000000000000000000000000000000001")
    assert_float(1.7976931348623157e308, "1.7976931348623157e308")
    assert_float(1.7976931348623157e308, "1.79769313486231580793728971405301e308")
    assert_float(2 ^ -1022 - 2 ^ -1074, "2.2250738585072011e-308")
    assert_float(2 ^ -1074, "4.9e-324")
    assert_float(0, "2e-324")
  end)

  it("may be written with very many digits", function()
    assert_float(1e-300 * 1e-10, "0." .. ("0"):rep(309) .. "1")
    assert_float(1e22, "1" .. ("0"):rep(22) .. "." .. ("0"):rep(1000))
    assert_float(1, "1" .. ("0"):rep(500) .. "e-500")
  end)

  it("is its text with numbers = text", function()
    for _, text in ipairs { "0", "-0", "1.50", "1E+05", "9223372036854775808", "1e400" } do
      assert.equal(text, value_of(text, { numbers = "text" }))
      assert.equal(text, field_of(text, { numbers = "text" }))
    end
  end)
end)

describe("null", function()
  it("is lua-cjson's null", function()
    assert.equal(cjson.null, costream.null)
  end)

  it("in a row is nil", function()
    assert.same({ b = 1 }, value_of '{"a":null,"b":1}')
  end)

  it("in a row is costream.null with nulls = true", function()
    local row = value_of('{"a":null,"b":[null]}', { nulls = true })
    assert.equal(costream.null, row.a)
    assert.equal(costream.null, row.b[1])
  end)

  it("in a list leaves the others their places", function()
    local list = field_of "[null,2,null,4]"
    assert.same({ nil, 2, nil, 4 }, { list[1], list[2], list[3], list[4] })
  end)

  it("as a row is costream.null, and ends no loop", function()
    local rows = {}
    for row in costream.records "[1,null,null,2]" do
      rows[#rows + 1] = row
    end
    assert.same({ 1, costream.null, costream.null, 2 }, rows)
    assert.same({ costream.null, 1 }, costream.records("null\n1"):collect())
  end)
end)

describe("true and false", function()
  it("are booleans, and a row that is false ends no loop", function()
    assert.same({ true, false, true }, costream.records("[true,false,true]"):collect())
    assert.is_false(field_of "false")
  end)
end)

describe("a name that comes twice", function()
  it("has the last of its values", function()
    assert.same({ a = 3, b = 2 }, value_of '{"a":1,"b":2,"a":3}')
    assert.same({ a = { c = 2 } }, value_of '{"a":{"b":1},"a":{"c":2}}')
  end)

  it("is absent when the last value is null", function()
    assert.same({}, value_of '{"a":1,"a":null}')
  end)

  it("is found through escapes too", function()
    assert.same({ a = 2 }, value_of [[{"a":1,"\u0061":2}]])
  end)
end)

describe("a string", function()
  it("has its escapes undone", function()
    assert.equal('"\\/\b\f\n\r\t', value_of [["\"\\\/\b\f\n\r\t"]])
  end)

  it("has each \\u as UTF-8", function()
    assert.equal("\0\31 \127", value_of [["\u0000\u001F\u0020\u007f"]])
    assert.equal("\194\128\223\191", value_of [["\u0080\u07fF"]])
    assert.equal("\224\160\128\237\159\191\238\128\128\239\191\191",
      value_of [["\u0800\uD7FF\uE000\uffff"]])
    assert.equal("\240\144\128\128\244\143\191\191", value_of [["\uD800\uDC00\udbff\udfff"]])
  end)

  it("may hold bytes of zero", function()
    assert.equal("a\0b\0", value_of [["a\u0000b\u0000"]])
    assert.same({ ["a\0b"] = 1 }, value_of [[{"a\u0000b":1}]])
  end)

  it("keeps umlauts and emoji as they are", function()
    assert.equal("Größe: 5 € 😀", value_of '"Größe: 5 € 😀"')
    assert.same({ ["Straße"] = "Köln" }, value_of '{"Straße":"Köln"}')
  end)

  it("may be empty, as may a name", function()
    assert.equal("", value_of '""')
    assert.same({ [""] = "" }, value_of '{"":""}')
  end)

  it("may end in escaped backslashes and quotes, at any place", function()
    for count = 0, 20 do
      local plain = ("x"):rep(count)
      assert.same({ plain .. "\\", plain .. '\\"', plain .. '"' },
        field_of(('["%s\\\\","%s\\\\\\"","%s\\""]'):format(plain, plain, plain)))
    end
  end)

  it("keeps each character that needs no escape", function()
    for byte = 0x20, 0x7F do
      local character = string.char(byte)
      if character ~= '"' and character ~= "\\" then
        for before = 0, 8 do
          local text = ("-"):rep(before) .. character
          assert.equal(text, value_of('"' .. text .. '"'))
        end
      end
    end
  end)
end)

describe("a list", function()
  it("tells itself from an object, even when it is empty", function()
    assert.equal("array", getmetatable(field_of "[]").__jsontype)
    assert.equal("array", getmetatable(value_of "[[1]]").__jsontype)
    assert.is_nil(getmetatable(field_of "{}"))
  end)

  it("has its elements from 1", function()
    assert.same({ 10, 20, { a = 30 } }, field_of '[10,20,{"a":30}]')
  end)
end)

describe("rows", function()
  it("are tables of their own", function()
    local rows = costream.records('{"a":[1]}\n{"a":[1]}'):collect()
    assert.are_not_equal(rows[1], rows[2])
    assert.are_not_equal(rows[1].a, rows[2].a)
    rows[1].a[1] = 2
    assert.equal(1, rows[2].a[1])
  end)
end)

-- Park and Miller's generator: the same documents in every Lua.
local state = 20240802
local function random(high)
  state = state * 16807 % 2147483647
  return state % high + 1
end

local strings = { [[""]], [["a"]], [["\u00e4\ud83d\ude00"]], '"ö€😀"', [["\\\"\/\n"]],
  [["\u0000"]], '"0123456789abcdef"', '"' .. ("xyz"):rep(100) .. '"' }
local numbers = { "0", "-1", "17", "4294967296", "-0.25", "3.14159", "1e10", "-2.5E-7",
  "123456.789" }
local spaces = { "", "", "", " ", "\n", "\t\r\n " }

local function space()
  return spaces[random(#spaces)]
end

local write

local function members(count, one)
  local parts = {}
  for i = 1, count do
    parts[i] = space() .. one() .. space()
  end
  return table.concat(parts, ",")
end

function write(depth)
  local kind = random(depth > 0 and 7 or 5)
  if kind == 1 then
    return strings[random(#strings)]
  elseif kind == 2 then
    return numbers[random(#numbers)]
  elseif kind <= 5 then
    return ({ "true", "false", "null" })[kind - 2]
  elseif kind == 6 then
    return "[" .. members(random(6) - 1, function() return write(depth - 1) end) .. "]"
  end
  return "{" .. members(random(6) - 1, function()
    return strings[random(#strings)] .. space() .. ":" .. space() .. write(depth - 1)
  end) .. "}"
end

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then
    return a == b
  end
  for name, value in pairs(a) do
    if not same(value, b[name]) then
      return false
    end
  end
  for name in pairs(b) do
    if a[name] == nil then
      return false
    end
  end
  return true
end

local function write_row()
  return "[" .. members(8, function() return write(5) end) .. "]"
end

describe("random documents", function()
  it("are what lua-cjson makes of them", function()
    for _ = 1, 1000 do
      local text = write_row()
      local expected = cjson.decode("[" .. text .. "]")[1]
      assert.is_true(same(expected, value_of(text, { nulls = true })), text)
    end
  end)

  it("are the same in one byte at a time, in an array, in lines and in an envelope", function()
    for _ = 1, 300 do
      local row = write_row():gsub("\n", " ")
      local list = "[" .. row .. "," .. row .. "]"
      local whole = corpus.outcome(list)
      assert.equal(whole, corpus.outcome(corpus.pieces(list, 1)))
      assert.equal(whole, corpus.outcome(row .. "\n" .. row, { framing = "lines" }))
      local envelope = '{"a":' .. row .. ',"list":' .. list .. "}"
      assert.equal(whole, corpus.outcome(envelope, { path = "list[]" }))
    end
  end)
end)
