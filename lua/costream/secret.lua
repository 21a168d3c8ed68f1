--- Secrets, kept apart from the objects that use them: who prints an object with all its fields
--- prints none of them.

local M = {}

local kept = setmetatable({}, { __mode = "k" })

--- Keeps a secret for its owner; nil forgets it.
---@param owner table
---@param name string
---@param value string?
function M.keep(owner, name, value)
  local secrets = kept[owner] or {}
  secrets[name] = value
  kept[owner] = secrets
end

---@param owner table
---@param name string
---@return string?
function M.of(owner, name)
  return kept[owner] and kept[owner][name]
end

return M
