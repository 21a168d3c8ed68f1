--- Sums are exact: what Python's fractions and math.fsum say, whatever the order of the rows.

local costream = require "costream"
local query_support = require "query_support"
local support = require "support"

local INTEGERS = math.type ~= nil

-- Reads lists of numbers as JSON writes them, one a line, and answers with the sum of each: "i"
-- and an integer where all are and it fits 64 bits; "f" and the nearest double; "overflow". What
-- is beyond the integers that rows have is a double.
local PYTHON = [[
import math, sys
from fractions import Fraction

def read(text):
    least, end = (-2**63, 2**63) if sys.argv[2] == "64" else (-2**53, 2**53 + 1)
    if not any(c in text for c in ".eE") and least <= int(text) < end:
        return int(text)
    return float(text)

for line in open(sys.argv[1]):
    values = [read(text) for text in line.split()]
    exact = sum(map(Fraction, values))
    if all(isinstance(v, int) for v in values) and -2**63 <= exact < 2**63:
        print("i", exact)
        continue
    try:
        nearest = float(exact)
    except OverflowError:
        print("overflow")
        continue
    if all(isinstance(v, float) for v in values) and max(map(abs, values)) < 1e300:
        assert math.fsum(values) == nearest, line
    print("f", repr(nearest))
]]

local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

