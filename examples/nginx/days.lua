--- What each product cost on a day: summed once, and kept for all workers.
--
-- A day is a text of JSON lines: one of type "cost" for each product, and behind them one of type
-- "day". It is kept whole or not at all, sent to browsers as it is, and summed by costream again.

local calendar = require "calendar"
local costream = require "costream"

local M = {}

local json = costream.format.json
local kept, locks = ngx.shared.days, ngx.shared.locks

local DAY = 86400 -- seconds
local LOCK = 120 -- seconds: who takes longer, or dies, may be overtaken
local LOOK = 0.05 -- seconds between two looks at what another one is reading
local TELL = 2 -- seconds for which those that wait are told of a failure

--- So many days, today among them, still change at the service.
M.NEWEST = 7

--- Seconds after which these are read anew. The service itself answers from a cache for an hour.
M.REFRESH = tonumber(os.getenv "REFRESH_SECONDS" or 3600)
assert(M.REFRESH and M.REFRESH >= 1, "REFRESH_SECONDS: expected seconds, 1 or more")

local token = os.getenv "OTC_TOKEN" or error "set OTC_TOKEN to an API key of level Admin"
local base_url = os.getenv "OTC_BASE_URL" -- nil: the real service
local client -- each worker has its own

local function otc()
  client = client or costream.otc { token = token, base_url = base_url }
  return client
end

--- Does the day still change?
local function is_settled(date)
  return date <= calendar.add(calendar.today(), -M.NEWEST)
end

--- The day as text, of its sums by product.
local function write(date, groups)
  local lines, rows = {}, 0
  for i, group in ipairs(groups) do
    lines[i] = json {
      type = "cost", date = date, product = group.product,
      description = group.max.product_description, cost = group.sum.amount,
    }
    rows = rows + group.count
  end
  local list = "[" .. table.concat(lines, ",") .. "]"
  local sums = assert(costream.records(list):fold { sum = { "cost" } })[1]
  lines[#lines + 1] = json {
    type = "day", date = date, rows = rows, total = sums.sum.cost,
    settled = is_settled(date), read_at = ngx.time(),
  }
  return table.concat(lines, "\n") .. "\n"
end

--- Asks the service, and keeps the day.
local function read(date, reading)
  local stream = otc():daily { date = date }
  reading.streams[stream] = true
  local groups, failure = stream:fold {
    by = { "product" }, sum = { "amount" }, max = { "product_description" }, count = true,
  }
  reading.streams[stream] = nil
  if not groups then
    local status = failure.status and (" (status %d)"):format(failure.status) or ""
    return nil, json {
      type = "error", kind = failure.kind, recovery = failure.recovery,
      message = date .. ": " .. failure.message .. status,
    }
  end
  local text = write(date, groups)
  local kept_it, why = kept:set(date, text, is_settled(date) and DAY or 2 * M.REFRESH)
  if not kept_it then
    ngx.log(ngx.WARN, date, " is not kept: ", why)
  end
  return text
end

--- As `read`, whatever is thrown: that is for the log, not for the browser.
local function read_safely(date, reading)
  local ok, text, failure = pcall(read, date, reading)
  if not ok then
    ngx.log(ngx.ERR, text)
    return nil, json {
      type = "error", kind = "internal", message = date .. ": the page itself failed",
      recovery = "The server's error log says why.",
    }
  end
  return text, failure
end

local function lock(date, reading)
  local taken = locks:add(date, true, LOCK)
  reading.locked[date] = taken or nil
  return taken
end

--- Lets others read a day.
---@param date string
---@param reading Reading the one that has locked it
function M.unlock(date, reading)
  reading.locked[date] = nil
  locks:delete(date)
end

--- Reads a day, which is locked, and unlocks it; those that wait are told when that fails.
local function read_locked(date, reading)
  local text, failure = read_safely(date, reading)
  if failure and not reading.over then
    locks:set("failed " .. date, failure, TELL)
  end
  M.unlock(date, reading)
  return text, failure
end

--- Reads a day anew, unless another one does that already.
---@param date string
---@param reading Reading
---@return string? text
---@return string? failure a line of JSON
function M.refresh(date, reading)
  if lock(date, reading) then
    return read_locked(date, reading)
  end
end

local function look(date, waited)
  return kept:get(date), waited and locks:get("failed " .. date) or nil
end

--- A day: the one that is kept, or read now, by one of all that want it while the others wait.
---@param date string
---@param reading Reading
---@return string? text
---@return string? failure a line of JSON; nil, too, when the reading is over
function M.get(date, reading)
  local waited = false
  while not reading.over do
    local text, failure = look(date, waited)
    if not text and not failure and lock(date, reading) then
      text, failure = look(date, waited) -- it may have come between the two
      if not text and not failure then
        return read_locked(date, reading)
      end
      M.unlock(date, reading)
    end
    if text or failure then
      return text, failure
    end
    waited = true
    ngx.sleep(LOOK)
  end
end

return M
