-- The Enterprise Usage Reports API: parameters, errors and paging.
local answer = require "answer"
local faults = require "faults"
local hierarchy = require "ibm_hierarchy"
local json = require "json"
local parameters = require "parameters"
local reports = require "ibm_reports"

local M = {}

local path = "/v1/resource-usage-reports"
local hosts = {
  absolute = "https://enterprise.cloud.ibm.com",
  foreign = "https://reports.example.net",
}
local entity_kinds = {
  enterprise_id = "enterprise", account_group_id = "account-group", account_id = "account",
}

local function month(text)
  local year, number = text:match("^(%d%d%d%d)%-(%d%d?)$")
  number = tonumber(number)
  if not number or number < 1 or number > 12 then
    return nil, "must match ^\\d{4}\\-(0?[1-9]|1[012])$"
  end
  return ("%s-%02d"):format(year, number)
end

local function offset(text)
  local number = (ngx.decode_base64(text) or ""):match("^(%d+)$")
  if not number or #number > 12 or ngx.encode_base64(number) ~= text then
    return nil, "is not an offset of this service"
  end
  return tonumber(number)
end

local known = {
  enterprise_id = parameters.text,
  account_group_id = parameters.text,
  account_id = parameters.text,
  children = parameters.boolean,
  month = month,
  billing_unit_id = parameters.text,
  limit = parameters.integer(1, 100),
  offset = offset,
}

function M.fail(call, status, code, message)
  local trace = faults.trace()
  ngx.header.x_request_id = trace
  answer.json(call.controls, status, faults.ibm_body(status, code, message, trace))
end

-- Returns the typed values, or nil and what is wrong.
local function read_values()
  local texts, name, wrong = parameters.read(known)
  if not texts then return nil, ("%s: %s"):format(wrong, name or "query") end
  local values = {}
  for key, text in pairs(texts) do
    local value, message = known[key](text)
    if value == nil then return nil, ("%s: %s"):format(key, message) end
    values[key] = value
  end
  return values
end

local function read_query(call)
  local values, wrong = read_values()
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
  values.seed = call.controls.seed
  values.month = values.month or os.date("!%Y-%m")
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
  if at then out[#out + 1] = "offset=" .. ngx.escape_uri(ngx.encode_base64(tostring(at))) end
  return (hosts[call.controls.next] or "") .. path .. "?" .. table.concat(out, "&")
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
  local entity = hierarchy.by_id[query.entity_id]
  if not entity or entity.kind ~= entity_kinds[query.entity_key] then return nil end
  return reports.documented(query)
end

local function send_page(call, query)
  local total, write = count_reports(call, query)
  if not total then return M.fail(call, 404, "not_found", "The entity does not exist.") end
  if query.offset and query.offset > 0 and query.offset >= total then
    return M.fail(call, 400, "bad_request", "offset: is behind the last report")
  end
  local source = page_source(call, query, total, write)
  if call.controls.body == "utf8bad" then source = faults.spoiled(source, '"entity_name":') end
  ngx.header.x_request_id = faults.trace()
  answer.streamed(call.controls, 200, "application/json", source)
end

function M.reports(call)
  if ngx.req.get_method() ~= "GET" then
    ngx.header.allow = "GET"
    return M.fail(call, 405, "method_not_allowed", "Use GET.")
  end
  if not call.is_authorized then
    return M.fail(call, 401, "unauthorized",
      "The token provided in the Authorization header is invalid or expired.")
  end
  local query, wrong = read_query(call)
  if not query then return M.fail(call, 400, "bad_request", wrong) end
  send_page(call, query)
end

return M
