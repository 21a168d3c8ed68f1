--- The option `proxy`: what it may be, and what of it is a secret.

local base64 = require "costream.base64"
local check = require "costream.check"
local core = require "costream.core"
local query = require "costream.query"

local M = {}

--- Its user's name and password, if it has them, and its host.
local function parts(proxy)
  local rest = proxy:gsub("^%a[%w+.-]*://", ""):gsub("[/?#].*", "")
  local user, host = rest:match "^(.*)@(.*)$"
  return user, host or rest
end

--- Throws unless it is a proxy, and one that a client of this URL may have.
---@param what string how it is called
---@param proxy any
---@param base_url string
---@param allow_http boolean?
function M.check(what, proxy, base_url, allow_http)
  local problem = core.proxy_problem(proxy)
  if not problem and not allow_http and base_url:lower():find "^http:" then
    local _, host = parts(proxy)
    problem = core.url_problem("http://" .. host, false)
      and "plain http to a proxy elsewhere is read by whoever is on the way: use https, or "
        .. "allow_http = true"
  end
  if problem then
    check.misuse(("%s: %s"):format(what, problem))
  end
end

--- As of a URL, where "+" is no space.
local function decode(text)
  return query.decode((text:gsub("+", "%%2B")))
end

--- The password, and what a request to the proxy says in place of it.
---@param proxy string
---@return string[]
function M.secrets(proxy)
  local credentials = parts(proxy)
  local user, password = (credentials or ""):match "^([^:]*):(.+)$"
  if not user then
    return {}
  end
  user, password = decode(user), decode(password)
  return { password, base64(user .. ":" .. password) }
end

return M
