--- Secrets kept out of messages.

local PIECE = 12 -- so much of one, cut off where a text ended, gives too much away

--- A character as JSON or a URL may have written it, and what stands behind it; nil where it is
--- none of theirs.
local function escaped(text, at)
  local digits = text:match("^%%(%x%x)", at) or text:match("^\\u00(%x%x)", at)
  if digits then
    return tonumber(digits, 16), at + (text:byte(at) == 37 and 3 or 6)
  end
  local plain = text:match('^\\([\\/"])', at)
  return plain and plain:byte(), at + 2
end

--- The same with a character that stands for itself.
local function plain(text, at)
  return text:byte(at), at + 1
end

--- How much of the secret stands here, each character in one of two ways, and what is behind it.
local function match(text, at, secret, one_way, other_way)
  local length = 0
  while length < #secret do
    local wanted = secret:byte(length + 1)
    local character, behind = one_way(text, at)
    if character ~= wanted then
      character, behind = other_way(text, at)
    end
    if character ~= wanted then
      break
    end
    length, at = length + 1, behind
  end
  return length, at
end

--- Takes the secret out where it stands: a piece of it at least, from its beginning.
local function take_out(text, secret, one_way, other_way)
  local least = math.min(#secret, PIECE)
  local begins = "[%%\\" .. secret:sub(1, 1):gsub("%p", "%%%0") .. "]"
  local parts, copied, at = {}, 1, text:find(begins)
  while at do
    local length, behind = match(text, at, secret, one_way, other_way)
    if length >= least then
      parts[#parts + 1] = text:sub(copied, at - 1) .. "***"
      copied, at = behind, behind - 1
    end
    at = text:find(begins, at + 1)
  end
  return table.concat(parts) .. text:sub(copied)
end

--- The text without the secret, however a service may have written it: as it is, in a URL, a form
--- or JSON; and without the beginning of it, where it was cut off.
---@param text string
---@param secrets string|string[]|nil
---@return string
return function(text, secrets)
  for _, secret in ipairs(type(secrets) == "table" and secrets or { secrets }) do
    text = take_out(take_out(text, secret, escaped, plain), secret, plain, escaped)
  end
  return text
end
