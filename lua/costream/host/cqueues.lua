--- cqueues: its coroutines are suspended where a stream waits, and woken by its poller.
--
-- However many wait in a controller, one coroutine of costream's own polls for them, and wakes
-- them one after the other: cqueues would wake all that poll the same descriptor at once.

local compat = require "costream.compat"
local sleepers = require "costream.host.sleepers"

local M = {}

-- So often, in seconds, a controller looks by itself: what it waits for may have come while
-- another one ran, which was not to be kept from sleeping by it.
local LOOK_AGAIN = 1

---@class costream.CqueuesDriver what polls in a controller while somebody waits there
---@field sleepers costream.Sleeper[] `wake` is a condition variable of cqueues
---@field woken integer how many were, and did not go on yet
---@field changed table a condition variable: there is another one
---@field failure any why it ended

local drivers = setmetatable({}, { __mode = "kv" }) -- by their controllers, which hold them

--- Is this one of the coroutines of a cqueues controller, which can be suspended?
---@return boolean
function M.is_here()
  local cqueues = package.loaded.cqueues
  if not cqueues or not compat.suspends then
    return false
  end
  local _, is_own = cqueues.running()
  return is_own == true
end

--- Polls until nobody waits any more.
local function drive(driver, loop)
  local cqueues = package.loaded.cqueues
  local network, seconds = { events = "r" }, loop.timeout()
  while #driver.sleepers + driver.woken > 0 do
    network.pollfd = loop.pollfd()
    cqueues.poll(network, driver.changed, math.min(seconds or LOOK_AGAIN, LOOK_AGAIN))
    loop.work()
    local sleeper = sleepers.take_ready(driver.sleepers)
    if sleeper then
      driver.woken = driver.woken + 1
      sleeper.wake:signal()
    end
    seconds = driver.woken > 0 and 0 or loop.timeout()
  end
end

--- What polls in this controller from now on.
local function start(controller, loop)
  local driver = {
    sleepers = {}, woken = 0, changed = require("cqueues.condition").new(),
  }
  drivers[controller] = driver
  controller:wrap(function()
    local ok, failure = pcall(drive, driver, loop)
    drivers[controller] = nil
    if not ok then
      driver.failure = failure
      for _, sleeper in ipairs(driver.sleepers) do
        sleeper.wake:signal()
      end
    end
  end)
  return driver
end

--- Suspends the coroutine until `ready()`.
---@param loop table works, and says when
---@param ready fun(): boolean
function M.wait(loop, ready)
  local controller = package.loaded.cqueues.running()
  local driver = drivers[controller] or start(controller, loop)
  local sleeper = { ready = ready, wake = require("cqueues.condition").new() }
  driver.sleepers[#driver.sleepers + 1] = sleeper
  driver.changed:signal()
  sleeper.wake:wait()
  if driver.failure then
    error(driver.failure, 0)
  end
  driver.woken = driver.woken - 1
end

return M
