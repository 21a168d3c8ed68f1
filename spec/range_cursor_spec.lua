--- A range that goes on behind any of its rows, in another stream or another process.

local costream = require "costream"
local faults = require "faults_support"
local range_support = require "range_support"
local support = require "support"

local with = range_support.with

local counts = { ["2024-03-29"] = 0, ["2024-03-30"] = 3, ["2024-03-31"] = 0,
  ["2024-04-01"] = 0, ["2024-04-02"] = 4, ["2024-04-03"] = 1, ["2024-04-04"] = 0 }
local range = { from = "2024-03-29", to = "2024-04-04" }
local months = { enterprise_id = "enterprise-cloud-provider", children = true, limit = 2,
  from = "2023-12", to = "2024-02" }

local function days(query)
  return (range_support.client "cursor-days":daily(with(range, query)))
end

local function ibm(method)
  return function(query)
    local client = support.ibm(nil, { iam_url = support.url })
    return (client[method](client, with(months, query)))
  end
end

-- Months with two reports, none, one on the second of two pages, and none.
local REPORTS = "/v1/resource-usage-reports?enterprise_id=e&month="
local sparse = {
  ["2024-01"] = '{"reports":[{"entity_id":"a"},{"entity_id":"b"}]}',
  ["2024-02"] = '{"reports":[]}',
  ["2024-03"] = '{"next":{"href":"?offset=o"},"reports":[]}',
  ["2024-03&offset=o"] = '{"reports":[{"entity_id":"c"}]}',
  ["2024-04"] = '{"reports":[]}',
}

local function sparse_months(method)
  return function(query)
    local client = costream.ibm {
      token = "token-of-specs", base_url = faults.url "sparse-months",
    }
    return (client[method](client, with({ enterprise_id = "e", from = "2024-01", to = "2024-04" },
      query)))
  end
end

local subjects = {
  ["sparse months of ibm:reports"] = sparse_months "reports",
  ["sparse months of ibm:pages"] = sparse_months "pages",
  ["days, some of them empty"] = days,
  ["the months of ibm:reports"] = ibm "reports",
  ["the months of ibm:usage"] = ibm "usage",
  ["the months of ibm:pages"] = ibm "pages",
}

setup(function()
  range_support.set("cursor-days", counts)
  local answers = {}
  for month, body in pairs(sparse) do
    answers[REPORTS .. month] = { faults.answer { framing = "length", body = body } }
  end
  faults.set("sparse-months", answers)
end)

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

for name, open in pairs(subjects) do
  describe("a cursor of a range over " .. name, function()
    it("goes on behind any row, once, over the ends of its parts", function()
      local all = assert(open():collect())
      for count = 0, #all, #all > 50 and 5 or 1 do
        local parallel = count % 3 + 1
        local stream = open { parallel = parallel }
        local rows = take(stream, count)
        local cursor = stream:cursor()
        stream:close()
        assert.are.equal(cursor, stream:cursor())
        local resumed = open { resume = cursor, parallel = 4 - parallel }
        assert.are.equal(cursor, resumed:cursor())
        append(rows, assert(resumed:collect()))
        assert.are.same(all, rows)
      end
    end)

    it("may be taken again and again", function()
      local all, rows, cursor = assert(open():collect()), {}, nil
      for _ = 1, #all + 2 do
        local stream = open { resume = cursor }
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
      local resumed = open { resume = stream:cursor() }
      assert.are.same({}, assert(resumed:collect()))
      assert.are.equal(stream:cursor(), resumed:cursor())
    end)
  end)
end

describe("a cursor of a range", function()
  it("of values is behind the values that were given", function()
    local all = range_support.names(counts)
    for count = 0, #all do
      local stream, names = days(), {}
      if count > 0 then
        for n, id in stream:values "resource_id" do
          names[n] = id
          if n == count then
            break
          end
        end
      end
      local cursor = stream:cursor()
      stream:close()
      for _, id in days({ resume = cursor }):values "resource_id" do
        names[#names + 1] = id
      end
      assert.are.same(all, names)
    end
  end)

  it("begins at the day that it is of, and asks for no day before", function()
    local stream = days()
    take(stream, 4)
    local resumed = days { resume = stream:cursor() }
    stream:close()
    assert.are.equal(4, #assert(resumed:collect()))
    assert.are.equal(3, resumed:stats().requests)
  end)

  it("is of use in a fold of the rest", function()
    local stream = days()
    take(stream, 5)
    local groups = assert(days({ resume = stream:cursor() }):fold { count = true })
    stream:close()
    assert.are.equal(3, groups[1].count)
  end)

  it("fails as changed, by the day's name, where the rows before it are others", function()
    local stream = days()
    take(stream, 5)
    range_support.set("changed-days", with(counts, { ["2024-04-02"] = 1 }))
    local changed = range_support.client "changed-days":daily(with(range,
      { resume = stream:cursor() }))
    stream:close()
    local names, failure = range_support.read(changed)
    assert.are.same({}, names)
    assert.are.same({ "changed", "2024-04-02" }, { failure.kind, failure.date })
    assert.matches("^2024%-04%-02: ", failure.message)
  end)

  it("is a short text, without blanks or secrets, that names no other day", function()
    local stream = days()
    take(stream, 4)
    local cursor = stream:cursor()
    stream:close()
    assert.is_true(#cursor < 120, cursor)
    assert.matches("^[%w:%%._-]+$", cursor)
    assert.matches(":2024-04-02:", cursor, nil, true)
    assert.is_nil(cursor:find("token", 1, true))
  end)

  it("of another range, or of none, is misuse", function()
    local stream = days()
    take(stream, 4)
    local cursor = stream:cursor()
    stream:close()
    for _, query in ipairs { { to = "2024-04-03" }, { from = "2024-03-30" }, { contract = 1 } } do
      assert.matches("resume: the cursor is of another query",
        support.raised(days, with(query, { resume = cursor })), nil, true)
    end
    local client = range_support.client "cursor-days"
    assert.matches("the cursor is of another query",
      support.raised(client.daily, client, { date = "2024-04-02", resume = cursor }), nil, true)
  end)

  it("that names a day which the range has not is misuse, though its sums are right", function()
    local cursors = require "costream.cursor"
    local asked = "otc:daily?from=2024-03-29&to=2024-04-04"
    local position = { records = 1, inner = 0, digest = ("0"):rep(16) }
    for _, offset in ipairs { "2024-03-28", "2024-04-05", "2024-03-32", "2024-04", "x" } do
      position.offset = offset
      local forged = cursors.write(asked, position)
      assert.matches("otc:daily: resume: the cursor is damaged",
        support.raised(days, { resume = forged }), nil, true)
    end
  end)
end)
