--- `limits`: what a stream may take before it is an error.

local check = require "costream.check"

local M = {}

---@class costream.Limits
---@field record_bytes integer? bytes of one row (default 16 MiB, at most 1 GiB)
---@field depth integer? nesting inside a row (default 512, at most 1024)
---@field body_bytes integer? bytes of JSON in one answer (default: no limit)

local known = { record_bytes = 2 ^ 30, depth = 1024, body_bytes = 2 ^ 53 }

--- Checks `limits` and copies them into the options of a reader.
---@param what string how the argument is called
---@param limits costream.Limits?
---@param options table
function M.apply(what, limits, options)
  if limits == nil then
    return
  end
  check.type(what, limits, "table")
  check.names(what, limits, known)
  for name, most in pairs(known) do
    options[name] = check.integer(what .. "." .. name, limits[name], 1, most)
  end
end

return M
