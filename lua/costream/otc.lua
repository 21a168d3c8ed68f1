--- Open Telekom Cloud: the Enterprise Dashboard API v2.

local answer = require "costream.answer"
local audit = require "costream.otc.audit"
local calendar = require "costream.calendar"
local check = require "costream.check"
local client = require "costream.client"
local credential = require "costream.credential"
local cursor = require "costream.cursor"
local endpoint = require "costream.endpoint"
local endpoints = require "costream.otc.endpoints"
local query = require "costream.query"
local range = require "costream.range"
local range_query = require "costream.range_query"
local services = require "costream.otc.services"
local stream = require "costream.stream"

local M = {}

---@class costream.OtcDailyQuery
---@field contract integer? the tenant
---@field date string? the day, "2024-08-02"
---@field month integer? 1 to 12
---@field product string|integer? "OTC_KMS_UD_C"
---@field product_description string?
---@field project_name string?
---@field resource_id string?
---@field show_tag boolean? tags are in the rows
---@field tag_key string? only with `show_tag = true`
---@field tag_value string? only with `show_tag = true`
---@field week integer? 1 to 53
---@field year integer? 2020 to 2100
---@field from string? the first of several days, "2024-03-30", or months, "2024-03"
---@field to string? the last of them
---@field parallel integer? of them, so many are asked for at once (default 4)
---@field resume string? a cursor of this query: goes on behind the last row that was given
---@field consumption_type "EL"|"RC"|"OTF"? elastic, recurring, one-time fee

---@class costream.OtcRow any field may be absent, and others may come
---@field amount number? EUR, price times quantity, without VAT
---@field amount_excluding_discount number? hourly rows
---@field quantity number?
---@field quantity_type string? "h", "GB", "GB/h", "GB/Month", "pc", ...
---@field consumption_date string? "2024-08-02T00:00:00", with or without an offset
---@field contract integer? the tenant
---@field product string?
---@field product_description string?
---@field external_priceplan string? hourly rows
---@field project_id string?
---@field project_name string?
---@field resource_id string?
---@field region string?
---@field status string?
---@field consumption_type string? "EL", "RC", "OTF"
---@field bill_cycle_day integer|string? hourly rows
---@field etl_updated string?
---@field usage_id string? the key of an hourly row
---@field aggregation_id string? the key of a daily row

---@class costream.OtcStream: costream.Stream
---@operator call: costream.OtcRow?

---@class costream.OtcHourlyQuery: costream.OtcDailyQuery
---@field hour integer? 0 to 23

local row_shape = {
  name = "consumption row",
  fields = {
    "amount", "quantity", "product", "resource_id", "consumption_date", "contract", "usage_id",
    "aggregation_id", "amount_excluding_discount", "quantity_type", "product_description",
    "external_priceplan", "project_id", "project_name", "region", "consumption_type",
  },
}

local kinds = query.kinds

local daily_parameters = {
  contract = kinds.integer(0, 2 ^ 53),
  date = kinds.date(),
  month = kinds.integer(1, 12),
  product = kinds.identifier(),
  product_description = kinds.text(),
  project_name = kinds.text(),
  resource_id = kinds.text(),
  show_tag = kinds.boolean(),
  tag_key = kinds.text(),
  tag_value = kinds.text(),
  week = kinds.integer(1, 53),
  year = kinds.integer(2020, 2100),
  consumption_type = kinds.one_of("EL", "RC", "OTF"),
}

local hourly_parameters = { hour = kinds.integer(0, 23) }
for name, kind in pairs(daily_parameters) do
  hourly_parameters[name] = kind
end

local others = { "from", "to", "parallel", "resume" }

local range_form = {
  days = true,
  years = { 2020, 2100 },
  instead = { "date", "month", "week", "year" },
  write = function(name)
    local year, month = calendar.read_month(name)
    return year and { year = tostring(year), month = tostring(month) } or { date = name }
  end,
}

---@class costream.Otc
local Otc = {}
Otc.__index = Otc

function Otc:__tostring()
  return "costream.otc (" .. self._client.base_url .. ")"
end

local function check_client(self, what)
  check.self(what, self, Otc)
  if not self._credential then
    check.misuse(what .. ": this needs the option token")
  end
