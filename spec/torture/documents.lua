--- Small answers of both services, on the fault server, for specs that break them byte by byte.

local costream = require "costream"
local faults = require "faults_support"
local json = require "costream.format.json"

local M = {}

---@class costream.spec.Document
---@field name string what it is
---@field set string its name on the fault server
---@field targets string[] path and query of each page
---@field count integer rows in all, where they are those of this file
---@field values string[] fields for `values`, which are not nil in any row
---@field sum string a field for `fold`
---@field by string another
---@field answers table<string, table> what the set says, by target
---@field open fun(url: string, options: table?, given: table?): costream.Stream

local otc_rows = {
  '{"resource_id":"r-1","product":"OTC_A","amount":0.1,"quantity":1}',
  '{"resource_id":"r-2","product":"OTC_B","amount":12.25,"quantity":1e2}',
  '{"resource_id":"r-2","product":"OTC_B","amount":12.25,"quantity":1e2}',
  '{"resource_id":"r-\195\188\\n\\u00fc","tags":[{"a":"}]"}],"product":"OTC_A","amount":0.2}',
  '{"product":"OTC_C","amount":-7,"resource_id":"r-5"}',
}

-- Reports have two usage rows, none, one in each of two resources ... and two are the same.
local ibm_reports = {
  { '{"entity_id":"e-1","month":"2024-07","billable_cost":3.3,"resources":[{"resource_id":"x",'
      .. '"plans":[{"plan_id":"p","usage":[{"metric":"GB","cost":1.1},{"metric":"H",'
      .. '"cost":2.2}]}]}]}',
    '{"entity_id":"e-2","month":"2024-07","billable_cost":0,"resources":[]}' },
  { '{"entity_id":"e-3","month":"2024-07","billable_cost":5,"resources":[{"resource_id":"x",'
      .. '"plans":[{"plan_id":"p","usage":[{"metric":"GB","cost":2}]}]},{"resource_id":"y",'
      .. '"plans":[{"plan_id":"q","usage":[{"metric":"GB","cost":3}]}]}]}',
    '{"entity_id":"e-4","month":"2024-07","billable_cost":0.25,"resources":[{"resource_id":'
      .. '"x","plans":[{"plan_id":"p","usage":[{"metric":"\\"","cost":0.25}]}]}]}' },
  { '{"entity_id":"e-4","month":"2024-07","billable_cost":0.25,"resources":[{"resource_id":'
      .. '"x","plans":[{"plan_id":"p","usage":[{"metric":"\\"","cost":0.25}]}]}]}' },
}

local OTC = "/v2/hourly/consumption/"
local IBM = "/v1/resource-usage-reports?enterprise_id=e&limit=2&month=2024-07"

--- An answer's body as OTC writes it: "lines" or "array".
---@param layout "lines"|"array"
---@param rows string[]
---@return string
function M.otc_body(layout, rows)
  if layout == "array" then
    return "[" .. table.concat(rows, ",") .. "]"
  end
  return table.concat(rows, "\n") .. "\n"
end

local function ibm_target(page)
  return page == 1 and IBM or ("%s&offset=o%d"):format(IBM, page)
end

--- A page as IBM writes it. The link stands behind the reports on every second.
---@param page integer
---@param reports string[]
---@param is_last boolean
---@return string
function M.ibm_body(page, reports, is_last)
  local list = ('"reports":[%s]'):format(table.concat(reports, ","))
  local link = is_last and '"next":null'
    or ('"next":{"href":"%s"}'):format(ibm_target(page + 1))
  local members = page % 2 == 1 and { '"limit":2', link, list } or { '"limit":2', list, link }
  return "{" .. table.concat(members, ",") .. "}"
end

local function with(defaults, given)
  for name, value in pairs(given or {}) do
    defaults[name] = value
  end
  return defaults
end

local function ask_ibm(method, options, given)
  local client = costream.ibm(options)
  local asked = with({ enterprise_id = "e", month = "2024-07", limit = 2 }, given)
  return client[method](client, asked)
end

