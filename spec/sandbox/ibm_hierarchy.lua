-- The documented example: the enterprise Cloud-Provider, its groups, accounts and units.
local M = {}

local enterprise_account = "3f99f8accbc848ea96f3c61a0ae22c44"
local units = {"Administration", "Operations", "Support"}

-- kind, id, name, parent's id, billing unit; in the documented order.
local entries = {
  {"enterprise", "enterprise-cloud-provider", "Cloud-Provider"},
  {"account", "account-administration", "Administration", "enterprise-cloud-provider",
    "Administration"},
  {"account-group", "group-platform-services", "Platform-Services",
    "enterprise-cloud-provider"},
  {"account", "platform-services-operations", "Platform-Services-Operations",
    "group-platform-services", "Operations"},
  {"account-group", "group-solutions", "Solutions", "enterprise-cloud-provider"},
  {"account-group", "group-ai-services", "AI-Services", "group-solutions"},
  {"account", "account-ai-services-operations", "AI-Services-Operations",
    "group-ai-services", "Operations"},
  {"account", "account-ai-services-support", "AI-Services-Support", "group-ai-services",
    "Support"},
  {"account-group", "group-data-services", "Data-Services", "group-solutions"},
  {"account", "account-data-services-operations", "Data-Services-Operations",
    "group-data-services", "Operations"},
  {"account", "account-data-services-support", "Data-Services-Support",
    "group-data-services", "Support"},
}

function M.unit(name)
  local id = "billing-unit-" .. name:lower()
  return {
    id = id, name = name,
    crn = ("crn:v1:bluemix:public:billing::a/%s::billing-unit:%s"):format(enterprise_account, id),
  }
end

function M.entity(kind, id, name)
  return {
    kind = kind, id = id, name = name, children = {},
    crn = ("crn:v1:bluemix:public:enterprise::a/%s::%s:%s"):format(enterprise_account, kind, id),
  }
end

M.units, M.by_id = {}, {}
for i, name in ipairs(units) do M.units[i] = M.unit(name) end
for _, entry in ipairs(entries) do
  local entity = M.entity(entry[1], entry[2], entry[3])
  entity.unit_name = entry[5]
  M.by_id[entity.id] = entity
  local parent = M.by_id[entry[4]]
  if parent then table.insert(parent.children, entity) end
end

-- The accounts at or below an entity that are billed to a unit.
function M.accounts(entity, unit)
  if entity.kind == "account" then return entity.unit_name == unit.name and {entity} or {} end
  local found = {}
  for _, child in ipairs(entity.children) do
    for _, account in ipairs(M.accounts(child, unit)) do found[#found + 1] = account end
  end
  return found
end

return M
