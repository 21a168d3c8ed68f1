--- Folds of thousands of rows of one shape, which are proven and added many at a time.

local corpus = require "corpus"
local costream = require "costream"
local query_support = require "query_support"

local ROWS = 3000

local scalars = { "1", "2.5", "8.23e-05", "-3", "null", "0", "1234567.125", "12e3" }
local texts = { "EU-DE", "EU-NL", "a name that is longer than thirty-two bytes", "", "ä" }

local function line(i, amount, text)
  return ('{"id":%d,"text":"%s","amount":%s,"flag":%s}'):format(i, text, amount,
    i % 3 == 0 and "true" or "null")
end

--- `change(i)` may give another line for row i.
local function lines_of(change)
  local random, lines = query_support.random(4711), {}
  for i = 1, ROWS do
    local usual = line(i, scalars[random(#scalars)], texts[random(#texts)])
    lines[i] = change and change(i) or usual
  end
  return table.concat(lines, "\n") .. "\n"
end

local function with(row, text)
  return lines_of(function(i) return i == row and text or nil end)
end

local query = { by = { "text", "flag" }, sum = { "amount" }, min = { "id" }, max = { "amount" },
  count = true }

local function failure_of(source, fold, options, ...)
  local stream = costream.records(source, options)
  if ... then
    stream:where(...)
  end
  local groups, failure = stream:fold(fold)
  assert.is_nil(groups)
  return failure
end

describe("a fold of rows of one shape", function()
  local conditions = {
    {}, { "amount", ">", 1 }, { "text", "prefix", "EU" }, { "flag", "present" },
    { { text = "ä", flag = true } }, { "id", "<", 0 },
  }
  for number, condition in ipairs(conditions) do
    it("gives what it gives behind a function, under condition " .. number, function()
      local text = lines_of()
      local function groups_of(source, in_lua)
        local stream = costream.records(source)
        if in_lua then
          stream:where(function() return true end)
        end
        if condition[1] then
          stream:where(condition[1], condition[2], condition[3])
        end
        local groups = assert(stream:fold(query))
        return corpus.show(groups), stream:stats().rows
      end
      local wanted, rows = groups_of(text, true)
      for _, size in ipairs { #text, 10007, 997 } do
        local shown, count = groups_of(corpus.pieces(text, size))
        assert.are.equal(wanted, shown)
        assert.are.equal(rows, count)
      end
    end)
  end

  for _, row in ipairs { 4, 5, 35, 36, 37, 1000, ROWS } do
    it("tells of row " .. row .. " that it cannot be added, and how many were", function()
      local text = with(row, line(row, "true", "x"))
      local failure = failure_of(text, { sum = { "amount" } })
      assert.are.same({ "malformed", row, row - 1 }, { failure.kind, failure.row, failure.rows })
      failure = failure_of(text, { sum = { "amount" } }, nil, "id", ">=", row - 1)
      assert.are.same({ "malformed", row, 1 }, { failure.kind, failure.row, failure.rows })
    end)

    it("leaves row " .. row .. " out where a condition says so", function()
      local stream = costream.records(with(row, line(row, "true", "x"))):where("id", "~=", row)
      assert(stream:fold { sum = { "amount" } })
      assert.are.equal(ROWS - 1, stream:stats().rows)
    end)

    it("tells where row " .. row .. " is malformed", function()
      for _, wrong in ipairs { '1"', '"1', "01", "1.", "1,", "x", '"a"b"' } do
        local failure = failure_of(with(row, line(row, wrong, "x")), { count = true })
        assert.are.same({ "malformed", row, row - 1 },
          { failure.kind, failure.row, failure.rows }, wrong)
      end
      for _, wrong in ipairs { '"', 'a"b"c', "a\tb", "\255" } do
        local failure = failure_of(with(row, line(row, "1", wrong)), { count = true })
        assert.are.same({ "malformed", row, row - 1 },
          { failure.kind, failure.row, failure.rows }, wrong)
      end
    end)

    it("tells that row " .. row .. " is longer than the limit", function()
      local failure = failure_of(with(row, line(row, "1", ("x"):rep(1000))), { count = true },
        { limits = { record_bytes = 500 } })
      assert.are.same({ "limit", row, row - 1 }, { failure.kind, failure.row, failure.rows })
    end)
  end

  it("tells of a group too many", function()
    local failure = failure_of(lines_of(), { by = { "id" }, count = true, groups = 100 })
    assert.are.same({ "limit", 100 }, { failure.kind, failure.rows })
  end)
end)
