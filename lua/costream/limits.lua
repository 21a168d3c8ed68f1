--- The option `limits`: what a stream may grow to before it is an error.

local check = require "costream.check"

local M = {}

---@class costream.Limits
---@field record_bytes integer? bytes of one row (default 16 MiB, at most 1 GiB)
---@field depth integer? nesting inside a row (default 512, at most 1024)
---@field body_bytes integer? bytes of JSON in one answer (default: no limit)
---@field rows integer? rows of a stream, before conditions (default: no limit)

---@class costream.ClientLimits: costream.Limits
---@field ratio integer? bytes that gzip makes of one, judged behind the first MiB (default 500)
---@field header_bytes integer? of all headers of an answer (default and most: 256 KiB)
---@field pages integer? pages of a stream, or of a month of a range (default 1,000,000)
---@field streams integer? streams of a client that are open at once (default 256)

-- The highest that may be given.
local of_text = { record_bytes = 2 ^ 30, depth = 1024, body_bytes = 2 ^ 53, rows = 2 ^ 53 }
local of_client = { ratio = 2 ^ 31 - 1, header_bytes = 2 ^ 18, pages = 2 ^ 53, streams = 2 ^ 31 }
for name, highest in pairs(of_text) do
  of_client[name] = highest
end

local client_defaults = { pages = 1e6, streams = 256 }

local function read(what, given, known, defaults)
  given = check.type(what, given == nil and {} or given, "table")
  check.names(what, given, known)
  local limits = {}
  for name, highest in pairs(known) do
    limits[name] = check.integer(what .. "." .. name, given[name], 1, highest) or defaults[name]
  end
  return limits
end

--- Checks the limits of a text that is already here.
---@param what string how the option is called
---@param given costream.Limits?
---@return costream.Limits
function M.of_text(what, given)
  return read(what, given, of_text, {})
end

--- Checks the limits of a client.
---@param what string
---@param given costream.ClientLimits?
---@return costream.ClientLimits
function M.of_client(what, given)
  return read(what, given, of_client, client_defaults)
end

return M
