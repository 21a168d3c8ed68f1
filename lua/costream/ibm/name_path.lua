--- Paths: the names on the way down to an entity, "Cloud-Provider/Solutions/AI-Services".

local M = {}

--- A path with one more name. A slash in a name is written `\/`, and a backslash `\\`.
---@param path string? of the parent; nil where it has none
---@param name string
---@return string
function M.join(path, name)
  local escaped = name:gsub("[/\\]", "\\%0")
  return path and path .. "/" .. escaped or escaped
end

return M
