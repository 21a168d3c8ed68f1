--- Reads 1,000,000 hourly rows over HTTP, slowly at times, and prints the most memory that the
--- process had, in bytes: resident, of it anonymous, and how much the anonymous grew from the
--- 100,000th row to the last.
--
--     lua spec/memory_probe.lua URL-OF-A-SANDBOX [CONTROLS]

local costream = require "costream"

local ROWS = 1000000

local function memory()
  local file = assert(io.open "/proc/self/smaps_rollup")
  local text = file:read "*a"
  file:close()
  return text:match "Rss:%s*(%d+)" * 1024, text:match "Anonymous:%s*(%d+)" * 1024
end

local url = arg[1] .. "/~rows=" .. ROWS .. (arg[2] and "," .. arg[2] or "")
local otc = costream.otc { token = "otc-sandbox-token", base_url = url }

local resident, anonymous, early, rows = 0, 0, nil, 0
for _ in otc:hourly { date = "2024-08-02" } do
  rows = rows + 1
  if rows % 1000 == 0 then -- often enough to see the heap before each collection
    if rows % 200000 == 50000 then
      os.execute "sleep 0.3" -- a slow reader: the server has to wait, and buffers fill
    end
    local resident_now, anonymous_now = memory()
    resident = math.max(resident, resident_now)
    anonymous = math.max(anonymous, anonymous_now)
    early = early or rows == 100000 and anonymous or nil
  end
end
assert(rows == ROWS)
print(("%.0f %.0f %.0f"):format(resident, anonymous, anonymous - early))
