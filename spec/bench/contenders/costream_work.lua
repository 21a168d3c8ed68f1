--- costream's part.
--
--     lua costream_work.lua WORK SOURCE PASSES
--
-- WORK    fold, values, rows: amount by product and region, of 3 columns, of whole rows
--         regions: fold by region alone, so that hardly any time goes into groups
--         usage: an IBM enterprise's, cost and quantity by resource and metric
--         value_groups, row_groups: as values and rows, grouped in Lua, to compare answers
-- SOURCE  text:FILE   a Lua string, read before the time begins
--         file:FILE   an open file
--         again:TIMES:FILE   the file's rows so many times, by a function
--         URL   of a server of both APIs, CA_FILE being in the environment for https
--
-- Ends with status 3 where a stream does not have the method.

local core = require "costream.core"
local costream = require "costream"
local report = require "report"

local CHUNK = 64 * 1024

local work, source, passes = arg[1], arg[2], tonumber(arg[3])

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = assert(file:read "*a")
  file:close()
  return text
end

local function chunks_of(text)
  local chunks = {}
  for at = 1, #text, CHUNK do
    chunks[#chunks + 1] = text:sub(at, at + CHUNK - 1)
  end
  return chunks
end

--- Each call gives a stream over a source that gives the same chunks again and again.
local function again(rounds, path)
  local chunks = chunks_of(read(path))
  return function()
    local at, round = 0, 1
    return costream.records(function()
      at = at + 1
      if at > #chunks then
        at, round = 1, round + 1
      end
      return round <= rounds and chunks[at] or nil
    end)
  end
end

local function over_http(url)
  local options = { token = "bench", base_url = url, ca_file = os.getenv "CA_FILE" }
  if work == "usage" then
    local ibm = costream.ibm(options)
    return function()
      return (ibm:usage { enterprise_id = "enterprise-bench", month = "2024-07", limit = 100 })
    end
  end
  local otc = costream.otc(options)
  return function()
    return (otc:hourly { date = "2024-08-02" })
  end
end

local function opener()
  local times, pool = source:match "^again:(%d+):(.*)$"
  if times then
    return again(tonumber(times), pool), os.clock
  end
  local kind, path = source:match "^(%a+):(.*)$"
  if kind == "text" then
    local text = read(path)
    return function() return (costream.records(text)) end, os.clock
  elseif kind == "file" then
    return function() return (costream.records(assert(io.open(path, "rb")))) end, os.clock
  end
  return over_http(source), core.now -- where it waits for the server, that counts too
end

local function need(stream, method)
  if type(stream[method]) ~= "function" then
    io.stderr:write("this costream has no stream:", method, "\n")
    os.exit(3)
  end
end

local works = {}

function works.fold(stream)
  need(stream, "fold")
  return assert(stream:fold { by = { "product", "region" }, sum = { "amount" }, count = true })
end

function works.regions(stream)
  need(stream, "fold")
  return assert(stream:fold { by = { "region" }, sum = { "amount" }, count = true })
end

function works.usage(stream)
  need(stream, "fold")
  return assert(stream:fold {
    by = { "resource_id", "metric" }, sum = { "cost", "quantity" }, count = true,
  })
end

function works.values(stream)
  need(stream, "values")
  local rows, total = 0, 0
  for n, _, _, amount in stream:values("product", "region", "amount") do
    rows, total = n, total + (amount or 0)
  end
  return { rows, total }
end

function works.rows(stream)
  local rows, total = 0, 0
  for row in stream do
    rows, total = rows + 1, total + (row.amount or 0)
  end
  return { rows, total }
end

function works.value_groups(stream)
  need(stream, "values")
  local groups = {}
  for _, product, region, amount in stream:values("product", "region", "amount") do
    report.add(groups, product, region, amount)
  end
  return groups
end

function works.row_groups(stream)
  local groups = {}
  for row in stream do
    report.add(groups, row.product, row.region, row.amount)
  end
  return groups
end

local function print_fold(groups, first, second, ...)
  for _, group in ipairs(groups) do
    local sums = {}
    for i, name in ipairs { ... } do
      sums[i] = group.sum[name] or 0
    end
    report.group(report.quoted(group[first]) .. "\t" .. report.quoted(group[second]),
      group.count, sums)
  end
end

local open, clock = opener()
local found = report.timed(passes, clock, function()
  return works[work](open())
end)
report.line("note", "costream, " .. (os.getenv "COSTREAM_KERNEL" or "the kernel that it chose"))
if work == "fold" then
  print_fold(found, "product", "region", "amount")
elseif work == "regions" then
  print_fold(found, "region", "no second key", "amount")
elseif work == "usage" then
  print_fold(found, "resource_id", "metric", "cost", "quantity")
elseif work == "values" or work == "rows" then
  report.total(found[1], found[2])
else
  report.groups(found)
end
