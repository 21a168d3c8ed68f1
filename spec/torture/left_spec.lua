--- A stream is left behind any of its rows, in whatever way they were read, and another goes on
--- from its cursor: every row exactly once.

local documents = require "torture.documents"
local faults = require "faults_support"
local subjects = require "torture.killed_subjects"
local support = require "support"

local resigned = { retry = false }

--- Ways to read: each calls take(row as text) for each row until that is true.
local ways = {}

function ways.rows(stream, _, take)
  for row in stream do
    if take(documents.show(row)) then
      return
    end
  end
end

ways["one row at a time"] = function(stream, _, take)
  repeat
    local rows = assert(stream:collect(1))
  until not rows[1] or take(documents.show(rows[1]))
end

ways["rows of a condition"] = function(stream, document, take)
  ways.rows(stream:where(document.sum, ">", 20), document, take)
end

ways["rows of a function"] = function(stream, document, take)
  local function passes(row)
    return row[document.sum] and row[document.sum] > 20
  end
  ways.rows(stream:where(passes), document, take)
end

function ways.values(stream, document, take)
  local names = document.values
  for _, first, second in stream:values(names[1], names[2]) do
    if take(("%s %s"):format(tostring(first), tostring(second))) then
      return
    end
  end
end

ways["values of a condition"] = function(stream, document, take)
  ways.values(stream:where(document.sum, ">", 20), document, take)
end

--- Reads on from a cursor, some rows at most: the cursor behind them, and whether there may be
--- more.
local function read_some(subject, way, cursor, most, shown)
  local stream = subject.open(faults.url(subject.set), resigned, { resume = cursor })
  local count = 0
  if most > 0 then
    way(stream, subject, function(text)
      shown[#shown + 1] = text
      count = count + 1
      return count == most
    end)
  end
  cursor = stream:cursor()
  stream:close()
  assert.are.equal(cursor, stream:cursor())
  return cursor, count == most
end

local function read_all(subject, way)
  local shown = {}
  read_some(subject, way, nil, math.huge, shown)
  return shown
end

for _, name in ipairs { "OTC, lines", "OTC, array, gzip", "IBM reports", "IBM usage" } do
  local document = subjects[name].document

  describe(name .. ", left and resumed,", function()
    setup(function()
      faults.set(document.set, document.answers)
    end)

    for way_name, way in pairs(ways) do
      it(("has every row exactly once, left behind any row: %s"):format(way_name), function()
        local right = read_all(document, way)
        assert.is_true(#right > 10)
        for most = 0, #right, support.amount(9, 1) do
          local shown = {}
          local cursor = read_some(document, way, nil, most, shown)
          assert.are.equal(most, #shown)
          read_some(document, way, cursor, math.huge, shown)
          assert.are.same(right, shown, ("left behind %d rows"):format(most))
        end
      end)

      it(("has every row exactly once, left again and again: %s"):format(way_name), function()
        local right = read_all(document, way)
        for _, most in ipairs(support.amount({ 7 }, { 1, 2, 3, 7, 31 })) do
          local shown, cursor, more = {}, nil, true
          while more do
            cursor, more = read_some(document, way, cursor, most, shown)
          end
          assert.are.same(right, shown, ("left behind each %d rows"):format(most))
        end
      end)
    end
  end)
end

--- Reads on from cursor to cursor, each time until a limit ends it.
local function read_within(document, limits)
  local shown, failed, cursor = {}, true, nil
  while failed do
    local stream = document.open(faults.url(document.set), { retry = false, limits = limits },
      { resume = cursor })
    local rows, failure = support.drain(stream)
    for _, row in ipairs(rows) do
      shown[#shown + 1] = documents.show(row)
    end
    assert.is_true(not failure or failure.kind == "limit", tostring(failure))
    assert.is_true(not failure or stream:cursor() ~= cursor, "the cursor stays where it was")
    cursor, failed = stream:cursor(), failure
  end
  return shown
end

describe("a stream that a limit ended", function()
  local function check(name, limits)
    local document = subjects[name].document
    faults.set(document.set, document.answers)
    assert.are.same(read_all(document, ways.rows), read_within(document, limits))
  end

  for _, name in ipairs { "IBM reports", "IBM usage" } do
    it(("is resumed behind its last page: %s"):format(name), function()
      check(name, { pages = 1 })
      check(name, { pages = 2 })
    end)
  end

  it("is resumed behind its last page, which is read again: IBM pages", function()
    check("IBM pages", { pages = 2 })
  end)

  for _, name in ipairs { "OTC, lines", "OTC, array, gzip", "IBM reports", "IBM usage" } do
    it(("is resumed behind its last row: %s"):format(name), function()
      check(name, { rows = 1 })
      check(name, { rows = 9 })
    end)
  end
end)
