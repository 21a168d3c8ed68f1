--- Closes a reader while all allocations fail, with so many keys more in Lua's registry.
---
---     LD_PRELOAD=build/spec/failing_malloc.so lua spec/torture/closing_probe.lua KEYS

local core = require "costream.core"

local function import(called)
  return assert(package.loadlib("build/spec/failing_malloc.so", "failing_malloc_" .. called))
end

local arm, disarm = import "arm", import "disarm"

import "watch"()
local reader = core.reader { framing = "lines" }
for key = 1, tonumber(arg[1]) do
  debug.getregistry()["key " .. key] = true
end
pcall(tostring, 1) -- has what a call takes

arm(1, 1e15)
local ok, failure = pcall(reader.close, reader)
disarm()
print(ok and "closed" or failure)