local function sent(how, body)
  return { faults.answer {
    framing = how.framing, gzip = how.gzip, chunk = 61, body = body,
  } }
end

local function how_name(how)
  return how.framing .. (how.gzip and ", gzip" or "")
end

--- OTC's rows.
---@param layout "lines"|"array"
---@param how { framing: string, gzip: boolean? }
---@param rows string[]? others
---@return costream.spec.Document
function M.otc(layout, how, rows)
  rows = rows or otc_rows
  return {
    name = ("OTC, %s, %s"):format(layout, how_name(how)),
    set = ("otc-%s-%s%s"):format(layout, how.framing, how.gzip and "-gzip" or ""),
    targets = { OTC },
    count = #rows,
    values = { "product", "amount" },
    by = "product",
    sum = "amount",
    answers = { [OTC] = sent(how, M.otc_body(layout, rows)) },
    open = function(url, options, given)
      local all = with({ token = "token-of-specs", base_url = url }, options)
      return costream.otc(all):hourly(given)
    end,
  }
end

--- OTC's rows by day, as a range.
---@param how { framing: string, gzip: boolean? }
---@param days string[] in their order, without gaps
---@param rows_of table<string, string[]>
---@return costream.spec.Document
function M.otc_range(how, days, rows_of)
  local answers, targets, count = {}, {}, 0
  for i, day in ipairs(days) do
    targets[i] = OTC .. "?date=" .. day
    answers[targets[i]] = sent(how, M.otc_body("array", rows_of[day]))
    count = count + #rows_of[day]
  end
  local document = M.otc("array", how)
  document.name = "OTC days, " .. how_name(how)
  document.set = "days-" .. document.set
  document.targets, document.answers, document.count = targets, answers, count
  local open = document.open
  document.open = function(url, options, given)
    return open(url, options, with({ from = days[1], to = days[#days] }, given))
  end
  return document
end

local ibm_kinds = {
  reports = { count = 5, values = { "entity_id", "billable_cost" }, by = "month",
    sum = "billable_cost" },
  usage = { count = 6, values = { "entity_id", "cost" }, by = "metric", sum = "cost" },
  pages = { count = 3 },
}

--- IBM's reports, three pages.
---@param method "reports"|"usage"|"pages"
---@param how { framing: string, gzip: boolean? }
---@param pages string[][]? other reports
---@return costream.spec.Document
function M.ibm(method, how, pages)
  pages = pages or ibm_reports
  local answers, targets = {}, {}
  for page, reports in ipairs(pages) do
    targets[page] = ibm_target(page)
    answers[targets[page]] = sent(how, M.ibm_body(page, reports, page == #pages))
  end
  local kind = ibm_kinds[method]
  return {
    name = ("IBM %s, %s"):format(method, how_name(how)),
    set = ("ibm-%s%s"):format(how.framing, how.gzip and "-gzip" or ""),
    targets = targets,
    count = kind.count,
    values = kind.values,
    by = kind.by,
    sum = kind.sum,
    answers = answers,
    open = function(url, options, given)
      return ask_ibm(method, with({ token = "token-of-specs", base_url = url }, options), given)
    end,
  }
end

--- IAM's token, then a page of reports.
---@param how { framing: string, gzip: boolean? }
---@return costream.spec.Document
function M.iam(how)
  local document = M.ibm("reports", how, { ibm_reports[1] })
  local token = '{"access_token":"token-of-specs","token_type":"Bearer","expires_in":3600}'
  document.name = "IAM, " .. how_name(how)
  document.set = document.set .. "-iam"
  document.count = #ibm_reports[1]
  document.answers["/identity/token"] = sent(how, token)
  table.insert(document.targets, 1, "/identity/token")
  document.open = function(url, options, given)
    local all = with({ apikey = "key-of-specs", base_url = url, iam_url = url }, options)
    return ask_ibm("reports", all, given)
  end
  return document
end

--- A row as text, the same for the same row.
---@param row table
---@return string
function M.show(row)
  return json.encode("row", row)
end

return M
