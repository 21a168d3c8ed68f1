--- values: the fields of each row as values of a `for`, without a table for each row.

local costream = require "costream"
local support = require "support"

local CLOSES = tonumber(_VERSION:match "%d+%.%d+") >= 5.4

local text = '{"a":1,"b":"x"}\n{"b":"y"}\n{"b":null,"a":2.5}\n{"a":[1],"c":false}\n'

local function always()
  return true
end

--- What a `for` over values sees, one text a row.
local function seen(stream, ...)
  local rows = {}
  for number, first, second in stream:values(...) do
    rows[#rows + 1] = ("%d %s %s"):format(number, type(first) == "table" and #first
      or tostring(first), tostring(second))
  end
  return rows
end

local function both(expected, make, ...)
  assert.are.same(expected, seen(make(), ...))
  assert.are.same(expected, seen(make():where(always), ...))
end

local function records(options)
  return function()
    return (costream.records(text, options))
  end
end

describe("values", function()
  it("gives each row's number and its fields, in the order asked for", function()
    both({ "1 x 1", "2 y nil", "3 nil 2.5", "4 nil table" }, function()
      return (costream.records((text:gsub("%[1%]", '"table"'))))
    end, "b", "a")
  end)

  it("gives nil for a field that is absent or null", function()
    both({ "1 x nil", "2 y nil", "3 nil nil", "4 nil nil" }, records(), "b", "nowhere")
  end)

  it("gives costream.null for null where nulls are asked for", function()
    local null = tostring(costream.null)
    both({ "1 x nil", "2 y nil", "3 " .. null .. " nil", "4 nil nil" },
      records { nulls = true }, "b", "nowhere")
  end)

  it("gives false, lists and objects as they are", function()
    both({ "1 1 nil", "2 nil nil", "3 2.5 nil", "4 1 false" }, records(), "a", "c")
    for _, value in costream.records('{"o":{"p":[true]}}'):values "o" do
      assert.are.same({ p = { true } }, value)
    end
  end)

  it("gives numbers as they were written where they are text", function()
    both({ "1 1.50 -0" }, function()
      return (costream.records('[{"a":1.50,"b":-0}]', { numbers = "text" }))
    end, "a", "b")
  end)

  it("gives a field twice that is asked for twice", function()
    both({ "1 1 1", "2 nil nil" }, function()
      return (costream.records '{"a":1}\n{"b":1}')
    end, "a", "a")
  end)

  it("gives the last of several members with the name, escaped or not", function()
    both({ "1 2 nil", "2 nil ä" }, function()
      return (costream.records [==[[{"a":1,"\u0061":2},{"a":1,"a":null,"b":"\u00e4"}]]==])
    end, "a", "b")
  end)

  it("gives each record that is no object, with no field", function()
    both({ "1 nil nil", "2 nil nil", "3 nil nil", "4 1 nil" }, function()
      return (costream.records '[7,"a",[1],{"a":1}]')
    end, "a", "b")
  end)

  it("gives nothing for no rows", function()
    both({}, function() return (costream.records "[]") end, "a")
  end)

  it("counts the rows that where leaves", function()
    both({ "1 1 x", "2 2.5 nil" }, function()
      return records()():where("a", ">", 0)
    end, "a", "b")
  end)

  it("sees behind select what it left", function()
    both({ "1 x nil", "2 y nil", "3 nil nil", "4 nil nil" }, function()
      return records()():select("b")
    end, "b")
  end)

  it("gives many fields", function()
    local fields, names, expected = {}, {}, { 1 }
    for i = 1, 150 do
      fields[i], names[i], expected[i + 1] = ('"f%d":%d'):format(i, i), "f" .. i, i
    end
    local unpack = table.unpack or rawget(_G, "unpack")
    local record = "{" .. table.concat(fields, ",") .. "}"
    for _, make in ipairs { costream.records(record), costream.records(record):where(always) } do
      local values = { make:values(unpack(names))() }
      assert.are.same(expected, values)
    end
  end)

  it("gives more fields than a function has local variables", function()
    local names = {}
    for i = 1, 250 do
      names[i] = "f" .. i
    end
    local next_values = costream.records('{"f250":7}'):values(
      (table.unpack or rawget(_G, "unpack"))(names))
    assert.are.equal(7, (select(251, next_values())))
  end)

  it("gives nothing more behind its end", function()
    for _, fn in ipairs { false, always } do
      local stream = costream.records '{"a":1}'
      local next_values = (fn and stream:where(fn) or stream):values "a"
      assert.are.equal(1, (next_values()))
      assert.is_nil((next_values()))
      assert.is_nil((next_values()))
    end
  end)

  it("raises a failure behind the rows before it, and again", function()
    for _, fn in ipairs { false, always } do
      local stream, numbers = costream.records '{"a":1}\n{"a":2}\n{"a":}', {}
      local next_values = (fn and stream:where(fn) or stream):values "a"
      local failure = support.raised(function()
        for number in next_values do
          numbers[#numbers + 1] = number
        end
      end)
      assert.are.same({ 1, 2 }, numbers)
      assert.are.same({ "malformed", 2, 3 }, { failure.kind, failure.rows, failure.row })
      assert.are.equal(failure, support.raised(next_values))
    end
  end)

  it("is counted by stats", function()
    local stream = costream.records(text):where("a", "present")
    local next_values = stream:values "a"
    next_values()
    assert.are.equal(1, stream:stats().rows)
    for _ in next_values do end
    assert.are.equal(3, stream:stats().rows)
    assert.are.equal(#text, stream:stats().bytes)
  end)

  it("is cancelled where its stream is closed", function()
    local stream = costream.records(text)
    local next_values = stream:values "a"
    next_values()
    stream:close()
    assert.are.equal("cancelled", support.raised(next_values).kind)
  end)

  it("is counted as far as it was given where its stream is closed", function()
    local stream = costream.records(text)
    local next_values = stream:values "a"
    next_values()
    next_values()
    stream:close()
    assert.are.equal(2, support.raised(next_values).rows)
    assert.are.equal(2, stream:stats().rows)
  end)

  it("goes on where a for was left", function()
    local stream = costream.records(text)
    local next_values, numbers = stream:values "a", {}
    for number in next_values do
      numbers[#numbers + 1] = number
      if number == 2 then
        break
      end
    end
    for number in next_values do
      numbers[#numbers + 1] = number
    end
    assert.are.same({ 1, 2, 3, 4 }, numbers)
  end)

  it("gives the rows of a source that must be asked for each byte", function()
    local row, at = '{"a":"' .. ("x"):rep(5000) .. '"}\n', 0
    local stream = costream.records(function()
      at = at + 1
      return at <= 2 * #row and row:sub((at - 1) % #row + 1, (at - 1) % #row + 1) or nil
    end)
    local lengths = {}
    for number, a in stream:values "a" do
      lengths[number] = #a
    end
    assert.are.same({ 5000, 5000 }, lengths)
  end)

  it("closes its stream when the for is left, on Lua 5.4", function()
    local stream = costream.records(text)
    for number in stream:values "a" do
      if number == 2 then
        break
      end
    end
    local ended = tostring(stream):find("ended", 1, true) ~= nil
    assert.are.equal(CLOSES, ended)
  end)

  it("raises what a condition raises, and is broken then", function()
    local oops = {}
    local stream = costream.records(text):where(function(row) return row.a and error(oops) end)
    local next_values = stream:values "a"
    assert.are.equal(oops, support.raised(next_values))
    assert.are.equal(oops, support.raised(next_values))
  end)
end)

describe("values over HTTP", function()
  it("gives what a loop over full rows gives", function()
    for _, controls in ipairs { "rows=500,irregular=1,chunk=777", "rows=500,framing=array" } do
      local otc, count = support.otc(controls), 0
      local rows = otc:daily():collect()
      for number, product, amount, hour in otc:daily():values("product", "amount", "hour") do
        count = count + 1
        assert.are.equal(count, number)
        assert.are.equal(rows[number].product, product)
        assert.are.equal(rows[number].amount, amount)
        assert.is_nil(hour)
      end
      assert.are.equal(500, count)
    end
  end)

  it("gives what full usage rows, reports and pages have, over all pages", function()
    local ibm, query = support.ibm "limit=1", {
      enterprise_id = "enterprise-cloud-provider", month = "2019-06", children = true,
    }
    local fields = {
      usage = { "entity_name", "metric", "cost" }, reports = { "entity_name", "billable_cost" },
      pages = { "limit", "first" },
    }
    for method, names in pairs(fields) do
      local rows, count = ibm[method](ibm, query):collect(), 0
      local unpack = table.unpack or rawget(_G, "unpack")
      for number, first, second, third in ibm[method](ibm, query):values(unpack(names)) do
        count = count + 1
        local row = rows[number]
        assert.are.same({ row[names[1]], row[names[2]], row[names[3]] }, { first, second, third })
      end
      assert.are.equal(#rows, count)
      assert.is_true(count >= 4)
    end
  end)

  it("is read by several tasks: each row once, with a number of its own", function()
    local stream = support.otc("rows=400,chunk=900,gzip=off"):hourly()
    local next_values, ids, numbers = stream:values "usage_id", {}, {}
    costream.run(function()
      for _ = 1, 3 do
        costream.spawn(function()
          for number, id in next_values do
            assert(not ids[id] and not numbers[number])
            ids[id], numbers[number] = true, true
          end
        end)
      end
    end)
    assert.are.equal(400, #numbers)
  end)
end)
