--- System calls that fail: first or later, one of each run.

local scenarios = require "torture.scenarios"
local support = require "support"

describe("when a system call fails, costream gives", function()
  setup(scenarios.prepare)

  for name, what in pairs {
    pieces = "rows in many pieces", tls = "rows over TLS", usage = "a fold of usage rows",
    retries = "rows of an answer that broke and was asked for again",
  } do
    it(what .. ", or an error, and neither hangs nor ends early", function()
      if support.read_command "strace -qq -e trace=none true 2>&1" ~= "" then
        pending "strace is not allowed here"
        return
      end
      local command = ("spec/torture/failing_calls %s %s %d %d"):format(
        support.interpreter(), name, support.amount(2, 200), support.amount(19, 1))
      local output = support.read_command(command)
      local right, told, faults = output:match "^(%d+) right, (%d+) told, (%d+) faults\n$"
      assert.are.equal("0", faults, output)
      assert.is_true(right + told > 3, output)
    end)
  end
end)
