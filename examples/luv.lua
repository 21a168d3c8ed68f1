--- What three days cost, in the loop of luv: each day's stream in a coroutine of its own, while a
--- timer of the program's goes on.
---
---     OTC_TOKEN=... lua5.4 examples/luv.lua 2024-08-01 2024-08-02 2024-08-03

local costream = require "costream"
local uv = require "luv"

costream.use_luv(uv)
local otc = costream.otc {
  token = os.getenv "OTC_TOKEN", base_url = os.getenv "OTC_BASE_URL",
}

local clock = uv.new_timer()
clock:start(1000, 1000, function()
  io.stderr:write "still streaming\n"
end)

local open = #arg
for _, day in ipairs(arg) do
  coroutine.wrap(function()
    local total = assert(otc:hourly { date = day }:fold { sum = { "amount" } })[1]
    print(day, costream.format.amount(total.sum.amount, "EUR"))
    open = open - 1
    if open == 0 then
      clock:close()
    end
  end)()
end

uv.run()
