--- Rows as CSV (RFC 4180).

local arguments = require "costream.format.arguments"
local check = require "costream.check"
local json = require "costream.format.json"
local number = require "costream.format.number"

local M = {}

---@class costream.CsvOptions
---@field spreadsheet_safe boolean? a "'" before text that a spreadsheet would run as a formula

local WHAT = "format.csv_writer"

local known_columns = { true, title = true, format = true }
local known_options = { spreadsheet_safe = true }

-- Negative amounts are often text; they are no formulas.
local function is_formula(text)
  if not text:find "^[=+%-@\t\r\n]" then
    return false
  end
  return not text:find "^[+-]%d+%.?%d*$" and not text:find "^[+-]%d+%.?%d*[eE][+-]?%d+$"
end

local function quoted(text)
  if text:find '[",\r\n]' or text:find "^[ \t]" or text:find "[ \t]$" then
    return '"' .. text:gsub('"', '""') .. '"'
  end
  return text
end

local function text_field(text, options)
  if options.spreadsheet_safe and is_formula(text) then
    text = "'" .. text
  end
  return quoted(text)
end

local function field(column, value, options)
  local kind = type(value)
  if kind == "string" then
    return text_field(value, options)
  end
  if kind == "nil" then
    return ""
  end
  if kind == "boolean" then
    return tostring(value)
  end
  local what = WHAT .. ": row." .. column.name
  if kind == "number" then
    if not number.finite(value) then
      check.misuse(("%s: expected a number, got %s"):format(what, number.short(value)))
    end
    return number.exact(value)
  end
  return quoted(json.encode(what, value))
end

local function line(fields)
  local text = table.concat(fields, ",")
  -- One empty field would be an empty line, which many readers skip.
  return (text == "" and '""' or text) .. "\r\n"
end

--- Writes the header, and gives a function that writes one row.
---@param sink costream.Sink
---@param given (string|costream.Column)[]
---@param options costream.CsvOptions?
---@return fun(row: table)
function M.writer(sink, given, options)
  local write = arguments.writer(WHAT .. ": sink", sink)
  local columns = arguments.columns(WHAT .. ": columns", given, known_columns)
  options = check.type(WHAT .. ": options", options, "table", "nil") or {}
  check.names(WHAT .. ": options", options, known_options)
  check.type(WHAT .. ": options.spreadsheet_safe", options.spreadsheet_safe, "boolean", "nil")

  local titles = {}
  for i, column in ipairs(columns) do
    titles[i] = text_field(column.title, options)
  end
  write(line(titles))

  return function(row)
    check.type(WHAT .. ": row", row, "table")
    local fields = {}
    for i, column in ipairs(columns) do
      fields[i] = field(column, arguments.value(column, row), options)
    end
    write(line(fields))
  end
end

return M
