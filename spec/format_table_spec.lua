local format = require "costream.format"
local support = require "format_support"

local python = support.python
local has_python = support.has_python
local has_error = support.has_error
local lines_of = support.lines_of
local table_cell = support.table_cell

local NAN, INF = 0 / 0, math.huge

local has_cjson, cjson = pcall(require, "cjson")

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
