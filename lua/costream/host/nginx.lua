--- nginx with its Lua module (OpenResty): a stream that has to wait suspends the light thread of
-- the request, or of the timer, that it is read in.
--
-- nginx cannot watch costream's descriptor. So while anybody waits, a timer of each worker looks
-- after the network, and lets the waiting ones go on one after the other: all of them together
-- keep nginx from its other work no longer than one does.

local check = require "costream.check"
local core = require "costream.core"

local M = {}

--- Seconds that rows which are always there may take before nginx has its turn.
M.slice = 0.0002

-- Seconds between two looks at the network: while something happens; while nothing does; while
-- nobody waits, but a transfer is under way.
local BUSY, QUIET, UNATTENDED = 0.001, 0.008, 0.1

-- After so many seconds a light thread looks whether the timer is still there.
local PATIENCE = 1

-- Who waits is asked when something has come, or was done; else only so often, in seconds.
local ASK = 0.25

-- Nothing of nginx's takes so many seconds.
local LONG = 0.02

-- Where a timer was made, and did not run, none is asked for so many seconds.
local RELUCTANT = 10

-- A transfer that nobody asked anything of for so many seconds may belong to a request that is
-- gone: the collector finds out. It is asked again after twice as long, at most so long.
local FORGOTTEN, LONGEST = 1, 16

-- Seconds that the collector may work between two turns of nginx's.
local COLLECTING = 0.0005

---@class costream.NginxWaiter a light thread while it waits
---@field ready fun(): boolean
---@field wake table a semaphore
---@field due boolean it can go on
---@field posts integer how often it was woken, and has not run since
---@field done boolean it goes on

local waiting = {} ---@type costream.NginxWaiter[] in the order of their coming, with some done
local due, first_due, last_due = {}, 1, 0 -- those that can go on, in the order of their turns
local woken ---@type costream.NginxWaiter? it was, and has not gone on yet
local served -- how many have gone on in this turn
local hurried = 0 -- when a timer was asked to take the next turn, which it has not yet
local turn_began, looked_at, asked_at, sought_at = 0, 0, 0, 0
local changed = true -- since those that wait were asked
local fresh = false -- has one come to wait since the network was looked at?
local pause = BUSY
local no_timer_until = 0
local driver, driver_since -- who takes the turns, or was asked to
local cycles = 0 -- of the collector, that are to be finished
local forgotten, look_again, patience = 0, 0, FORGOTTEN

---@return boolean
function M.is_here()
  local ngx = rawget(_G, "ngx")
  return type(ngx) == "table" and ngx.get_phase ~= nil
end

--- Has its light thread been ended by nginx, as with its request? Then nobody waits for the
--- semaphore. One that was woken waits for it until it runs, which may be long after.
local function is_gone(waiter)
  return waiter.wake:count() >= waiter.posts
end

local function make_due(waiter)
  waiter.due = true
  last_due = last_due + 1
  due[last_due] = waiter
end

--- Lets the next one go on, if there is one. It runs once the one that calls this waits.
local function wake_next()
  while first_due <= last_due do
    local waiter = due[first_due]
    due[first_due] = nil
    first_due = first_due + 1
    if not waiter.done and not is_gone(waiter) then
      woken = waiter
      waiter.posts = waiter.posts + 1
      waiter.wake:post()
      return
    end
  end
end

--- Makes this one the next after all.
local function put_back(waiter)
  first_due = first_due - 1
  due[first_due] = waiter
end

--- `ready` may raise: then the waiter goes on, and meets that.
local function can_go_on(waiter)
  local ok, ready = pcall(waiter.ready)
  return ready or not ok
end

