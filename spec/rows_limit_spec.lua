--- A reader's limit of rows: one row more is an error, and never a part of a sum.

local condition = require "costream.condition"
local core = require "costream.core"
local reader_support = require "reader_support"

local ROWS = 90
local text = table.concat(reader_support.lines(ROWS), "\n") .. "\n"
local pieces = { 1, 61, 4096, #text }

local function where(...)
  return { conditions = condition.new(...) }
end

local function folded(limit, piece)
  local plan, folding = reader_support.plan({}, { fold = { sum = { "id" }, count = true } })
  local found = reader_support.read(text, piece, { plan = plan, rows = limit })
  return found, folding:groups()[1] or { count = 0, sum = {} }
end

describe("a reader's limit of rows", function()
  it("lets as many rows through", function()
    for _, piece in ipairs(pieces) do
      local found = reader_support.read(text, piece, { rows = ROWS })
      assert.are.equal("end", found.state)
      assert.are.equal(ROWS, #found.rows)
      assert.are.equal(ROWS, found.reader:rows())
    end
  end)

  it("ends in a failure with the next row, for good", function()
    for _, limit in ipairs { 0, 1, 19, 33, ROWS - 1 } do
      for _, piece in ipairs(pieces) do
        local found = reader_support.read(text, piece, { rows = limit })
        assert.are.equal(limit, #found.rows)
        assert.are.equal("limit", found.state.kind)
        assert.are.equal(("more than %d rows (limits.rows)"):format(limit), found.state.message)
        local _, again = core.read(found.reader)
        assert.are.same(found.state, again)
      end
    end
  end)

  it("is for what a fold takes, too, which never takes more", function()
    for _, limit in ipairs { 0, 1, 19, 33, 60, ROWS - 1 } do
      for _, piece in ipairs(pieces) do
        local found, group = folded(limit, piece)
        assert.are.equal("limit", found.state.kind)
        assert.are.same({ limit, limit > 0 and limit * (limit + 1) / 2 or nil },
          { group.count, group.sum.id })
        assert.are.equal(limit, found.reader:rows())
      end
    end
    for _, piece in ipairs(pieces) do
      local found, group = folded(ROWS, piece)
      assert.are.same({ "end", ROWS }, { found.state, group.count })
      assert.are.equal(ROWS, found.reader:rows())
    end
  end)

  it("counts rows that conditions refuse", function()
    for _, goal in ipairs { {}, { values = { "id" } }, { fold = { count = true } } } do
      local plan = reader_support.plan({ where("id", "<", 0) }, goal)
      local found = reader_support.read(text, 4096, { plan = plan, rows = 50 })
      assert.are.same({ "limit", 50 }, { found.state.kind, found.reader:rows() })
    end
  end)

  it("counts usage rows, not reports", function()
    local reports = reader_support.envelope(reader_support.reports { 3, 0, 4 })
    for limit, ending in pairs { [6] = "limit", [7] = "end" } do
      for _, goal in ipairs { {}, { values = { "cost" } } } do
        local plan = reader_support.plan({}, goal, { usage = true })
        local found = reader_support.read(reports, 50,
          { framing = "envelope", path = "reports[]", plan = plan, rows = limit })
        assert.are.equal(limit, #found.rows)
        assert.are.equal(ending, type(found.state) == "table" and found.state.kind or found.state)
      end
    end
  end)

  it("may become another one before the first row, and later none below the rows given",
    function()
      for before, after in pairs { [10] = 20, [20] = 10 } do
        local reader = core.reader { framing = "lines", rows = before }
        assert.are.equal(#text + 1, reader:feed(text, 1))
        reader:finish()
        reader:limit_rows(after)
        for _ = 1, after do
          assert.is_table((core.read(reader)))
        end
        local _, failure = core.read(reader)
        assert.are.equal(("more than %d rows (limits.rows)"):format(after), failure.message)
        assert.is_false((pcall(reader.limit_rows, reader, after - 1)))
        assert.is_false((pcall(reader.limit_rows, reader, 2 ^ 54)))
        assert.is_false((pcall(reader.limit_rows, reader, 0 / 0)))
      end
    end)

  it("does not count what is read again", function()
    local first = reader_support.read(text, 4096, { digest = true }, 40)
    local resume = reader_support.resume(first.last)
    local found = reader_support.read(text, 4096, { resume = resume, rows = ROWS - 40 })
    assert.are.equal("end", found.state)
    assert.are.equal(ROWS - 40, found.reader:rows())
    found = reader_support.read(text, 4096, { resume = resume, rows = ROWS - 41 })
    assert.are.equal("limit", found.state.kind)
    assert.are.equal(ROWS - 41, #found.rows)
  end)

  it("does not hide that the row behind it is malformed", function()
    local found = reader_support.read("1\n2\nx\n", 100, { rows = 2 })
    assert.are.equal("malformed", found.state.kind)
  end)
end)

describe("the rows that a reader counts", function()
  it("are known when it is closed or retired", function()
    for _, way in ipairs { "close", "retire" } do
      local found = reader_support.read(text, 4096, {}, 17)
      found.reader[way](found.reader)
      assert.are.equal(17, found.reader:rows())
    end
  end)
end)
