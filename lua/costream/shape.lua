--- What a row of a service must look like to be one.
--
-- Every field may be absent, but not all that make a row: an error that a service writes into
-- the middle of its rows must not pass for one of them.

local core = require "costream.core"
local errors = require "costream.error"
local excerpt = require "costream.excerpt"
local json = require "costream.format.json"

local M = {}

local function has_one(row, fields)
  for i = 1, #fields do
    local value = row[fields[i]]
    if value ~= nil and value ~= core.null then
      return true
    end
  end
  return false
end

---@class costream.Shape
---@field name string "consumption row"
---@field fields string[] a row has at least one of these

--- The error for a row that is none.
---@param shape costream.Shape
---@param row any
---@param secret string|string[]|nil what the message must not show
---@return costream.Error
function M.failure(shape, row, secret)
  local written, text = pcall(json.encode, "row", row)
  return errors.new {
    kind = "malformed",
    message = ("among the rows stands what is no %s: %s"):format(
      shape.name, excerpt(written and text or tostring(row), secret)),
  }
end

--- Does a row that is in Lua's hands have the shape?
---@param shape costream.Shape
---@param row any
---@return boolean
function M.fits(shape, row)
  return type(row) == "table" and getmetatable(row) ~= core.list and has_one(row, shape.fields)
end

return M
