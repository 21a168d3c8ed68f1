-- The Enterprise Dashboard API: parameters, authorization and the choice of rows.
local answer = require "answer"
local calendar = require "otc_calendar"
local faults = require "faults"
local fragments = require "otc_fragments"
local json = require "json"
local keys = require "otc_keys"
local parameters = require "parameters"
local rows = require "otc_rows"

local M = {}

local bearer = "Bearer otc-sandbox-token"
local product_marker = '"product_description":'
local versions = [[
{
  "versions": [
    {
      "id": "v2",
      "links": [
        {
          "href": "https://api-enterprise-dashboard-beta.otc-service.com/v2",
          "rel": "self"
        }
      ],
      "min_version": "",
      "status": "CURRENT",
      "updated": "2024-05-27T00:00:00Z",
      "version": ""
    }
  ]
}]]

local daily_parameters = {
  contract = parameters.integer(-2^53, 2^53),
  date = calendar.parse,
  month = parameters.integer(1, 12),
  week = parameters.integer(1, 53),
  year = parameters.integer(2020, 2100),
  product = parameters.text,
  product_description = parameters.text,
  project_name = parameters.text,
  resource_id = parameters.text,
  show_tag = parameters.boolean,
  tag_key = parameters.text,
  tag_value = parameters.text,
  consumption_type = parameters.one_of("EL", "RC", "OTF"),
}
local hourly_parameters = setmetatable({hour = parameters.integer(0, 23)},
  {__index = daily_parameters})

function M.accepts(header)
  return header == bearer or keys.opens(header)
end

function M.fail(call, status, detail)
  answer.json(call.controls, status, json.object("detail", detail))
end

local function is_get(call)
  if ngx.req.get_method() == "GET" then return true end
  ngx.header.allow = "GET"
  M.fail(call, 405, "Method Not Allowed")
  return false
end

local function fail_value(call, name, message, kind)
  local detail = json.object("loc", {json.list {'"query"', json.string(name)}},
    "msg", message, "type", kind)
  answer.json(call.controls, 422, json.object("detail", {json.list {detail}}))
end

-- Returns the typed values, or nothing after the refusal was sent.
local function read_query(call, known)
  local texts, name, wrong = parameters.read(known)
  if not texts then
    return M.fail(call, 400, ("%s: %s"):format(wrong, name or "query"))
  end
  local values = {}
  for key, text in pairs(texts) do
    local value, message, kind = known[key](text)
    if value == nil then return fail_value(call, key, message, kind) end
    values[key] = value
  end
  if (values.tag_key or values.tag_value) and not values.show_tag then
    return M.fail(call, 400, "tag_key and tag_value need show_tag=true")
  end
  return values
end

local function has_tag(resource, key, value)
  for _, tag in ipairs(resource.tags) do
    if (not key or tag.key == key) and (not value or tag.value == value) then return true end
  end
  return false
end

local function matches(wanted, value)
  return wanted == nil or wanted == value
end

local function wants(values)
  return function(resource)
    local type_shown = resource.shows_type and resource.consumption_type
    return matches(values.contract, resource.contract)
      and matches(values.product, resource.product)
      and matches(values.product_description, resource.description)
      and matches(values.project_name, resource.project.name)
      and matches(values.resource_id, resource.id)
      and matches(values.consumption_type, type_shown)
      and (not (values.tag_key or values.tag_value)
        or has_tag(resource, values.tag_key, values.tag_value))
  end
end

-- opening replaces lead before the first row; closing follows the last row.
local function lines_form(controls)
  local form = {opening = "", closing = "", empty = "", style = fragments.compact}
  form.blank = controls.blank
  form.lead = controls.newline and "" or "\n"
  form.ending = controls.newline and "\n" or ""
  return form
end

local function array_form(controls)
  if not controls.pretty then
    return {opening = "[", lead = ", ", ending = "", closing = "]", empty = "[]",
      style = fragments.compact}
  end
  return {opening = "[\n    ", lead = ",\n    ", ending = "", closing = "\n]", empty = "[]",
    style = fragments.pretty}
end

local function send_rows(call, values, is_hourly)
  local controls = call.controls
  local is_array = controls.framing == "array"
  local form = is_array and array_form(controls) or lines_form(controls)
  form.irregular, form.show_tag = controls.irregular, values.show_tag or false
  local source = rows.source {
    days = calendar.days(values), hour = values.hour, is_hourly = is_hourly,
    seed = controls.seed, resources = controls.resources, rows = controls.rows,
    wants = wants(values), form = form,
    is_wrong = controls.wrong == (is_hourly and "hourly" or "daily"),
  }
  if controls.body == "utf8bad" then source = faults.spoiled(source, product_marker) end
  answer.streamed(controls, 200, is_array and "application/json" or "application/x-ndjson",
    source)
end

local function consumption(known, is_hourly)
  return function(call)
    if not is_get(call) then return end
    if not call.is_authorized then
      ngx.header.www_authenticate = "Bearer"
      return M.fail(call, 401, "Could not validate credentials")
    end
    local values = read_query(call, known)
    if values then send_rows(call, values, is_hourly) end
  end
end

M.hourly = consumption(hourly_parameters, true)
M.daily = consumption(daily_parameters, false)

function M.add_slash(call)
  if not is_get(call) then return end
  local args = ngx.var.args and "?" .. ngx.var.args or ""
  ngx.header.location = ngx.var.scheme .. "://" .. (ngx.var.http_host or "localhost")
    .. call.prefix .. call.path .. "/" .. args
  answer.short(call.controls, 307, "text/plain", "")
end

function M.health(call)
  if not is_get(call) then return end
  ngx.header.cache_control = "no-store"
  answer.short(call.controls, 200, "application/json", '{"status":"ok"}')
end

function M.versions(call)
  if is_get(call) then answer.short(call.controls, 200, "application/json", versions) end
end

return M
