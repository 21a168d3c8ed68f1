--- Rows in the hands of a function, a task or a list while somebody else reads the stream.

local costream = require "costream"
local support = require "support"

local function lines(count)
  local written = {}
  for i = 1, count do
    written[i] = ('{"n":%d}'):format(i)
  end
  return table.concat(written, "\n")
end

local function sorted(rows)
  table.sort(rows)
  return table.concat(rows, " ")
end

describe("a row in the hands of a condition", function()
  it("is given when its function comes back, though a task has read to the end", function()
    local slow = support.otc "rows=1,delay=50"
    local stream = costream.records(lines(10)):where(function(row)
      return row.n ~= 9 or slow:health() ~= nil
    end)
    local rows = {}
    costream.run(function()
      for _ = 1, 2 do
        costream.spawn(function()
          for row in stream do
            rows[#rows + 1] = row.n
          end
        end)
      end
    end)
    assert.are.equal(sorted { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, sorted(rows))
    assert.are.equal(10, stream:stats().rows)
  end)

  it("is given though the function itself has read to the end", function()
    local rows, stream = {}, nil
    stream = costream.records(lines(10)):where(function(row)
      if row.n % 5 == 0 then
        local follower = stream()
        rows[#rows + 1] = follower and follower.n
      end
      return true
    end)
    for row in stream do
      rows[#rows + 1] = row.n
    end
    assert.are.equal(sorted { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, sorted(rows))
  end)

  it("is not given when its stream was closed meanwhile", function()
    local stream
    stream = costream.records(lines(3)):where(function(row)
      if row.n == 2 then
        stream:close()
      end
      return true
    end)
    local rows, failure = support.drain(stream)
    assert.are.equal(1, #rows)
    assert.are.equal("cancelled", failure.kind)
  end)
end)

describe("a cursor", function()
  local day = { date = "2024-08-02" }

  it("is refused while another task collects: some of its rows are not given yet", function()
    support.needs_suspension(pending)
    local stream = support.otc("rows=200,gzip=off,chunk=4000,rate=400000"):hourly(day)
    local refused, given = 0, 0
    costream.run(function()
      costream.spawn(function()
        for _ in stream do
          given = given + 1
          refused = refused + (pcall(stream.cursor, stream) and 0 or 1)
        end
      end)
      costream.spawn(function()
        stream:collect()
      end)
    end)
    assert.is_true(given > 0)
    assert.is_true(refused >= given - 10) -- the others came before the list was begun
  end)

  it("is behind the last row of the page before while the next page cannot be had", function()
    local query = { enterprise_id = "any", limit = 5, month = "2019-06" }
    local client = support.ibm("reports=15", { limits = { pages = 1 }, iam_url = support.url })
    local stream, behind = client:reports(query), nil
    local rows = {}
    local failure = support.raised(function()
      for row in stream do
        rows[#rows + 1], behind = row, stream:cursor()
      end
    end)
    assert.are.equal("limit", failure.kind)
    assert.are.equal(5, #rows)
    assert.are.equal(behind, stream:cursor())
  end)

  it("is still there when the function that gives tokens has thrown", function()
    local calls = 0
    local client = support.otc("rows=40,gzip=off,cut=-3000", {
      retry = { base = 0.001 },
      token = function()
        calls = calls + 1
        return calls == 1 and "otc-sandbox-token" or error "the vault is down"
      end,
    })
    local stream, rows = client:hourly(day), {}
    assert.matches("the vault is down", support.raised(function()
      for row in stream do
        rows[#rows + 1] = row
      end
    end), 1, true)
    assert.is_true(#rows > 0)
    local rest = assert(support.otc("rows=40"):hourly({
      date = day.date, resume = stream:cursor(),
    }):collect())
    assert.are.equal(40, #rows + #rest)
  end)
end)
