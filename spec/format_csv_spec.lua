local format = require "costream.format"
local support = require "format_support"

local python = support.python
local has_python = support.has_python
local has_error = support.has_error
local keeper = support.keeper
local hard_numbers = support.hard_numbers
local csv = support.csv
local csv_cell = support.csv_cell

local NAN, INF = 0 / 0, math.huge
local integers = math.type ~= nil
local list_mark = { __jsontype = "array" }

local function list(values)
  return setmetatable(values, list_mark)
end

local has_cjson, cjson = pcall(require, "cjson")

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
