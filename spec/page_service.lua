--- What the cost page's specs have the service answer, day by day.

local costream = require "costream"
local faults = require "faults_support"

local M = {}

--- The target of the request for a day.
function M.target(date)
  return "/v2/daily/consumption/?date=" .. date
end

local function body(date, costs)
  local lines = {}
  for product, amount in pairs(costs) do
    lines[#lines + 1] = costream.format.json {
      product = product, product_description = "The " .. product, amount = amount,
      consumption_date = date .. "T00:00:00",
    } .. "\n"
  end
  table.sort(lines)
  return table.concat(lines)
end

--- A script that answers with a row for each product.
---@param date string
---@param costs table<string, number> by product
---@param seconds number? after which it does
function M.day(date, costs, seconds)
  local answer = faults.answer { body = body(date, costs) }
  return seconds and { { wait = seconds }, answer } or { answer }
end

--- A script that answers as the service does to a bad query, which is not tried again.
---@param seconds number? after which it does
function M.refusal(seconds)
  local answer = faults.answer { status = 422, body = '{"detail":"no such day"}' }
  return seconds and { { wait = seconds }, answer } or { answer }
end

--- A script whose answer is cut in a row.
function M.cut(date, costs)
  local whole = body(date, costs)
  return {
    { send = ("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"):format(#whole) },
    { send = whole:sub(1, -10) }, "close",
  }
end

--- How often a day was asked for in a run.
---@param run string
---@param date string
---@return integer
function M.asked(run, date)
  local count = 0
  for _, request in ipairs(faults.seen(run)) do
    count = count + (request:find(M.target(date), 1, true) and 1 or 0)
  end
  return count
end

return M
