--- Where a stream stands, as a short text: enough to go on behind its last row elsewhere.

local check = require "costream.check"
local query = require "costream.query"

local M = {}

---@class costream.Position
---@field records integer records of the answer that were given, the last perhaps in part
---@field digest string 16 hexadecimal digits of their bytes
---@field inner integer rows of the last record that were given, if it was not given whole
---@field offset string? of the page, where there are pages

local VERSION = "cs1"
local HASH = ("%x"):rep(16)
local PATTERN = ("^(%s:(%s):(%%d+):(%%d+):(%s):([^:]*)):(%s)$"):format(VERSION, HASH, HASH, HASH)

local function hash_with(text, factor)
  local hash = #text
  for i = 1, #text do
    hash = (hash * factor + text:byte(i)) % 2147483647 -- all exact in a double
  end
  return hash
end

-- Against mistakes: a cursor of another query, or one that was not copied whole.
local function hash_of(text)
  return ("%08x%08x"):format(hash_with(text, 16807), hash_with(text, 48271))
end

--- The cursor of a query at a position.
---@param asked string what names the query
---@param position costream.Position
---@return string
function M.write(asked, position)
  local text = ("%s:%s:%.0f:%.0f:%s:%s"):format(VERSION, hash_of(asked), position.records,
    position.inner, position.digest, query.encode(position.offset or ""))
  return text .. ":" .. hash_of(text)
end

--- The position that a cursor tells; throws unless it is one of this query.
---@param what string how it is called
---@param cursor any
---@param asked string as of `write`
---@return costream.Position
function M.read(what, cursor, asked)
  check.type(what, cursor, "string")
  local text, hash, records, inner, digest, offset, sum = cursor:match(PATTERN)
  if not text then
    check.misuse(("%s: expected what stream:cursor() gave, got %s"):format(
      what, check.show(cursor)))
  elseif hash_of(text) ~= sum or #records > 15 or #inner > 15 then
    check.misuse(what .. ": the cursor is damaged: take it as stream:cursor() gave it")
  elseif hash ~= hash_of(asked) then
    check.misuse(what .. ": the cursor is of another query: ask with the same method and filters")
  end
  return {
    records = tonumber(records), inner = tonumber(inner), digest = digest,
    offset = offset ~= "" and query.decode(offset) or nil,
  }
end

return M
