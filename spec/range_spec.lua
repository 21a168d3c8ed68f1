--- Queries from a day or month to another: every one of them once, in order.

local costream = require "costream"
local range_support = require "range_support"
local support = require "support"

local with = range_support.with

local Q1 = { "2024-01", "2024-02", "2024-03" }

local function dates(days)
  local queries = {}
  for i, day in ipairs(days) do
    queries[i] = { date = day }
  end
  return queries
end

--- What is asked for as a range, and by a query for each of its parts.
local cases = {
  { method = "daily", range = { from = "2024-02-27", to = "2024-03-02" },
    parts = dates(range_support.days("2024-02-27", "2024-03-02")) },
  { method = "hourly", range = { from = "2023-12-30", to = "2024-01-02" },
    parts = dates(range_support.days("2023-12-30", "2024-01-02")) },
  { method = "hourly", range = { from = "2024-03-30", to = "2024-04-01", hour = 2 },
    parts = { { date = "2024-03-30", hour = 2 }, { date = "2024-03-31", hour = 2 },
      { date = "2024-04-01", hour = 2 } } },
  { method = "daily", range = { from = "2023-11", to = "2024-02" },
    parts = { { year = 2023, month = 11 }, { year = 2023, month = 12 },
      { year = 2024, month = 1 }, { year = 2024, month = 2 } } },
  { method = "daily", range = { from = "2024-08-02", to = "2024-08-02" },
    parts = { { date = "2024-08-02" } } },
  { method = "daily", range = { from = "2024-1", to = "2024-02", contract = 1 },
    parts = { { year = 2024, month = 1, contract = 1 },
      { year = 2024, month = 2, contract = 1 } } },
}
for _, method in ipairs { "reports", "usage", "pages" } do
  local parts = {}
  for i, month in ipairs(Q1) do
    parts[i] = { month = month }
  end
  cases[#cases + 1] = { method = method, range = { from = "2024-01", to = "2024-03" },
    parts = parts }
end

--- A function that opens a stream of a query.
local function opener(method)
  if method == "hourly" or method == "daily" then
    local client = support.otc "resources=3"
    return function(query)
      return (client[method](client, query))
    end
  end
  local client = support.ibm(nil, { limits = { streams = 3 } })
  return function(query)
    return (client[method](client, with({ enterprise_id = "enterprise-cloud-provider",
      children = true, limit = 2 }, query)))
  end
end

