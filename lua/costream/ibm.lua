--- IBM Cloud: the Enterprise Usage Reports API v1, and those beside it (ibm/endpoints.lua).

local audit = require "costream.ibm.audit"
local check = require "costream.check"
local client = require "costream.client"
local credential = require "costream.credential"
local cursor = require "costream.cursor"
local endpoint = require "costream.endpoint"
local endpoints = require "costream.ibm.endpoints"
local iam = require "costream.iam"
local pages = require "costream.pages"
local path = require "costream.ibm.path"
local query = require "costream.query"
local range = require "costream.range"
local range_query = require "costream.range_query"
local services = require "costream.ibm.services"
local stream = require "costream.stream"
local tree = require "costream.ibm.tree"

local M = {}

local REPORTS = "/v1/resource-usage-reports"

---@class costream.IbmQuery
---@field enterprise_id string? exactly one of the three ids
---@field account_group_id string?
---@field account_id string?
---@field children boolean? the reports of its immediate children; not with `account_id`
---@field month string? "2024-07"; default: the current month
---@field billing_unit_id string? reports of this billing unit alone
---@field limit integer? reports a page
---@field offset string? where to begin, as a `next` link named it
---@field from string? the first of several months, "2024-03"
---@field to string? the last of them
---@field parallel integer? of them, so many are asked for at once (default 4)
---@field path boolean? rows have the names on the way down to their entity; not of `pages`
---@field resume string? a cursor of this query: goes on behind the last row that was given

---@class costream.IbmReport any field may be absent, and others may come
---@field entity_id string?
---@field entity_type string? "enterprise", "account-group" or "account_group", "account"
---@field entity_crn string?
---@field entity_name string?
---@field billing_unit_id string?
---@field billing_unit_crn string?
---@field billing_unit_name string?
---@field country_code string?
---@field currency_code string? of all costs in it
---@field month string?
---@field billable_cost number?
---@field non_billable_cost number?
---@field billable_rated_cost number?
---@field non_billable_rated_cost number?
---@field resources table[]? each with its costs and `plans`, and those with `usage`
---@field path string? with `path = true`: "Cloud-Provider/Solutions/AI-Services"; a slash in a
---  name is `\/`, a backslash `\\`. Absent where the entity is not in the enterprise any more
---@field level_1 string? with `path = true`: the enterprise's name; level_2 is that below, ...

---@class costream.IbmUsageRow: costream.IbmReport with the fields of its resource and plan, too
---@field resource_id string? a service such as "cloudant"
---@field resource_name string?
---@field plan_id string?
---@field plan_name string?
---@field pricing_region string?
---@field pricing_plan_id string?
---@field billable boolean?
---@field metric string?
---@field unit string?
---@field quantity number?
---@field rateable_quantity number?
---@field cost number? the metric's own
---@field rated_cost number? the metric's own

---@class costream.IbmPage
---@field limit integer?
---@field first table?
---@field next table?
---@field reports costream.IbmReport[]

---@class costream.IbmReportStream: costream.Stream
---@operator call: costream.IbmReport?

---@class costream.IbmPageStream: costream.Stream
---@operator call: costream.IbmPage?

---@class costream.IbmUsageStream: costream.Stream
---@operator call: costream.IbmUsageRow?

local report_shape = {
  name = "report",
  fields = {
    "entity_id", "billable_cost", "resources", "billing_unit_id", "entity_name", "entity_crn",
    "billing_unit_crn", "billing_unit_name", "non_billable_cost", "billable_rated_cost",
    "non_billable_rated_cost", "currency_code",
  },
}

local paging = { parameter = "offset", link = "next" }

local kinds = query.kinds

local parameters = {
  enterprise_id = kinds.text(),
  account_group_id = kinds.text(),
  account_id = kinds.text(),
  children = kinds.boolean(),
  month = kinds.month(),
  billing_unit_id = kinds.text(),
  limit = kinds.integer(1, 2 ^ 31 - 1),
  offset = kinds.text(),
}

local others = {
  pages = { "from", "to", "parallel", "resume" },
  reports = { "from", "to", "parallel", "resume", "path" },
}
others.usage = others.reports

local function check_query(what, given, method)
  local texts = query.check(what, given, parameters, nil, others[method])
  local ids = 0
  for _, name in ipairs { "enterprise_id", "account_group_id", "account_id" } do
    ids = ids + (texts[name] and 1 or 0)
  end
  if ids ~= 1 then
    check.misuse(("%s: expected exactly one of enterprise_id, account_group_id and account_id, "
      .. "got %d of them"):format(what, ids))
  end
  if texts.account_id and texts.children then
    check.misuse(what .. ": children: not together with account_id, an account has none")
  end
  return texts
end

local range_form = {
  instead = { "month", "offset" },
  write = function(name)
    return { month = name }
  end,
}

---@class costream.Ibm
local Ibm = {}
Ibm.__index = Ibm

function Ibm:__tostring()
  return "costream.ibm (" .. self._client.base_url .. ")"
end

local function request(self, method, given)
  local what = "ibm:" .. method
  check.self(what, self, Ibm)
  local asked, resume = query.split_resume(given)
  local with_path, span
  if method ~= "pages" then
    asked, with_path = path.split(what, asked)
  end
  asked, span = range_query.split(what, asked, range_form)
  local texts = check_query(what, asked, method)
  local name = what .. query.write(range_query.identity(texts, span))
  return {
    name = name,
    span = span,
    with_path = with_path,
    path = REPORTS,
    texts = texts,
    resume = resume ~= nil and cursor.read(what .. ": resume", resume, name) or nil,
    list = "reports",
    paging = paging,
    shape = report_shape,
    credential = self._credential,
  }
