--- What users bring to be let in: a token, or a function that is called when one is needed; or a
--- user's name and password.
--
-- A credential has its `scheme` of HTTP; `token()`, which gives what is sent behind that, or nil
-- and an error; and `renew(token)`: after a 401, true when asking again can give another one.

local base64 = require "costream.base64"
local check = require "costream.check"
local secret = require "costream.secret"

local M = {}

local Static = { scheme = "Bearer" }
Static.__index = Static

function Static:token()
  return secret.of(self, "token")
end

function Static.renew()
  return false
end

local Called = { scheme = "Bearer" }
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

local Basic = { scheme = "Basic", token = Static.token, renew = Static.renew }
Basic.__index = Basic

-- What was given is not shown.
local function check_part(what, text)
  if type(text) ~= "string" or text == "" or text:find "%c" then
    check.misuse(what .. ": expected non-empty text without control characters")
  end
  return text
end

--- A credential of the options `user` and `password` (RFC 7617).
---@param name string of the constructor
---@param user string
---@param password string
---@return table
function M.basic(name, user, password)
  check_part(name .. ": password", password)
  if check_part(name .. ": user", user):find(":", 1, true) then
    check.misuse(name .. ": user: expected a name without a colon, which ends it")
  end
  local self = setmetatable({}, Basic)
  secret.keep(self, "token", base64(user .. ":" .. password))
  secret.keep(self, "password", password)
  return self
end

return M
