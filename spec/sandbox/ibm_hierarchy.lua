-- A hierarchy of enterprises, account groups, accounts and billing units.
--
-- An entity has kind ("enterprise", "account-group", "account"), id, name, crn, state, position
-- (in order of creation), enterprise, parent and children; an account the unit it is billed to.
local M = {}
M.__index = M

local enterprise_account = "3f99f8accbc848ea96f3c61a0ae22c44"

local function crn(account, kind, id)
  return ("crn:v1:bluemix:public:enterprise::a/%s::%s:%s"):format(account, kind, id)
end

function M.new()
  return setmetatable({entities = {}, by_id = {}, by_crn = {}, units = {}, units_by_id = {}}, M)
end

-- A report's entity that is in no hierarchy.
function M.loose_account(id, name)
  return {kind = "account", id = id, name = name, crn = crn(enterprise_account, "account", id)}
end

function M:add_unit(enterprise, id, name)
  local unit = {
    id = id, name = name, enterprise = enterprise, is_master = #self.units == 0,
    position = #self.units + 1,
    crn = ("crn:v1:bluemix:public:billing::a/%s::billing-unit:%s")
      :format(enterprise.account_id, id),
  }
  self.units[unit.position], self.units_by_id[id] = unit, unit
  return unit
end

-- entity: kind, id, name, and of all but enterprises parent, of accounts unit; an enterprise
-- may have an account_id.
function M:add(entity)
  local parent = entity.parent
  entity.position = #self.entities + 1
  entity.enterprise = parent and parent.enterprise or entity
  entity.account_id = entity.enterprise.account_id or enterprise_account
  entity.crn = crn(entity.account_id, entity.kind, entity.id)
  entity.state, entity.children = "ACTIVE", {}
  self.entities[entity.position] = entity
  self.by_id[entity.id], self.by_crn[entity.crn] = entity, entity
  if parent then table.insert(parent.children, entity) end
  return entity
end

local function leave_parent(entity)
  local siblings = entity.parent.children
  for i, sibling in ipairs(siblings) do
    if sibling == entity then return table.remove(siblings, i) end
  end
end

function M.move(entity, parent)
  leave_parent(entity)
  entity.parent = parent
  table.insert(parent.children, entity)
end

-- A deleted entity is still known, but no longer a child.
function M.delete(entity)
  leave_parent(entity)
  entity.state = "DELETED"
end

-- Whether an id is of an account that an enterprise is managed with.
function M:is_enterprise_account(id)
  for _, unit in ipairs(self.units) do
    if unit.enterprise.account_id == id then return true end
  end
  return false
end

function M.is_below(entity, ancestor)
  repeat entity = entity.parent until not entity or entity == ancestor
  return entity ~= nil
end

function M.has_accounts(entity, unit)
  if entity.kind == "account" then return entity.unit == unit end
  for _, child in ipairs(entity.children) do
    if M.has_accounts(child, unit) then return true end
  end
  return false
end

-- The accounts at or below an entity that are billed to a unit.
function M.accounts(entity, unit)
  if entity.kind == "account" then return entity.unit == unit and {entity} or {} end
  local found = {}
  for _, child in ipairs(entity.children) do
    for _, account in ipairs(M.accounts(child, unit)) do found[#found + 1] = account end
  end
  return found
end

return M
