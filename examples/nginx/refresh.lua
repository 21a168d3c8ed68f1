--- The newest days, read anew in the background by one of the workers.

local calendar = require "calendar"
local days = require "days"
local range = require "range"

local M = {}

local AGAIN = 60 -- seconds after a failure

local locks = ngx.shared.locks

local function refresh(is_exiting)
  -- The lock is never taken away: it ends when it is time for the next refresh.
  if is_exiting or not locks:add("refresh", true, days.REFRESH) then
    return
  end
  local reading, today = range.reading(), calendar.today()
  local failed
  for i = 0, days.NEWEST - 1 do
    local _, failure = days.refresh(calendar.add(today, -i), reading)
    if failure then
      ngx.log(ngx.WARN, "not refreshed: ", failure)
      failed = true
    end
  end
  if failed then
    locks:set("refresh", true, math.min(AGAIN, days.REFRESH))
  end
end

--- Begins to refresh, in each worker; at once, and for as long as it lives.
function M.start()
  assert(ngx.timer.at(0, refresh))
  assert(ngx.timer.every(math.min(AGAIN, days.REFRESH), refresh))
end

return M
