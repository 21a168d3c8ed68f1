--- What is done while memory, or the system, fails: each gives a text that tells its result.

local costream = require "costream"
local faults = require "faults_support"
local support = require "support"

local M = {}

-- Not the day that the sandbox takes by itself: a request without its query has another answer.
local DAY = { date = "2024-08-05" }
local ENTERPRISE = { enterprise_id = "enterprise-cloud-provider", month = "2024-07",
  children = true }

local function show(value)
  if type(value) == "number" then
    return ("%.17g"):format(value)
  end
  return tostring(value)
end

--- Row for row what the stream gives, through `each(row, ...)`.
local function sum_rows(stream)
  local rows, sum = 0, 0
  for row in stream do
    rows, sum = rows + 1, sum + (row.amount or 0)
  end
  return ("%d rows %s"):format(rows, show(sum))
end

local function show_groups(groups)
  local parts = {}
  for i, group in ipairs(groups) do
    parts[i] = ("%s %s %s"):format(show(group.key), show(group.count),
      show(group.sum.amount or group.sum.cost))
  end
  return table.concat(parts, "; ")
end

function M.lines()
  return sum_rows(support.otc("rows=60,gzip=off"):hourly(DAY))
end

function M.gzip()
  return sum_rows(support.otc("rows=60,gzip=on,irregular=1"):hourly(DAY))
end

--- An answer that breaks off once, from the fault server.
function M.retries()
  return sum_rows(costream.otc({
    token = "token",
    base_url = faults.url("torn", "cut=4000,how=rst,times=1,run=" .. faults.new_run()),
    retry = { tries = 4, base = 0.001, cap = 0.002 },
  }):hourly(DAY))
end

--- Half of the rows, and the others behind a cursor.
function M.resumed()
  local client = support.otc "rows=60,resources=9"
  local stream = client:hourly(DAY)
  local first, failure = stream:collect(25)
  if not first then
    error(failure, 0)
  end
  local cursor = stream:cursor()
  stream:close()
  local rest = client:hourly { date = DAY.date, resume = cursor }
  return #first .. " and " .. sum_rows(rest)
end

--- In so many pieces that each call is made often.
function M.pieces()
  return sum_rows(support.otc("rows=120,chunk=150,rate=400000,gzip=off"):hourly(DAY))
end

function M.tls()
  return sum_rows(support.otc(nil, {
    base_url = support.controls("rows=60,chunk=400,rate=400000,gzip=off", support.tls_url),
    ca_file = support.ca_file,
  }):hourly(DAY))
end

--- Asks on after each failure: what is lost must not be lost quietly. `count(...)` says how many
--- rows were given, 0 at the end.
local function insist(count, next_ones)
  local rows, failures, first = 0, 0, nil
  while failures < 5 do
    local ok, result = pcall(next_ones)
    local more = ok and count(result)
    if more == 0 then
      return ("%d rows"):format(rows)
    elseif more then
      rows = rows + more
    else
      failures = failures + 1
      first = first or result
    end
  end
  error(first, 0)
end

local function one(row)
  return row == nil and 0 or 1
end

--- Three days, of which two are asked for at once.
local function range()
  return support.otc("rows=20,gzip=off"):hourly {
    from = "2024-03-30", to = "2024-04-01", parallel = 2,
  }
end

function M.range()
  return sum_rows(range())
end

function M.insisting_range()
  return insist(one, (range()))
end

local function fragile()
  return support.otc("rows=60,framing=array,gzip=off"):hourly(DAY)
end

function M.insisting_rows()
  return insist(one, (fragile()))
end

function M.insisting_steps()
  return insist(one, (fragile():where(function(row)
    return row.amount ~= nil
  end)))
end

function M.insisting_values()
  return insist(one, (fragile():values("product", "amount")))
end

function M.insisting_step_values()
  return insist(one, (fragile():where(function(row)
    return row.amount ~= nil
  end):values("product", "amount")))
end

function M.insisting_lists()
  local stream = fragile()
  return insist(function(list)
    return #list
  end, function()
    local list, failure = stream:collect(7)
    return list or error(failure, 0)
  end)
end

function M.insisting_pages()
  return insist(one, (support.ibm("limit=2"):usage(ENTERPRISE)))
end

function M.fold()
  local groups, failure = support.otc("rows=200,resources=7"):hourly(DAY)
    :where("amount", ">", 0)
    :fold { by = { { field = "product", as = "key" } }, sum = { "amount" }, count = true }
  return show_groups(groups or error(failure, 0))
end

function M.values()
  local rows, sum = 0, 0
  local stream = support.otc("rows=60,irregular=1"):hourly(DAY):where("product", "present")
  for _, product, amount in stream:values("product", "amount") do
    rows, sum = rows + #product, sum + (amount or 0)
  end
  return ("%d %s"):format(rows, show(sum))
end

function M.usage()
  local groups, failure = support.ibm():usage(ENTERPRISE)
    :fold { by = { { field = "resource_name", as = "key" } }, sum = { "cost" },
      min = { "unit" }, count = true }
  return show_groups(groups or error(failure, 0))
end

function M.reports()
  local rows, sum = 0, 0
  for report in support.ibm("limit=2"):reports(ENTERPRISE) do
    rows, sum = rows + 1, sum + report.billable_cost
  end
  return ("%d reports %s"):format(rows, show(sum))
end

function M.refused()
  local rows, failure = support.otc("status=403"):hourly(DAY):collect()
  if rows or failure.kind ~= "auth" then
    error(failure, 0)
  end
  return ("%s %d"):format(failure.kind, failure.status)
end

function M.cut()
  local rows, failure = support.otc("rows=100,cut=9000,gzip=on"):hourly(DAY):collect()
  if rows or failure.kind ~= "incomplete" then
    error(failure, 0)
  end
  return ("%s %d"):format(failure.kind, failure.rows)
end

function M.tasks()
  local client = support.otc "rows=20"
  local results = {}
  costream.run(function()
    for i = 1, 3 do
      costream.spawn(function()
        results[i] = sum_rows(client:hourly(DAY))
      end)
    end
  end)
  return table.concat(results, "; ")
end

--- What the fault server is to be told before `retries`.
function M.prepare()
  local lines = {}
  for i = 1, 60 do
    lines[i] = ('{"consumption_date":"2024-08-05","product":"P%d","amount":%d.5}\n'):format(i, i)
  end
  local answer = faults.answer { body = table.concat(lines), framing = "chunked", chunk = 700 }
  faults.set("torn", { ["*"] = { answer } })
end

local function row(i)
  return ('{"name":"n%d","text":"\\u00e4 %s","list":[1,{"a":null}],"amount":%d.25}'):format(
    i, ("x"):rep(i % 50), i)
end

local function rows(count)
  local list = {}
  for i = 1, count do
    list[i] = row(i)
  end
  return list
end

function M.text()
  local text = '{"offset":1,"reports":[' .. table.concat(rows(60), ",") .. "]}"
  local stream = costream.records(text, { path = "reports[]", nulls = true })
  local parts = {}
  for record in (stream:select("text", "list", "amount")) do
    parts[#parts + 1] = #record.text + #record.list + record.amount
  end
  return table.concat(parts, " ")
end

function M.format()
  local list = assert((costream.records(table.concat(rows(20), "\n"))):collect())
  local format = costream.format
  return format.table(list, { "name", { "amount", bar = true } })
    .. format.json(list)
end

return M
