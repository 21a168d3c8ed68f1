--- A fold that fails: nil and the error, never a sum that is short.

local corpus = require "corpus"
local costream = require "costream"

local function always()
  return true
end

--- What a fold of these rows fails with, in C or behind a function.
local function failure_of(source, query, in_lua)
  local stream = costream.records(source)
  stream = in_lua and stream:where(always) or stream
  local groups, failure = stream:fold(query)
  assert.is_nil(groups)
  assert.is_true(costream.is_error(failure))
  return failure, stream
end

local function each_way(name, test)
  it(name .. ", in C", function() test(false) end)
  it(name .. ", behind a function", function() test(true) end)
end

local three = '{"a":1,"k":"x"}\n{"a":2,"k":"y"}\n{"a":%s,"k":"z"}\n{"a":4}\n'

describe("a fold fails", function()
  for _, value in ipairs { '"3"', "true", "false", "[3]", '{"a":3}' } do
    each_way("where a number to add up is " .. value, function(in_lua)
      local failure = failure_of(three:format(value), { sum = { "a" } }, in_lua)
      assert.are.equal("malformed", failure.kind)
      assert.matches("fold: sum: a is no number", failure.message, nil, true)
    end)
  end

  for _, value in ipairs { "true", "[]", "{}" } do
    each_way("where the least or greatest is looked for in " .. value, function(in_lua)
      for _, list in ipairs { "min", "max" } do
        local failure = failure_of(three:format(value), { [list] = { "a" } }, in_lua)
        assert.are.equal("malformed", failure.kind)
        assert.matches("fold: " .. list .. ": a ", failure.message, nil, true)
      end
    end)
  end

  each_way("where the least of numbers meets a string, and the other way round", function(in_lua)
    for _, source in ipairs { '[{"a":1},{"a":"1"}]', '[{"a":"1"},{"a":1}]' } do
      local failure = failure_of(source, { min = { "a" } }, in_lua)
      assert.are.equal("malformed", failure.kind)
      assert.matches("fold: min: a ", failure.message, nil, true)
    end
  end)

  each_way("where a key is a list or an object", function(in_lua)
    for _, value in ipairs { "[]", "{}", "[1]" } do
      local failure = failure_of(three:format(value), { by = { "k", "a" }, count = true }, in_lua)
      assert.are.equal("malformed", failure.kind)
      assert.matches("fold: by: a ", failure.message, nil, true)
    end
  end)

  each_way("and names the field that is wrong, of many", function(in_lua)
    local source = '[{"a":1,"b":2,"c":3},{"a":1,"b":2,"c":"x"}]'
    local failure = failure_of(source, { sum = { "a", "b", "c" }, max = { "b" } }, in_lua)
    assert.matches("fold: sum: c ", failure.message, nil, true)
    failure = failure_of(source, { sum = { "a" }, min = { "a" }, max = { "b", "c" } }, in_lua)
    assert.matches("fold: max: c ", failure.message, nil, true)
  end)

  each_way("and tells the row and how many went in before it", function(in_lua)
    local failure = failure_of(three:format '"3"', { sum = { "a" } }, in_lua)
    assert.are.same({ 3, 2 }, { failure.row, failure.rows })
  end)

  each_way("and says what to do about it", function(in_lua)
    local failure = failure_of(three:format '"3"', { sum = { "a" } }, in_lua)
    assert.matches("where", failure.recovery, nil, true)
    assert.matches("or choose another field", failure.recovery, nil, true)
  end)

  it("with the same words in C and behind a function", function()
    for _, query in ipairs {
      { sum = { "a" } }, { min = { "a" } }, { by = { "a" } }, { by = { "k" }, groups = 2 },
    } do
      local in_c = failure_of(three:format "[1]", query, false)
      local in_lua = failure_of(three:format "[1]", query, true)
      assert.are.equal(tostring(in_c), tostring(in_lua))
      for _, field in ipairs { "kind", "message", "recovery", "rows", "row" } do
        assert.are.equal(in_c[field], in_lua[field])
      end
    end
  end)

  each_way("where the rows are malformed, whatever they would have given", function(in_lua)
    local sources = { malformed = '[{"a":1},{"a":1},x]', incomplete = '[{"a":1},{"a":1},' }
    for name, source in pairs(sources) do
      local failure = failure_of(source, { sum = { "a" }, count = true }, in_lua)
      assert.are.equal(name, failure.kind)
      assert.are.same({ 2, 3 }, { failure.rows, failure.row })
    end
  end)

  each_way("where a field that nobody asked for is malformed", function(in_lua)
    local failure = failure_of('{"a":1}\n{"a":1,"b":"\\x"}\n', { sum = { "a" } }, in_lua)
    assert.are.same({ "malformed", 2 }, { failure.kind, failure.row })
  end)

  each_way("where the source fails", function(in_lua)
    local chunks = corpus.chunks('{"a":1}\n{"a":2}\n')
    local failure = failure_of(function()
      local chunk = chunks()
      if chunk then
        return chunk
      end
      return nil, "the tape broke"
    end, { sum = { "a" } }, in_lua)
    assert.are.same({ "incomplete", 2 }, { failure.kind, failure.rows })
  end)

  each_way("where the sum is beyond the greatest double, in any group", function(in_lua)
    local source = '[{"k":1,"a":1e308},{"k":2,"a":1e308},{"k":2,"a":1e308}]'
    local failure = failure_of(source, { by = { "k" }, sum = { "a" } }, in_lua)
    assert.are.equal("limit", failure.kind)
    assert.matches("fold: sum: a: the sum is larger than any double", failure.message, nil, true)
  end)

  each_way("on a stream that is closed", function(in_lua)
    local stream = costream.records "[]"
    stream = in_lua and stream:where(always) or stream
    stream:close()
    local groups, failure = stream:fold { count = true }
    assert.is_nil(groups)
    assert.are.equal("cancelled", failure.kind)
  end)
end)

