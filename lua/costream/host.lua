--- Hosts with an event loop of their own, whose coroutines wait for streams side by side.
--
-- They all wait for one descriptor, and each does the network's work for all when it wakes. So
-- what one of them waits for may come in the hands of another: then the host is alerted, until
-- none of its coroutines waits that can go on.

local check = require "costream.check"
local core = require "costream.core"
local cqueues_host = require "costream.host.cqueues"
local luv_host = require "costream.host.luv"
local nginx_host = require "costream.host.nginx"

local M = {}

-- Hosts that are found by themselves. Each has `is_here()`: does the code that calls it run in
-- one of the host's coroutines; `wait(loop, ready)`, as of `use_wait`, where `loop` is this
-- module; and perhaps `slice`, and `running()`, `collect()` and `notice()`, as here.
local known = { cqueues_host, nginx_host }

-- A host is kept from sleeping so often for one coroutine, and once a second after that: perhaps
-- nobody resumes it any more.
local ALERTS = 100
local PAUSE = 1

-- How long, in seconds, rows that are always there may keep a host from going on; unless it has a
-- `slice` of its own.
local SLICE = 0.004

---@class costream.Waiter one of the host's coroutines while it waits
---@field coroutine thread? nil for the main one, where a Lua has no name for that
---@field ready fun(): boolean
---@field alerts integer how often it kept the host from sleeping
---@field alert_at number it does not again before
---@field seconds number? after so many `ready` has to be asked, whatever happened
---@field ask_at number? when that is
---@field asked integer how often it was

local waiters = setmetatable({}, { __mode = "k" }) -- their coroutines hold them
local alerted = false
local host_wait -- what `use_wait` was given
local luv -- the host of `use_luv`
local luv_hosts = {} -- all that were, by their luv: a loop watches the descriptor but once

--- Is the host to be alerted for it? Not while it runs: it asks by itself.
local function needs_alert(waiter, now)
  local thread = waiter.coroutine
  return thread and coroutine.status(thread) == "suspended" and now >= waiter.alert_at
    and waiter.ready()
end