for _, case in ipairs(cases) do
  describe(("%s from %s to %s"):format(case.method, case.range.from, case.range.to), function()
    local open = opener(case.method)
    local all = range_support.one_by_one(case.parts, open)

    it("gives what a query for each gives, in order, however many are asked for at once",
      function()
        assert.is_true(#all > 0 or case.range.contract ~= nil)
        for _, parallel in ipairs { 1, 2, 3, 4, 99 } do
          local stream = open(with(case.range, { parallel = parallel }))
          assert.are.same(all, assert(stream:collect()))
          assert.are.equal(#all, stream:stats().rows)
        end
      end)

    it("gives it to for and to collect in pieces", function()
      local rows = support.drain(open(case.range))
      assert.are.same(all, rows)
      local stream, pieces = open(case.range), {}
      repeat
        local more = assert(stream:collect(2))
        for _, row in ipairs(more) do
          pieces[#pieces + 1] = row
        end
      until #more == 0
      assert.are.same(all, pieces)
    end)
  end)
end

describe("the hours of a range", function()
  --- Every hour as people in Berlin lived it, from one day to another.
  local function hours(from, to)
    return range_support.python(([[
from datetime import date, datetime, timedelta, time, timezone
from zoneinfo import ZoneInfo
berlin = ZoneInfo("Europe/Berlin")
def midnight(day):
    return datetime.combine(day, time(), berlin).astimezone(timezone.utc)
now = midnight(date.fromisoformat("%s"))
end = midnight(date.fromisoformat("%s") + timedelta(days=1))
while now < end:
    print(now.astimezone(berlin).isoformat())
    now += timedelta(hours=1)
]]):format(from, to))
  end

  for _, ends in ipairs {
    { "2024-03-29", "2024-04-02", 5 * 24 - 1 }, { "2024-10-25", "2024-10-29", 5 * 24 + 1 },
    { "2024-02-27", "2024-03-02", 5 * 24 }, { "2023-12-30", "2024-01-02", 4 * 24 },
    { "2025-03-30", "2025-03-30", 23 }, { "2025-10-26", "2025-10-26", 25 },
    { "2024-10", "2024-11", (31 + 30) * 24 + 1 },
  } do
    it(("from %s to %s come once, as clocks went"):format(ends[1], ends[2]), function()
      local first = #ends[1] == 7 and ends[1] .. "-01" or ends[1]
      local last = #ends[2] == 7 and ends[2] .. "-30" or ends[2]
      local right = hours(first, last)
      assert.are.equal(ends[3], #right)
      local client, found = support.otc "seed=1,resources=1", {}
      for _, date in client:hourly({ from = ends[1], to = ends[2] }):values "consumption_date" do
        found[#found + 1] = date
      end
      assert.are.same(right, found)
    end)
  end

  it("are those of the month that holds them", function()
    for month, days in pairs { ["03"] = 31, ["10"] = 31, ["02"] = 29 } do
      local client = support.otc "resources=2"
      local of_month = assert(client:hourly({ year = 2024, month = tonumber(month) }):collect())
      local of_days = assert(client:hourly({
        from = ("2024-%s-01"):format(month), to = ("2024-%s-%d"):format(month, days),
      }):collect())
      assert.are.same(of_month, of_days)
    end
  end)
end)

describe("the steps and goals of a stream", function()
  local client = support.otc "resources=40"
  local range = { from = "2024-03-30", to = "2024-04-02" }
  local all = range_support.one_by_one(dates(range_support.days("2024-03-30", "2024-04-02")),
    function(query)
      return (client:daily(query))
    end)

  local function in_lua(row)
    return row.amount and row.amount > 1
  end

  for name, condition in pairs { C = { "amount", ">", 1 }, Lua = { in_lua } } do
    local function open()
      return (client:daily(range)):where((table.unpack or unpack)(condition))
    end

    local wanted = {}
    for _, row in ipairs(all) do
      wanted[#wanted + 1] = in_lua(row) and row or nil
    end

    it("where, select and values work in a range, in " .. name, function()
      assert.is_true(#wanted > 0 and #wanted < #all)
      assert.are.same(wanted, assert(open():collect()))
      local chosen = assert(open():select("amount"):collect())
      local numbers = {}
      for n, amount, id in open():values("amount", "aggregation_id") do
        numbers[n] = amount
        assert.are.equal(wanted[n].aggregation_id, id)
      end
      assert.are.same({ #wanted, #wanted }, { #chosen, #numbers })
      for i, row in ipairs(wanted) do
        assert.are.same({ amount = row.amount }, chosen[i])
        assert.are.equal(row.amount, numbers[i])
      end
    end)

    it("fold sums over all of them, in " .. name, function()
      local whole = assert(open():fold { count = true, sum = { "amount" } })[1]
      local by_day = assert(open():fold {
        by = { { field = "consumption_date", first = 10, as = "day" } }, count = true,
      })
      local count, days = 0, {}
      for i, group in ipairs(by_day) do
        count, days[i] = count + group.count, group.day
      end
      assert.are.same({ #wanted, #wanted }, { whole.count, count })
      assert.are.same(range_support.days("2024-03-30", "2024-04-02"), days)
      local sum = 0
      for _, row in ipairs(wanted) do
        sum = sum + row.amount
      end
      assert.is_true(math.abs(sum - whole.sum.amount) < 1e-6)
    end)
  end
end)

describe("a range that several tasks read", function()
  for _, method in ipairs { "daily", "usage", "pages" } do
    it("gives each row of " .. method .. " once", function()
      local open = opener(method)
      local range = method == "daily" and { from = "2024-02-27", to = "2024-03-02" }
        or { from = "2024-01", to = "2024-03" }
      local all, rows = assert(open(range):collect()), {}
      local stream = open(range)
      costream.run(function()
        for _ = 1, 3 do
          costream.spawn(function()
            for row in stream do
              rows[#rows + 1] = row
            end
          end)
        end
      end)
      assert.are.equal(#all, #rows)
      assert.are.equal(#all, stream:stats().rows)
    end)
  end

  it("is one of many, side by side", function()
    local client, counts = support.otc "resources=3,delay=5", {}
    costream.run(function()
      for month = 1, 6 do
        costream.spawn(function()
          local name = ("2024-%02d"):format(month)
          local days = client:daily { from = name .. "-01", to = name .. "-05" }
          counts[month] = #assert(days:collect())
        end)
      end
    end)
    assert.are.same({ 15, 15, 15, 15, 15, 15 }, counts)
  end)
end)
