--- The examples of audits and of chargeback, run as programs.

local support = require "support"

--- What an example prints, and the status it ends with.
local function run(command, controls, enterprise)
  local url = support.controls(controls)
  local text = support.read_command(("OTC_TOKEN=otc-sandbox-token OTC_BASE_URL='%s' "
    .. "IBMCLOUD_API_KEY=ibm-sandbox-key IBM_BASE_URL='%s' IBM_IAM_URL='%s' "
    .. "IBM_ENTERPRISE_ID=%s %s examples/%s 2>&1; echo status $?"):format(url, url, url,
    enterprise or "enterprise-cloud-provider", support.interpreter(), command))
  local printed, status = text:match "^(.*)status (%d+)\n$"
  return printed, tonumber(status)
end

describe("examples/audit.lua", function()
  it("says that it adds up", function()
    local printed, status = run("audit.lua 2024-03-31", "resources=20")
    assert.are.same({ "it adds up\n", 0 }, { printed, status })
  end)

  it("prints each finding as a line, and fails then", function()
    local printed, status = run("audit.lua 2024-03-31", "resources=20,wrong=daily")
    local line = printed:gsub("1 findings\n", "") -- of another file, so that it may come first
    assert.matches("^contract [^\n]*: daily amount is [^\n]*%(%+0%.01%)\n$", line)
    assert.is_true(#line < #printed)
    assert.are.equal(1, status)
    printed, status = run("audit.lua 2024-03-31", "resources=20,wrong=usage")
    assert.matches("Cloud%-Provider/[^\n]*: cost is [^\n]*, but its usage adds up to ", printed)
    assert.are.equal(1, status)
  end)

  it("fails where it cannot read all", function()
    support.needs_assert_of_tables(pending)
    local printed, status = run("audit.lua 2024-03-31", "status=403")
    assert.matches("auth: GET /v2/", printed, 1, true)
    assert.are.equal(1, status)
  end)
end)

describe("examples/chargeback.lua", function()
  it("has a line for each part of the enterprise and billing unit", function()
    local expected = { "path,billing_unit_name,cost,currency_code" }
    for report in support.ibm():reports {
      enterprise_id = "enterprise-cloud-provider", children = true, month = "2024-07",
    } do
      expected[#expected + 1] = ("Cloud-Provider/%s,%s,%.14g,USD"):format(report.entity_name,
        report.billing_unit_name, report.billable_cost)
    end
    local printed, status = run "chargeback.lua 2024-07"
    assert.are.same({ table.concat(expected, "\n") .. "\n", 0 },
      { printed:gsub("\r\n", "\n"), status })
  end)

  it("looks into an account group", function()
    local printed = run "chargeback.lua 2024-07 group-ai-services"
    local path = "Cloud-Provider/Solutions/AI-Services/AI-Services-Support"
    assert.matches(path .. ",Support,", printed, 1, true)
  end)
end)
