--- luv, alone or in Neovim: a coroutine that a stream has to wait in is suspended, and resumed by
--- uv's loop.
--
-- However many wait, one poll handle and one timer wait for them, and an idle handle where there
-- is something to do at once: uv would call a timer of 0 ms again and again before all else. They
-- are active only while somebody waits, so that uv.run() ends when there is nothing more to do.

local check = require "costream.check"
local compat = require "costream.compat"
local core = require "costream.core"
local neovim = require "costream.host.neovim"
local sleepers = require "costream.host.sleepers"

local M = {}

local NESTED = "this stream had to wait in a coroutine that is resumed by the program itself, as "
  .. "a generator's is, and not by uv's loop: read it in the coroutine around that one"

local function refuse_nested()
  check.misuse(NESTED)
end

-- What a coroutine yields that is suspended. A loop over a generator would take nil for its end,
-- and whatever else for a value: this one is none that can be used.
local SUSPENDED = setmetatable({}, {
  __index = refuse_nested, __newindex = refuse_nested, __call = refuse_nested,
  __len = refuse_nested, __concat = refuse_nested, __add = refuse_nested, __sub = refuse_nested,
  __mul = refuse_nested, __div = refuse_nested, __lt = refuse_nested, __le = refuse_nested,
  __tostring = function() return NESTED end,
})

--- What uv runs in, where that is a script.
local function embedding_of(uv)
  return {
    --- Calls what resumes coroutines, from a callback of uv's.
    resume = function(fn) fn() end,
    --- Does this run in a callback of uv's?
    in_callback = function() return uv.loop_mode() ~= nil end,
    --- Has the loop go on until `ready()`.
    block = function(ready)
      repeat
        uv.run "once"
      until ready()
    end,
  }
end

local function close_handles(self)
  if self.network then
    self.network:close()
    self.timer:close()
    self.idle:close()
    self.network, self.timer, self.idle = nil, nil, nil
  end
end

--- Makes the handles for costream's descriptor, which another one follows when its loop broke.
local function open_handles(self, descriptor)
  if self.descriptor ~= descriptor then
    close_handles(self)
  end
  if not self.network then
    self.network = assert(self.uv.new_poll(descriptor))
    self.timer = assert(self.uv.new_timer())
    self.idle = assert(self.uv.new_idle())
    self.descriptor = descriptor
  end
end

local function stop(self)
  if self.network then
    self.network:stop()
    self.timer:stop()
    self.idle:stop()
  end
end

local function forget_dead(list)
  for i = #list, 1, -1 do
    local thread = list[i].wake
    if thread and coroutine.status(thread) == "dead" then
      table.remove(list, i)
    end
  end
end

--- Has uv serve those that wait as soon as it had its own turn.
local function hurry(self)
  if not self.scheduled then
    open_handles(self, self.loop.pollfd())
    self.idle:start(self.on_event)
  end
end

--- Has uv serve them when there is work for the network; not at all when nobody waits.
local function arm(self)
  forget_dead(self.sleepers)
  if #self.sleepers == 0 then
    return
  end
  local seconds = self.loop.timeout()
  if seconds == 0 then
    return hurry(self)
  end
  open_handles(self, self.loop.pollfd())
  self.network:start("r", self.on_event)
  if seconds then
    self.timer:start(math.ceil(seconds * 1000), 0, self.on_event)
  end
end

--- Lets one go on that can. The next one has its turn when uv had its own.
local function serve(self)
  self.scheduled = false
  pcall(self.loop.work) -- should it break, its transfers have failed, which their readers say
  local sleeper = sleepers.take_ready(self.sleepers)
  if sleeper then
    sleeper.served = true
  end
  local thread = sleeper and sleeper.wake
  local ok, failure = true, nil
  if thread and coroutine.status(thread) == "suspended" then
    ok, failure = coroutine.resume(thread)
  end
  if sleeper then
    hurry(self)
  else
    arm(self)
  end
  if not ok then
    error(debug.traceback(thread, tostring(failure)), 0)
  end
end

--- Can what runs here be suspended? The main coroutine never.
local function can_suspend()
  local running, is_main = coroutine.running()
  return compat.suspends and running ~= nil and not is_main and core.is_yieldable() ~= false
end

--- Suspends the coroutine that runs, until it is this sleeper's turn.
local function suspend(self, sleeper)
  sleeper.wake = coroutine.running()
  hurry(self)
  coroutine.yield(SUSPENDED)
  if not sleeper.served then
    sleepers.remove(self.sleepers, sleeper)
    refuse_nested()
  end
end

--- Has uv's loop go on here until it is this sleeper's turn.
local function block(self, sleeper)
  if self.embedding.in_callback() then
    sleepers.remove(self.sleepers, sleeper)
    check.misuse("this stream would have to wait in a callback of uv's, which would keep the "
      .. "loop from going on: read it in a coroutine, as in coroutine.wrap(function() ... end)()")
  end
  hurry(self)
  self.embedding.block(function()
    return sleeper.served or sleeper.ready()
  end)
  sleepers.remove(self.sleepers, sleeper)
end

--- Suspends the coroutine until `ready()`; on the main one, which cannot be, uv's loop goes on.
local function wait(self, ready)
  local sleeper = { ready = ready }
  self.sleepers[#self.sleepers + 1] = sleeper
  if can_suspend() then
    suspend(self, sleeper)
  else
    block(self, sleeper)
  end
end

local function always()
  return true
end

--- A host for a loop of luv's: wherever a stream has to wait, it knows how.
---@param uv table `require "luv"`, or Neovim's `vim.loop`
---@param loop table works, and says when
---@return { is_here: (fun(): boolean), wait: fun(loop: table, ready: fun(): boolean) }
function M.new(uv, loop)
  local self = { uv = uv, loop = loop, sleepers = {}, scheduled = false }
  self.embedding = neovim.embedding_of(uv) or embedding_of(uv)
  local function serve_this()
    serve(self)
  end
  function self.on_event()
    if not self.scheduled then
      self.scheduled = true
      stop(self) -- or it would be told again and again until it is served
      self.embedding.resume(serve_this)
    end
  end
  return {
    is_here = always,
    wait = function(_, ready)
      wait(self, ready)
    end,
  }
end

return M
