--- Memory that runs out, at any allocation of costream, libcurl, zlib and Lua.

local scenarios = require "torture.scenarios"
local support = require "support"

local PROBE = "LD_PRELOAD=$PWD/build/spec/failing_malloc.so %s spec/torture/allocation_probe.lua"
  .. " %s %d 2>&1"

local SCENARIOS = {
  lines = "rows of NDJSON", gzip = "rows of irregular, compressed NDJSON", tls = "rows over TLS",
  fold = "a fold over HTTP", values = "values over HTTP", usage = "a fold of usage rows",
  reports = "pages of reports", refused = "the error of a refusal",
  cut = "the error of an answer that was cut", tasks = "streams in tasks",
  text = "rows of a text", format = "tables and JSON",
  retries = "rows of an answer that broke and was asked for again",
  resumed = "rows behind a cursor",
  range = "rows of a range",
  insisting_range = "all rows of a range to a caller who asks on",
  insisting_rows = "all rows to a caller who asks on",
  insisting_steps = "all rows behind a function to a caller who asks on",
  insisting_values = "all values to a caller who asks on",
  insisting_step_values = "all values behind a function to a caller who asks on",
  insisting_lists = "all lists to a caller who asks on",
  insisting_pages = "all pages to a caller who asks on",
}

describe("when memory runs out, costream gives", function()
  setup(scenarios.prepare)

  for name, what in pairs(SCENARIOS) do
    it(what .. ", or an error that says so, and leaves nothing behind", function()
      local command = PROBE:format(support.interpreter(), name, support.amount(12, 1e9))
      local output = support.read_command(command)
      local told, faults = output:match "(%d+) told, %d+ untouched, (%d+) faults\n$"
      assert.are.equal("0", faults, output)
      assert.is_true(tonumber(told) > 0, output)
    end)
  end
end)

describe("where there is no memory at all", function()
  -- However full a table of Lua's own is that closing writes to.
  local PROBE_CLOSE = [[for keys in $(seq 0 31); do
    LD_PRELOAD=$PWD/build/spec/failing_malloc.so %s spec/torture/closing_probe.lua $keys 2>&1
  done]]

  it("a reader is closed all the same", function()
    assert.are.equal(("closed\n"):rep(32),
      support.read_command(PROBE_CLOSE:format(support.interpreter())))
  end)
end)
