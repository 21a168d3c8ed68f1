--- Pages of both services, spoilt in all kinds of ways: what Python's json, made strict, has of
--- them is what costream has, or both say that they are wrong.

local support = require "support"

local DRIVER = "spec/torture/mutants/drive.py"

--- What the driver printed, and the counts in its last line.
local function drive(mutants)
  local command = ("python3 -B %s %s %d 2>&1"):format(DRIVER, support.interpreter(), mutants)
  local printed = support.read_command(command)
  local count, right, errors, differences =
    printed:match "(%d+) mutants: (%d+) right, (%d+) errors, (%d+) differences\n$"
  return printed, tonumber(count), tonumber(right), tonumber(errors), tonumber(differences)
end

describe("spoilt pages", function()
  local mutants = support.amount(2000, 100000)
  local printed, count, right, errors, differences = drive(mutants)

  it("have the rows, values and folds that Python has, or are errors in both", function()
    assert.equal(0, differences, printed)
    assert.equal(mutants, count)
  end)

  it("are right and wrong often enough to tell", function()
    assert.is_true(right > mutants / 5, printed)
    assert.is_true(errors > mutants / 5, printed)
  end)
end)
