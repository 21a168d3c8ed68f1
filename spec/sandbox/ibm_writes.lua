-- The Enterprise Management API: what creates, changes, moves, deletes and imports.
--
-- Each function decides, with the hierarchy as it is, on a change, or on a refusal: status, code
-- and message.
local body = require "ibm_body"
local directory = require "ibm_directory"
local json = require "json"
local service = require "ibm_service"

local M = {}

local function refuse(status, code, message)
  return nil, {status, code, message}
end

local function not_found()
  return refuse(404, "not_found", "The entity does not exist.")
end

-- The entity with an id, which may be written to.
local function entity_of(hierarchy, kind, id)
  if id == directory.forbidden_id then
    return refuse(403, "forbidden", "The subject does not have access to the entity.")
  end
  local entity = hierarchy.by_id[id]
  if not entity or entity.kind ~= kind or entity.state == "DELETED" then return not_found() end
  return entity
end

-- The entity with a CRN, which may have children.
local function parent_of(hierarchy, crn)
  local parent = hierarchy.by_crn[crn]
  if not parent or parent.kind == "account" or parent.state == "DELETED" then
    return refuse(400, "bad_request", "parent: is no enterprise and no account group")
  end
  return parent
end

-- Accounts that are in no enterprise are those whose ids say so.
local function standalone(hierarchy, id)
  if hierarchy.by_id[id] then
    return refuse(409, "conflict", "The account is already part of an enterprise.")
  end
  if not id:find "^standalone%-%w+$" then return not_found() end
  return id
end

local function unit_of(hierarchy, enterprise, id)
  for _, unit in ipairs(hierarchy.units) do
    if unit.enterprise == enterprise and (not id or unit.id == id) then return unit end
  end
  return refuse(400, "bad_request", "billing_unit_id: is no billing unit of the enterprise")
end

local function added(kind, id, parent, fields)
  fields.kind, fields.id = kind, id
  return {what = "add", parent_id = parent and parent.id, entity = fields}
end

-- A route's function that reads a body, decides and answers; text makes the answer's body of
-- the change and of what was asked for.
local function write(status, known, required, decide, text)
  return function(call)
    local fields, wrong
    if known then
      fields, wrong = body.read(known, required)
      if not fields then return service.bad_request(call, wrong) end
    end
    local change, refusal = directory.write(call, function(hierarchy)
      return decide(hierarchy, call.ids, fields)
    end)
    if not change then return service.fail(call, unpack(refusal)) end
    service.answer(call, status, text and text(change, fields))
  end
end

M.create_enterprise = write(202, {
  source_account_id = body.text, name = body.name, primary_contact_iam_id = body.iam_id,
  domain = body.domain,
}, {"source_account_id", "name", "primary_contact_iam_id"}, function(hierarchy, _, fields)
  local id, refusal = standalone(hierarchy, fields.source_account_id)
  if not id then return nil, refusal end
  return added("enterprise", ngx.var.request_id, nil, {
    name = fields.name, domain = fields.domain, contact = fields.primary_contact_iam_id,
    source_account_id = id, account_id = ngx.md5(ngx.var.request_id),
  })
end, function(change)
  return json.object("enterprise_id", change.entity.id,
    "enterprise_account_id", change.entity.account_id)
end)

local function updated(id, fields)
  if not next(fields) then
    return refuse(400, "bad_request", "the body has nothing to change")
  end
  return {what = "update", id = id, fields = {
    name = fields.name, domain = fields.domain, contact = fields.primary_contact_iam_id,
  }}
end

M.update_enterprise = write(204, {
  name = body.name, domain = body.domain, primary_contact_iam_id = body.iam_id,
}, nil, function(hierarchy, ids, fields)
  local entity, refusal = entity_of(hierarchy, "enterprise", ids[1])
  if not entity then return nil, refusal end
  return updated(entity.id, fields)
end)

M.create_account_group = write(201, {
  parent = body.text, name = body.name, primary_contact_iam_id = body.iam_id,
}, {"parent", "name", "primary_contact_iam_id"}, function(hierarchy, _, fields)
  local parent, refusal = parent_of(hierarchy, fields.parent)
  if not parent then return nil, refusal end
  return added("account-group", ngx.var.request_id, parent,
    {name = fields.name, contact = fields.primary_contact_iam_id})
end, function(change)
  return json.object("account_group_id", change.entity.id)
end)

M.update_account_group = write(204, {
  name = body.name, primary_contact_iam_id = body.iam_id,
}, nil, function(hierarchy, ids, fields)
  local entity, refusal = entity_of(hierarchy, "account-group", ids[1])
  if not entity then return nil, refusal end
  return updated(entity.id, fields)
end)

M.delete_account_group = write(204, nil, nil, function(hierarchy, ids)
  local entity, refusal = entity_of(hierarchy, "account-group", ids[1])
  if not entity then return nil, refusal end
  if #entity.children > 0 then
    return refuse(409, "conflict", "The account group is not empty.")
  end
  return {what = "delete", id = entity.id}
end)

-- The secrets that were asked for with the account.
local function service_id_texts(fields)
  local options = fields.options or {}
  if not options.create_iam_service_id_with_apikey_and_owner_policies then return end
  local id = ngx.var.request_id
  return "iam-ServiceId-" .. id, "ApiKey-" .. id, "sandbox-secret-" .. ngx.md5("secret" .. id)
end

M.create_account = write(202, {
  parent = body.text, name = body.name, owner_iam_id = body.iam_id, traits = body.object,
  options = body.object,
}, {"parent", "name", "owner_iam_id"}, function(hierarchy, _, fields)
  local parent, refusal = parent_of(hierarchy, fields.parent)
  if not parent then return nil, refusal end
  local change = added("account", ngx.var.request_id, parent,
    {name = fields.name, owner = fields.owner_iam_id, may_be_empty = true})
  change.unit_id = unit_of(hierarchy, parent.enterprise).id
  return change
end, function(change, fields)
  local service_id, key_id, key = service_id_texts(fields)
  return json.object("account_id", change.entity.id, "iam_service_id", service_id,
    "iam_apikey_id", key_id, "iam_apikey", key)
end)

-- Moves the account.
M.update_account = write(202, {parent = body.text}, {"parent"}, function(hierarchy, ids, fields)
  local entity, refusal = entity_of(hierarchy, "account", ids[1])
  if not entity then return nil, refusal end
  local parent, wrong = parent_of(hierarchy, fields.parent)
  if not parent then return nil, wrong end
  if parent.enterprise ~= entity.enterprise then
    return refuse(400, "bad_request", "parent: is in another enterprise")
  end
  return {what = "update", id = entity.id, fields = {}, parent_id = parent.id}
end)

M.delete_account = write(204, nil, nil, function(hierarchy, ids)
  local entity, refusal = entity_of(hierarchy, "account", ids[1])
  if not entity then return nil, refusal end
  return {what = "delete", id = entity.id}
end)

M.import_account = write(202, {
  parent = body.text, billing_unit_id = body.text,
}, nil, function(hierarchy, ids, fields)
  local enterprise, refusal = entity_of(hierarchy, "enterprise", ids[1])
  if not enterprise then return nil, refusal end
  local id, taken = standalone(hierarchy, ids[2])
  if not id then return nil, taken end
  local parent, wrong = parent_of(hierarchy, fields.parent or enterprise.crn)
  if not parent then return nil, wrong end
  local unit, missing = unit_of(hierarchy, enterprise, fields.billing_unit_id)
  if not unit then return nil, missing end
  local change = added("account", id, parent, {name = "Account " .. id, may_be_empty = true})
  change.unit_id = unit.id
  return change
end)

return M
