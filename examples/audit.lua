-- Does it add up? An enterprise's month from its top to its accounts, and a day of the Open
-- Telekom Cloud, its hours against the day. Prints what does not, a line each, and fails then.
--
--   OTC_TOKEN=... IBMCLOUD_API_KEY=... IBM_ENTERPRISE_ID=... lua examples/audit.lua DAY
--
-- Either provider alone will do.

local costream = require "costream"

local day = assert(arg[1], "which day? as 2024-08-02")
local findings = 0

local function print_findings(list)
  for _, finding in ipairs(list) do
    print(finding)
  end
  findings = findings + #list
end

if os.getenv "OTC_TOKEN" then
  local otc = costream.otc { token = os.getenv "OTC_TOKEN", base_url = os.getenv "OTC_BASE_URL" }
  print_findings(assert(otc:audit { date = day }))
end

if os.getenv "IBMCLOUD_API_KEY" then
  local ibm = costream.ibm {
    apikey = os.getenv "IBMCLOUD_API_KEY",
    base_url = os.getenv "IBM_BASE_URL",
    iam_url = os.getenv "IBM_IAM_URL",
  }
  local enterprise = os.getenv "IBM_ENTERPRISE_ID"
  print_findings(assert(ibm:audit { enterprise_id = enterprise, month = day:sub(1, 7) }))
end

io.stderr:write(findings == 0 and "it adds up\n" or findings .. " findings\n")
os.exit(findings == 0 and 0 or 1)
