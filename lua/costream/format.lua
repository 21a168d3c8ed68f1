--- Printing: tables with bars, CSV, NDJSON, amounts.
--
-- It stands alone: only `costream.check` is needed, not the C core.

local arguments = require "costream.format.arguments"
local check = require "costream.check"
local csv = require "costream.format.csv"
local json = require "costream.format.json"
local number = require "costream.format.number"
local table_ = require "costream.format.table"
local text = require "costream.format.text"

---@class costream.format
local M = {}

--- An amount of money for the eye: `1,234.57 EUR`.
--
-- Halves are rounded away from zero. What is not zero but rounds to it is `< 0.01 EUR`.
---@param value number? "-" when nil or `costream.null`; throws for NaN and infinities
---@param currency string? what stands behind the number
---@param digits integer? behind the point, 0 to 20 (default 2)
---@return string
function M.amount(value, currency, digits)
  digits = check.integer("format.amount: digits", digits, 0, 20) or 2
  if value == nil or json.is_null(value) then
    return "-"
  end
  check.type("format.amount: value", value, "number", "nil")
  if not number.finite(value) then
    check.misuse("format.amount: value: expected a finite number, got " .. number.short(value))
  end
  check.type("format.amount: currency", currency, "string", "nil")
  local amount = number.amount(value, digits)
  return (currency or "") == "" and amount or amount .. " " .. text.printable(currency)
end

--- A table for a terminal: header, rule, rows, each line with its newline.
--
-- Nothing in the rows can break the table or reach the terminal as a control sequence.
---@param rows table[]
---@param columns (string|costream.TableColumn)[] names of the rows' fields, or more about them
---@param options costream.TableOptions?
---@return string
function M.table(rows, columns, options)
  return table_.render(rows, columns, options)
end

--- Writes a CSV header, and gives a function that writes one row; memory stays constant.
--
-- The function throws when a write fails, and for values that CSV cannot hold. Files keep the
-- last text in a buffer: whether that was written, only the file's `close` says.
---@param sink costream.Sink
---@param columns (string|costream.Column)[]
---@param options costream.CsvOptions?
---@return fun(row: table)
function M.csv_writer(sink, columns, options)
  return csv.writer(sink, columns, options)
end

--- Gives a function that writes one row as one line of JSON; memory stays constant.
--
-- The function throws when a write fails, and for values that JSON cannot hold (see `json`),
-- before anything of the row is written.
---@param sink costream.Sink
---@return fun(row: table)
function M.ndjson_writer(sink)
  local write = arguments.writer("format.ndjson_writer: sink", sink)
  return function(row)
    check.type("format.ndjson_writer: row", row, "table")
    write(json.encode("format.ndjson_writer: row", row) .. "\n")
  end
end

--- One value as JSON on one line, names sorted.
--
-- Lists are the tables that costream made of lists (`__jsontype` is "array" in the metatable)
-- and those with the keys 1 to n; `{}` is an object. Throws, naming the field, for NaN and
-- infinities, text that is not UTF-8, tables in themselves or more than 200 deep, functions.
---@param value any
---@return string
function M.json(value)
  return json.encode("format.json: value", value)
end

return M