--- Finds out who can go on, and who is gone.
local function sort_out()
  local still = {}
  for _, waiter in ipairs(waiting) do
    if not waiter.done and is_gone(waiter) then
      cycles = 2 -- one may be under way that has passed what the request held
    elseif not waiter.done then
      still[#still + 1] = waiter
      if not waiter.due and can_go_on(waiter) then
        make_due(waiter)
      end
    end
  end
  waiting = still
end

--- Has the collector look for requests that are gone: what they had open is closed then.
local function look_for_forgotten(now)
  local count = core.unattended(FORGOTTEN)
  if count > forgotten then
    patience, look_again = FORGOTTEN, now
  end
  forgotten = count
  if count > 0 and now >= look_again then
    cycles = 2
    look_again, patience = now + patience, math.min(patience * 2, LONGEST)
  end
end

local function collect_some()
  local stop = core.now() + COLLECTING
  while cycles > 0 and core.now() < stop do
    if collectgarbage("step", 0) then
      cycles = cycles - 1
    end
  end
end

--- Does the network's work. Should the loop break, its transfers have failed, which their readers
--- say.
local function step()
  local ok, came = pcall(core.step)
  changed = changed or came or not ok
end

--- Does the network's work, and the rest that is to be done each millisecond at most.
local function look_around(now)
  step()
  local worked = core.now() - now > BUSY / 2
  if changed or now - asked_at >= ASK then
    asked_at, changed = now, false
    sort_out()
  end
  if now - sought_at >= FORGOTTEN then
    sought_at = now
    look_for_forgotten(now)
  end
  collect_some()
  if worked or first_due <= last_due or cycles > 0 then
    pause = BUSY
  else
    pause = math.min(pause * 1.2, #waiting > 0 and QUIET or UNATTENDED)
  end
end

--- One turn: lets those go on that can, one after the other.
local function take_turn()
  local now = core.now()
  if woken and now - turn_began < LONG then
    return -- it goes on behind nginx's timers, of which this is one
  end
  turn_began, served, woken = now, 0, nil
  if fresh or now - looked_at >= BUSY then
    looked_at, fresh = now, false
    look_around(now)
  end
  wake_next()
end

local function is_turn_over()
  return core.now() - turn_began >= M.slice
end

--- Has the next turn be taken as soon as nginx has done what there is to do. A timer's code is
--- no place to call this from: nginx goes on with its timers until there are no more.
local function hurry()
  local now = core.now()
  if now - hurried < LONG then
    return
  end
  local made = ngx.timer.at(0, function()
    hurried = 0
    take_turn()
  end)
  hurried = made and now or hurried
end

--- Has one of those that wait go on, whether it can or not: it finds that nobody takes the turns.
local function hand_over()
  for _, waiter in ipairs(waiting) do
    if not waiter.done and not waiter.due then
      make_due(waiter)
      break
    end
  end
  wake_next()
end

--- Takes the turns until `is_enough()`, or somebody else does.
local function drive(self, is_enough)
  driver, driver_since = self, core.now()
  repeat
    take_turn()
    ngx.sleep(pause)
  until driver ~= self or is_enough()
  if driver == self then
    driver = nil
    hand_over()
  end
end

local function is_idle()
  return #waiting == 0 and (ngx.worker.exiting() or core.unattended(0) == 0)
end

--- Is somebody there to take the turns? A timer is, unless nginx makes or runs no more of them.
local function ensure_driver()
  local now = core.now()
  if driver and now - math.max(turn_began, driver_since) < PATIENCE then
    return true
  elseif driver then
    no_timer_until = now + RELUCTANT
  end
  if now < no_timer_until then
    return false
  end
  local self = {}
  local made = ngx.timer.at(0, function()
    if driver == self then
      drive(self, is_idle)
    end
  end)
  if made then
    driver, driver_since = self, now
  end
  return made
end

--- Why the code that runs now cannot be suspended; nil where it can.
local function obstacle(wake)
  local known, _, why = pcall(wake.wait, wake, 0)
  if not known or why ~= "timeout" then
    return "in the phase " .. ngx.get_phase()
  elseif core.is_yieldable() == false then
    return "below a function of C's, as in a callback of table.sort or string.gsub"
  end
end

local function refuse(where)
  check.misuse(("this stream would have to wait %s, where nginx cannot suspend it: read it in "
    .. "access, content or a timer, as in ngx.timer.at(0, function() ... end)"):format(where))
end

--- Waits until it is this one's turn, or for so long that it is time to look for the driver.
local function await_turn(waiter)
  while waiter.wake:wait(PATIENCE) do
    waiter.posts = waiter.posts - 1
    woken = nil
    if served == 0 or not is_turn_over() then
      waiter.done, changed = true, true
      served = served + 1
      wake_next()
      return
    end
    put_back(waiter)
    hurry()
  end
end

--- Waits among the others until `ready()`, and has its turn then.
local function queue(wake, ready)
  local waiter = { ready = ready, wake = wake, due = false, posts = 0, done = false }
  waiting[#waiting + 1] = waiter
  pause = BUSY
  if ready() then
    make_due(waiter)
  else
    fresh = true -- what it has begun is to be sent
  end
  hurry()
  repeat
    if ensure_driver() then
      await_turn(waiter)
    else
      waiter.done = true
      drive(waiter, ready)
    end
  until waiter.done
end

--- Suspends the light thread until `ready()`; where that is so at once, until nginx had its turn.
---@param _ table
---@param ready fun(): boolean
function M.wait(_, ready)
  local wake = assert(require("ngx.semaphore").new())
  local where = obstacle(wake)
  local pauses = ready()
  if where then
    return pauses or refuse(where)
  end
  if not pauses and not is_turn_over() then
    step() -- what it waits for may be there
  end
  if pauses or is_turn_over() or not ready() then
    queue(wake, ready)
  end
end

--- A light thread that nginx has ended with its request runs the code of another request next, as
--- the same coroutine: what stands for it lives as long as the request, but holds no coroutine.
---@return { thread: thread? }? runner nil in a phase that suspends nothing
function M.running()
  local thread = coroutine.running()
  local ok, context = pcall(function()
    return ngx.ctx
  end)
  if not ok or not thread then
    return nil
  end
  context[M] = context[M] or setmetatable({}, { __mode = "k" })
  local runner = context[M][thread] or setmetatable({ thread = thread }, { __mode = "v" })
  context[M][thread] = runner
  return runner
end

--- Something was done that another one may wait for.
function M.notice()
  changed = true
end

local function is_collected()
  return cycles == 0
end

--- Has the collector find out what nobody holds any more, a little in each turn.
---@return fun(): boolean is_collected
function M.collect()
  cycles = 2
  return is_collected
end

return M