end

local function rows(self, method, path, parameters, given)
  local what = "otc:" .. method
  check_client(self, what)
  local asked, resume = query.split_resume(given)
  local span
  asked, span = range_query.split(what, asked, range_form)
  local texts = query.check(what, asked, parameters, nil, others)
  for _, name in ipairs { "tag_key", "tag_value" } do
    if texts[name] and texts.show_tag ~= "true" then
      check.misuse(("%s: %s: has no effect without show_tag = true"):format(what, name))
    end
  end
  local name = what .. query.write(range_query.identity(texts, span))
  resume = resume ~= nil and cursor.read(what .. ": resume", resume, name) or nil
  local function open(filters, more)
    return answer.new(self._client, {
      path = path .. query.write(filters),
      resume = more.resume,
      deadline = more.deadline,
      rows_left = more.rows_left,
      after = more.after,
      headers = { "Accept: application/x-ndjson, application/json" },
      credential = self._credential,
      shape = row_shape,
    })
  end
  local source = span
    and range.rows(self._client, { span = span, texts = texts, resume = resume }, open)
    or open(texts, { resume = resume })
  return stream.new(what, source, name)
end

--- Consumption by resource and hour.
---@param given costream.OtcHourlyQuery? filters that all must hold
---@return costream.OtcStream
function Otc:hourly(given)
  return rows(self, "hourly", "/v2/hourly/consumption/", hourly_parameters, given)
end

--- Consumption by resource and day. A month is `{ year = 2024, month = 8 }`.
---@param given costream.OtcDailyQuery? filters that all must hold
---@return costream.OtcStream
function Otc:daily(given)
  return rows(self, "daily", "/v2/daily/consumption/", daily_parameters, given)
end

--- What does not add up on a day: the hourly rows against the daily ones, the amount and, where
--- all are in one unit, the quantity of each product of each resource; and what is only in one of
--- both. Both are of the service's own making, and at different times: those of the newest days
--- still change.
---
---     for _, finding in ipairs(assert(otc:audit { date = "2024-08-02" })) do print(finding) end
---@param given costream.OtcAuditQuery
---@return costream.OtcFinding[]? findings empty where all adds up; nil where it could not be read
---@return costream.Error? failure
function Otc:audit(given)
  check_client(self, "otc:audit")
  return audit(self, given, daily_parameters)
end

endpoint.add(Otc, "otc", endpoints)

---@class costream.OtcOptions: costream.ClientOptions
---@field token string|fun(): string|nil an API key of level Admin, or a function that gives one;
---  needed for consumption
---@field user string? an admin of the dashboard; needed for API keys, with `password`
---@field password string?
---@field dashboard_url string? where the dashboard is (default: the provider's own, unless
---  `base_url` is another)

--- The dashboard, which has a host of its own: a password goes to none that was not named.
local function dashboard_of(self, options)
  if options.user == nil and options.password == nil then
    if options.dashboard_url ~= nil then
      check.misuse "otc: dashboard_url: only together with user and password"
    end
    return { missing = "this needs the options user and password, of an admin of the dashboard" }
  end
  local url = options.dashboard_url
  if url == nil and self._client.base_url == services.consumption.base_url then
    url = services.dashboard.base_url
  end
  local basic = credential.basic("otc", options.user, options.password)
  if url == nil then
    return { missing = "this needs the option dashboard_url, as base_url was given: the password "
      .. "goes to no host that was not named" }
  end
  return {
    client = client.with(self._client, {
      base_url = client.check_url("otc: dashboard_url", url, options.allow_http),
      recoveries = services.dashboard.recoveries,
    }),
    credential = basic,
  }
end

--- A client of the Enterprise Dashboard.
---@param options costream.OtcOptions
---@return costream.Otc
function M.new(options)
  local own = { token = true, user = true, password = true, dashboard_url = true }
  local self = { _client = client.new("otc", options, own, services.consumption) }
  self._services = { dashboard = dashboard_of(self, options) }
  if options.token ~= nil or options.user == nil then
    self._credential = credential.new("otc: token", options.token)
  end
  return setmetatable(self, Otc)
end

return M
