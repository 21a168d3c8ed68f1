local support = require "support"

local MB = 1000 * 1000

describe("memory, over 1,000,000 rows with a slow reader,", function()
  for _, controls in ipairs { "gzip=off", "gzip=on", "framing=array,gzip=off" } do
    it("stays under 20 MB resident, of it 10 MB anonymous: " .. controls, function()
      local probe = ("%s spec/memory_probe.lua %s %s"):format(
        support.interpreter(), support.url, controls)
      local output = support.read_command(probe)
      local resident, anonymous, growth = output:match "^(%d+) (%d+) (%d+)"
      assert(resident, output)
      assert.is_true(tonumber(resident) < 20 * MB, output)
      assert.is_true(tonumber(anonymous) < 10 * MB, output)
      assert.is_true(tonumber(growth) < 1 * MB, output)
    end)
  end
end)
