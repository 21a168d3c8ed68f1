--- Reads a query from where it was left, and notes each row together with the cursor behind it.
--- It may be killed at any moment.
---
---     reader.lua SUBJECT URL FILE

local documents = require "torture.documents"
local subjects = require "torture.killed_subjects"

local name, url, path = arg[1], arg[2], arg[3]

local function last_cursor()
  local cursor
  for line in io.lines(path) do
    cursor = line:match "^(%S+) "
  end
  return cursor
end

local file = assert(io.open(path, "a"))
file:setvbuf("full", 65536)

--- In one write: there is the whole line, or nothing of it.
local function note(line)
  file:write(line, "\n")
  file:flush()
end

local subject = subjects[name]
local stream = subject.document.open(url, { retry = false }, { resume = last_cursor() })
if subject.values then
  for _, first, second in stream:values((table.unpack or unpack)(subject.document.values)) do
    note(("%s %s %s"):format(stream:cursor(), first, second))
  end
else
  for row in stream do
    note(stream:cursor() .. " " .. documents.show(row))
  end
end
note "end"
