--- Answers that are one JSON document.

local core = require "costream.core"
local errors = require "costream.error"

local M = {}

--- The one value that an answer is, for which `fits` holds; nil and an error.
local function only(answer, wanted, fits)
  local document, tries = nil, false
  local row, failure = answer:next()
  while row ~= nil and answer.retries ~= tries do
    document, tries = row, answer.retries -- a try that breaks behind its document counts nothing
    row, failure = answer:next()
  end
  local empty = answer.write and document == nil
  answer:close()
  if not failure and (row ~= nil or not empty and not fits(document)) then
    failure = errors.new {
      kind = "malformed",
      message = ("%s %s: expected one JSON %s"):format(answer.method, answer.path, wanted),
      status = answer.status,
      attempts = 1 + answer.retries,
    }
  end
  if failure then
    return nil, failure
  end
  return empty or document
end

local function is_table(document)
  return type(document) == "table"
end

local function is_object(document)
  return is_table(document) and getmetatable(document) ~= core.list
end

--- The one JSON object that an answer is, or true where a write has an answer without one; nil
--- and an error.
---@param answer table
---@return table|true|nil document
---@return costream.Error? failure
function M.object(answer)
  return only(answer, "object", is_object)
end

--- The one JSON list or object that an answer is; nil and an error.
---@param answer table
---@return table? document
---@return costream.Error? failure
function M.list_or_object(answer)
  return only(answer, "list or object", is_table)
end

return M
