--- Going on behind a row that was given before: a reader that reads again what stands before it.

local condition = require "costream.condition"
local core = require "costream.core"
local query_support = require "query_support"
local reader_support = require "reader_support"

local unpack = table.unpack or rawget(_G, "unpack")

local ROWS = 90
local lines = reader_support.lines(ROWS)
local usages = { 3, 0, 1, 40, 2 }
local none = "0 0000000000000000 0"

local function text_of(rows)
  return table.concat(rows, "\n") .. "\n"
end

local function with(options, more)
  local both = {}
  for name, value in pairs(options) do
    both[name] = value
  end
  for name, value in pairs(more) do
    both[name] = value
  end
  return both
end

local function where(...)
  return { conditions = condition.new(...) }
end

local usage = { usage = true }

--- Texts, and how they are read: a new plan each time, since that counts the rows.
local ways = {
  ["lines as they are"] = function()
    return text_of(lines), {}
  end,
  ["an array as it is"] = function()
    return "[" .. table.concat(lines, " ,\n") .. "]", {}
  end,
  ["rows"] = function()
    return text_of(lines), { plan = reader_support.plan() }
  end,
  ["chosen fields"] = function()
    return text_of(lines), { plan = reader_support.plan { { names = { "id", "amount" } } } }
  end,
  ["values"] = function()
    return text_of(lines), { plan = reader_support.plan({}, { values = { "product", "id" } }) }
  end,
  ["usage rows"] = function()
    return reader_support.envelope(reader_support.reports(usages)),
      { framing = "envelope", path = "reports[]", plan = reader_support.plan({}, {}, usage) }
  end,
  ["values of usage rows"] = function()
    return reader_support.envelope(reader_support.reports(usages)),
      { framing = "envelope", path = "reports[]",
        plan = reader_support.plan({}, { values = { "cost", "report" } }, usage) }
  end,
}

