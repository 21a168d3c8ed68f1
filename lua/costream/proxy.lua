--- The option `proxy`: what it may be, and what of it is a secret.

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

local DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function base64(text)
  local written = {}
  for i = 1, #text, 3 do
    local a, b, c = text:byte(i, i + 2)
    local number = a * 65536 + (b or 0) * 256 + (c or 0)
    for place = 3, 0, -1 do
      local digit = math.floor(number / 64 ^ place) % 64 + 1
      written[#written + 1] = DIGITS:sub(digit, digit)
    end
    if not c then
      written[#written] = "="
      written[#written - 1] = b and written[#written - 1] or "="
    end
  end
  return table.concat(written)
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
