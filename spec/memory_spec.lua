local support = require "support"

local MB = 1000 * 1000

--- The most memory that the probe had: resident, of it anonymous, and how much that grew.
local function probe(...)
  local output = support.read_command(("%s spec/memory_probe.lua %s %s"):format(
    support.interpreter(), support.url, table.concat({ ... }, " ")))
  local resident, anonymous, growth = output:match "^(%d+) (%d+) (%d+)"
  assert(resident, output)
  return tonumber(resident), tonumber(anonymous), tonumber(growth)
end

describe("memory, over 1,000,000 rows with a slow reader,", function()
  for _, controls in ipairs { "gzip=off", "gzip=on", "framing=array,gzip=off" } do
    it("stays under 20 MB resident, of it 10 MB anonymous: " .. controls, function()
      local resident, anonymous, growth = probe(controls)
      assert.is_true(resident < 20 * MB, resident)
      assert.is_true(anonymous < 10 * MB, anonymous)
      assert.is_true(growth < 1 * MB, growth)
    end)
  end

  it("of a range over 20 days, four at once, has 2 MB more for each that waits", function()
    local resident, anonymous, growth = probe("gzip=off", 20)
    assert.is_true(resident < 26 * MB, resident)
    assert.is_true(anonymous < 16 * MB, anonymous)
    assert.is_true(growth < 1 * MB, growth)
  end)
end)
