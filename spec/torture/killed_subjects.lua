--- What the reader that is killed reads, by name.

local documents = require "torture.documents"

local rows = {}
for i = 1, 100 do
  rows[i] = ('{"resource_id":"r-%d","product":"p-%d","amount":%d.25,"tags":[{"a":null}]}'):format(
    i % 7, i % 3, i)
end

local function usage(metric, cost)
  return ('{"metric":"m-%d","cost":%d.5}'):format(metric, cost)
end

--- With so many usage rows in each of two plans.
local function report(number, usages)
  local list = {}
  for i = 1, usages do
    list[i] = usage(i, number * 10 + i)
  end
  local plan = ('{"plan_id":"p-%d","usage":[%s]}'):format(number, table.concat(list, ","))
  return ('{"entity_id":"e-%d","billable_cost":%d,"resources":[{"plans":[%s,%s]}]}'):format(
    number, number, plan, plan)
end

local pages = {}
for page = 1, 5 do
  pages[page] = {}
  for i = 1, 4 do
    pages[page][i] = report(page * 10 + i, (page + i) % 4)
  end
end

local days = { "2024-03-29", "2024-03-30", "2024-03-31", "2024-04-01", "2024-04-02" }
local rows_of = {}
for i, day in ipairs(days) do
  rows_of[day] = {}
  for number = 1, i % 3 * 20 do -- the third has none
    rows_of[day][number] = ('{"resource_id":"r-%d","product":"%s","amount":%d.25}'):format(
      number, day, number)
  end
end

local chunked = { framing = "chunked" }
local zipped = { framing = "chunked", gzip = true }
local range = documents.otc_range(chunked, days, rows_of)
local lines, array = documents.otc("lines", chunked, rows), documents.otc("array", zipped, rows)

return {
  ["OTC, lines"] = { document = lines },
  ["OTC, lines, values"] = { document = lines, values = true },
  ["OTC, array, gzip"] = { document = array },
  ["OTC, array, gzip, values"] = { document = array, values = true },
  ["OTC days"] = { document = range },
  ["OTC days, values"] = { document = range, values = true },
  ["IBM usage"] = { document = documents.ibm("usage", chunked, pages) },
  ["IBM usage, values"] = { document = documents.ibm("usage", chunked, pages), values = true },
  ["IBM reports"] = { document = documents.ibm("reports", chunked, pages) },
  ["IBM pages"] = { document = documents.ibm("pages", chunked, pages) },
}
