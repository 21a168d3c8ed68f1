--- Timers of the event loop: what the waits between attempts are made of.

local core = require "costream.core"
local costream = require "costream"
local support = require "support"
local wait = require "costream.wait"

local function seconds_of(fn, ...)
  local before = core.now()
  fn(...)
  return core.now() - before
end

local function wait_for(timer)
  local wakes = 0
  while not timer:passed() do
    core.wait()
    wakes = wakes + 1
  end
  return wakes
end

--- Would nothing wake a host soon? libcurl may have timers of its own left.
local function is_quiet()
  local seconds = core.timeout()
  return seconds == nil or seconds > 1
end

describe("a timer", function()
  it("passes after its seconds, not before, and wakes a wait once", function()
    for _ = 1, 20 do
      local timer = core.timer(0.02)
      local wakes
      local seconds = seconds_of(function()
        wakes = wait_for(timer)
      end)
      assert.is_true(seconds >= 0.02)
      assert.are.equal(1, wakes)
    end
  end)

  it("of no seconds, or fewer, has passed at once", function()
    assert.is_true(core.timer(0):passed())
    assert.is_true(core.timer(-1):passed())
  end)

  it("that never passes keeps no other from it", function()
    local never = core.timer(math.huge)
    assert.are.equal(1, wait_for(core.timer(0.01)))
    assert.is_false(never:passed())
    never:close()
  end)

  it("is one of several, which pass in the order of their seconds", function()
    local timers, order = {}, {}
    for i = 1, 5 do
      timers[i] = core.timer(0.06 - i / 100)
    end
    repeat
      core.wait()
      for i = 5, 1, -1 do
        if timers[i] and timers[i]:passed() then
          order[#order + 1] = i
          timers[i] = nil
        end
      end
    until next(timers) == nil
    assert.are.same({ 5, 4, 3, 2, 1 }, order)
  end)

  it("tells a host when to step, and after that no more", function()
    local timer = core.timer(0.3)
    local timeout = core.timeout()
    assert.is_true(timeout > 0 and timeout <= 0.302)
    os.execute "sleep 0.31"
    assert.are.equal(0, core.timeout())
    core.step()
    assert.is_true(timer:passed())
    assert.is_true(is_quiet())
  end)

  it("that was closed wakes nobody, and is not waited for", function()
    local timer = core.timer(0.01)
    timer:close()
    timer:close()
    assert.is_true(timer:passed())
    assert.is_true(is_quiet())
  end)

  it("that nobody has any more wakes nobody", function()
    local function forget()
      return core.timer(0.01) ~= nil
    end
    assert.is_true(forget())
    collectgarbage()
    collectgarbage()
    assert.is_true(is_quiet())
  end)

  it("may outlive the state that it was made in", function()
    local script = "timer = require 'costream.core'.timer(5); io.write 'done'"
    local text = support.read_command(('%s -e "%s" 2>&1'):format(support.interpreter(), script))
    assert.are.equal("done", text)
  end)

  it("passes while a request is under way", function()
    local rows
    local failure = support.raised(costream.run, function()
      costream.spawn(function()
        rows = support.otc("rows=1,delay=5000"):hourly():collect()
      end)
      local timer = core.timer(0.05)
      wait.for_ready(function()
        return timer:passed()
      end)
      error "passed"
    end)
    assert.matches("passed", failure, 1, true)
    assert.is_nil(rows)
  end)

  it("has passed in a child of fork, where nobody would be woken", function()
    local has_ffi, ffi = pcall(require, "ffi")
    if not has_ffi then
      pending "fork needs LuaJIT's ffi"
      return
    end
    pcall(ffi.cdef, "int fork(void); void _exit(int); int waitpid(int, int *, int);")
    local timer = core.timer(5)
    local child = ffi.C.fork()
    if child == 0 then
      local fresh = core.timer(0.02)
      ffi.C._exit(timer:passed() and not fresh:passed() and wait_for(fresh) == 1 and 0 or 1)
    end
    local status = ffi.new "int[1]"
    ffi.C.waitpid(child, status, 0)
    assert.are.equal(0, status[0])
    assert.is_false(timer:passed())
    timer:close()
  end)

  it("of something that is no number is misuse", function()
    assert.matches("number", support.raised(core.timer, "soon"), 1, true)
    assert.matches("number", support.raised(core.timer, 0 / 0), 1, true)
  end)
end)

describe("a process", function()
  it("has an id", function()
    local script = "io.write(require 'costream.core'.pid())"
    local command = ('sh -c \'echo $$; exec %s -e "$1"\' sh "%s"'):format(
      support.interpreter(), script)
    local shell, own = support.read_command(command):match "^(%d+)\n(%d+)$"
    assert.is_not_nil(shell)
    assert.are.equal(shell, own)
  end)
end)
