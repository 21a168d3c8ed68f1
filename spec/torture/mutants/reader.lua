--- Reads batches of texts, whose files standard input names, and writes what each one gave: its
--- rows, values of its rows, and a fold of them. See drive.py, which does the same in Python.

local costream = require "costream"

local FIELDS = {
  otc = { "amount", "product", "quantity", "consumption_date" },
  reports = { "billable_cost", "entity_name", "month", "currency_code" },
  usage = { "cost", "metric", "quantity", "entity_name" },
}
local FIRST = 10

local unpack = table.unpack or rawget(_G, "unpack")

local function next_random(state)
  state.seed = state.seed * 16807 % 2147483647
  return state.seed
end

local show

local function show_list(list)
  local parts, length = {}, 0
  for index in pairs(list) do
    length = math.max(length, index)
  end
  for i = 1, length do
    parts[i] = show(list[i])
  end
  return "[" .. table.concat(parts, ",") .. "]"
end

local function show_object(object)
  local names, parts = {}, {}
  for name in pairs(object) do
    names[#names + 1] = name
  end
  table.sort(names)
  for i, name in ipairs(names) do
    parts[i] = show(name) .. "=" .. show(object[name])
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

--- As C writes a number with %a, which Lua 5.1 does not know.
local function exactly(number)
  if _VERSION ~= "Lua 5.1" or rawget(_G, "jit") then
    return ("%a"):format(number)
  end
  local mantissa, exponent = math.frexp(math.abs(number))
  local digits = ("%013x"):format((mantissa * 2 - 1) * 2 ^ 52):gsub("0+$", "")
  return ("%s0x1%s%sp%+d"):format(number < 0 and "-" or "", digits == "" and "" or ".", digits,
    exponent - 1)
end

local function show_number(number)
  if math.type and math.type(number) == "integer" then
    return ("i%d"):format(number)
  end
  if number == 0 then
    return ("f%g"):format(number)
  elseif math.abs(number) < 2 ^ -1022 then
    return "ftiny" .. exactly(number * 2 ^ 100)
  end
  return "f" .. exactly(number)
end

function show(value)
  if value == nil or value == costream.null then
    return "null"
  elseif type(value) == "string" then
    return ("s%d:"):format(#value) .. value -- Lua 5.1 and 5.2 write no zero byte with %s
  elseif type(value) == "number" then
    return show_number(value)
  elseif type(value) ~= "table" then
    return tostring(value)
  elseif (getmetatable(value) or {}).__jsontype == "array" then
    return show_list(value)
  end
  return show_object(value)
end

--- All at once, or pieces of any length.
local function source_of(text, state)
  if next_random(state) % 3 == 0 then
    return text
  end
  local at, most = 1, ({ 1, 16, 300, 70000 })[next_random(state) % 4 + 1]
  return function()
    if at <= #text then
      local length = next_random(state) % most + 1
      at = at + length
      return text:sub(at - length, at - 1)
    end
  end
end

--- A stream of what the text is said to be.
local function open(job, nulls)
  local limits = { depth = job.depth, record_bytes = job.record_bytes }
  local options = { nulls = nulls, limits = limits }
  if job.kind == "reports" or job.kind == "usage" then
    options.path = "reports[]"
  elseif job.kind ~= "detect" then
    options.framing = job.kind
  end
  local stream = costream.records(source_of(job.text, job), options)
  if job.kind == "usage" then -- which only ibm:usage gives otherwise
    local source = stream._source
    local rows_are = source.rows_are
    source.rows_are = function(self)
      local rows = rows_are(self)
      rows.usage = true
      return rows
    end
  end
  return stream
end

--- Calls `read` with a list of lines, and says how it ended; the error must count right.
local function outcome(read)
  local lines = {}
  local ok, failure = pcall(read, lines)
  if ok then
    lines[#lines + 1] = "end"
  elseif type(failure) ~= "table" or not failure.kind then
    lines[#lines + 1] = "raised " .. tostring(failure)
  elseif failure.rows ~= nil and failure.rows ~= #lines then
    lines[#lines + 1] = ("error says %d rows"):format(failure.rows)
  else
    lines[#lines + 1] = "error"
  end
  return table.concat(lines, "\n")
end

local function rows(job)
  return outcome(function(lines)
    for row in open(job, true) do
      lines[#lines + 1] = show(row)
    end
  end)
end

local function values(job, fields)
  return outcome(function(lines)
    local stream = open(job)
    local function take(number, ...)
      if number == nil then
        return false
      end
      local shown = { ... }
      for i = 1, #fields do
        shown[i] = show(shown[i])
      end
      lines[#lines + 1] = ("%d "):format(number) .. table.concat(shown, " ")
      return true
    end
    local iterator = stream:values(unpack(fields))
    while take(iterator()) do end -- luacheck: ignore 542
  end)
end

local function show_group(group, fields)
  return table.concat({
    ("%d"):format(group.count), show(group[fields[2]]), show(group.key),
    show(group.sum[fields[1]]), show(group.sum[fields[3]]),
    show(group.min[fields[1]]), show(group.max[fields[1]]),
  }, " ")
end

local function fold(job, fields)
  local groups, failure = open(job):fold {
    by = { fields[2], { field = fields[4], first = FIRST, as = "key" } },
    sum = { fields[1], fields[3] }, min = { fields[1] }, max = { fields[1] }, count = true,
  }
  if not groups then
    return failure.kind and "error" or "strange error"
  end
  local lines = {}
  for i, group in ipairs(groups) do
    lines[i] = show_group(group, fields)
  end
  lines[#lines + 1] = "end"
  return table.concat(lines, "\n")
end

local function read_job(file)
  local head = file:read "*l"
  if not head then
    return nil
  end
  local kind, seed, depth, record_bytes, length = head:match "^(%a+) (%d+) (%d+) (%d+) (%d+)$"
  length = tonumber(length)
  return {
    kind = kind, seed = tonumber(seed), depth = tonumber(depth),
    record_bytes = tonumber(record_bytes), text = length > 0 and file:read(length) or "",
  }
end

local function answer_batch(name)
  local file = assert(io.open(name, "rb"))
  local answers = assert(io.open(name .. ".answers", "wb"))
  for job in read_job, file do
    local fields = FIELDS[job.kind] or FIELDS.otc
    for _, answer in ipairs { rows(job), values(job, fields), fold(job, fields) } do
      answers:write(#answer, "\n", answer)
    end
  end
  file:close()
  answers:close()
end

for name in io.lines() do
  answer_batch(name)
  print "done"
  io.stdout:flush()
end
