package.path = "lua/?.lua;lua/?/init.lua;" .. package.path

local format = require "costream.format"

local NAN, INF = 0 / 0, math.huge
local integers = math.type ~= nil
local list_mark = { __jsontype = "array" }

local function list(values)
  return setmetatable(values, list_mark)
end

local has_cjson, cjson = pcall(require, "cjson")

local function output_of(command)
  local pipe = io.popen(command)
  local text = pipe:read "*a"
  pipe:close()
  return text
end

local has_python = output_of("python3 -c 'print(1)' 2>&1"):find "^1" ~= nil

--- What a Python program prints, with `input` as its standard input.
local function python(program, input)
  local name, script = os.tmpname(), os.tmpname()
  local file = assert(io.open(name, "wb"))
  file:write(input)
  file:close()
  file = assert(io.open(script, "wb"))
  file:write(program)
  file:close()
  local text = output_of(("python3 '%s' < '%s'"):format(script, name))
  os.remove(name)
  os.remove(script)
  return text
end

local function message_of(...)
  local ok, message = pcall(...)
  assert.is_false(ok)
  return message
end

local function has_error(text, ...)
  local message = message_of(...)
  assert.is_truthy(message:find(text, 1, true), message)
end

--- A sink that keeps what it is given.
local function keeper()
  local pieces = {}
  return function(text)
    pieces[#pieces + 1] = text
  end, function()
    return table.concat(pieces)
  end, pieces
end

local function csv(rows, columns, options)
  local sink, text = keeper()
  local write = format.csv_writer(sink, columns, options)
  for _, row in ipairs(rows) do
    write(row)
  end
  return text()
end

local function csv_cell(value, options)
  return csv({ { a = value, b = 0 } }, { "a", "b" }, options):match "^a,b\r\n(.*),0\r\n$"
end

local function ndjson(rows)
  local sink, text = keeper()
  local write = format.ndjson_writer(sink)
  for _, row in ipairs(rows) do
    write(row)
  end
  return text()
end

local function lines_of(text)
  local lines = {}
  for line in text:gmatch "([^\n]*)\n" do
    lines[#lines + 1] = line
  end
  return lines
end

local function table_cell(value, options)
  return lines_of(format.table({ { a = value } }, { "a" }, options))[3]
end

--- Numbers that are hard to write, and some at random, the same each time.
local function hard_numbers()
  local numbers = {
    0.1, 1 / 3, 2 / 3, 0.1 + 0.2, 1e300, 5e-324, 2.2250738585072014e-308,
    1.7976931348623157e308, 123456789012345.67, 2 ^ 53, 2 ^ 53 + 2, 2 ^ 63, 2 ^ 64, 1e15, 1e16,
    1e21, 1e22, 4.35, 0.000001, 1e-7, 9007199254740993 / 7, -0.1, -1e300,
  }
  local state = 42
  for i = 1, 300 do
    state = (state * 16807) % 2147483647
    numbers[#numbers + 1] = (state / 7919) * 10 ^ (i % 41 - 20)
  end
  return numbers
end

describe("costream.format", function()
  it("is there without the C core", function()
    local saved = {}
    for name, module in pairs(package.loaded) do
      if name:find "^costream" then
        saved[name], package.loaded[name] = module, nil
      end
    end
    local preloaded = package.preload["costream.core"]
    package.preload["costream.core"] = function()
      error "the core was asked for"
    end
    local ok, fresh = pcall(require, "costream.format")
    package.preload["costream.core"] = preloaded
    for name in pairs(package.loaded) do
      if name:find "^costream" then
        package.loaded[name] = nil
      end
    end
    for name, module in pairs(saved) do
      package.loaded[name] = module
    end
    assert.is_true(ok, fresh)
    assert.equal("1.00 EUR", fresh.amount(1, "EUR"))
  end)

  it("throws misuse at the place of the caller", function()
    local calls = {
      function() local _ = format.amount(NAN, "EUR") end,
      function() local _ = format.amount("1", "EUR") end,
      function() local _ = format.table({}) end,
      function() local _ = format.csv_writer(print, {}) end,
      function() local _ = format.ndjson_writer(1) end,
      function() local _ = format.json { NAN } end,
      function() format.csv_writer(print, { "a" }, { b = 1 })() end,
    }
    for i, call in ipairs(calls) do
      local place = ("format_spec.lua:%d: costream: "):format(debug.getinfo(call).linedefined)
      local message = message_of(call)
      assert.is_truthy(message:find(place, 1, true), i .. ": " .. message)
    end
  end)
end)

describe("format.amount", function()
  it("groups thousands and has two digits", function()
    assert.equal("1,234.57 EUR", format.amount(1234.567, "EUR"))
    assert.equal("999.00 EUR", format.amount(999, "EUR"))
    assert.equal("1,000.00 EUR", format.amount(1000, "EUR"))
    assert.equal("123,456,789.00 USD", format.amount(123456789, "USD"))
  end)

  it("has as many digits as asked for", function()
    assert.equal("1,235 EUR", format.amount(1234.567, "EUR", 0))
    assert.equal("1,234.5670 EUR", format.amount(1234.567, "EUR", 4))
  end)

  it("writes negative amounts with a minus in front", function()
    assert.equal("-1,234.57 EUR", format.amount(-1234.567, "EUR"))
    assert.equal("-100.00 EUR", format.amount(-100, "EUR"))
  end)

  it("rounds halves away from zero as they are written", function()
    for value, expected in pairs {
      [1.005] = "1.01", [0.125] = "0.13", [2.675] = "2.68", [0.285] = "0.29",
      [1.115] = "1.12", [0.005] = "0.01", [1234567.885] = "1,234,567.89", [999.995] = "1,000.00",
      [1.0049999] = "1.00", [-1.005] = "-1.01", [-0.125] = "-0.13",
    } do
      assert.equal(expected .. " EUR", format.amount(value, "EUR"))
    end
    assert.equal("1 EUR", format.amount(0.5, "EUR", 0))
    assert.equal("3 EUR", format.amount(2.5, "EUR", 0))
    assert.equal("-3 EUR", format.amount(-2.5, "EUR", 0))
  end)

  it("rounds as Python's decimal numbers do", function()
    if not has_python then
      pending "no python3"
      return
    end
    local values, expected = {}, {}
    local function add(value)
      values[#values + 1] = ("%.17g"):format(value)
      expected[#expected + 1] = format.amount(value, "E", 2)
    end
    for i, value in ipairs(hard_numbers()) do
      if math.abs(value) < 1e13 and math.abs(value) >= 0.01 then
        add(value)
      end
      add((i * i * 10 + 5) / 1000)
    end
    local given = python([[
import sys
from decimal import Decimal, ROUND_HALF_UP
for line in sys.stdin:
    exact = Decimal(repr(float(line)))
    print(format(exact.quantize(Decimal("0.01"), ROUND_HALF_UP), ",f"), "E")
]], table.concat(values, "\n") .. "\n")
    assert.same(expected, lines_of(given))
  end)

  it("does not let a very small amount look like nothing", function()
    assert.equal("< 0.01 EUR", format.amount(0.000002, "EUR"))
    assert.equal("> -0.01 EUR", format.amount(-0.000002, "EUR"))
    assert.equal("< 1 EUR", format.amount(0.4, "EUR", 0))
    assert.equal("< 0.0001 EUR", format.amount(0.00001, "EUR", 4))
    assert.equal("< 0.01 EUR", format.amount(5e-324, "EUR"))
  end)

  it("writes zero without a sign", function()
    assert.equal("0.00 EUR", format.amount(0, "EUR"))
    assert.equal("0.00 EUR", format.amount(-0.0, "EUR"))
  end)

  it("writes a dash for nil and null", function()
    assert.equal("-", format.amount(nil, "EUR"))
    if has_cjson then
      assert.equal("-", format.amount(cjson.null, "EUR"))
    end
  end)

  it("keeps every digit of large integers", function()
    if not integers then
      pending "numbers are floats only"
      return
    end
    local text = format.amount(math.maxinteger, "EUR")
    assert.equal("9,223,372,036,854,775,807.00 EUR", text)
  end)

  it("writes the largest floats", function()
    assert.equal("1", format.amount(1e308, "EUR"):sub(1, 1))
    assert.equal("1,000,000,000,000,000,000,000.00 EUR", format.amount(1e21, "EUR"))
  end)

  it("writes control characters of a currency as signs", function()
    assert.equal("1.00 ␛[31m", format.amount(1, "\27[31m"))
  end)

  it("leaves no blank behind when the currency is empty", function()
    assert.equal("1.00", format.amount(1, ""))
  end)

  it("writes a point where the locale has a comma", function()
    local before = os.setlocale(nil, "numeric")
    local found
    for _, name in ipairs { "de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8", "fr_FR.utf8" } do
      found = found or os.setlocale(name, "numeric")
    end
    if not found then
      pending "no locale with a decimal comma"
      return
    end
    local amount, json = format.amount(1234.565, "EUR"), format.json { 0.1, 1 / 3 }
    local cell, field = table_cell(0.5), csv_cell(0.25)
    os.setlocale(before, "numeric")
    assert.equal("1,234.57 EUR", amount)
    assert.equal("[0.1,0.3333333333333333]", json)
    assert.equal("0.5", cell)
    assert.equal("0.25", field)
  end)

  it("throws for NaN and infinities", function()
    has_error("value: expected a finite number, got nan", format.amount, NAN, "EUR")
    has_error("got inf", format.amount, INF, "EUR")
    has_error("got -inf", format.amount, -INF, "EUR")
  end)

  it("throws for wrong types, naming the argument", function()
    has_error('value: expected number or nil, got "1.5"', format.amount, "1.5", "EUR")
    has_error("currency: expected string, got nothing", format.amount, 1)
    has_error("digits: expected a whole number from 0 to 20", format.amount, 1, "EUR", 1.5)
    has_error("digits: expected a whole number from 0 to 20", format.amount, 1, "EUR", -1)
  end)
end)

describe("format.table", function()
  it("aligns columns under a header and a rule", function()
    assert.equal(table.concat({
      "service   cost",
      "───────  ─────",
      "ECS       12.5",
      "OBS          3",
      "RDS      104.2",
      "",
    }, "\n"), format.table({
      { service = "ECS", cost = 12.5 },
      { service = "OBS", cost = 3 },
      { service = "RDS", cost = 104.2 },
    }, { "service", "cost" }))
  end)

  it("is the header alone without rows", function()
    assert.equal("a  b\n─  ─\n", format.table({}, { "a", "b" }))
    assert.equal("a  b\n─  ─\n", format.table({}, { "a", { "b", bar = true } }))
  end)

  it("shows titles, and values as `format` gives them", function()
    local text = format.table({ { cost = 1234.5, unit = "EUR" }, { cost = 1, unit = "USD" } }, {
      { "cost", title = "Cost", format = function(value, row)
        return format.amount(value, row.unit)
      end },
    })
    assert.equal(table.concat({
      "        Cost", "────────────", "1,234.50 EUR", "    1.00 USD", "",
    }, "\n"), text)
  end)

  it("shows what `format` gives even where the row has nothing", function()
    local columns = { { "a", format = function(value) return value or "none" end } }
    assert.equal("none", lines_of(format.table({ {} }, columns))[3])
  end)

  it("aligns as it is told", function()
    local rows = { { a = "x", b = 1 }, { a = "long", b = 100 } }
    local text = format.table(rows, { { "a", align = "right" }, { "b", align = "left" } })
    assert.same({ "   a  b", "────  ───", "   x  1", "long  100" }, lines_of(text))
  end)

  it("aligns left when a column has numbers and texts", function()
    local lines = lines_of(format.table({ { a = 1 }, { a = "text" } }, { "a" }))
    assert.equal("1", lines[3])
  end)

  it("leaves no blanks at the ends of lines", function()
    local text = format.table({ { a = "x" }, { a = "long text", b = "y " } }, { "a", "b" })
    assert.is_nil(text:find " \n")
  end)

  it("writes a dash where a row has nothing", function()
    assert.equal("-", table_cell(nil))
    if has_cjson then
      assert.equal("-", table_cell(cjson.null))
    end
  end)

  it("writes numbers without the noise of binary fractions", function()
    assert.equal("0.3", table_cell(0.1 + 0.2))
    assert.equal("9007199254740992", table_cell(2 ^ 53))
    assert.equal("nan", table_cell(NAN))
    assert.equal("-inf", table_cell(-INF))
  end)

  it("writes booleans, and tables as JSON", function()
    assert.equal("false", table_cell(false))
    assert.equal('{"a":[1,2]}', table_cell { a = { 1, 2 } })
  end)

  it("counts code points, not bytes", function()
    local lines = lines_of(format.table({ { a = "für", b = 1 }, { a = "xxxx", b = 2 } },
      { "a", "b" }))
    assert.equal("für   1", lines[3])
  end)

  it("counts combining marks as nothing", function()
    local lines = lines_of(format.table({ { a = "e\204\129", b = 1 }, { a = "xx", b = 2 } },
      { "a", "b" }))
    assert.equal("e\204\129   1", lines[3])
  end)

  it("counts wide characters as two", function()
    local rows = {
      { a = "日本", b = 1 }, { a = "🙂", b = 1 }, { a = "한", b = 1 }, { a = "xxxx", b = 2 },
    }
    local lines = lines_of(format.table(rows, { "a", "b" }))
    assert.equal("日本  1", lines[3])
    assert.equal("🙂    1", lines[4])
    assert.equal("한    1", lines[5])
  end)

  it("counts as Python's unicodedata does", function()
    if not has_python then
      pending "no python3"
      return
    end
    local samples = "aé日本語ｶﾅ漢字ёЯ한국어Ａ１！€…█ñ∑→"
    local expected = tonumber(python([[
import sys, unicodedata
text = sys.stdin.buffer.read().decode("utf-8")
print(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text))
]], samples))
    local rule = lines_of(format.table({ { a = samples } }, { "a" }))[2]
    assert.equal(expected, #rule / #"─")
  end)

  it("prints each invalid byte as U+FFFD, one column wide", function()
    local cases = {
      "\255", "\195", "\128", "\192\128", "\224\128", "\237\160\128", "\244\144\128\128",
    }
    for _, bytes in ipairs(cases) do
      assert.equal("x" .. ("\239\191\189"):rep(#bytes) .. "y", table_cell("x" .. bytes .. "y"))
      assert.equal(("─"):rep(#bytes), lines_of(format.table({ { a = bytes } }, { "a" }))[2])
    end
  end)

  it("prints control characters as signs", function()
    assert.equal("a␊b␍c␉d", table_cell "a\nb\rc\td")
    assert.equal("␛[31mred␇", table_cell "\27[31mred\7")
    assert.equal("␀␡", table_cell "\0\127")
    assert.equal("\239\191\18931m", table_cell "\194\15531m")
    assert.equal("a\239\191\189b", table_cell "a\226\128\174b")
  end)

  it("lets no row break the lines or reach the terminal", function()
    local bytes = {}
    for byte = 0, 255 do
      bytes[#bytes + 1] = string.char(byte)
    end
    local text = format.table({ { a = table.concat(bytes) } }, { { "a", width = 1000 } })
    assert.equal(3, #lines_of(text))
    assert.is_nil(text:gsub("\n", ""):find "[%z\1-\31\127]")
  end)

  it("prints control characters of a title as signs", function()
    local lines = lines_of(format.table({}, { { "a", title = "x\ny" } }))
    assert.same({ "x␊y", "───" }, lines)
  end)

  it("cuts long cells at 40 columns", function()
    assert.equal(("x"):rep(40), table_cell(("x"):rep(40)))
    assert.equal(("x"):rep(39) .. "…", table_cell(("x"):rep(41)))
  end)

  it("cuts at the column's own width", function()
    local function cut(value, width, options)
      return lines_of(format.table({ { a = value } }, { { "a", width = width } }, options))[3]
    end
    assert.equal("abc…", cut("abcdef", 4))
    assert.equal("日…", cut("日本語", 4))
    assert.equal("…", cut("日本語", 1))
    assert.equal("e\204\129…", cut("e\204\129xx", 2))
    assert.equal("a...", cut("abcdef", 4, { ascii = true }))
    assert.equal("..", cut("abcdef", 2, { ascii = true }))
  end)

  it("cuts titles, too", function()
    assert.equal("ab…", lines_of(format.table({}, { { "abcdef", width = 3 } }))[1])
  end)

  it("adds bars in eighths, scaled to the largest value", function()
    local rows = { { c = 8 }, { c = 4 }, { c = 1 }, { c = 0.5 }, { c = 3.5 } }
    local text = format.table(rows, { { "c", bar = true } }, { bar_width = 2 })
    assert.same({
      "  c", "───  ──", "  8  ██", "  4  █", "  1  ▎", "0.5  ▏", "3.5  ▉",
    }, lines_of(text))
  end)

  it("has bars of at most 24 columns by default", function()
    local line = lines_of(format.table({ { c = 7 } }, { { "c", bar = true } }))[3]
    assert.equal("7  " .. ("█"):rep(24), line)
  end)

  it("gives the smallest positive value a bar, and none to zero and less", function()
    local rows = {
      { c = 1e9 }, { c = 1e-9 }, { c = 0 }, { c = -5 }, {}, { c = NAN }, { c = INF },
    }
    local columns = { { "c", bar = true, format = function() return "." end } }
    local lines = lines_of(format.table(rows, columns, { bar_width = 1 }))
    assert.same({ "c", "─  ─", ".  █", ".  ▏", ".", ".", ".", ".", "." }, lines)
  end)

  it("has no bars where nothing is positive", function()
    local lines = lines_of(format.table({ { c = -1 }, { c = 0 } }, { { "c", bar = true } }))
    assert.same({ " c", "──", "-1", " 0" }, lines)
  end)

  it("puts the next column behind the bars", function()
    local rows = { { c = 2, d = "x" }, { c = 1, d = "y" } }
    local text = format.table(rows, { { "c", bar = true }, "d" }, { bar_width = 2 })
    assert.same({ "c      d", "─  ──  ─", "2  ██  x", "1  █   y" }, lines_of(text))
  end)

  it("is ASCII when asked for", function()
    local text = format.table({ { a = "x\n\255", c = 4 }, { a = "y", c = 2 } },
      { "a", { "c", bar = true } }, { ascii = true, bar_width = 4 })
    assert.same({
      "a    c", "---  -  ----", "x??  4  ####", "y    2  ##",
    }, lines_of(text))
  end)

  it("throws for wrong rows, naming the row", function()
    has_error("rows: expected table, got nothing", format.table, nil, { "a" })
    has_error("rows[2]: expected table, got 5", format.table, { {}, 5 }, { "a" })
  end)

  it("throws without columns", function()
    has_error("columns: expected table, got nothing", format.table, {})
    has_error("columns: expected a list of at least one column", format.table, {}, {})
    has_error("columns: expected a list", format.table, {}, { "a", title = "A" })
  end)

  it("throws for wrong columns, naming what they may be", function()
    has_error("columns[2]: expected string or table, got 5", format.table, {}, { "a", 5 })
    has_error("columns[1][1]: expected string, got nothing",
      format.table, {}, { { title = "A" } })
    has_error('columns[1]: unknown name "colour"; known are 1, align, bar, format, title, width',
      format.table, {}, { { "a", colour = 1 } })
    has_error('columns[1].align: expected "left" or "right", got "up"',
      format.table, {}, { { "a", align = "up" } })
    has_error("columns[1].width: expected a whole number",
      format.table, {}, { { "a", width = 0 } })
    has_error("columns[1].format: expected function",
      format.table, {}, { { "a", format = "%d" } })
    has_error("columns[1].bar: expected boolean", format.table, {}, { { "a", bar = "cost" } })
    has_error("columns[1].title: expected string", format.table, {}, { { "a", title = 1 } })
  end)

  it("throws for wrong options, naming what they may be", function()
    has_error('options: unknown name "color"; known are ascii, bar_width',
      format.table, {}, { "a" }, { color = true })
    has_error("options.bar_width: expected a whole number", format.table, {}, { "a" },
      { bar_width = 0 })
    has_error("options.ascii: expected boolean", format.table, {}, { "a" }, { ascii = 1 })
    has_error("options: expected table", format.table, {}, { "a" }, "ascii")
  end)

  it("throws for values that cannot be shown, naming the row", function()
    has_error("rows[1].a: expected a value that JSON has, got a function",
      format.table, { { a = print } }, { "a" })
  end)
end)

describe("format.csv_writer", function()
  it("writes the header first, and lines that end in CRLF", function()
    local sink, text = keeper()
    local write = format.csv_writer(sink, { "a", { "b", title = "Cost" } })
    assert.equal("a,Cost\r\n", text())
    write { a = "x", b = 1.5 }
    assert.equal("a,Cost\r\nx,1.5\r\n", text())
  end)

  it("gives the sink one text a line", function()
    local sink, _, pieces = keeper()
    format.csv_writer(sink, { "a", "b" }) { a = 1, b = 2 }
    assert.same({ "a,b\r\n", "1,2\r\n" }, pieces)
  end)

  it("writes to files", function()
    local file = io.tmpfile()
    format.csv_writer(file, { "a" }) { a = 1 }
    file:seek "set"
    assert.equal("a\r\n1\r\n", file:read "*a")
    file:close()
  end)

  it("writes to objects with a write method", function()
    local object = { text = "" }
    function object:write(text)
      self.text = self.text .. text
    end
    format.csv_writer(object, { "a" }) { a = 1 }
    assert.equal("a\r\n1\r\n", object.text)
  end)

  it("quotes what has quotes, commas, line ends or blanks at its ends", function()
    for value, expected in pairs {
      ["plain text"] = "plain text", ['say "x"'] = '"say ""x"""', ["a,b"] = '"a,b"',
      ["a\nb"] = '"a\nb"', ["a\rb"] = '"a\rb"', [" a"] = '" a"', ["a "] = '"a "',
      ["\ta"] = '"\ta"', ['"'] = '""""', ["für"] = "für",
    } do
      assert.equal(expected, csv_cell(value))
    end
  end)

  it("quotes titles", function()
    assert.equal('"a,b"\r\n', csv({}, { { "a", title = "a,b" } }))
  end)

  it("writes nothing for nil and null", function()
    assert.equal("a,b\r\n,1\r\n", csv({ { b = 1 } }, { "a", "b" }))
    if has_cjson then
      assert.equal("", csv_cell(cjson.null))
    end
  end)

  it("does not write an empty line for a row of one empty field", function()
    assert.equal('a\r\n""\r\n', csv({ {} }, { "a" }))
  end)

  it("writes booleans, and tables as JSON", function()
    assert.equal("true", csv_cell(true))
    assert.equal("false", csv_cell(false))
    assert.equal('"{""k"":[1,""x""]}"', csv_cell { k = { 1, "x" } })
    assert.equal("[]", csv_cell(list {}))
  end)

  it("writes what a column's `format` gives", function()
    local columns = { { "a", format = function(value, row) return value .. row.b end } }
    assert.equal("a\r\nxy\r\n", csv({ { a = "x", b = "y" } }, columns))
  end)

  it("writes whole numbers without exponent or point", function()
    assert.equal("24", csv_cell(24))
    assert.equal("24", csv_cell(24.0))
    assert.equal("9007199254740992", csv_cell(2 ^ 53))
    assert.equal("-9007199254740991", csv_cell(-(2 ^ 53 - 1)))
    assert.equal("1000000000000000", csv_cell(1e15))
  end)

  it("writes integers of 64 bits with all digits", function()
    if not integers then
      pending "numbers are floats only"
      return
    end
    assert.equal("9223372036854775807", csv_cell(math.maxinteger))
    assert.equal("-9223372036854775808", csv_cell(math.mininteger))
  end)

  it("writes fractions as the shortest text that is the same number", function()
    assert.equal("0.1", csv_cell(0.1))
    assert.equal("4.35", csv_cell(4.35))
    assert.equal("0.30000000000000004", csv_cell(0.1 + 0.2))
    for _, value in ipairs(hard_numbers()) do
      assert.equal(value, tonumber(csv_cell(value)))
    end
  end)

  it("throws for NaN and infinities, naming the column", function()
    has_error("row.a: expected a number, got nan", csv_cell, NAN)
    has_error("row.a: expected a number, got inf", csv_cell, INF)
  end)

  it("leaves text that a spreadsheet runs exact by default", function()
    for _, value in ipairs { "=1+1", "+1+1", "-1+1", "@SUM(A1)" } do
      assert.equal(value, csv_cell(value))
    end
  end)

  it("puts a quote before such text with spreadsheet_safe", function()
    local options = { spreadsheet_safe = true }
    for value, expected in pairs {
      ["=1+1"] = "'=1+1", ["+1+1"] = "'+1+1", ["-1+1"] = "'-1+1", ["@SUM(A1)"] = "'@SUM(A1)",
      ["\t=1"] = "'\t=1", ["\r=1"] = "\"'\r=1\"", ['=A,"B"'] = "\"'=A,\"\"B\"\"\"",
      ["a=1"] = "a=1", ["plain"] = "plain",
    } do
      assert.equal(expected, csv_cell(value, options))
    end
  end)

  it("puts a quote before such titles with spreadsheet_safe", function()
    assert.equal("'=x\r\n", csv({}, { "=x" }, { spreadsheet_safe = true }))
  end)

  it("leaves numbers alone with spreadsheet_safe, those in text too", function()
    local options = { spreadsheet_safe = true }
    assert.equal("-5", csv_cell(-5, options))
    assert.equal("-12.50", csv_cell("-12.50", options))
    assert.equal("-1.5e-07", csv_cell("-1.5e-07", options))
    assert.equal("'-1-1", csv_cell("-1-1", options))
  end)

  it("is read by Python's csv as what it was", function()
    if not (has_python and has_cjson) then
      pending "no python3 or no cjson"
      return
    end
    local letters = { '"', ",", "\r", "\n", " ", "\t", "a", "é", "=", "'", ";", "\\", "" }
    local rows, state = {}, 7
    for i = 1, 200 do
      local row = {}
      for j = 1, 3 do
        local pieces = {}
        for k = 1, 5 do
          state = (state * 16807) % 2147483647
          pieces[k] = letters[state % #letters + 1]
        end
        row[j] = table.concat(pieces)
      end
      rows[i] = row
    end
    local sink, text = keeper()
    local write = format.csv_writer(sink, { "x", "y", "z" })
    for _, row in ipairs(rows) do
      write { x = row[1], y = row[2], z = row[3] }
    end
    local given = cjson.decode(python([[
import csv, io, json, sys
text = sys.stdin.buffer.read().decode("utf-8")
print(json.dumps(list(csv.reader(io.StringIO(text, newline=""), strict=True))[1:]))
]], text()))
    assert.same(rows, given)
  end)

  it("throws when a write fails, with the reason", function()
    local broken = { write = function() return nil, "No space left on device", 28 end }
    has_error("No space left on device", format.csv_writer, broken, { "a" })
    local calls = 0
    local write = format.csv_writer(function()
      calls = calls + 1
      if calls > 1 then
        return nil, "gone"
      end
    end, { "a" })
    has_error("the write failed: gone", write, { a = 1 })
    has_error("the write failed", format.csv_writer, function() return false end, { "a" })
  end)

  it("throws when a device is full", function()
    local full = io.open("/dev/full", "w")
    if not full then
      pending "no /dev/full"
      return
    end
    full:setvbuf "no"
    local ok, message = pcall(format.csv_writer, full, { "a" })
    full:close()
    assert.is_false(ok)
    assert.is_truthy(message:find "space")
  end)

  it("throws for wrong arguments, naming them", function()
    has_error("sink: expected an open file, an object with write or a function, got nothing",
      format.csv_writer, nil, { "a" })
    has_error('got "out.csv"', format.csv_writer, "out.csv", { "a" })
    has_error("got a table", format.csv_writer, {}, { "a" })
    local file = io.tmpfile()
    file:close()
    has_error("sink: the file is closed", format.csv_writer, file, { "a" })
    has_error("columns: expected table, got nothing", format.csv_writer, print)
    has_error('columns[1]: unknown name "bar"; known are 1, format, title',
      format.csv_writer, print, { { "a", bar = true } })
    has_error('options: unknown name "safe"; known are spreadsheet_safe',
      format.csv_writer, print, { "a" }, { safe = true })
    has_error("options.spreadsheet_safe: expected boolean",
      format.csv_writer, print, { "a" }, { spreadsheet_safe = 1 })
  end)

  it("throws for a row that is no table, and writes nothing of it", function()
    local sink, text = keeper()
    local write = format.csv_writer(sink, { "a" })
    has_error("row: expected table, got nothing", write)
    has_error("row.a: expected a value", write, { a = print })
    assert.equal("a\r\n", text())
  end)
end)

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

  it("writes tables 200 deep, and throws for more", function()
    local function nested(depth)
      local value = list {}
      for _ = 2, depth do
        value = { value }
      end
      return value
    end
    assert.equal(("["):rep(200) .. ("]"):rep(200), format.json(nested(200)))
    has_error("tables inside tables more than 200 deep", format.json, nested(201))
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
