--- Reads 1,000,000 hourly rows over HTTP, slowly at times, and prints the most memory that the
--- process had, in bytes: resident, of it anonymous, and how much the anonymous grew from the
--- 100,000th row to the last; of a range, from the 500,000th, when each buffer was full once.
--
--     lua spec/memory_probe.lua URL-OF-A-SANDBOX [CONTROLS [DAYS]]
--
-- With DAYS, 1 to 28, they are a range over so many days.

local costream = require "costream"

local ROWS = 1000000

local function memory()
  local file = assert(io.open "/proc/self/smaps_rollup")
  local text = file:read "*a"
  file:close()
  return text:match "Rss:%s*(%d+)" * 1024, text:match "Anonymous:%s*(%d+)" * 1024
end

local days = tonumber(arg[3])
local url = ("%s/~rows=%d%s"):format(arg[1], ROWS / (days or 1), arg[2] and "," .. arg[2] or "")
local otc = costream.otc { token = "otc-sandbox-token", base_url = url }

local settled = days and ROWS / 2 or ROWS / 10
local query = days and { from = "2024-08-01", to = ("2024-08-%02d"):format(days) }
  or { date = "2024-08-02" }
local resident, anonymous, early, rows = 0, 0, nil, 0
for _ in otc:hourly(query) do
  rows = rows + 1
  if rows % 1000 == 0 then -- often enough to see the heap before each collection
    if rows % 200000 == 50000 then
      os.execute "sleep 0.3" -- a slow reader: the server has to wait, and buffers fill
    end
    local resident_now, anonymous_now = memory()
    resident = math.max(resident, resident_now)
    anonymous = math.max(anonymous, anonymous_now)
    early = early or rows == settled and anonymous or nil
  end
end
assert(rows == ROWS)
print(("%.0f %.0f %.0f"):format(resident, anonymous, anonymous - early))
