--- What the page's server answers: the page, costs as they are summed, and as CSV.

local costream = require "costream"
local range = require "range"

local M = {}

local function refuse(status, kind, message, recovery)
  ngx.status = status
  ngx.header.content_type = "application/json"
  ngx.say(costream.format.json {
    type = "error", kind = kind, message = message, recovery = recovery,
  })
end

--- The days asked for; nil when that was refused.
local function dates_asked()
  local dates, wrong = range.dates(ngx.req.get_uri_args())
  if not dates then
    refuse(400, "request", wrong, "Choose another range.")
  end
  return dates
end

--- A reading that ends when the browser goes away, and with the request.
local function begin()
  local reading = range.reading()
  ngx.ctx.reading = reading
  assert(ngx.on_abort(function()
    reading:stop()
  end))
  return reading
end

local function send(reading, text)
  if not ngx.print(text) or not ngx.flush(true) then
    reading:stop()
  end
end

--- Sends each day as soon as it is there, and at the end what they come to. Without its last
--- line, of type "total" or "error", an answer is not whole.
function M.stream()
  local dates = dates_asked()
  if not dates then
    return
  end
  ngx.header.content_type = "application/x-ndjson"
  local reading, texts = begin(), {}
  send(reading, costream.format.json { type = "range", days = #dates } .. "\n")
  range.read(dates, reading, function(text, i)
    texts[i] = text
    send(reading, text)
  end)
  if reading.failure then
    ngx.say(reading.failure)
  elseif not reading.over then
    ngx.print(range.total(texts))
  end
end

--- The same as CSV: all of it, or an error.
function M.csv()
  local dates = dates_asked()
  if not dates then
    return
  end
  local reading, texts = begin(), {}
  range.read(dates, reading, function(text, i)
    texts[i] = text
  end)
  if reading.over then
    ngx.status = 502
    ngx.header.content_type = "application/json"
    return ngx.say(reading.failure or "")
  end
  ngx.header.content_type = "text/csv; charset=utf-8"
  ngx.header.content_disposition = ('attachment; filename="costs-%s-%s.csv"'):format(
    dates[1], dates[#dates])
  local write = costream.format.csv_writer(ngx.print,
    { "date", "product", "description", { "cost", title = "cost_eur" } },
    { spreadsheet_safe = true })
  for i = 1, #texts do
    for row in range.records({ texts[i] }, "cost") do
      write(row)
    end
    ngx.flush(true)
    ngx.sleep(0.001) -- other requests are served between two days
  end
end

--- What is done when a request has ended, however it did.
function M.finish()
  if ngx.ctx.reading then
    ngx.ctx.reading:finish()
  end
end

return M
