--- Streams: what can be done with all of them, tried on bytes that are already here.

local corpus = require "corpus"
local costream = require "costream"
local support = require "support"

local CLOSES = tonumber(_VERSION:match "%d+%.%d+") >= 5.4

-- Parsed where it is needed: other Luas do not know the syntax.
local function compile(text)
  return assert((rawget(_G, "loadstring") or load)(text))
end

local function numbers(count)
  local parts = {}
  for i = 1, count do
    parts[i] = ('{"n":%d}'):format(i)
  end
  return (costream.records("[" .. table.concat(parts, ",") .. "]"))
end

local function ns(rows)
  local values = {}
  for i, row in ipairs(rows) do
    values[i] = row.n
  end
  return values
end

local function assert_closed(stream)
  local failure = support.raised(stream)
  assert.is_true(costream.is_error(failure))
  assert.equal("cancelled", failure.kind)
  return failure
end

describe("a for over a stream", function()
  it("sees each row once, in order", function()
    local seen = {}
    for row in numbers(5) do
      seen[#seen + 1] = row.n
    end
    assert.same({ 1, 2, 3, 4, 5 }, seen)
  end)

  it("sees nothing of a stream that is at its end", function()
    local stream = numbers(2)
    support.drain(stream)
    assert.same({}, (support.drain(stream)))
    assert.is_nil(stream())
  end)

  it("goes on where another was left", function()
    local stream, seen = numbers(5), {}
    for row in stream do
      seen[#seen + 1] = row.n
      if row.n == 2 then
        break
      end
    end
    for row in stream do
      seen[#seen + 1] = row.n
    end
    assert.same({ 1, 2, 3, 4, 5 }, seen)
  end)

  it("may be nested in one over the same stream", function()
    local stream, seen = numbers(4), {}
    for outer in stream do
      seen[#seen + 1] = outer.n * 10
      for inner in stream do
        seen[#seen + 1] = inner.n
      end
    end
    assert.same({ 10, 2, 3, 4 }, seen)
  end)

  it("raises a failure behind the rows before it", function()
    local rows, failure = support.drain(costream.records '{"n":1}\n{"n":2}\n{"n":}')
    assert.same({ 1, 2 }, ns(rows))
    assert.equal("malformed", failure.kind)
    assert.equal(2, failure.rows)
  end)

  it("raises the same failure again each time", function()
    local stream = costream.records "[1,2,x]"
    local _, first = support.drain(stream)
    local rows, second = support.drain(stream)
    assert.same({}, rows)
    assert.equal(first, second)
    assert.equal(first, support.raised(stream))
    assert.equal(first, (select(2, stream:collect())))
  end)
end)

describe("leaving a for on Lua 5.4", function()
  local function on_5_4(name, test)
    it(name, function()
      if not CLOSES then
        pending "needs Lua 5.4"
      end
      test()
    end)
  end

  for _, way in ipairs { "break", "error 'left'", "return" } do
    on_5_4("by " .. way .. " closes the stream", function()
      local stream = numbers(3)
      local leave = compile("for row in ... do " .. way .. " end")
      pcall(leave, stream, nil, nil, stream)
      assert_closed(stream)
    end)
  end

  it("closes what a call in it made, and elsewhere does not", function()
    local made
    local function make()
      made = numbers(3)
      return made:where(function() return true end):select "n"
    end
    for row in make() do
      if row.n == 1 then
        break
      end
    end
    if CLOSES then
      assert_closed(made)
    else
      assert.same({ 2, 3 }, ns(made:collect()))
    end
  end)

  on_5_4("by goto closes the stream", function()
    local stream = compile [[
      local costream, seen = require "costream"
      local function make() seen = costream.records "[1,2]"; return seen:select "a" end
      for row in make() do goto out end
      ::out::
      return seen
    ]]()
    assert_closed(stream)
  end)

  on_5_4("a local <close> closes the stream", function()
    local stream = compile [[
      local stream <close> = require "costream".records "[1,2,3]"
      stream()
      return { stream }
    ]]()[1]
    assert.equal(1, assert_closed(stream).rows)
  end)
end)

describe("collect", function()
  it("gives all rows, and none when there are no more", function()
    local stream = numbers(3)
    assert.same({ 1, 2, 3 }, ns(stream:collect()))
    assert.same({}, stream:collect())
  end)

  it("gives the next n and goes on", function()
    local stream = numbers(7)
    assert.same({ 1, 2, 3 }, ns(stream:collect(3)))
    assert.equal(4, stream().n)
    assert.same({}, stream:collect(0))
    assert.same({ 5, 6 }, ns(stream:collect(2)))
    assert.same({ 7 }, ns(stream:collect(10)))
  end)

  it("does not read further than the n-th row", function()
    local stream = costream.records "[1,2,x]"
    assert.same({ 1, 2 }, stream:collect(2))
  end)

  it("returns nil and the failure", function()
    local rows, failure = costream.records("[1,2,x]"):collect()
    assert.is_nil(rows)
    assert.equal("malformed", failure.kind)
    assert.equal(2, failure.rows)
  end)
end)

describe("stats", function()
  it("counts rows and bytes, and no requests", function()
    local text = '{"n":1}\n{"n":2}\n\n'
    local stream = costream.records(text)
    stream:collect()
    local stats = stream:stats()
    assert.same({ 2, #text, 0, 0 }, { stats.rows, stats.bytes, stats.requests, stats.retries })
  end)

  it("is all zero before the first row", function()
    local stats = numbers(3):stats()
    assert.same({ rows = 0, bytes = 0, requests = 0, retries = 0, seconds = 0 }, stats)
  end)

  it("grows with the rows", function()
    local stream = numbers(3)
    stream()
    assert.equal(1, stream:stats().rows)
    assert.equal(#'[{"n":1}', stream:stats().bytes)
    stream()
    assert.equal(2, stream:stats().rows)
  end)

  it("counts rows behind the conditions", function()
    local stream = numbers(10):where("n", ">", 7)
    stream:collect()
    assert.equal(3, stream:stats().rows)
  end)

  it("stays when the stream is closed, and its time stands still", function()
    local stream = numbers(3)
    stream()
    os.execute "sleep 0.02"
    stream:close()
    local first = stream:stats()
    assert.same({ 1, #'[{"n":1}' }, { first.rows, first.bytes })
    assert.is_true(first.seconds >= 0.02)
    os.execute "sleep 0.02"
    assert.same(first, stream:stats())
  end)

  it("tells the seconds since the first row was asked for", function()
    local stream = numbers(3)
    os.execute "sleep 0.02"
    assert.equal(0, stream:stats().seconds)
    stream()
    os.execute "sleep 0.02"
    assert.is_true(stream:stats().seconds >= 0.02)
  end)
end)

describe("a stream that is closed", function()
  it("raises cancelled, with the rows that were delivered", function()
    local stream = numbers(3)
    stream()
    stream:close()
    local failure = assert_closed(stream)
    assert.equal(1, failure.rows)
    assert.matches("the stream is closed", tostring(failure), nil, true)
  end)

  it("gives nil and cancelled to collect", function()
    local stream = numbers(3)
    stream:close()
    local rows, failure = stream:collect()
    assert.is_nil(rows)
    assert.equal("cancelled", failure.kind)
  end)

  it("may be closed again", function()
    local stream = numbers(3)
    stream:close()
    stream:close()
    assert_closed(stream)
  end)

  it("keeps its failure or its end when it is closed behind that", function()
    local failed = costream.records "[x"
    support.drain(failed)
    failed:close()
    assert.equal("malformed", support.raised(failed).kind)
    local ended = numbers(1)
    ended:collect()
    ended:close()
    assert.is_nil(ended())
  end)

  it("may be closed by a condition of its own", function()
    local stream
    stream = numbers(3):where(function()
      stream:close()
      return true
    end)
    pcall(stream)
    assert_closed(stream)
  end)
end)

describe("the name of a stream", function()
  it("tells what it reads and how far it is", function()
    local stream = numbers(2)
    assert.equal("costream.Stream (records, not started, 0 rows)", tostring(stream))
    stream()
    assert.matches("records, open, 1 row", tostring(stream), nil, true)
    stream:collect()
    assert.matches("records, ended, 2 rows", tostring(stream), nil, true)
  end)
end)

local mixed = '{"n":1,"s":"b","t":true,"x":null}\n{"n":"1","s":"a"}\n{"s":"c","t":false}\n'
  .. '{"n":2.5,"s":1}\n{"n":-3,"s":"B","l":[1]}\n7\n"n"\nnull\n[1]\n'

local function count_where(...)
  return #costream.records(mixed):where(...):collect()
end

describe("where", function()
  local function ns_where(...)
    local list = {}
    for row in costream.records(mixed):where(...) do
      list[#list + 1] = row.n == nil and "none" or row.n
    end
    return list
  end

  it("with a function keeps the rows for which it is true", function()
    assert.same({ 2, 4 }, ns(numbers(5):where(function(row) return row.n % 2 == 0 end):collect()))
  end)

  it("with a function takes anything but nil and false for true", function()
    assert.equal(9, count_where(function() return 0 end))
    assert.equal(0, count_where(function() return false end))
    assert.equal(0, count_where(function() return nil end))
  end)

  it("raises what a function raises, as it is", function()
    local oops = {}
    assert.equal(oops, support.raised(numbers(1):where(function() error(oops) end)))
  end)

  it("with a table keeps the rows whose fields are all equal", function()
    assert.same({ 1 }, ns_where { s = "b" })
    assert.same({ 1 }, ns_where { s = "b", n = 1, t = true })
    assert.same({}, ns_where { s = "b", n = 2 })
    assert.same({ "none" }, ns_where { t = false })
  end)

  it("compares numbers with each operator", function()
    assert.same({ 2.5 }, ns_where("n", "=", 2.5))
    assert.same({ 1, -3 }, ns_where("n", "<", 2.5))
    assert.same({ 1, 2.5, -3 }, ns_where("n", "<=", 2.5))
    assert.same({ 2.5 }, ns_where("n", ">", 1))
    assert.same({ 1, 2.5 }, ns_where("n", ">=", 1))
    assert.same({ "1", 2.5, -3 }, ns_where("n", "~=", 1))
  end)

  it("compares strings by their bytes", function()
    assert.same({ "1", -3 }, ns_where("s", "<", "b"))
    assert.same({ 1, "1", -3 }, ns_where("s", "<=", "b"))
    assert.same({ "none" }, ns_where("s", ">", "b"))
    assert.same({ 1, "none" }, ns_where("s", ">=", "b"))
  end)

  it("never takes a string for a number", function()
    assert.same({ "1" }, ns_where("n", "=", "1"))
    assert.same({ 1 }, ns_where("n", "=", 1))
    assert.same({ "1" }, ns_where("n", "<", "2"))
  end)

  it("holds for no row without the field", function()
    assert.equal(2, count_where("t", "~=", "x"))
    assert.equal(0, count_where("x", "~=", 1))
    assert.equal(0, count_where("nowhere", "=", "x"))
  end)

  it("compares booleans for equality alone", function()
    assert.equal(1, count_where("t", "=", true))
    assert.equal(1, count_where("t", "~=", true))
  end)

  it("may be said several times: all must hold", function()
    local stream = numbers(10):where("n", ">", 2):where("n", "<", 9):where(function(row)
      return row.n % 2 == 0
    end)
    assert.same({ 4, 6, 8 }, ns(stream:collect()))
  end)

  it("returns the same stream", function()
    local stream = numbers(1)
    assert.equal(stream, (stream:where("n", "=", 1):select("n")))
  end)

  it("sees behind select what it left", function()
    local stream = costream.records('{"a":1,"b":2}'):select("a")
    assert.same({}, stream:where(function(row) return row.b == 2 end):collect())
  end)

  it("never matches null", function()
    local stream = costream.records('{"a":null}\n{"a":1}', { nulls = true })
    assert.are.equal(1, #stream:where("a", "~=", 5):collect())
  end)

  it("takes no field of a string for one of its rows", function()
    assert.same({}, costream.records('"text"'):where("len", "~=", 1):collect())
  end)
end)

describe("select", function()
  it("keeps the fields that are named, and no others", function()
    local rows = costream.records('{"a":1,"b":2,"c":3}\n{"b":[4]}\n{}'):select("a", "b"):collect()
    assert.same({ { a = 1, b = 2 }, { b = { 4 } }, {} }, rows)
  end)

  it("behind where sees what where saw", function()
    assert.same({ { n = 1 } }, costream.records(mixed):where { s = "b" }:select("n"):collect())
  end)

  it("leaves a row that is no object as it is", function()
    assert.equal('7 "n"', table.concat({ tostring(costream.records("7"):select("n")()),
      corpus.show(costream.records('"n"'):select("n")()) }, " "))
  end)
end)