--- Alerts the host when a coroutine of its can go on, and no longer when none can.
---@param sleeps boolean? the host would sleep now
local function look_around(sleeps)
  if next(waiters) == nil and not alerted then
    return
  end
  local list = {} -- `ready` may do anything
  for waiter in pairs(waiters) do
    list[#list + 1] = waiter
  end
  local now, before = core.now(), alerted
  alerted = false
  for _, waiter in ipairs(list) do
    if needs_alert(waiter, now) then
      alerted = true
      waiter.alerts = waiter.alerts + (sleeps and 1 or 0)
      waiter.alert_at = waiter.alerts >= ALERTS + #list and now + PAUSE or 0
      break
    end
  end
  if alerted or before then
    core.alert(alerted)
  end
end

local function always()
  return true
end

local function waiter_of(ready, seconds)
  return {
    coroutine = coroutine.running(),
    ready = ready,
    alerts = 0,
    alert_at = 0,
    seconds = seconds,
    ask_at = seconds and core.now() + seconds,
    asked = 0,
  }
end

--- The host that runs the coroutine which calls this; nil where there is none.
local function host_here()
  if luv then
    return luv
  end
  for _, one in ipairs(known) do
    if one.is_here() then
      return one
    end
  end
end

--- Does a host wait itself, where this is called?
---@return boolean
function M.waits()
  return host_wait ~= nil or host_here() ~= nil
end

--- Has the host wait.
---@param ready fun(): boolean
---@param seconds number? ask `ready` after so many, whatever happened
function M.wait(ready, seconds)
  local waiter = waiter_of(ready, seconds)
  waiters[waiter] = true
  if host_wait then
    host_wait(ready)
  else
    host_here().wait(M, ready)
  end
  waiters[waiter] = nil
  M.begin_slice()
  if alerted then
    look_around()
  end
end

--- Begins a time slice: the host had its turn.
function M.begin_slice()
  local one = not host_wait and host_here()
  core.begin_slice(one and one.slice or SLICE)
end

--- Has the host go on, and come back as soon as it can.
function M.pause()
  M.wait(always, 0)
end

--- What stands for the code that runs now: its coroutine, or, where a host uses a coroutine again
--- for other code, something that lives as long as this one's use.
---@return any runner
function M.running()
  local one = not host_wait and host_here()
  return one and one.running and one.running() or coroutine.running() or "main"
end

--- What `coroutine.status` says of what `running` gave.
---@param runner any
---@return string
function M.status(runner)
  if runner == "main" then
    return "running"
  end
  local thread = runner
  if type(runner) == "table" then
    thread = runner.thread
  end
  return thread and coroutine.status(thread) or "dead"
end

--- Has the collector find out what nobody holds any more: at once, or while the host goes on.
---@return fun(): boolean is_done
function M.collect()
  local one = not host_wait and host_here()
  if one and one.collect then
    return one.collect()
  end
  collectgarbage()
  return always
end

--- Something was done that another of the host's coroutines may wait for: the host is to look.
function M.notice()
  local one = not host_wait and host_here()
  if one and one.notice then
    one.notice()
  elseif next(waiters) ~= nil and not alerted then
    alerted = true
    core.alert(true)
  end
end

--- Waits here, without the host, so many seconds at most.
---@param seconds number?
function M.block(seconds)
  core.wait(seconds)
  look_around()
end

--- Does all network work that is ready, without waiting: for a host that then asks by itself who
--- can go on.
function M.work()
  core.step()
  local now, list = core.now(), {}
  for waiter in pairs(waiters) do
    list[#list + 1] = waiter
  end
  for _, waiter in ipairs(list) do
    if waiter.seconds and waiter.ask_at <= now then
      waiter.asked = waiter.asked + 1
      local is_left = waiter.asked >= ALERTS + #list
      waiter.ask_at = now + (is_left and math.max(waiter.seconds, PAUSE) or waiter.seconds)
    end
  end
end

--- Does all network work that is ready, without waiting.
function M.step()
  M.work()
  look_around()
end

--- Seconds until `step` has work by itself; nil for never.
---@return number?
function M.timeout()
  look_around(true)
  if alerted then
    return 0
  end
  local seconds = core.timeout()
  local now = core.now()
  for waiter in pairs(waiters) do
    if waiter.seconds then
      seconds = math.max(0, math.min(seconds or math.huge, waiter.ask_at - now))
    end
  end
  return seconds
end

--- The descriptor that is readable when `step` has work; nil where the system has none.
M.pollfd = core.pollfd

--- Lets a host with an event loop of its own do the waiting.
--
-- `wait(ready)` is called where a stream, or a run of tasks, has to wait. It must come back when
-- `ready()` is true, or before, and call `step()` meanwhile: when `pollfd()` is readable, and
-- when `timeout()` has passed. It may suspend the host's coroutine that it is called in, but not
-- in PUC Lua 5.1, which cannot suspend a `for`.
---@param wait (fun(ready: fun(): boolean))? nil: costream waits itself again
function M.use_wait(wait)
  check.type("use_wait: wait", wait, "function", "nil")
  host_wait = wait
end

--- Has streams wait in uv's loop: in a coroutine, they suspend it until the loop resumes it;
--- elsewhere the loop goes on meanwhile. In Neovim, coroutines are resumed as by `vim.schedule`.
---@param uv table? `require "luv"`, or Neovim's `vim.loop`; nil: not any more
function M.use_luv(uv)
  check.type("use_luv: uv", uv, "table", "nil")
  if uv and not (uv.new_poll and uv.new_timer and uv.run) then
    check.misuse 'use_luv: uv: expected luv, as require "luv" or Neovim\'s vim.loop gives it'
  end
  if uv and not luv_hosts[uv] then
    luv_hosts[uv] = luv_host.new(uv, M)
  end
  luv = uv and luv_hosts[uv]
end

return M
