--- Secrets kept out of messages.

local query = require "costream.query"

--- The text without the secret, however a service may have written it: as it is, in a form or
--- in JSON.
---@param text string
---@param secret string?
---@return string
return function(text, secret)
  if not secret then
    return text
  end
  local in_json = secret:gsub('[\\"]', "\\%0")
  local forms = { secret, query.encode(secret), in_json, (in_json:gsub("/", "\\/")) }
  for _, form in ipairs(forms) do
    text = text:gsub(form:gsub("%p", "%%%0"), "***")
  end
  return text
end
