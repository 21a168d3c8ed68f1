--- Days and months as texts, against Python's datetime: every day from 2020 to 2100.

local calendar = require "costream.calendar"
local support = require "support"

local days = [[
from datetime import date, timedelta
day = date(2020, 1, 1)
while day.year <= 2100:
    print(day)
    day += timedelta(days=1)
]]

local months = [[
for year in range(2020, 2101):
    for month in range(1, 13):
        print(f"{year}-{month:02}")
]]

--- What calendar.next gives from `first` to `last`, a line each.
local function walk(first, last)
  local list = { first }
  while list[#list] ~= last and #list < 30000 do
    list[#list + 1] = calendar.next(list[#list])
  end
  return table.concat(list, "\n") .. "\n"
end

describe("the calendar", function()
  it("goes from day to day, over leap days and ends of years", function()
    local right = support.read_command("python3 -c '" .. days .. "'")
    assert.are.equal(right, walk("2020-01-01", "2100-12-31"))
  end)

  it("goes from month to month", function()
    local right = support.read_command("python3 -c '" .. months .. "'")
    assert.are.equal(right, walk("2020-01", "2100-12"))
  end)

  it("reads days that are there", function()
    assert.are.same({ 2024, 2, 29 }, { calendar.read_day "2024-02-29" })
    assert.are.same({ 2000, 2, 29 }, { calendar.read_day "2000-02-29" })
    assert.are.same({ 2024, 12, 31 }, { calendar.read_day "2024-12-31" })
  end)

  it("reads no others", function()
    for _, text in ipairs { "2023-02-29", "2100-02-29", "2024-04-31", "2024-06-31", "2024-09-31",
      "2024-11-31", "2024-01-32", "2024-00-01", "2024-13-01", "2024-01-00", "2024-1-1", "2024-01",
      " 2024-01-01", "2024-01-01 ", "24-01-01", "" } do
      assert.is_nil((calendar.read_day(text)), text)
    end
  end)

  it("reads months, with or without a zero, and nothing else", function()
    assert.are.same({ 2024, 3 }, { calendar.read_month "2024-03" })
    assert.are.same({ 2024, 3 }, { calendar.read_month "2024-3" })
    for _, text in ipairs { "2024-00", "2024-13", "2024", "2024-03-01", "2024-003", "" } do
      assert.is_nil((calendar.read_month(text)), text)
    end
  end)
end)
