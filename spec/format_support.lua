--- What the specs of costream.format share.

local assert = require "luassert"
local format = require "costream.format"

local M = {}

function M.output_of(command)
  local pipe = io.popen(command)
  local text = pipe:read "*a"
  pipe:close()
  return text
end

M.has_python = M.output_of("python3 -c 'print(1)' 2>&1"):find "^1" ~= nil

--- What a Python program prints, with `input` as its standard input.
function M.python(program, input)
  local name, script = os.tmpname(), os.tmpname()
  local file = assert(io.open(name, "wb"))
  file:write(input)
  file:close()
  file = assert(io.open(script, "wb"))
  file:write(program)
  file:close()
  local text = M.output_of(("python3 '%s' < '%s'"):format(script, name))
  os.remove(name)
  os.remove(script)
  return text
end

function M.message_of(...)
  local ok, message = pcall(...)
  assert.is_false(ok)
  return message
end

function M.has_error(text, ...)
  local message = M.message_of(...)
  assert.is_truthy(message:find(text, 1, true), message)
end

--- A sink that keeps what it is given.
function M.keeper()
  local pieces = {}
  return function(text)
    pieces[#pieces + 1] = text
  end, function()
    return table.concat(pieces)
  end, pieces
end

function M.lines_of(text)
  local lines = {}
  for line in text:gmatch "([^\n]*)\n" do
    lines[#lines + 1] = line
  end
  return lines
end

--- Numbers that are hard to write, and some at random, the same each time.
function M.hard_numbers()
  local numbers = {
    0.1, 1 / 3, 2 / 3, 0.1 + 0.2, 1e300, 5e-324, 2.2250738585072014e-308,
    1.7976931348623157e308, 123456789012345.67, 2 ^ 53, 2 ^ 53 + 2, 2 ^ 63, 2 ^ 64, 1e15, 1e16,
    1e21, 1e22, 4.35, 0.000001, 1e-7, 9007199254740993 / 7, -0.1, -1e300,
  }
  local state = 42
  for i = 1, 300 do
    state = (state * 16807) % 2147483647
    numbers[#numbers + 1] = (state / 7919) * 10 ^ (i % 41 - 20)
  end
  return numbers
end

function M.csv(rows, columns, options)
  local sink, text = M.keeper()
  local write = format.csv_writer(sink, columns, options)
  for _, row in ipairs(rows) do
    write(row)
  end
  return text()
end

function M.csv_cell(value, options)
  return M.csv({ { a = value, b = 0 } }, { "a", "b" }, options):match "^a,b\r\n(.*),0\r\n$"
end

function M.table_cell(value, options)
  return M.lines_of(format.table({ { a = value } }, { "a" }, options))[3]
end

return M
