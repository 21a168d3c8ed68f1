--- Rows as an aligned table for a terminal, with bars.

local arguments = require "costream.format.arguments"
local check = require "costream.check"
local json = require "costream.format.json"
local number = require "costream.format.number"
local text = require "costream.format.text"

local M = {}

---@class costream.TableColumn: costream.Column
---@field align "left"|"right"? default: right for numbers, left for all else
---@field width integer? longer text is cut, in columns of the terminal (default 40)
---@field bar boolean? a bar behind it, as long as the field's own value is large

---@class costream.TableOptions
---@field bar_width integer? of the largest value's bar, in columns of the terminal (default 24)
---@field ascii boolean? bars, rules and marks of ASCII; texts of the rows stay as they are

local WHAT = "format.table"
local GAP = "  "
local WIDTH_MAX = 10000

local known_columns = {
  true, title = true, format = true, align = true, width = true, bar = true,
}
local known_options = { bar_width = true, ascii = true }
local known_aligns = { left = true, right = true }

local UNICODE = {
  full = "█", parts = { "▏", "▎", "▍", "▌", "▋", "▊", "▉" }, ellipsis = "…", rule = "─",
}
local ASCII = { full = "#", parts = {}, ellipsis = "...", rule = "-" }

local function check_columns(columns)
  for i, column in ipairs(columns) do
    local what = ("%s: columns[%d]"):format(WHAT, i)
    check.type(what .. ".bar", column.bar, "boolean", "nil")
    check.integer(what .. ".width", column.width, 1, WIDTH_MAX)
    if column.align ~= nil and not known_aligns[column.align] then
      check.misuse(('%s.align: expected "left" or "right", got %s'):format(
        what, check.show(column.align)))
    end
  end
end

local function check_rows(rows)
  check.type(WHAT .. ": rows", rows, "table")
  for i = 1, #rows do
    check.type(("%s: rows[%d]"):format(WHAT, i), rows[i], "table")
  end
end

local function check_options(options)
  check.names(WHAT .. ": options", options, known_options)
  check.integer(WHAT .. ": options.bar_width", options.bar_width, 1, WIDTH_MAX)
  check.type(WHAT .. ": options.ascii", options.ascii, "boolean", "nil")
end

local function shown(column, row, index)
  local value = arguments.value(column, row)
  local kind = type(value)
  if kind == "string" then
    return value
  end
  if kind == "nil" then
    return "-"
  end
  if kind == "number" then
    return number.short(value)
  end
  return json.encode(("%s: rows[%d].%s"):format(WHAT, index, column.name), value)
end

local function is_right(column, rows)
  if column.align then
    return column.align == "right"
  end
  local numbers = false
  for _, row in ipairs(rows) do
    local value = row[column.name]
    if type(value) == "number" then
      numbers = true
    elseif value ~= nil and not json.is_null(value) then
      return false
    end
  end
  return numbers
end

--- Cells that stand under each other; the first is the header's.
local function stack_of(cells, right)
  local width = 0
  for _, cell in ipairs(cells) do
    width = math.max(width, text.width(cell))
  end
  return { cells = cells, width = width, right = right }
end

local function value_stack(column, rows, options)
  local style = options.ascii and ASCII or UNICODE
  local function cell(value)
    return text.cut(text.printable(value, options.ascii), column.width or 40, style.ellipsis)
  end
  local cells = { cell(column.title) }
  for i, row in ipairs(rows) do
    cells[i + 1] = cell(shown(column, row, i))
  end
  return stack_of(cells, is_right(column, rows))
end

local function bar_value(column, row)
  local value = row[column.name]
  if type(value) == "number" and value > 0 and value < math.huge then
    return value
  end
  return 0
end

local function bar(share, options)
  if share == 0 then
    return ""
  end
  local style = options.ascii and ASCII or UNICODE
  local steps = #style.parts + 1
  -- What costs little is not free: the smallest bar is one step.
  local length = math.max(1, math.floor(share * (options.bar_width or 24) * steps + 0.5))
  local rest = length % steps
  return style.full:rep((length - rest) / steps) .. (style.parts[rest] or "")
end

local function bar_stack(column, rows, options)
  local largest = 0
  for _, row in ipairs(rows) do
    largest = math.max(largest, bar_value(column, row))
  end
  local cells = { "" }
  for i, row in ipairs(rows) do
    cells[i + 1] = largest > 0 and bar(bar_value(column, row) / largest, options) or ""
  end
  return stack_of(cells, false)
end

local function padded(cell, stack)
  local blanks = (" "):rep(stack.width - text.width(cell))
  return stack.right and blanks .. cell or cell .. blanks
end

local function line(stacks, index)
  local cells = {}
  for i, stack in ipairs(stacks) do
    cells[i] = padded(stack.cells[index], stack)
  end
  return (table.concat(cells, GAP):gsub(" +$", ""))
end

local function rule(stacks, options)
  local style = options.ascii and ASCII or UNICODE
  local parts = {}
  for i, stack in ipairs(stacks) do
    parts[i] = style.rule:rep(stack.width)
  end
  return table.concat(parts, GAP)
end

--- The rows as text, each line with its newline.
---@param rows table[]
---@param given (string|costream.TableColumn)[]
---@param options costream.TableOptions?
---@return string
function M.render(rows, given, options)
  check_rows(rows)
  local columns = arguments.columns(WHAT .. ": columns", given, known_columns)
  check_columns(columns)
  options = check.type(WHAT .. ": options", options, "table", "nil") or {}
  check_options(options)

  local stacks = {}
  for _, column in ipairs(columns) do
    stacks[#stacks + 1] = value_stack(column, rows, options)
    local bars = column.bar and bar_stack(column, rows, options)
    if bars and bars.width > 0 then
      stacks[#stacks + 1] = bars
    end
  end
  local lines = { line(stacks, 1), rule(stacks, options) }
  for i = 1, #rows do
    lines[#lines + 1] = line(stacks, i + 1)
  end
  return table.concat(lines, "\n") .. "\n"
end

return M