end

--- The source of a query: the one that `open` makes of a request, or of those that it makes of
--- each month, one after the other, as `over` has them.
local function open_source(self, asked, open, over)
  if not asked.span then
    return open(self._client, asked)
  end
  local function open_month(texts, more)
    local month = {}
    for name, value in pairs(asked) do
      month[name] = value
    end
    month.texts, month.resume, month.deadline = texts, more.resume, more.deadline
    month.rows_left, month.after = more.rows_left, more.after
    return open(self._client, month)
  end
  return over(self._client, asked, open_month)
end

local function new_stream(self, method, given, open, over)
  local asked = request(self, method, given)
  local source = open_source(self, asked, open, over)
  local first = asked.with_path and path.step(self, source, asked.texts) or nil
  return stream.new("ibm:" .. method, source, asked.name, first)
end

local function usage_rows(owner, asked)
  return pages.rows(owner, asked, true)
end

--- Usage reports, one per entity and billing unit, of all pages.
---@param given costream.IbmQuery
---@return costream.IbmReportStream
function Ibm:reports(given)
  return new_stream(self, "reports", given, pages.rows, range.rows)
end

--- The pages themselves: `limit`, `first`, `next` and the list `reports`.
---@param given costream.IbmQuery
---@return costream.IbmPageStream
function Ibm:pages(given)
  return new_stream(self, "pages", given, pages.whole, range.made)
end

--- One row per entity, resource, plan and metric, with the scalar fields of all its levels; where
--- a name is on several levels, the inner one wins; `cost` and `rated_cost` are the metric's own
--- or absent. Of the costs only these two may be added up: the others come again in each row. A
--- plan without `usage` gives no row, whatever it costs: totals are in the reports.
---@param given costream.IbmQuery
---@return costream.IbmUsageStream
function Ibm:usage(given)
  return new_stream(self, "usage", given, usage_rows, range.rows)
end

--- The hierarchy of an enterprise as one tree: the enterprise, whose `children` are its account
--- groups and accounts. What does not fit together is an error that names it.
---
---     for depth, node in assert(ibm:tree(id)):walk() do
---       print(("  "):rep(depth) .. node.name, node.kind)
---     end
---@param enterprise_id string
---@param options costream.IbmTreeOptions?
---@return costream.IbmTree? tree nil when it cannot be had
---@return costream.Error? failure
function Ibm:tree(enterprise_id, options)
  check.self("ibm:tree", self, Ibm)
  return tree.read(self, enterprise_id, options)
end

--- What does not add up in the reports of a month, from an entity down to its accounts: usage
--- against plans, plans against resources, resources against reports, children against parents
--- (by billing unit and currency). A cost is held against nothing where it is absent, where the
--- list of its parts is, or where none of them has it; but where some of them have it, those that
--- lack it add nothing to the sum, and may be what is found wrong. Of an empty list the sum is 0.
---
---     for _, finding in ipairs(assert(ibm:audit { enterprise_id = id, month = "2024-07" })) do
---       print(finding)
---     end
---@param given costream.IbmAuditQuery
---@return costream.IbmFinding[]? findings empty where all adds up; nil where it could not be read
---@return costream.Error? failure
function Ibm:audit(given)
  check.self("ibm:audit", self, Ibm)
  return audit(self, given)
end

endpoint.add(Ibm, "ibm", endpoints)

---@class costream.IbmOptions: costream.ClientOptions
---@field apikey string? an API key, exchanged for tokens at IAM
---@field token string|fun(): string? an IAM token, or a function that gives one, instead
---@field iam_url string? where IAM is (default: IBM's own)
---@field billing_url string? where the Enterprise Billing Units are (default: IBM's own, unless
---  `base_url` is another)

local function credential_of(self, options)
  if (options.apikey == nil) == (options.token == nil) then
    check.misuse "ibm: expected either apikey or token"
  end
  if options.token ~= nil then
    if options.iam_url ~= nil then
      check.misuse "ibm: iam_url: only together with apikey"
    end
    return credential.new("ibm: token", options.token)
  end
  local iam_url = options.iam_url or services.iam.base_url
  local exchange_client = client.with(self._client, {
    base_url = client.check_url("ibm: iam_url", iam_url, options.allow_http),
    recoveries = services.iam.recoveries,
  })
  return iam.new(check.secret("ibm: apikey", options.apikey), exchange_client)
end

--- Enterprise Billing Units, which have a host of their own: a token that was given for another
--- is not sent there by itself.
local function billing_of(self, options)
  local url = options.billing_url
  if url == nil and self._client.base_url == services.usage_reports.base_url then
    url = services.billing.base_url
  end
  if url == nil then
    return { missing = "this needs the option billing_url, as base_url was given: the token goes "
      .. "to no host that was not named" }
  end
  return {
    client = client.with(self._client, {
      base_url = client.check_url("ibm: billing_url", url, options.allow_http),
      recoveries = services.billing.recoveries,
    }),
    credential = self._credential,
  }
end

local function management_of(self)
  return {
    client = client.with(self._client, { recoveries = services.management.recoveries }),
    credential = self._credential,
  }
end

--- A client of the Enterprise Usage Reports and of what is beside them.
---@param options costream.IbmOptions
---@return costream.Ibm
function M.new(options)
  local own = { apikey = true, token = true, iam_url = true, billing_url = true }
  local self = { _client = client.new("ibm", options, own, services.usage_reports) }
  self._credential = credential_of(self, options)
  self._services = { management = management_of(self), billing = billing_of(self, options) }
  return setmetatable(self, Ibm)
end

return M
