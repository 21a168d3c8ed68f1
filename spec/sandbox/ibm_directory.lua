-- The hierarchy that a request sees: the example or a generated one, and what was written to it
-- under the request's id.
--
-- Each write is a change in a journal that all workers share; a worker that has not seen the
-- latest ones applies them to its own copy first.
local cjson = require "cjson"
local example = require "ibm_example"

local M = {}

local journal = ngx.shared.changes
local most_copies = 64
local copies, count = {}, 0

-- What the caller of the sandbox may not see.
M.forbidden_id = "enterprise-of-another-company"

local apply = {}

-- A new enterprise has a billing unit, and the account that it was made of as its child.
local function complete_enterprise(hierarchy, enterprise)
  local id = enterprise.source_account_id
  hierarchy:add {
    kind = "account", id = id, name = "Account " .. id, parent = enterprise,
    unit = hierarchy:add_unit(enterprise, "billing-unit-" .. enterprise.id, enterprise.name),
    created_at = enterprise.created_at, created_by = enterprise.created_by, may_be_empty = true,
  }
end

function apply.add(hierarchy, change)
  local entity = change.entity
  entity.created_at, entity.created_by = change.at, change.by
  entity.parent = hierarchy.by_id[change.parent_id]
  entity.unit = hierarchy.units_by_id[change.unit_id]
  hierarchy:add(entity)
  if entity.kind == "enterprise" then complete_enterprise(hierarchy, entity) end
end

function apply.update(hierarchy, change)
  local entity = hierarchy.by_id[change.id]
  for name, value in pairs(change.fields) do entity[name] = value end
  if change.parent_id then hierarchy.move(entity, hierarchy.by_id[change.parent_id]) end
  entity.updated_at, entity.updated_by = change.at, change.by
end

function apply.delete(hierarchy, change)
  local entity = hierarchy.by_id[change.id]
  hierarchy.delete(entity)
  entity.updated_at, entity.updated_by = change.at, change.by
end

local function new_copy(controls)
  if count == most_copies then copies, count = {}, 0 end
  count = count + 1
  local accounts = controls.accounts
  return {
    hierarchy = accounts and example.generated(accounts, controls.seed) or example.documented(),
    applied = 0,
  }
end

local function key_of(call)
  local controls = call.controls
  local name = controls.accounts and ("%d/%d"):format(controls.accounts, controls.seed) or ""
  return ngx.ctx.account .. name .. "/"
end

local function current(call)
  local key = key_of(call)
  -- Who never wrote anything shares one copy.
  local first = journal:get(key .. 1)
  local shared = first and key or key:sub(#ngx.ctx.account + 1)
  local copy = copies[shared] or new_copy(call.controls)
  copies[shared] = copy
  local change = first and journal:get(key .. copy.applied + 1)
  while change do
    change = cjson.decode(change)
    apply[change.what](copy.hierarchy, change)
    copy.applied = copy.applied + 1
    change = journal:get(key .. copy.applied + 1)
  end
  return copy, key
end

function M.of(call)
  return current(call).hierarchy
end

-- Writes the change that `decide(hierarchy)` returns, and returns it; nil and why where that
-- decides so. Another worker may have written meanwhile: then it is decided again.
function M.write(call, decide)
  while true do
    local copy, key = current(call)
    local change, refusal = decide(copy.hierarchy)
    if not change then return nil, refusal end
    change.at, change.by = os.date "!%Y-%m-%dT%H:%M:%S.000Z", "IBMid-sandbox"
    local ok, err = journal:safe_add(key .. copy.applied + 1, cjson.encode(change))
    if ok then return change end
    if err ~= "exists" then error("the journal of changes: " .. err) end
  end
end

return M
