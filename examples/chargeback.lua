-- What the parts of an enterprise are charged in a month, as CSV: the account groups and accounts
-- directly below the enterprise, or below one of its account groups.
--
--   IBMCLOUD_API_KEY=... IBM_ENTERPRISE_ID=... lua examples/chargeback.lua MONTH [GROUP_ID]

local costream = require "costream"

local ibm = costream.ibm {
  apikey = os.getenv "IBMCLOUD_API_KEY",
  base_url = os.getenv "IBM_BASE_URL",
  iam_url = os.getenv "IBM_IAM_URL",
}
local month, group = arg[1], arg[2]

local query = { month = month, children = true, path = true }
if group then
  query.account_group_id = group
else
  query.enterprise_id = os.getenv "IBM_ENTERPRISE_ID"
end

local costs = assert(ibm:reports(query):fold {
  by = { "path", "billing_unit_name", "currency_code" }, sum = { "billable_cost" },
})
local write = costream.format.csv_writer(io.stdout, {
  "path", "billing_unit_name", "cost", "currency_code",
})
for _, cost in ipairs(costs) do
  write {
    path = cost.path or "(not in the enterprise any more)", cost = cost.sum.billable_cost,
    billing_unit_name = cost.billing_unit_name, currency_code = cost.currency_code,
  }
end
