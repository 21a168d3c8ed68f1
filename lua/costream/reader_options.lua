--- What users may say about how JSON is read: `nulls`, `numbers`, `limits`.

local check = require "costream.check"

local M = {}

---@class costream.Limits
---@field record_bytes integer? bytes of one row (default 16 MiB, at most 1 GiB)
---@field depth integer? nesting inside a row (default 512, at most 1024)
---@field body_bytes integer? bytes of JSON in one answer (default: no limit)

local most = { record_bytes = 2 ^ 30, depth = 1024, body_bytes = 2 ^ 53 }

local function add_limits(what, limits, reader)
  if limits == nil then
    return
  end
  check.type(what, limits, "table")
  check.names(what, limits, most)
  for name, highest in pairs(most) do
    reader[name] = check.integer(what .. "." .. name, limits[name], 1, highest)
  end
end

--- Checks the three, and gives the options of a core reader.
---@param prefix string of the options' names in messages: "otc: "
---@param options { nulls: boolean?, numbers: "text"?, limits: costream.Limits? }
---@return table
function M.read(prefix, options)
  check.type(prefix .. "nulls", options.nulls, "boolean", "nil")
  if options.numbers ~= nil and options.numbers ~= "text" then
    check.misuse(('%snumbers: expected "text" or nil, got %s'):format(
      prefix, check.show(options.numbers)))
  end
  local reader = { nulls = options.nulls, numbers_text = options.numbers == "text" }
  add_limits(prefix .. "limits", options.limits, reader)
  return reader
end

return M
