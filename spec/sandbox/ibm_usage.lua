-- The Enterprise Usage Reports API: parameters and paging.
local answer = require "answer"
local directory = require "ibm_directory"
local faults = require "faults"
local json = require "json"
local month = require "ibm_month"
local parameters = require "parameters"
local reports = require "ibm_reports"
local service = require "ibm_service"

local M = {}

local path = "/v1/resource-usage-reports"
local entity_kinds = {
  enterprise_id = "enterprise", account_group_id = "account-group", account_id = "account",
}

local known = {
  enterprise_id = parameters.text,
  account_group_id = parameters.text,
  account_id = parameters.text,
  children = parameters.boolean,
  month = month.parse,
  billing_unit_id = parameters.text,
  limit = parameters.integer(1, 100),
  offset = parameters.encoded_integer,
}

local function read_query(call)
  local values, wrong = service.values(known)
  if not values then return nil, wrong end
  for key in pairs(entity_kinds) do
    if values[key] and values.entity_key then
      return nil, "enterprise_id, account_group_id and account_id exclude each other"
    end
    values.entity_key = values[key] and key or values.entity_key
  end
  if not values.entity_key then
    return nil, "one of enterprise_id, account_group_id and account_id is needed"
  end
  if values.account_id and values.children ~= nil then
    return nil, "children cannot be used with account_id"
  end
  values.entity_id = values[values.entity_key]
  values.seed, values.wrong = call.controls.seed, call.controls.wrong
  values.month = values.month or month.current()
  values.limit = values.limit or call.controls.limit
  return values
end

local function href(call, query, at)
  local out = {query.entity_key .. "=" .. ngx.escape_uri(query.entity_id)}
  if query.children ~= nil then out[#out + 1] = "children=" .. tostring(query.children) end
  out[#out + 1] = "month=" .. query.month
  if query.billing_unit_id then
    out[#out + 1] = "billing_unit_id=" .. ngx.escape_uri(query.billing_unit_id)
  end
  out[#out + 1] = "limit=" .. query.limit
  if at then out[#out + 1] = "offset=" .. ngx.escape_uri(parameters.encode_integer(at)) end
  return service.link(call, path .. "?" .. table.concat(out, "&"))
end

local function link(name, address)
  return ('"%s":{"href":%s},'):format(name, json.string(address))
end

local function next_text(call, query, after, total)
  if after < total then return link("next", href(call, query, after)) end
  if call.controls["repeat"] then
    local seen = query.limit < total and query.limit or 0
    return link("next", href(call, query, seen))
  end
  if call.controls.next == "null" then return '"next":null,' end
  if call.controls.next == "nohref" then return '"next":{},' end
  return ""
end

-- The page one report at a time, so that a large one needs no memory.
local function page_source(call, query, total, write)
  local at = query.offset or 0
  local after = math.min(at + query.limit, total)
  local text = '{"limit":' .. query.limit .. "," .. link("first", href(call, query))
    .. next_text(call, query, after, total) .. '"reports":['
  return function()
    local part = text
    if not part then return nil end
    text = nil
    if at < after then
      part, at = part .. write(at), at + 1
      text = at < after and "," or ""
    else
      part = part .. "]}\n"
    end
    return part
  end
end

local function count_reports(call, query)
  local generated = call.controls.reports
  if generated then return reports.generated(query, generated) end
  local hierarchy = directory.of(call)
  local entity = hierarchy.by_id[query.entity_id]
  if not entity or entity.kind ~= entity_kinds[query.entity_key] then return nil end
  return reports.of_entity(query, hierarchy, entity)
end

local function send_page(call, query)
  if query.entity_id == directory.forbidden_id then return service.forbidden(call) end
  local total, write = count_reports(call, query)
  if not total then return service.not_found(call) end
  if query.offset and query.offset > 0 and query.offset >= total then
    return service.bad_request(call, "offset: is behind the last report")
  end
  local source = page_source(call, query, total, write)
  if call.controls.body == "utf8bad" then source = faults.spoiled(source, '"entity_name":') end
  ngx.header.x_request_id = faults.trace()
  answer.streamed(call.controls, 200, "application/json", source)
end

local function list_reports(call)
  local query, wrong = read_query(call)
  if not query then return service.bad_request(call, wrong) end
  send_page(call, query)
end

M.routes = {[path] = service.route {GET = list_reports}}

return M
