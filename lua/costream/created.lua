--- What a service has made together with a key that it shows once: the key is handed over once,
--- and is in no field.

local check = require "costream.check"
local secret = require "costream.secret"

local M = {}

---@class costream.Created
local Created = {}
Created.__index = Created

--- The key, the first time; throws afterwards, and where there is none.
---@return string
function Created:take_key()
  check.self("created:take_key", self, Created)
  local key = secret.of(self, "key")
  if not key then
    check.misuse "created:take_key: there is no key, or it was taken: it is handed over once"
  end
  secret.keep(self, "key", nil)
  return key
end

--- Takes the key out of what a service answered.
---@param document table
---@param member string that holds the key
---@return costream.Created
function M.new(document, member)
  local key = document[member]
  document[member] = nil
  secret.keep(document, "key", type(key) == "string" and key ~= "" and key or nil)
  return setmetatable(document, Created)
end

--- Is there a key to be taken?
---@param created costream.Created
---@return boolean
function M.has_key(created)
  return secret.of(created, "key") ~= nil
end

return M
