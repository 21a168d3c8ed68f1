--- The billing units that the entities of a tree are billed to.
--
-- No account says which unit it is billed to, and the units do not say which accounts they have:
-- only units can be asked for by entity. What is below an entity with one unit has that one; so
-- most often one request is enough, and the most are one for each entity.

local parallel = require "costream.parallel"

local M = {}

local LIMIT = 100 -- the most on a page

local PARAMETERS = {
  enterprise = "enterprise_id", account_group = "account_group_id", account = "account_id",
}

local function units_of(ibm, node)
  local units, failure = ibm:billing_units {
    [PARAMETERS[node.kind]] = node.id, limit = LIMIT,
  }:collect()
  if not units then
    error(failure, 0)
  end
  return units
end

--- Gives a node and all below it the same units.
local function give(node, units)
  local left = { node }
  while #left > 0 do
    local one = table.remove(left)
    one.billing_units = units
    for _, child in ipairs(one.children) do
      left[#left + 1] = child
    end
  end
end

--- Gives each node of a tree its `billing_units`. Raises.
---@param ibm costream.Ibm
---@param root costream.IbmNode
---@param most integer requests at once
function M.add(ibm, root, most)
  parallel.each(ibm._client, { root }, most, function(node, add)
    local units = units_of(ibm, node)
    if #units == 1 then
      give(node, units)
      return
    end
    node.billing_units = units
    for _, child in ipairs(node.children) do
      add(child)
    end
  end)
end

return M
