--- Random reports: their usage rows, and what is chosen of them in C, are those made by hand.

local core = require "costream.core"
local costream = require "costream"
local fold = require "costream.fold"
local plan = require "costream.plan"
local condition = require "costream.condition"
local query_support = require "query_support"

local list = query_support.list
local same = query_support.assert_same

local names = { "a", "b", "cost", "rated_cost", "id", "näme" }
local lists = { "resources", "plans", "usage" }
local values = {
  { "1", 1 }, { "2.5", 2.5 }, { "-3", -3 }, { "0.1", 0.1 }, { '"x"', "x" }, { '"\\u00e4"', "ä" },
  { '"a longer text, of more than sixteen"', "a longer text, of more than sixteen" },
  { "true", true }, { "false", false }, { "null", costream.null }, { "[1]" }, { '{"a":1}' },
}

--- A random object of a level, and what it says of its own: by name, a value or that it says
--- nothing a row has.
local function random_level(random, level, depth_list)
  local parts, own = {}, {}
  for _, name in ipairs(names) do
    if random(2) == 1 then
      local value = values[random(#values)]
      parts[#parts + 1] = ('"%s":%s'):format(name, value[1])
      own[name] = value[2]
    end
  end
  if depth_list then
    table.insert(parts, random(#parts + 1), ('"%s":%s'):format(lists[level], depth_list))
  end
  return "{" .. table.concat(parts, random(2) == 1 and "," or " ,\n ") .. "}", own
end

--- A report as JSON; each row's levels go to `rows`.
local function random_report(random, level, rows)
  if level == 4 then
    local text, own = random_level(random, level)
    rows[1] = { own }
    return text
  end
  local parts, inner = {}, {}
  for i = 1, random(4) - 1 do
    local inside = {}
    parts[i] = random_report(random, level + 1, inside)
    for _, levels in ipairs(inside) do
      inner[#inner + 1] = levels
    end
  end
  local below = "[" .. table.concat(parts, ",") .. "]"
  if #parts == 0 then
    below = ({ "[]", "null" })[random(3)]
  end
  local text, own = random_level(random, level, below)
  for i, levels in ipairs(inner) do
    table.insert(levels, 1, own)
    rows[i] = levels
  end
  return text
end

local function flatten(levels, nulls)
  local row = {}
  for level, own in ipairs(levels) do
    for name, value in pairs(own) do
      local counted = level == 4 or name ~= "cost" and name ~= "rated_cost"
      if counted and (nulls or value ~= costream.null) then
        row[name] = value
      end
    end
  end
  return row
end

--- With `chain` it has the memory of the one before it.
local function reader_of(text, wanted, nulls, piece, chain)
  local reader = core.reader {
    framing = "envelope", path = "reports[]", nulls = nulls, plan = wanted,
    after = chain and chain.last,
  }
  local at, stop = 1, 0
  return function()
    while true do
      local row = { core.read(reader) }
      if row[1] ~= nil then
        return row
      elseif row[2] ~= "wait" then
        assert.are.equal("end", row[2])
        if chain then
          reader:retire()
          chain.last = reader
        end
        return nil
      elseif at > #text then
        reader:finish(false)
      else
        stop = math.min(math.max(stop, at - 1) + piece, #text)
        at = reader:feed(text:sub(1, stop), at)
      end
    end
  end
end

--- The rows, or the values of each, and the fold.
local function read(text, steps, goal, nulls, piece, chain)
  local wanted, rest, folding = plan.compile(steps, goal, { usage = true, nulls = nulls })
  assert(#rest == 0)
  local rows = list {}
  for row in reader_of(text, wanted, nulls, piece, chain) do
    rows[#rows + 1] = goal.values and list(row) or row[1]
  end
  return rows, folding
end

local function random_reports(random, nulls)
  local parts, rows = {}, list {}
  for i = 1, random(5) do
    local below = {}
    parts[i] = random_report(random, 1, below)
    for _, levels in ipairs(below) do
      rows[#rows + 1] = flatten(levels, nulls)
    end
  end
  return '{"n":1,"reports":[' .. table.concat(parts, ",") .. '],"next":{}}', rows
end

local function random_condition(random)
  return ({
    { "cost", ">", 0 }, { "a", "present" }, { "b", "absent" }, { "id", "=", "x" },
    { "näme", "in", { 1, "ä", true } }, { "a", "~=", 1 }, { "rated_cost", "<=", 1 },
    { "resources", "absent" }, { "usage", "absent" }, { "b", "prefix", "a " },
  })[random(10)]
end

describe("usage rows of random reports", function()
  local function each(test)
    for _, nulls in ipairs { false, true } do
      local random = query_support.random(nulls and 31 or 37)
      for _ = 1, 150 do
        local text, rows = random_reports(random, nulls)
        for _, piece in ipairs { #text, random(40) } do
          test(random, text, rows, nulls, piece)
        end
      end
    end
  end

  it("are those made by hand", function()
    each(function(_, text, rows, nulls, piece)
      same(query_support.show(rows), query_support.show(read(text, {}, {}, nulls, piece)))
    end)
  end)

  it("are those made by hand behind where and select", function()
    each(function(random, text, rows, nulls, piece)
      local asked = random_condition(random)
      local chosen = { names[random(#names)], names[random(#names)] }
      local left = query_support.steps(rows, {
        { "where", asked[1], asked[2], asked[3] }, { "select", chosen[1], chosen[2] },
      })
      local steps = {
        { conditions = condition.new(asked[1], asked[2], asked[3]) }, { names = chosen },
      }
      same(query_support.show(left), query_support.show(read(text, steps, {}, nulls, piece)))
    end)
  end)

  it("are those made by hand as values", function()
    each(function(_, text, rows, nulls, piece)
      local wanted = list {}
      for i, row in ipairs(rows) do
        wanted[i] = list { i, row.cost, row.a, row.resources }
      end
      local goal = { values = { "cost", "a", "resources" } }
      same(query_support.show(wanted), query_support.show(read(text, {}, goal, nulls, piece)))
    end)
  end)

  it("are those made by hand where a reader has the memory of the one before", function()
    local chain, goal = {}, { values = { "cost", "id" } }
    each(function(random, text, rows, nulls, piece)
      local wanted = list {}
      for i, row in ipairs(rows) do
        wanted[i] = list { i, row.cost, row.id }
      end
      if random(4) == 1 then -- one that asks for other things
        read(text, {}, {}, nulls, piece, chain)
      end
      local found = read(text, {}, goal, nulls, piece, chain)
      same(query_support.show(wanted), query_support.show(found))
    end)
  end)

  it("are those made by hand in a fold", function()
    local query = { by = { "a", "näme" }, count = true }
    each(function(_, text, rows, nulls, piece)
      local goal = { fold = fold.check(query) }
      local none, folding = read(text, {}, goal, nulls, piece)
      assert.are.equal(0, #none)
      local expected = query_support.fold(rows, query)
      same(query_support.show(expected), query_support.show(folding:groups()))
    end)
  end)

  it("take the last of several members with the name", function()
    local text = '{"reports":[{"a":1,"b":1,"resources":[{"plans":[{"usage":[{"a":2,"a":3,"c":4,'
      .. '"c":null,"d":5,"d":[6],"b":7,"b":null}]}]}]}]}'
    local rows = read(text, {}, {}, false, 9)
    same(query_support.show { { a = 3, b = 1 } }, query_support.show(rows))
  end)
end)
