-- The Enterprise Billing Units API: units, their options and their credit pools.
local directory = require "ibm_directory"
local credit = require "ibm_credit"
local json = require "json"
local listing = require "ibm_listing"
local month = require "ibm_month"
local parameters = require "parameters"
local service = require "ibm_service"

local M = {}

local page_parameters = {
  limit = parameters.integer(0, 100), start = parameters.integer(0, 1e9),
}

local function with_page(known)
  return setmetatable(known, {__index = page_parameters})
end

local unit_parameters = with_page {
  account_id = parameters.text, enterprise_id = parameters.text,
  account_group_id = parameters.text,
}
local option_parameters = with_page {billing_unit_id = parameters.text}
local pool_parameters = with_page {
  billing_unit_id = parameters.text, date = month.parse,
  type = parameters.one_of("PLATFORM", "SUPPORT"),
}

local function unit_text(unit)
  return json.object("id", unit.id, "crn", unit.crn, "name", unit.name,
    "enterprise_id", unit.enterprise.id, "currency_code", "USD", "country_code", "USA",
    "master", unit.is_master, "created_at", ("2019-02-%02dT08:00:00.000Z"):format(
      unit.position % 28 + 1))
end

-- start is the index of the page's first thing, from 0 on.
local function send(call, values, path, items, text)
  local limit, first = values.limit or call.controls.limit, (values.start or 0) + 1
  local page, at = listing.page(items, first, limit, function() return true end)
  listing.send(call, {
    path = path, items = page, text = text, rows_count = #items, limit = limit,
    token = "start", this = tostring(first - 1), next = at and tostring(at - 1),
    last = "null",
  })
end

local function is_owner(hierarchy, name, id)
  local entity = hierarchy.by_id[id]
  local kind = name:gsub("_id$", ""):gsub("_", "-")
  return entity and entity.kind == kind
end

-- The units that are charged for what an entity's accounts use.
local function units_of(hierarchy, values)
  local units = {}
  for _, unit in ipairs(hierarchy.units) do
    local is_found = not values.enterprise_id or unit.enterprise.id == values.enterprise_id
    for _, name in ipairs {"account_group_id", "account_id"} do
      local id = values[name]
      is_found = is_found and (not id or unit.enterprise.account_id == id
        or hierarchy.has_accounts(hierarchy.by_id[id], unit))
    end
    if is_found then units[#units + 1] = unit end
  end
  return units
end

local function list_units(call)
  local values, wrong = service.values(unit_parameters)
  if not values then return service.bad_request(call, wrong) end
  local hierarchy = directory.of(call)
  for _, name in ipairs {"enterprise_id", "account_group_id", "account_id"} do
    local id = values[name]
    if id == directory.forbidden_id then return service.forbidden(call) end
    local is_known = not id or is_owner(hierarchy, name, id)
      or name == "account_id" and hierarchy:is_enterprise_account(id)
    if not is_known then return service.not_found(call) end
  end
  send(call, values, "/v1/billing-units", units_of(hierarchy, values), unit_text)
end

local function get_unit(call)
  local unit = directory.of(call).units_by_id[call.ids[1]]
  if not unit then return service.not_found(call) end
  service.answer(call, 200, unit_text(unit))
end

-- A list of what a unit has, which its id must be given for.
local function list_of_unit(path, known, of_unit)
  return function(call)
    local values, wrong = service.values(known)
    if not values then return service.bad_request(call, wrong) end
    if not values.billing_unit_id then
      return service.bad_request(call, "billing_unit_id: is needed")
    end
    local unit = directory.of(call).units_by_id[values.billing_unit_id]
    if not unit then return service.not_found(call) end
    send(call, values, path, of_unit(unit, values), function(text) return text end)
  end
end

M.routes = {
  ["/v1/billing-units"] = service.route {GET = list_units},
  ["/v1/billing-units/{id}"] = service.route {GET = get_unit},
  ["/v1/billing-options"] = service.route {
    GET = list_of_unit("/v1/billing-options", option_parameters, credit.options),
  },
  ["/v1/credit-pools"] = service.route {
    GET = list_of_unit("/v1/credit-pools", pool_parameters, credit.pools),
  },
}

return M
