--- Going on behind the last delivered row, in a stream of its own.

local costream = require "costream"
local support = require "support"

local day = { date = "2024-08-02" }
local month = { enterprise_id = "any", month = "2019-06", limit = 7 }

local function with(query, cursor)
  local copy = { resume = cursor }
  for name, value in pairs(query) do
    copy[name] = value
  end
  return copy
end

local function hourly(cursor)
  return support.otc("rows=60"):hourly(with(day, cursor))
end

local function ibm(method)
  return function(cursor)
    local client = support.ibm("reports=25", { iam_url = support.url })
    return client[method](client, with(month, cursor))
  end
end

--- The first `count` rows of a stream in a `for`.
local function take(stream, count)
  local rows = {}
  while #rows < count do
    rows[#rows + 1] = stream()
  end
  return rows
end

local function append(rows, more)
  for _, row in ipairs(more) do
    rows[#rows + 1] = row
  end
  return rows
end

for name, open in pairs {
  ["otc:hourly"] = hourly, ["ibm:reports"] = ibm "reports", ["ibm:usage"] = ibm "usage",
  ["ibm:pages"] = ibm "pages",
} do
  describe("a cursor of " .. name, function()
    local all = assert(open():collect())

    it("goes on behind any row, once", function()
      for _, count in ipairs { 0, 1, 2, 3, math.floor(#all / 2), #all - 1, #all } do
        if count <= #all then
          local stream = open()
          local rows = take(stream, count)
          local cursor = stream:cursor()
          stream:close()
          assert.are.equal(cursor, stream:cursor())
          append(rows, assert(open(cursor):collect()))
          assert.are.same(all, rows)
        end
      end
    end)

    it("may be taken again and again", function()
      local rows, cursor = {}, nil
      for _ = 1, 200 do
        local stream = open(cursor)
        local more = stream:collect(math.ceil(#all / 20))
        append(rows, more)
        cursor = stream:cursor()
        stream:close()
        if #more == 0 then
          break
        end
      end
      assert.are.same(all, rows)
    end)

    it("is that of the end behind the last row", function()
      local stream = open()
      assert(stream:collect())
      assert.are.same({}, assert(open(stream:cursor()):collect()))
    end)

    it("is a short text without blanks or secrets", function()
      local stream = open()
      take(stream, 2)
      local cursor = stream:cursor()
      assert.is_true(#cursor < 120, cursor)
      assert.matches("^[%w:%%._-]+$", cursor)
      assert.is_nil(cursor:find("sandbox", 1, true))
      stream:close()
    end)
  end)
end

describe("a cursor", function()
  local all = assert(hourly():collect())

  it("of values is behind the values that were given", function()
    for count = 0, 60, 7 do
      local stream, numbers = hourly(), {}
      if count > 0 then
        for n, amount in stream:values("amount") do
          numbers[n] = amount
          if n == count then
            break
          end
        end
      end
      local cursor = stream:cursor()
      stream:close()
      assert.are.equal(cursor, stream:cursor())
      for _, amount in hourly(cursor):values("amount") do
        numbers[#numbers + 1] = amount
      end
      for i, row in ipairs(all) do
        assert.are.equal(row.amount, numbers[i])
      end
      assert.are.equal(#all, #numbers)
    end
  end)

  it("counts the rows that conditions refused", function()
    local wanted = assert(hourly():where { region = "EU-DE" }:collect())
    for _, condition in ipairs {
      { region = "EU-DE" }, function(row) return row.region == "EU-DE" end,
    } do
      local stream = hourly():where(condition)
      local rows = take(stream, 3)
      local cursor = stream:cursor()
      stream:close()
      append(rows, assert(hourly(cursor):where(condition):collect()))
      assert.are.same(wanted, rows)
    end
  end)

  it("is still there when the stream has failed", function()
    local stream = support.otc("rows=60,gzip=off,cut=-2000"):hourly(day)
    local rows, failure = support.drain(stream)
    assert.are.equal("incomplete", failure.kind)
    assert.is_true(#rows > 0 and #rows < 60)
    assert.are.same(all, append(rows, assert(hourly(stream:cursor()):collect())))
  end)

  it("is before the rows of a collect that failed, for it gave none", function()
    local stream = support.otc("rows=60,gzip=off,cut=-2000"):hourly(day)
    local rows = assert(stream:collect(5))
    assert.is_nil((stream:collect()))
    assert.are.same(all, append(rows, assert(hourly(stream:cursor()):collect())))
  end)

  it("is of use in a fold of the rest", function()
    local stream = hourly()
    take(stream, 20)
    local groups = assert(hourly(stream:cursor()):fold { count = true })
    stream:close()
    assert.are.equal(40, groups[1].count)
  end)

  it("may be of an answer in the other framing: the rows are the same", function()
    local stream = support.otc("rows=60,framing=array"):hourly(day)
    local rows = take(stream, 31)
    local cursor = stream:cursor()
    stream:close()
    assert.are.same(all, append(rows, assert(hourly(cursor):collect())))
  end)

  it("fails as changed where the rows before it are others", function()
    local stream = hourly()
    take(stream, 31)
    local cursor = stream:cursor()
    stream:close()
    local changed = support.otc("rows=60,seed=2"):hourly(with(day, cursor))
    local rows, failure = support.drain(changed)
    assert.are.same({}, rows)
    assert.are.equal("changed", failure.kind)
    assert.matches("31 rows", failure.message, 1, true)
    assert.matches("without resume", failure.recovery, 1, true)
  end)

  it("fails as changed where there are fewer rows now", function()
    local stream = hourly()
    take(stream, 31)
    local cursor = stream:cursor()
    stream:close()
    local rows, failure = support.drain(support.otc("rows=30"):hourly(with(day, cursor)))
    assert.are.same({}, rows)
    assert.are.equal("changed", failure.kind)
  end)

  it("of a page fails as changed where that page has more rows now", function()
    local function pages(reports, cursor)
      local client = support.ibm("reports=" .. reports, { iam_url = support.url })
      return client:pages(with(month, cursor))
    end
    local stream = pages(3)
    assert.are.equal(3, #stream().reports)
    local given, failure = support.drain(pages(5, stream:cursor()))
    stream:close()
    assert.are.same({}, given)
    assert.are.equal("changed", failure.kind)
    assert.matches("more rows than before", failure.message, 1, true)
  end)

  it("of another query, method or month is misuse", function()
    local cursor = hourly():cursor()
    local client = support.otc()
    for _, open in ipairs {
      function() client:daily(with(day, cursor)) end,
      function() client:hourly(with({ date = "2024-08-03" }, cursor)) end,
      function() client:hourly { resume = cursor } end,
      function() ibm "reports"(cursor) end,
    } do
      assert.matches("resume: the cursor is of another query", support.raised(open), 1, true)
    end
  end)

  it("that is none, or damaged, is misuse", function()
    local cursor = hourly():cursor()
    local client = support.otc()
    for _, broken in ipairs { "", "cs1", 7, {}, cursor .. "0", cursor:sub(1, -2), "x" .. cursor,
      (cursor:gsub(":0:0:", ":1:0:")) } do
      assert.matches("otc:hourly: resume: ", support.raised(client.hourly, client,
        with(day, broken)), 1, true)
    end
  end)

  it("of a stream of records is misuse, and so is that of a fold", function()
    assert.matches("cursor: only streams of a service",
      support.raised(costream.records("[]").cursor, (costream.records "[]")), 1, true)
    local stream = hourly()
    assert(stream:fold { count = true })
    assert.matches("cursor: a fold", support.raised(stream.cursor, stream), 1, true)
  end)

  it("is not to be had while a function has a row in its hands, nor when one lost it", function()
    local said
    local stream
    stream = hourly():where(function(row)
      said = said or support.raised(stream.cursor, stream)
      return row.amount and error "no"
    end)
    pcall(stream)
    assert.matches("cursor: a row is in the hands", said, 1, true)
    assert.matches("was lost", support.raised(stream.cursor, stream), 1, true)
  end)
end)
