--- Tokens that users bring: a string, or a function that is called when one is needed.
--
-- A credential has `token()`, which gives a token or nil and an error, and `renew(token)`: after
-- a 401, true when asking again can give another one.

local check = require "costream.check"
local secret = require "costream.secret"

local M = {}

local Static = {}
Static.__index = Static

function Static:token()
  return secret.of(self, "token")
end

function Static.renew()
  return false
end

local Called = {}
Called.__index = Called

function Called:token()
  return check.secret(self.what .. ": what the function returned", self.fn())
end

function Called.renew()
  return true
end

--- A credential of the option `token`.
---@param what string how the option is called
---@param token string|fun(): string
---@return table
function M.new(what, token)
  if type(token) == "function" then
    return setmetatable({ what = what, fn = token }, Called)
  end
  if type(token) ~= "string" then
    check.misuse(("%s: expected a string or a function, got %s"):format(
      what, token == nil and "nothing" or "a " .. type(token)))
  end
  local self = setmetatable({}, Static)
  secret.keep(self, "token", check.secret(what, token))
  return self
end

return M
