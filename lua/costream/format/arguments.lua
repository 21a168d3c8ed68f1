--- What the printing functions are given: columns, and where text goes.

local check = require "costream.check"
local json = require "costream.format.json"

local M = {}

---@class costream.Column
---@field [1] string the name of the row's field
---@field title string? what the header says (default: the name)
---@field format (fun(value: any, row: table): any)? what is shown instead of the value

---@alias costream.Sink
---| file*               # or any object with `write`, as files have it
---| fun(text: string)   # may return nil (or false) and a message when it failed

local function column_of(what, given, known)
  if type(given) == "string" then
    return { name = given, title = given }
  end
  check.type(what, given, "string", "table")
  check.names(what, given, known)
  check.type(what .. "[1]", given[1], "string")
  check.type(what .. ".title", given.title, "string", "nil")
  check.type(what .. ".format", given.format, "function", "nil")
  local column = { name = given[1] }
  for name, value in pairs(given) do
    column[name] = value
  end
  column.title = given.title or given[1]
  return column
end

--- Columns as users give them, as tables that have at least `name` and `title`.
---@param what string how the argument is called
---@param given (string|costream.Column)[]
---@param known table its keys are what a column may have
---@return table[]
function M.columns(what, given, known)
  check.type(what, given, "table")
  local columns, count = {}, 0
  for _ in pairs(given) do
    count = count + 1
  end
  if count == 0 or count ~= #given then
    check.misuse(what .. ": expected a list of at least one column, got "
      .. (count == 0 and "an empty table" or "a table with other keys or holes"))
  end
  for i = 1, count do
    columns[i] = column_of(("%s[%d]"):format(what, i), given[i], known)
  end
  return columns
end

--- What a row has in a column; nil for null, too.
---@param column table
---@param row table
---@return any
function M.value(column, row)
  local value = row[column.name]
  if column.format then
    value = column.format(value, row)
  end
  if json.is_null(value) then
    return nil
  end
  return value
end

local function has_write(sink)
  local ok, write = pcall(function()
    return sink.write
  end)
  return ok and type(write) == "function"
end

--- A function that writes text, and throws when that failed.
---@param what string how the argument is called
---@param sink costream.Sink
---@return fun(text: string)
function M.writer(what, sink)
  if io.type(sink) == "closed file" then
    check.misuse(what .. ": the file is closed")
  end
  local call = type(sink) == "function"
  if not call and not has_write(sink) then
    check.misuse(("%s: expected an open file, an object with write or a function, got %s"):format(
      what, sink == nil and "nothing" or check.show(sink)))
  end
  return function(text)
    local ok, message
    if call then
      ok, message = sink(text)
    else
      ok, message = sink:write(text)
    end
    if ok == false or not ok and message ~= nil then
      error(("costream: %s: the write failed: %s"):format(what, tostring(message)), 0)
    end
  end
end

return M
