-- The Enterprise Management API: its routes, lists and single entities.
local directory = require "ibm_directory"
local json = require "json"
local listing = require "ibm_listing"
local parameters = require "parameters"
local service = require "ibm_service"
local writes = require "ibm_writes"

local M = {}

local kinds = {
  enterprises = "enterprise", ["account-groups"] = "account-group", accounts = "account",
}

local filters = {
  enterprises = {
    enterprise_account_id = parameters.text,
    account_group_id = parameters.text,
    account_id = parameters.text,
  },
  ["account-groups"] = {
    enterprise_id = parameters.text,
    parent_account_group_id = parameters.text,
    parent = parameters.text,
    include_deleted = parameters.boolean,
  },
  accounts = {
    enterprise_id = parameters.text,
    account_group_id = parameters.text,
    parent = parameters.text,
    include_deleted = parameters.boolean,
  },
}
for _, known in pairs(filters) do
  known.limit, known.next_docid = parameters.integer(0, 100), parameters.encoded_integer
end

-- Which entity a filter names.
local named = {
  enterprise_id = "enterprise", account_group_id = "account-group",
  parent_account_group_id = "account-group", account_id = "account",
}

local first_day, seconds_a_day = 1546300800, 86400 -- 2019-01-01

local function created_at(entity)
  return entity.created_at
    or os.date("!%Y-%m-%dT%H:%M:%S.000Z", first_day + entity.position * seconds_a_day)
end

-- The way down to the parent.
local function path_of(entity)
  local names = {}
  while entity.parent do
    entity = entity.parent
    table.insert(names, 1, entity.kind .. ":" .. entity.id)
  end
  return names[1] and table.concat(names, "/")
end

local function is_account(entity, value)
  if entity.kind == "account" then return value end
end

local function is_contacted(entity, value)
  if entity.kind ~= "account" then return value end
end

local function entity_text(collection, entity)
  local parent, is_enterprise = entity.parent, entity.kind == "enterprise"
  return json.object(
    "url", "/v1/" .. collection .. "/" .. ngx.escape_uri(entity.id),
    "id", entity.id,
    "enterprise_account_id", entity.account_id,
    "crn", entity.crn,
    "parent", parent and parent.crn,
    "enterprise_id", not is_enterprise and entity.enterprise.id or nil,
    "enterprise_path", path_of(entity),
    "name", entity.name,
    "domain", entity.domain,
    "state", entity.state,
    "primary_contact_iam_id", is_contacted(entity, entity.contact or "IBMid-550000SBX1"),
    "primary_contact_email", is_contacted(entity, "contact@example.com"),
    "source_account_id", entity.source_account_id,
    "owner_iam_id", is_account(entity, entity.owner or "IBMid-550000SBX2"),
    "owner_email", is_account(entity, "owner@example.com"),
    "paid", is_account(entity, true),
    "is_enterprise_account", is_account(entity, entity.id == entity.account_id),
    "created_at", created_at(entity),
    "created_by", entity.created_by or "IBMid-550000SBX1",
    "updated_at", entity.updated_at,
    "updated_by", entity.updated_by)
end

-- Whether a part of the hierarchy belongs to an entity that a filter names.
local function belongs(call, entity, owner)
  if call.controls.lists == "children" then return entity.parent == owner end
  return directory.of(call).is_below(entity, owner)
end

local function matcher(call, kind, values, owners)
  local parent = values.parent and directory.of(call).by_crn[values.parent]
  return function(entity)
    if entity.kind ~= kind then return false end
    if entity.state == "DELETED" and not values.include_deleted then return false end
    if values.parent and entity.parent ~= parent then return false end
    if values.enterprise_account_id and entity.account_id ~= values.enterprise_account_id then
      return false
    end
    for _, owner in ipairs(owners) do
      local is_found = kind == "enterprise" and owner.enterprise == entity
        or kind ~= "enterprise" and belongs(call, entity, owner)
      if not is_found then return false end
    end
    return true
  end
end

-- The entities that the filters name, or nil after the refusal was sent.
local function owners_of(call, values)
  local hierarchy, owners = directory.of(call), {}
  if values.parent and not hierarchy.by_crn[values.parent] then return service.not_found(call) end
  for name, kind in pairs(named) do
    local id = values[name]
    if id == directory.forbidden_id then return service.forbidden(call) end
    local owner = id and hierarchy.by_id[id]
    if id and not (owner and owner.kind == kind) then return service.not_found(call) end
    owners[#owners + 1] = owner
  end
  return owners
end

local function list(collection)
  local kind = kinds[collection]
  return function(call)
    local values, wrong = service.values(filters[collection])
    if not values then return service.bad_request(call, wrong) end
    local owners = owners_of(call, values)
    if not owners then return end
    local limit, first = values.limit or call.controls.limit, values.next_docid or 1
    local items, at = listing.page(directory.of(call).entities, first, limit,
      matcher(call, kind, values, owners))
    listing.send(call, {
      path = "/v1/" .. collection, items = items, rows_count = #items, limit = limit,
      token = "next_docid", this = parameters.encode_integer(first),
      next = at and parameters.encode_integer(at),
      text = function(entity) return entity_text(collection, entity) end,
    })
  end
end

local function get(collection)
  return function(call)
    local id = call.ids[1]
    if id == directory.forbidden_id then return service.forbidden(call) end
    local entity = directory.of(call).by_id[id]
    if not entity or entity.kind ~= kinds[collection] then return service.not_found(call) end
    service.answer(call, 200, entity_text(collection, entity))
  end
end

M.routes = {
  ["/v1/enterprises"] = service.route {
    GET = list "enterprises", POST = writes.create_enterprise,
  },
  ["/v1/enterprises/{id}"] = service.route {
    GET = get "enterprises", PATCH = writes.update_enterprise,
  },
  ["/v1/enterprises/{id}/import/accounts/{id}"] = service.route {PUT = writes.import_account},
  ["/v1/account-groups"] = service.route {
    GET = list "account-groups", POST = writes.create_account_group,
  },
  ["/v1/account-groups/{id}"] = service.route {
    GET = get "account-groups", PATCH = writes.update_account_group,
    DELETE = writes.delete_account_group,
  },
  ["/v1/accounts"] = service.route {GET = list "accounts", POST = writes.create_account},
  ["/v1/accounts/{id}"] = service.route {
    GET = get "accounts", PATCH = writes.update_account, DELETE = writes.delete_account,
  },
}

return M
