--- ibm:audit holds one report at a time, however many there are.

local enterprise = require "enterprise_support"
local faults = require "faults_support"
local json = require "costream.format.json"
local support = require "support"

local MB = 1000 * 1000

local program = [[
local url, month = arg[1], arg[2]
local ibm = require "costream".ibm { token = "t", base_url = url, retry = false }
local findings = assert(ibm:audit { account_group_id = "group", month = month })
local status = io.open("/proc/self/status"):read "*a"
print(#findings, status:match "VmHWM:%s*(%d+) kB")
]]

--- Steps that answer with the same report, so many times.
local function page(report, count)
  local text = json.encode("report", report)
  local size = #'{"reports":[]}' + count * (#text + 1) - 1
  return {
    { send = ("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"):format(size) },
    { send = '{"reports":[' .. text }, { send = "," .. text, ["repeat"] = count - 1 },
    { send = "]}" },
  }
end

describe("ibm:audit of 20,000 reports on a page", function()
  -- As tables they would take some 60 MB.
  it("stays under 40 MB resident, and finds the one cent that is wrong in them", function()
    local reports, count = enterprise.reports(), 20000
    local own = reports.group_north
    for _, field in ipairs {
      "billable_cost", "billable_rated_cost", "non_billable_cost", "non_billable_rated_cost",
    } do
      own[field] = own[field] * count
    end
    own.billable_cost = own.billable_cost + 0.01
    local url = "/v1/resource-usage-reports?account_group_id=group%s&month=" .. enterprise.MONTH
    local name = faults.new_run()
    faults.set(name, {
      [url:format ""] = enterprise.page { reports = enterprise.list { own } },
      [url:format "&children=true"] = page(reports.beta, count),
    })
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(program)
    file:close()
    local output = support.read_command(("%s %s '%s' %s 2>&1"):format(support.interpreter(),
      path, faults.url(name), enterprise.MONTH))
    os.remove(path)
    local findings, resident = output:match "^(%d+)%s+(%d+)\n$"
    assert(findings, output)
    assert.are.equal("1", findings)
    assert.is_true(tonumber(resident) * 1024 < 40 * MB, resident)
  end)
end)
