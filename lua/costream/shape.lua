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

--- A check of rows: an error for what is none, nil for a row.
---@param name string "consumption row"
---@param fields string[] a row has at least one of these
---@return fun(row: any, secret: string?): costream.Error?
function M.new(name, fields)
  return function(row, secret)
    if type(row) == "table" and getmetatable(row) ~= core.list and has_one(row, fields) then
      return nil
    end
    local written, text = pcall(json.encode, "row", row)
    return errors.new {
      kind = "malformed",
      message = ("among the rows stands what is no %s: %s"):format(
        name, excerpt(written and text or tostring(row), secret)),
    }
  end
end

return M
