--- Exact sums of rows that are tables in Lua's hands.

local fold = require "costream.fold"

local M = {}

---@class costream.ExactQuery
---@field asked table
---@field fields string[]

--- What `groups` is to be asked, once for many lists of rows.
---@param query costream.FoldQuery
---@return costream.ExactQuery
function M.query(query)
  local asked = fold.check(query)
  return { asked = asked, fields = fold.fields(asked) }
end

--- A fold that rows are added to: `add(row, number)`, `groups()`.
---@param query costream.ExactQuery
---@return table fold of the C core
function M.new(query)
  return fold.new(query.asked, query.fields)
end

--- The groups of some rows, as `stream:fold` gives them.
---@param rows table[]
---@param query costream.ExactQuery
---@return costream.Group[]? groups nil where something is no number
---@return costream.Error? failure
function M.groups(rows, query)
  local folding = M.new(query)
  for i, row in ipairs(rows) do
    local added, failure = folding:add(row, i)
    if not added then
      return nil, failure
    end
  end
  return folding:groups()
end

return M
