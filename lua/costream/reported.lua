--- Errors that a service reports in an answer whose status says that all is well.

local core = require "costream.core"
local errors = require "costream.error"
local excerpt = require "costream.excerpt"
local json = require "costream.format.json"

local M = {}

local function is_nothing(reported)
  return reported == nil or reported == false or reported == core.null or reported == ""
    or type(reported) == "table" and next(reported) == nil
end

--- The error that an object carries in place of, or beside, what was asked for; nil where there
--- is none.
---@param what string what it is: "page"
---@param object table
---@param answer table it came in
---@return costream.Error?
function M.failure(what, object, answer)
  local reported = object.errors
  if is_nothing(reported) then
    reported = object.error
  end
  if is_nothing(reported) then
    return nil
  end
  local text = answer:conceal(json.encode(what, reported))
  return errors.new {
    kind = "malformed",
    message = ("the %s reports an error: %s"):format(what, excerpt(text)),
    attempts = 1,
  }
end

return M
