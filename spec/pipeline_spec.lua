--- Random pipelines over random records: what is decided in C, what is decided in Lua behind a
--- function, and plain Lua over the rows all give the same.

local corpus = require "corpus"
local costream = require "costream"
local query_support = require "query_support"
local random_records = require "random_records"

local unpack = table.unpack or rawget(_G, "unpack")

local names = random_records.names
local texts = { "a", "ab", "", "12", "äöü", "€ 5", "B", "a/b", "\\", "nul\0nul", "1.0", "nul",
  "2024-08-02T00:00:00", "a text that is longer than sixteen bytes" }
local values = { 0, 1, 1.5, -1, 2, 10, 0.1, 0.3, 100, 2 ^ 53, 1e22, -1e300, 123456.78, 5e-324 }

local function one_of(random, choices)
  return choices[random(#choices)]
end

local function some_of(random, choices, least, most)
  local left, some = { unpack(choices) }, {}
  for i = 1, math.min(least + random(most - least + 1) - 1, #left) do
    some[i] = table.remove(left, random(#left))
  end
  return some
end

--- A value of a condition; no number where numbers are text.
local function operand(random, numbers_text)
  if numbers_text or random(2) == 1 then
    return one_of(random, texts)
  end
  return one_of(random, values)
end

local function random_where(random, fields, numbers_text)
  local field = one_of(random, fields)
  local operator = one_of(random, { "=", "~=", "<", "<=", ">", ">=", "in", "prefix", "contains",
    "present", "absent", "~=", "present" })
  if operator == "present" or operator == "absent" then
    return { "where", field, operator }
  elseif operator == "prefix" or operator == "contains" then
    return { "where", field, operator, one_of(random, texts) }
  elseif operator == "in" then
    local list = {}
    for i = 1, random(5) - 1 do
      list[i] = random(4) == 1 and random(2) == 1 or operand(random, numbers_text)
    end
    return { "where", field, operator, list }
  elseif (operator == "=" or operator == "~=") and random(5) == 1 then
    return { "where", field, operator, random(2) == 1 }
  end
  return { "where", field, operator, operand(random, numbers_text) }
end

--- Steps that make sense, and the fields that are left behind them.
local function random_steps(random, numbers_text)
  local steps, fields = {}, names
  for i = 1, random(4) - 1 do
    if random(4) == 1 then
      fields = some_of(random, fields, 1, 4)
      steps[i] = { "select", unpack(fields) }
    else
      steps[i] = random_where(random, fields, numbers_text)
    end
  end
  return steps, fields
end

local function random_fold(random, fields, numbers_text)
  local query = { by = {}, count = random(3) > 1 }
  for i, field in ipairs(some_of(random, fields, 0, 2)) do
    query.by[i] = random(3) == 1
      and { field = field, first = one_of(random, { 1, 2, 3, 10, 16 }), as = "key " .. field }
      or field
  end
  if not numbers_text then
    query.sum = some_of(random, fields, 0, 2)
    query.min, query.max = some_of(random, fields, 0, 1), some_of(random, fields, 0, 1)
  end
  if random(10) == 1 then
    query.groups = random(4)
  end
  query.count = query.count or #query.by == 0
  return query
end

--- The steps on a stream; a function that takes every row stands before step `at`. It writes down
--- what it saw.
local function stream_of(source, options, steps, at)
  local stream, seen = costream.records(source, options), query_support.list {}
  for i = 1, #steps + 1 do
    if i == at then
      stream:where(function(row)
        seen[#seen + 1] = row
        return true
      end)
    end
    if steps[i] then
      stream[steps[i][1]](stream, unpack(steps[i], 2))
    end
  end
  return stream, seen
end

local function collect_values(stream, fields)
  local rows = query_support.list {}
  for number, a, b, c, d in stream:values(unpack(fields)) do
    assert.are.equal(#rows + 1, number)
    rows[number] = query_support.list { a, b, c, d }
  end
  return rows
end

local function values_wanted(rows, fields)
  local wanted = query_support.list {}
  for i, row in ipairs(rows) do
    wanted[i] = query_support.list {}
    local object = type(row) == "table" and getmetatable(row) == nil
    for j = 1, object and #fields or 0 do
      wanted[i][j] = row[fields[j]]
    end
  end
  return wanted
end

--- A row as it is delivered shows its numbers' kinds, so that an integer is no float.
local show, same = corpus.show, query_support.assert_same

-- What becomes of the rows: how that is said, and a function that checks what a stream gives.
local goals = {}

function goals.rows(_, _, wanted)
  return nil, function(stream)
    same(show(wanted), query_support.show(assert(stream:collect())))
    assert.are.equal(#wanted, stream:stats().rows)
  end
end

function goals.values(random, fields, wanted)
  local asked = some_of(random, fields, 1, 4)
  return "values " .. show(asked), function(stream)
    same(show(values_wanted(wanted, asked)), show(collect_values(stream, asked)))
    assert.are.equal(#wanted, stream:stats().rows)
  end
end

function goals.fold(random, fields, wanted, numbers_text)
  local query = random_fold(random, fields, numbers_text)
  local groups, message = query_support.fold(wanted, query)
  return "fold " .. show(query), function(stream)
    local answer, failure = stream:fold(query)
    if message then
      assert.is_nil(answer)
      assert.matches(message, failure.message, nil, true)
      assert.are.equal(message:find "groups" and "limit" or "malformed", failure.kind)
      return "not all rows were read"
    end
    assert(answer, tostring(failure))
    same(show(groups), query_support.show(answer))
    assert.are.equal(#wanted, stream:stats().rows)
  end
end

local function try(random, goal, framing, options)
  local text, how, rows = random_records.new(random, framing, options)
  local steps, fields = random_steps(random, how.numbers == "text")
  local said, check = goals[goal](random, fields, query_support.steps(rows, steps),
    how.numbers == "text")
  local at = random(#steps + 1)
  local ways = {
    { "in C", text }, { "in C, in pieces", random_records.pieces(random, text) },
    { "in Lua", text, 1 }, { "in Lua, in pieces", random_records.pieces(random, text), 1 },
    { "in both", text, at },
  }
  for _, way in ipairs(ways) do
    local stream, seen = stream_of(way[2], how, steps, way[3])
    local ok, failure = pcall(check, stream)
    if ok and way[3] and not failure then
      local before = query_support.steps(rows, { unpack(steps, 1, way[3] - 1) })
      ok, failure = pcall(same, show(before), show(seen))
    end
    if not ok then
      failure = tostring(type(failure) == "table" and failure.message or failure)
      error(("%s: %s, steps %s, %s: %s, of\n%s"):format(
        way[1], show(how), show(steps), tostring(said), failure, text), 0)
    end
  end
end

local kinds = {
  { "", {} }, { " with nulls", { nulls = true } },
  { " with numbers as text", { numbers = "text" } },
}

for goal, name in pairs { rows = "rows", values = "values", fold = "a fold" } do
  describe("a pipeline that ends in " .. name, function()
    for place, framing in ipairs { "array", "lines", "envelope" } do
      for kind, options in ipairs(kinds) do
        it("gives the same in C, in Lua and by hand: " .. framing .. options[1], function()
          local random = query_support.random(place * 1000 + kind * 100 + #goal)
          for _ = 1, 80 do
            try(random, goal, framing, options[2])
          end
        end)
      end
    end
  end)
end
