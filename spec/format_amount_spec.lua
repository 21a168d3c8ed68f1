local format = require "costream.format"
local support = require "format_support"

local python = support.python
local has_python = support.has_python
local has_error = support.has_error
local lines_of = support.lines_of
local hard_numbers = support.hard_numbers
local csv_cell = support.csv_cell
local table_cell = support.table_cell

local NAN, INF = 0 / 0, math.huge
local integers = math.type ~= nil
local has_cjson, cjson = pcall(require, "cjson")

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
    assert.equal("1.00", format.amount(1))
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
    has_error("currency: expected string or nil, got 5", format.amount, 1, 5)
    has_error("digits: expected a whole number from 0 to 20", format.amount, 1, "EUR", 1.5)
    has_error("digits: expected a whole number from 0 to 20", format.amount, 1, "EUR", -1)
  end)
end)
