--- Programs in C with more than one Lua state, closed at awkward moments.

local support = require "support"

local CASES = {
  close_first = "goes on in one state when another, made before it, is closed over its stream",
  close_second = "goes on in one state when another, made behind it, is closed over its stream",
  close_suspended_tasks = "lets a state be closed while tasks wait in a coroutine of the host's",
  close_suspended_retry = "lets a state be closed while a stream waits to ask again",
  leave_coroutines = "reads on when coroutines are left that read streams",
  live_in_threads = "lives in several threads at once, each with a state of its own",
}

-- Those in which no coroutine waits.
local SUSPEND_NOTHING = { close_first = true, close_second = true }

describe("costream in a host", function()
  for name, what in pairs(CASES) do
    it(what, function()
      if not SUSPEND_NOTHING[name] then
        support.needs_suspension(pending)
      end
      local host = ("%s/%s/host"):format(os.getenv "COSTREAM_BUILD", support.interpreter())
      assert.are.equal("", support.read_command(("%s %s %d 2>&1 || echo failed"):format(
        host, name, support.amount(2, 100))))
    end)
  end
end)