--- What Python says of each list, from one process.
local function ask_python(lists)
  local program, data, lines = os.tmpname(), os.tmpname(), {}
  for i, list in ipairs(lists) do
    lines[i] = table.concat(list, " ")
  end
  write(program, PYTHON)
  write(data, table.concat(lines, "\n") .. "\n")
  local answers = {}
  for line in support.read_command(("python3 %s %s %d"):format(
    program, data, INTEGERS and 64 or 53)):gmatch "[^\n]+" do
    answers[#answers + 1] = line
  end
  os.remove(program)
  os.remove(data)
  assert(#answers == #lists, "python3 has not answered all")
  return answers
end

--- The fold's sum of these numbers, as Python writes it.
local function sum_of(list, in_lua)
  local stream = costream.records('[{"v":' .. table.concat(list, '},{"v":') .. "}]")
  if in_lua then
    stream:where(function() return true end)
  end
  local groups, failure = stream:fold { sum = { "v" } }
  if not groups then
    assert(failure.kind == "limit" and failure.message:find "larger than any double", failure)
    return "overflow"
  end
  local sum = groups[1].sum.v
  if INTEGERS and math.type(sum) == "integer" then
    return ("i %d"):format(sum)
  end
  return ("f %.17g"):format(sum)
end

--- Python's answer as this Lua shows it: without integers of its own, as a double.
local function expected_of(answer)
  local kind, text = answer:match "^(%a) (%S+)$"
  if kind == "i" and INTEGERS then
    return answer
  end
  return kind and ("f %.17g"):format(tonumber(text)) or answer
end

local function reversed(list)
  local other = {}
  for i = 1, #list do
    other[i] = list[#list + 1 - i]
  end
  return other
end

local function shuffled(list, random)
  local other = reversed(list)
  for i = #other, 2, -1 do
    local j = random(i)
    other[i], other[j] = other[j], other[i]
  end
  return other
end

local function sorted(list)
  local other = reversed(list)
  table.sort(other, function(a, b) return tonumber(a) < tonumber(b) end)
  return other
end

local function repeated(text, count, ...)
  local list = { ... }
  for _ = 1, count do
    list[#list + 1] = text
  end
  return list
end

local MOST, LEAST = "1.7976931348623157e308", "5e-324"

local hard = {
  { "one number", { "0.1" } }, { "zero of no sign", { "-0.0" } },
  { "zeros of both signs", { "-0.0", "0.0", "-0.0" } },
  { "an integer zero beside a real one", { "0", "-0.0" } },
  { "ten times 0.1", repeated("0.1", 10) }, { "a thousand times 0.1", repeated("0.1", 1000) },
  { "cancellation", { "1e16", "1", "-1e16" } },
  { "cancellation of the greatest", { MOST, MOST, "-" .. MOST, "-" .. MOST, "1" } },
  { "cancellation that leaves the least", { "1e300", LEAST, "-1e300" } },
  { "1e100 between ones", { "1", "1e100", "1.0", "-1e100" } },
  { "half a unit, a tie to even", { "9007199254740992.0", "1.0" } },
  { "half a unit and the least above", { "9007199254740992.0", "1.0", LEAST } },
  { "half a unit and the least below", { "9007199254740994.0", "1.0", "-" .. LEAST } },
  { "a tie to even upwards", { "9007199254740994.0", "1.0" } },
  { "a negative tie", { "-9007199254740992.0", "-1.0", "-" .. LEAST } },
  { "a tie that only many make", repeated("0.0009765625", 1024, "9007199254740992.0") },
  { "the steps below 1", { "1.0", "-1.1102230246251565e-16" } },
  { "the carry over all bits", { "1.9999999999999998", "2.220446049250313e-16" } },
  { "the least, many times", repeated(LEAST, 1000) },
  { "denormals to a normal", { "2.225073858507201e-308", LEAST } },
  { "denormals of both signs", { "1e-310", "-3e-310", "2e-320", "4e-323" } },
  { "the greatest and half its unit less a bit", { MOST, "9.9e291" } },
  { "more than the greatest", { MOST, "1e292" } }, { "twice the greatest", { MOST, MOST } },
  { "less than the least negative", { "-" .. MOST, "-" .. MOST } },
  { "2^53 and 1, integers", { "9007199254740992", "1" } },
  { "2^53 and 1, one of them real", { "9007199254740992", "1.0" } },
  { "integers beyond 2^53 beside a real", { "9007199254740993", "9007199254740993", "0.5" } },
  { "the greatest integer", { "9223372036854775806", "1" } },
  { "one more than the greatest integer", { "9223372036854775807", "1" } },
  { "one less than the least integer", { "-9223372036854775808", "-1" } },
  { "the least integer", { "-9223372036854775807", "-1" } },
  { "integers that pass their end and come back",
    { "9223372036854775807", "9223372036854775807", "-9223372036854775807" } },
  { "integers that pass their other end and come back",
    { "-9223372036854775808", "-9223372036854775808", "9223372036854775807" } },
  { "many great integers", repeated("9223372036854775807", 1000) },
  { "an integer of 20 digits, which is a double", { "18446744073709551615", "1" } },
  { "integers and a real of no weight", { "9223372036854775807", "1e-300" } },
  { "a whole sum of reals", { "0.5", "0.5" } }, { "reals that are whole", { "1e0", "2.0" } },
  { "a column of all sizes", { "1e-300", "1e-200", "1e-100", "1", "1e100", "1e200", "1e300",
    "-1e300", "-1e200", "-1e100", "-1", "-1e-100" } },
  { "fifty amounts of money", repeated("1234567.89", 50) },
}

--- Random numbers of each kind, as text.
local kinds = {
  money = function(random)
    return ("%d.%02d"):format(random(200001) - 100001, random(100) - 1)
  end,
  ["metered amounts"] = function(random)
    return ("%.12f"):format((random(1000000) - 1) / 1e6 / random(1000))
  end,
  ["any exponent"] = function(random)
    return ("%s%d.%de%d"):format(random(2) == 1 and "-" or "", random(9), random(1e9),
      random(600) - 301)
  end,
  ["near exponents"] = function(random)
    return ("%s%d.%de%d"):format(random(2) == 1 and "-" or "", random(9), random(1e9),
      random(34) - 17)
  end,
  denormals = function(random)
    return ("%s%de-%d"):format(random(2) == 1 and "-" or "", random(1e9), 310 + random(10))
  end,
  ["integers near 2^53"] = function(random)
    return ("%s90071992547409%02d"):format(random(2) == 1 and "-" or "", random(100) - 1)
  end,
  ["integers near 2^63"] = function(random)
    return ("%s92233720368547758%02d"):format(random(2) == 1 and "-" or "", random(8) - 1)
  end,
  ["integers and reals"] = function(random)
    return ("%d%s"):format(random(2e9) - 1e9, random(2) == 1 and ".5" or "")
  end,
}

--- A list of which half undoes the other but for the last bits.
local function cancelling(random)
  local list = {}
  for i = 1, 2 * random(20), 2 do
    local text = kinds["any exponent"](random):gsub("^%-", "")
    list[i], list[i + 1] = text, "-" .. text
  end
  list[#list + 1] = kinds["any exponent"](random)
  return list
end

local random = query_support.random(20240802)
local lists, names = {}, {}

for i, case in ipairs(hard) do
  lists[i], names[i] = case[2], case[1]
end
for name, make in pairs(kinds) do
  for _ = 1, 40 do
    local list = {}
    for i = 1, random(60) do
      list[i] = make(random)
    end
    lists[#lists + 1], names[#lists + 1] = list, name
  end
end
for _ = 1, 40 do
  lists[#lists + 1], names[#lists + 1] = cancelling(random), "cancellation, at random"
end

local answers = ask_python(lists)

--- Checks all lists of a name; they must be some.
local function check(name, sum)
  local checked = 0
  for i, list in ipairs(lists) do
    if names[i] == name then
      assert.are.equal(expected_of(answers[i]), sum(list), table.concat(list, " "):sub(1, 300))
      checked = checked + 1
    end
  end
  assert.is_true(checked > 0)
end

local described, known = {}, {}
for _, name in ipairs(names) do
  if not known[name] then
    described[#described + 1], known[name] = name, true
  end
end
table.sort(described)

describe("a sum is the exact one, rounded once, of", function()
  for _, name in ipairs(described) do
    it(name, function()
      check(name, function(list) return sum_of(list) end)
    end)

    it(name .. ", in any other order", function()
      check(name, function(list) return sum_of(reversed(list)) end)
      check(name, function(list) return sum_of(sorted(list)) end)
      for _ = 1, 3 do
        check(name, function(list) return sum_of(shuffled(list, random)) end)
      end
    end)
  end
end)

describe("a sum behind a function is the same, of", function()
  for _, name in ipairs(described) do
    it(name, function()
      check(name, function(list) return sum_of(list, true) end)
    end)
  end
end)
