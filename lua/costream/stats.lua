--- What sources have cost: bytes, requests and retries, added up.

local M = {}

--- Nothing yet.
---@return { bytes: integer, requests: integer, retries: integer }
function M.none()
  return { bytes = 0, requests = 0, retries = 0 }
end

--- Adds what a source has cost to others' total.
---@param totals table<string, integer>
---@param cost table<string, integer>
---@return table<string, integer> totals
function M.add(totals, cost)
  for name, count in pairs(cost) do
    totals[name] = totals[name] + count
  end
  return totals
end

return M
