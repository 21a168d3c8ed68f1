-- The documented example, the enterprise Cloud-Provider, and what may be generated below it.
local hierarchies = require "ibm_hierarchy"

local M = {}

local enterprise_id = "enterprise-cloud-provider"
local units = {"Administration", "Operations", "Support"}

-- kind, id, name, parent's id, billing unit; in the documented order.
local entries = {
  {"account", "account-administration", "Administration", enterprise_id, "administration"},
  {"account-group", "group-platform-services", "Platform-Services", enterprise_id},
  {"account", "platform-services-operations", "Platform-Services-Operations",
    "group-platform-services", "operations"},
  {"account-group", "group-solutions", "Solutions", enterprise_id},
  {"account-group", "group-ai-services", "AI-Services", "group-solutions"},
  {"account", "account-ai-services-operations", "AI-Services-Operations",
    "group-ai-services", "operations"},
  {"account", "account-ai-services-support", "AI-Services-Support", "group-ai-services",
    "support"},
  {"account-group", "group-data-services", "Data-Services", "group-solutions"},
  {"account", "account-data-services-operations", "Data-Services-Operations",
    "group-data-services", "operations"},
  {"account", "account-data-services-support", "Data-Services-Support",
    "group-data-services", "support"},
}

local function new_enterprise()
  local hierarchy = hierarchies.new()
  local enterprise = hierarchy:add {
    kind = "enterprise", id = enterprise_id, name = "Cloud-Provider",
    domain = "cloud-provider.example.com",
  }
  for _, name in ipairs(units) do
    hierarchy:add_unit(enterprise, "billing-unit-" .. name:lower(), name)
  end
  return hierarchy, enterprise
end

function M.documented()
  local hierarchy = new_enterprise()
  for _, entry in ipairs(entries) do
    hierarchy:add {
      kind = entry[1], id = entry[2], name = entry[3], parent = hierarchy.by_id[entry[4]],
      unit = entry[5] and hierarchy.units_by_id["billing-unit-" .. entry[5]],
    }
  end
  return hierarchy
end

local accounts_a_group, groups_a_group, accounts_between_odd_names = 10, 3, 7

local function generated_name(kind, number)
  if number % accounts_between_odd_names > 0 then return ("%s %d"):format(kind, number) end
  return ('R&D/%s %d "Süd"'):format(kind, number)
end

-- Ten accounts a group, three groups in each; every eleventh account is the enterprise's own.
function M.generated(count, seed)
  local hierarchy, enterprise = new_enterprise()
  local parents = {[0] = enterprise}
  for number = 1, math.ceil(count / accounts_a_group) do
    parents[number] = hierarchy:add {
      kind = "account-group", id = ngx.md5(("group/%d/%d"):format(seed, number)),
      name = generated_name("Group", number),
      parent = parents[math.floor((number - 1) / groups_a_group)],
    }
  end
  for number = 1, count do
    hierarchy:add {
      kind = "account", id = ngx.md5(("account/%d/%d"):format(seed, number)),
      name = generated_name("Account", number), parent = parents[number % (#parents + 1)],
      unit = hierarchy.units[number % #hierarchy.units + 1], may_be_empty = true,
    }
  end
  return hierarchy
end

return M