describe("a fold of rows that a function has changed", function()
  local function failure_with(value, query)
    local stream = costream.records('{"k":"x","a":1}\n{"k":"y","a":2}\n'):where(function(row)
      if row.a == 2 then
        row.k, row.a = value, type(value) == "number" and value or row.a
      end
      return true
    end)
    local groups, failure = stream:fold(query)
    assert.is_nil(groups)
    assert.are.same({ "malformed", 2, 1 }, { failure.kind, failure.row, failure.rows })
    return failure.message
  end

  for name, value in pairs {
    ["not a number (NaN)"] = 0 / 0, ["a function"] = print, ["a userdata"] = io.stdout,
    ["a coroutine"] = coroutine.create(function() end), ["an object or a list"] = {},
  } do
    it("names a key that is " .. name, function()
      local message = failure_with(value, { by = { "k" }, count = true })
      assert.are.equal(("fold: by: k is %s in row 2"):format(name), message)
    end)
  end

  it("names an infinite value in a sum, which no others make good", function()
    for _, infinite in ipairs { math.huge, -math.huge } do
      local message = failure_with(infinite, { max = { "a" }, sum = { "a" } })
      assert.are.equal("fold: sum: a is infinite in row 2", message)
    end
  end)
end)

describe("the groups of a fold", function()
  local function keys(count)
    local records = {}
    for i = 1, count do
      records[i] = ('{"k":"key %d"}'):format(i)
    end
    return table.concat(records, "\n")
  end

  each_way("may be as many as groups says, and no more", function(in_lua)
    local stream = costream.records(keys(5) .. "\n" .. keys(5))
    stream = in_lua and stream:where(always) or stream
    assert.are.equal(5, #stream:fold { by = { "k" }, groups = 5 })
    local failure = failure_of(keys(6), { by = { "k" }, groups = 5 }, in_lua)
    assert.are.equal("limit", failure.kind)
    assert.matches("groups = 5", failure.message, nil, true)
    assert.matches("groups", failure.recovery, nil, true)
  end)

  each_way("may be 100,000 when nothing is said", function(in_lua)
    local failure = failure_of(keys(100001), { by = { "k" } }, in_lua)
    assert.are.equal("limit", failure.kind)
    assert.matches("groups = 100000", failure.message, nil, true)
    local stream = costream.records(keys(100000))
    stream = in_lua and stream:where(always) or stream
    assert.are.equal(100000, #stream:fold { by = { "k" } })
  end)

  each_way("may hold texts of 64 MiB together, and no more", function(in_lua)
    local long, given = ("x"):rep(2 ^ 20), 0
    local failure = failure_of(function()
      given = given + 1
      return given < 80 and ('{"k":"%d %s"}\n'):format(given, long) or nil
    end, { by = { "k" } }, in_lua)
    assert.are.equal("limit", failure.kind)
    assert.matches("64 MiB", failure.message, nil, true)
    assert.is_true(given > 60 and given < 70)
  end)

  it("of a condition that raises are not given: what it raised is raised", function()
    local oops = {}
    local stream = costream.records("[{}]"):where(function() error(oops) end)
    local ok, raised = pcall(stream.fold, stream, { count = true })
    assert.is_false(ok)
    assert.are.equal(oops, raised)
  end)
end)