local function failure_of(text, options)
  local found = reader_support.read(text, #text, options)
  assert.are.equal("table", type(found.state))
  return found.state, found
end

--- What is to be given to go on behind row `count`.
local function resume_behind(text, options, count)
  local found = reader_support.read(text, #text, with(options, { digest = true }), count)
  return reader_support.resume(found.last)
end

describe("the position of a reader", function()
  it("is that of no record before the first", function()
    assert.are.equal(none, reader_support.position(core.reader { digest = true }))
  end)

  for name, way in pairs(ways) do
    it("is the same however its text is cut: " .. name, function()
      local text, options = way()
      local whole = reader_support.read(text, #text, with(options, { digest = true }))
      assert.are.equal("end", whole.state)
      assert.is_true(#whole.rows > 40)
      for _, piece in ipairs { 1, 2, 61, 997, 4096 } do
        text, options = way()
        local found = reader_support.read(text, piece, with(options, { digest = true }))
        assert.are.same(whole.positions, found.positions)
        assert.are.equal(whole.last, found.last)
      end
    end)
  end

  it("does not depend on what stands between records", function()
    local a = reader_support.read(text_of(lines), 100, { digest = true })
    local b = reader_support.read("[" .. table.concat(lines, " , ") .. " ] ", 100,
      { digest = true })
    assert.are.same(a.positions, b.positions)
  end)

  it("is behind rows that a fold took, as if they were given one by one", function()
    local one_by_one = reader_support.read(text_of(lines), 997, { digest = true })
    for _, piece in ipairs { 1, 61, 997, 1e6 } do
      local folds = reader_support.plan({}, { fold = { sum = { "amount" } } })
      local found = reader_support.read(text_of(lines), piece, { digest = true, plan = folds })
      assert.are.equal("end", found.state)
      assert.are.equal(one_by_one.last, found.last)
    end
  end)

  it("is behind the rows that conditions refused before the one that was given", function()
    local all = reader_support.read(text_of(lines), 997, { digest = true })
    local some = reader_support.read(text_of(lines), 997,
      { digest = true, plan = reader_support.plan { where("id", "in", { 10, 50 }) } })
    assert.are.same({ all.positions[10], all.positions[50] }, some.positions)
    assert.are.equal(all.last, some.last)
  end)

  it("counts the usage rows of the last report, until they are at their end", function()
    local text, options = ways["usage rows"]()
    local found = reader_support.read(text, 997, with(options, { digest = true }))
    local records = {}
    for i, position in ipairs(found.positions) do
      records[i] = position:match "^%d+" .. " " .. position:match "%d+$"
    end
    assert.are.same({ "1 1", "1 2", "1 3", "3 1", "4 1" },
      { unpack(records, 1, 5) })
    assert.are.equal("5 2", records[#records])
    assert.matches("^5 %x+ 0$", found.last)
  end)

  it("is still there when the reader has failed, is retired or closed", function()
    for _, way in ipairs { "close", "retire" } do
      local found = reader_support.read("1\n2\n]", 100, { digest = true })
      assert.are.equal("malformed", found.state.kind)
      local last = found.positions[2]
      assert.are.equal(last, reader_support.position(found.reader))
      found.reader[way](found.reader)
      assert.are.equal(last, reader_support.position(found.reader))
    end
  end)

  it("is not there unless it was asked for", function()
    local reader = core.reader {}
    assert.has_error(function() reader:position() end)
  end)

  if core.batch and not debug.gethook() then -- which it steps aside for
    it("goes back as many rows as the last batch had", function()
      local one_by_one = reader_support.read(text_of(lines), 997, { digest = true }).positions
      one_by_one[0] = none
      local reader = core.reader { digest = true }
      assert.are.equal(#text_of(lines) + 1, reader:feed(text_of(lines), 1))
      local before, list = 0, {}
      while before < ROWS do
        local rows = core.batch(reader, list, 40)
        for back = 0, rows do
          assert.are.equal(one_by_one[before + rows - back],
            reader_support.position(reader, back))
        end
        assert.has_error(function() reader:position(rows + 1) end)
        before = before + rows
      end
      reader:close()
      assert.are.equal(one_by_one[ROWS - 3], reader_support.position(reader, 3))
    end)
  else
    it("does not go back: no row but the last was given", function()
      local reader = core.reader { digest = true }
      assert.has_error(function() reader:position(1) end)
    end)
  end
end)

describe("a reader that resumes", function()
  for name, way in pairs(ways) do
    it("gives what is behind each row: " .. name, function()
      local text, options = way()
      local whole = reader_support.read(text, #text, with(options, { digest = true }))
      for at = 0, #whole.rows, 7 do
        for _, piece in ipairs { 1013, #text } do
          text, options = way()
          local resume = reader_support.resume(whole.positions[at] or none)
          local found = reader_support.read(text, piece, with(options, { resume = resume }))
          assert.are.equal("end", found.state)
          assert.are.equal(#whole.rows, at + #found.rows)
          for i, row in ipairs(found.rows) do
            local expected = whole.rows[at + i]
            if name:find "values" then
              expected = with(expected, { i })
            end
            assert.are.same(expected, row)
            assert.are.equal(whole.positions[at + i], found.positions[i])
          end
          assert.are.equal(whole.last, found.last)
        end
      end
    end)
  end

  it("folds what is behind", function()
    local amounts = { id = 0 }
    for i = 1, ROWS do
      amounts[i] = i
    end
    for _, at in ipairs { 0, 1, 19, 33, ROWS } do
      local resume = resume_behind(text_of(lines), {}, at)
      local folds, folding = reader_support.plan({}, { fold = { sum = { "id" }, count = true } })
      local found = reader_support.read(text_of(lines), 5000, { plan = folds, resume = resume })
      assert.are.equal("end", found.state)
      local group = folding:groups()[1]
      assert.are.equal(ROWS - at, group.count)
      assert.are.equal(query_support.sum { unpack(amounts, at + 1) }, group.sum.id)
    end
  end)

  it("takes what a position is made of", function()
    local digest = ("0"):rep(16)
    for _, wrong in ipairs {
      { records = 1, digest = "0", inner = 0 }, { records = 1, inner = 0 },
      { records = 1, digest = ("G"):rep(16), inner = 0 },
      { records = 1, digest = ("A"):rep(16), inner = 0 },
      { records = -1, digest = digest, inner = 0 }, { records = 1.5, digest = digest, inner = 0 },
      { records = 0 / 0, digest = digest, inner = 0 }, { digest = digest, inner = 0 },
      { records = 1, digest = digest }, { records = 1, digest = digest, inner = 1 },
      { records = 0, digest = ("1"):rep(16), inner = 0 }, "text",
    } do
      assert.has_error(function() core.reader { resume = wrong } end)
    end
  end)

  it("needs nothing before it when nothing was given", function()
    local found = reader_support.read("1\n", 9, { resume = reader_support.resume(none) })
    assert.are.same({ { 1 } }, found.rows)
    found = reader_support.read("", 9, { resume = reader_support.resume(none) })
    assert.are.equal("end", found.state)
  end)

  it("does not number the rows that it does not give", function()
    local wanted = reader_support.plan({}, { values = { "id" } })
    local options = { plan = wanted, digest = true }
    local first = reader_support.read(text_of(lines), 1000, options, 30)
    local resume = reader_support.resume(first.last)
    local rest = reader_support.read(text_of(lines), 1000, { plan = wanted, resume = resume })
    assert.are.same({ 31, 31 }, rest.rows[1])
  end)
end)

describe("rows that were read before", function()
  local resume = resume_behind(text_of(lines), {}, 40)

  local changes = {
    ["a byte"] = function(rows) rows[7] = rows[7]:gsub("EU", "EV") end,
    ["white space in a row"] = function(rows) rows[40] = rows[40]:gsub(":", ": ", 1) end,
    ["their order"] = function(rows) rows[3], rows[4] = rows[4], rows[3] end,
    ["one more"] = function(rows) table.insert(rows, 1, rows[1]) end,
    ["one less"] = function(rows) table.remove(rows, 40) end,
  }
  for what, change in pairs(changes) do
    it("are not the same when there is another one of " .. what, function()
      local rows = { unpack(lines) }
      change(rows)
      for _, piece in ipairs { 100, 1e6 } do
        local found = reader_support.read(text_of(rows), piece, { resume = resume })
        assert.are.same({}, found.rows)
        assert.are.equal("changed", found.state.kind)
        assert.are.equal("the first 40 rows are not those that were read before",
          found.state.message)
      end
    end)
  end

  it("may have others behind them", function()
    local rows = { unpack(lines, 1, 41) }
    rows[41] = "1"
    local found = reader_support.read(text_of(rows), 1000, { resume = resume })
    assert.are.same({ { 1 } }, found.rows)
    assert.are.equal("end", found.state)
  end)

  it("have changed when there are fewer of them now", function()
    local failure = failure_of(text_of { unpack(lines, 1, 39) }, { resume = resume })
    assert.are.equal("changed", failure.kind)
    assert.are.equal("the answer has only 39 rows, of 40 that were read before", failure.message)
    failure = failure_of("1\n", { resume = resume })
    assert.are.equal("the answer has only 1 row, of 40 that were read before", failure.message)
    assert.are.equal("changed", failure_of("[]", { resume = resume }).kind)
  end)

  it("have changed when a report has fewer usage rows", function()
    local text, options = ways["usage rows"]()
    local third = with(options, { resume = resume_behind(text, options, 3) })
    third.resume.inner = 4 -- as if a reader of another kind had written it
    local failure = failure_of(text, third)
    assert.are.equal("changed", failure.kind)
    assert.are.equal("report 1 has only 3 of the 4 rows that were read before", failure.message)
  end)

  it("are told of as reports where they are", function()
    local text, options = ways["usage rows"]()
    local behind = with(options, { resume = resume_behind(text, options, 2) })
    text = text:gsub("m1", "m9", 1)
    assert.are.equal("the first report is not the one that was read before",
      failure_of(text, behind).message)
  end)

  it("may be malformed now, or stop", function()
    local rows = { unpack(lines) }
    rows[30] = rows[30] .. "x"
    local failure = failure_of(text_of(rows), { resume = resume })
    assert.are.same({ "malformed", 31 }, { failure.kind, failure.row })
    failure = failure_of("[" .. table.concat({ unpack(lines, 1, 39) }, ","), { resume = resume })
    assert.are.equal("incomplete", failure.kind)
  end)

  it("are told of when they are no rows now", function()
    local known = reader_support.plan({}, {}, { known = { "id" } })
    local behind = resume_behind(text_of(lines), { plan = known }, 40)
    local found = reader_support.read('{"error":"no"}\n', 99, { plan = known, resume = behind })
    assert.are.equal("unknown", found.state)
  end)

  it("leave the position as it was when they have changed, or are not all there", function()
    local text = text_of(lines)
    local position = reader_support.read(text, #text, { digest = true }, 40).last
    for _, other in ipairs { text:gsub("EU", "EV", 1), "1\n", "1\nx\n" } do
      local _, found = failure_of(other, { resume = resume })
      assert.are.equal(position, found.last)
    end
    local reader = core.reader { resume = resume }
    reader:feed(text:sub(1, 1000), 1)
    assert.are.equal("wait", select(2, core.read(reader)))
    assert.are.equal(position, reader_support.position(reader))
  end)

  it("have changed for good", function()
    local from = reader_support.open("1\n", 9, { resume = resume })
    for _ = 1, 3 do
      assert.are.equal("changed", select(2, from.next()).kind)
    end
    assert.is_true(from.reader:ready())
    assert.are.equal(0, from.reader:rows())
  end)
end)
