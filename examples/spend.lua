-- What two clouds cost: a day of the Open Telekom Cloud by product, and a month of an IBM Cloud
-- enterprise by billing unit, both streamed at the same time.
--
--   OTC_TOKEN=... IBMCLOUD_API_KEY=... IBM_ENTERPRISE_ID=... lua examples/spend.lua [DAY [MONTH]]
--
-- Either provider alone will do. `make demo` runs it against the sandbox.

local costream = require "costream"

local day = arg[1] or os.date("!%Y-%m-%d", os.time() - 2 * 24 * 3600)
local month = arg[2] or day:sub(1, 7)

local otc_token = os.getenv "OTC_TOKEN"
local ibm_key = os.getenv "IBMCLOUD_API_KEY"
local enterprise = os.getenv "IBM_ENTERPRISE_ID"

if not otc_token and not ibm_key or not ibm_key ~= not enterprise then
  io.stderr:write "set OTC_TOKEN, or IBMCLOUD_API_KEY and IBM_ENTERPRISE_ID, or all of them\n"
  os.exit(2)
end

--- Adds an amount to the group of that name and currency: two currencies are never one sum.
local function add(groups, name, amount, currency)
  name, currency = name or "(none)", currency or ""
  local key = name .. "\0" .. currency
  local group = groups[key] or { name = name, cost = 0, currency = currency }
  group.cost = group.cost + (amount or 0)
  groups[key] = group
end

--- The groups' rows, dearest first.
local function ranked(groups)
  local rows = {}
  for _, row in pairs(groups) do
    rows[#rows + 1] = row
  end
  table.sort(rows, function(a, b)
    return a.cost > b.cost or a.cost == b.cost and a.name < b.name
  end)
  return rows
end

--- Prints the dearest groups with bars, and what the others come to together.
local function print_costs(title, groups, most)
  local rows, others, rest = ranked(groups), 0, {}
  while #rows > most do
    local row = table.remove(rows)
    others = others + 1
    add(rest, "others", row.cost, row.currency)
  end
  print(title)
  io.write(costream.format.table(rows, {
    { "name", title = "Name" },
    { "cost", title = "Cost", bar = true, align = "right", format = function(cost, row)
      return costream.format.amount(cost, row.currency)
    end },
  }))
  for _, row in ipairs(ranked(rest)) do
    print(("and %d others, together %s"):format(
      others, costream.format.amount(row.cost, row.currency)))
  end
  print()
end

local on_terminal = os.execute "test -t 2"
on_terminal = on_terminal == true or on_terminal == 0

local function show_progress(rows)
  if on_terminal and rows % 10000 == 0 then
    io.stderr:write(("\r%d rows"):format(rows))
  end
end

local function peak_memory()
  local status = io.open "/proc/self/status"
  if not status then
    return "unknown"
  end
  local kilobytes = status:read("*a"):match "VmHWM:%s*(%d+) kB"
  status:close()
  return ("%.1f MB"):format(kilobytes / 1000)
end

local products, billing_units = {}, {}
local otc_stats, ibm_stats

local function read_otc()
  local otc = costream.otc { token = otc_token, base_url = os.getenv "OTC_BASE_URL" }
  local stream = otc:hourly { date = day }
  local rows = 0
  for row in stream do
    add(products, row.product_description or row.product, row.amount, "EUR")
    rows = rows + 1
    show_progress(rows)
  end
  otc_stats = stream:stats()
end

local function read_ibm()
  local ibm = costream.ibm {
    apikey = ibm_key,
    base_url = os.getenv "IBM_BASE_URL",
    iam_url = os.getenv "IBM_IAM_URL",
  }
  local stream = ibm:reports { enterprise_id = enterprise, month = month, children = true }
  for report in stream do
    add(billing_units, report.billing_unit_name, report.billable_cost, report.currency_code)
  end
  ibm_stats = stream:stats()
end

costream.run(function()
  if otc_token then
    costream.spawn(read_otc)
  end
  if ibm_key then
    costream.spawn(read_ibm)
  end
end)

if on_terminal then
  io.stderr:write "\r"
end
if otc_stats then
  print_costs("Open Telekom Cloud, " .. day .. ", by product", products, 10)
end
if ibm_stats then
  print_costs("IBM Cloud, " .. month .. ", by billing unit", billing_units, 10)
end
if otc_stats then
  print(("%d rows in %.2f s: %.0f rows a second"):format(
    otc_stats.rows, otc_stats.seconds, otc_stats.rows / otc_stats.seconds))
end
if ibm_stats then
  print(("%d reports in %d requests"):format(ibm_stats.rows, ibm_stats.requests))
end
print("peak memory " .. peak_memory())
