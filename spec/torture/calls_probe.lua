--- Runs a scenario once and prints its result, or what it raised: for system calls that fail.
--- Exits with 0 when it has a result, and with 3 when it raised an error that is in order.
---
---     lua spec/torture/calls_probe.lua SCENARIO

package.path = "spec/?.lua;" .. package.path

local errors = require "costream.error"
local scenarios = require "torture.scenarios"

-- What a failing call may look like; not misuse nor malformed: the query and the rows are good.
local KINDS = { network = true, timeout = true, tls = true, incomplete = true }
local WORDS = { "out of memory or file descriptors", "not enough memory" }

local function in_order(failure)
  if errors.is(failure) then
    return KINDS[failure.kind]
  end
  for _, words in ipairs(WORDS) do
    if tostring(failure):find(words, 1, true) then
      return true
    end
  end
  return false
end

local ok, result = pcall(scenarios[arg[1]])
print(tostring(result))
os.exit(ok and 0 or in_order(result) and 3 or 1, true)
