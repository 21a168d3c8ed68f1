--- lua-cjson: the whole body, then a loop.
--
--     lua cjson_work.lua WORK FILE... PASSES
--
-- WORK: sum (of amount), groups (the same by product and region, to compare answers), or pages:
-- usage of the IBM pages in the files, by resource and metric, in nested loops. Reading the files
-- is not timed.

local cjson = require "cjson"
local report = require "report"

local work, passes = arg[1], tonumber(arg[#arg])

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = assert(file:read "*a")
  file:close()
  return text
end

local function amount_of(row)
  local amount = row.amount
  return amount ~= cjson.null and amount or nil
end

local function string_of(value)
  return value ~= cjson.null and value or nil
end

local works = {}

function works.sum(bodies)
  local rows, total = cjson.decode(bodies[1]), 0
  for i = 1, #rows do
    total = total + (rows[i].amount or 0)
  end
  return { #rows, total }
end

function works.groups(bodies)
  local groups = {}
  for _, row in ipairs(cjson.decode(bodies[1])) do
    report.add(groups, string_of(row.product), string_of(row.region), amount_of(row))
  end
  return groups
end

local function add_usage(sums, resource, usage)
  local key = resource.resource_id .. "\t" .. usage.metric
  local group = sums[key]
  if not group then
    group = { first = resource.resource_id, second = usage.metric, count = 0, 0.0, 0.0 }
    sums[key] = group
  end
  group.count = group.count + 1
  group[1] = group[1] + usage.cost
  group[2] = group[2] + usage.quantity
end

function works.pages(bodies)
  local sums = {}
  for _, body in ipairs(bodies) do
    for _, account in ipairs(cjson.decode(body).reports) do
      for _, resource in ipairs(account.resources) do
        for _, plan in ipairs(resource.plans) do
          for _, usage in ipairs(plan.usage) do
            add_usage(sums, resource, usage)
          end
        end
      end
    end
  end
  return sums
end

local bodies = {}
for i = 2, #arg - 1 do
  bodies[i - 1] = read(arg[i])
end
local found = report.timed(passes, os.clock, function()
  return works[work](bodies)
end)
report.line("note", "lua-cjson " .. cjson._VERSION)
if work == "sum" then
  report.total(found[1], found[2])
elseif work == "groups" then
  report.groups(found)
else
  for _, group in pairs(found) do
    report.group(report.quoted(group.first) .. "\t" .. report.quoted(group.second), group.count,
      group)
  end
end
