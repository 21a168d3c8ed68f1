--- Random records as JSON, and the rows that they must become: irregular in all that JSON leaves
--- open.

local costream = require "costream"
local query_support = require "query_support"

local M = {}

M.names = { "a", "b", "näme", 'q"uote', "tab\tbed", "x" }

-- As JSON, and what they are decoded.
local strings = {
  { '""', "" }, { '"a"', "a" }, { [["\u0061"]], "a" }, { '"ab"', "ab" }, { [["a\/b"]], "a/b" },
  { '"B"', "B" }, { '"äöü"', "äöü" }, { [["\u00e4\u00f6\u00fc"]], "äöü" }, { '"€ 5"', "€ 5" },
  { [["\u20ac 5"]], "€ 5" }, { [["\ud83d\ude00!"]], "😀!" }, { '"😀!"', "😀!" },
  { [["\\"]], "\\" }, { [["a\nb\t\""]], 'a\nb\t"' }, { [["nul\u0000nul"]], "nul\0nul" },
  { '"12"', "12" }, { '"2024-08-02T00:00:00"', "2024-08-02T00:00:00" },
  { '"2024-08-02T23:00:00+02:00"', "2024-08-02T23:00:00+02:00" },
  { '"a text that is longer than sixteen bytes"', "a text that is longer than sixteen bytes" },
  { [["a text that is longer than sixteen byt\u0065s"]],
    "a text that is longer than sixteen bytes" },
  { '"a text that is longer than sixteen bytes, too"',
    "a text that is longer than sixteen bytes, too" },
  { '"null"', "null" }, { '"true"', "true" }, { '"{}"', "{}" }, { '",\\"a\\":1"', ',"a":1' },
}

local numbers = {
  "0", "1", "-1", "2", "10", "12", "1.0", "1e0", "0.1", "0.2", "0.30", "-0.0", "0.0", "0e5",
  "-7.25", "1E+2", "100", "1e-3", "0.001", "123456.78", "-99999.99", "12e-1", "5e-324", "1e22",
  "1e23", "-1e300", "1.7976931348623157e306", "2.2250738585072014e-308", "9007199254740992",
  "-9007199254740991", "9007199254740993e0", "179769313486231570000000000000000000000.5",
  "0.1000000000000000055511151231257827", "3.14159265358979323846264338327950288",
}

if math.type then -- where 64-bit integers are numbers of their own
  for _, text in ipairs { "9007199254740993", "9223372036854775807", "-9223372036854775808",
    "9223372036854775808", "18014398509481985" } do
    numbers[#numbers + 1] = text
  end
end

local list = query_support.list

local function one_of(random, choices)
  return choices[random(#choices)]
end

local function space(self)
  if self.tight then
    return ""
  end
  return one_of(self.random, { "", "", "", " ", "  ", "\t", " \r" })
end

local function number_of(self)
  local text = one_of(self.random, numbers)
  return text, self.numbers_text and text or tonumber(text)
end

local function string_of(self)
  local chosen = one_of(self.random, strings)
  return chosen[1], chosen[2]
end

local function escaped(self, name)
  local text = name:gsub('["\\]', "\\%0"):gsub("\t", "\\t"):gsub("\n", "\\n")
  if not self.regular and self.random(4) == 1 then
    text = text:gsub("^[ab]", function(letter) return ("\\u%04x"):format(letter:byte()) end)
  end
  return '"' .. text .. '"'
end

local value_of

local function list_of(self)
  local parts, values = {}, list {}
  for i = 1, self.random(4) - 1 do
    parts[i], values[i] = value_of(self, true)
  end
  return "[" .. table.concat(parts, space(self) .. ",") .. space(self) .. "]", values
end

local function object_of(self, names, inner)
  local parts, row = {}, {}
  for i, name in ipairs(names) do
    local text, value = value_of(self, inner, name)
    parts[i] = table.concat {
      space(self), escaped(self, name), space(self), ":", space(self), text, space(self),
    }
    row[name] = value
  end
  return "{" .. table.concat(parts, ",") .. space(self) .. "}", row
end

--- In regular records the values of a name are nearly always of one kind.
local function kind_of(self, name)
  if not self.regular or not name or self.random(60) == 1 then
    return self.random(20)
  end
  self.kinds[name] = self.kinds[name] or self.random(20)
  return self.kinds[name]
end

function value_of(self, inner, name)
  local kind = kind_of(self, name)
  if kind <= 7 then
    return number_of(self)
  elseif kind <= 14 then
    return string_of(self)
  elseif kind == 15 then
    return "true", true
  elseif kind == 16 then
    return "false", false
  elseif kind <= 18 or inner then
    return "null", self.nulls and costream.null or nil
  elseif kind == 19 then
    return list_of(self)
  end
  return object_of(self, { "a", "in\nner" }, true)
end

--- Names in changing order, some missing, some twice.
local function names_of(self)
  local names = {}
  for i, name in ipairs(M.names) do
    names[i] = name
  end
  if self.regular then
    return names
  end
  for i = #names, 2, -1 do
    local j = self.random(i)
    names[i], names[j] = names[j], names[i]
  end
  for _ = 1, self.random(4) - 1 do
    table.remove(names)
  end
  while self.random(3) == 1 do
    table.insert(names, self.random(#names + 1), one_of(self.random, M.names))
  end
  return names
end

local function record_of(self)
  if self.odd and self.random(12) == 1 then
    local text, value = value_of(self, false)
    if value == nil then
      value = costream.null -- no row could be nil
    end
    return text, value
  end
  return object_of(self, names_of(self), false)
end

local function framed(self, framing, records)
  if framing == "lines" then
    return table.concat(records, "\n") .. (self.random(2) == 1 and "\n" or "")
  end
  local text = "[" .. table.concat(records, "," .. space(self)) .. "]"
  if framing == "array" then
    return text
  end
  return '{"first":{"list":[{"a":1}]},"data":{"n":1,"list":' .. text .. ',"b":[{}]},"list":[{}]}'
end

--- A text of random records, how it is to be read, and its rows.
---@param random fun(n: integer): integer
---@param framing "array"|"lines"|"envelope"
---@param options table with `nulls` and `numbers`
---@return string text
---@return table options
---@return table rows
function M.new(random, framing, options)
  local self = {
    random = random, nulls = options.nulls, numbers_text = options.numbers == "text",
    odd = random(4) == 1, regular = random(2) == 1, tight = random(3) == 1, kinds = {},
  }
  local records, rows = {}, list {}
  for i = 1, random(self.regular and 90 or 40) do
    records[i], rows[i] = record_of(self)
  end
  return framed(self, framing, records), {
    nulls = options.nulls, numbers = options.numbers,
    path = framing == "envelope" and "data.list[]" or nil,
    framing = framing ~= "envelope" and framing or nil,
  }, rows
end

--- A function source that gives a text in pieces of random lengths.
function M.pieces(random, text)
  local at = 1
  return function()
    if at > #text then
      return nil
    end
    local from = at
    at = at + random(random(3) == 1 and 5 or 300)
    return text:sub(from, at - 1)
  end
end

return M
