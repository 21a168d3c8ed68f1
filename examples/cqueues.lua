--- What three days cost, in a controller of cqueues: each day's stream in a coroutine of its own,
--- while another coroutine sleeps beside them. costream finds cqueues by itself.
---
---     OTC_TOKEN=... lua5.4 examples/cqueues.lua 2024-08-01 2024-08-02 2024-08-03

local costream = require "costream"
local cqueues = require "cqueues"

local otc = costream.otc {
  token = os.getenv "OTC_TOKEN", base_url = os.getenv "OTC_BASE_URL",
}

local controller = cqueues.new()
local open = #arg
for _, day in ipairs(arg) do
  controller:wrap(function()
    local total = assert(otc:hourly { date = day }:fold { sum = { "amount" } })[1]
    print(day, costream.format.amount(total.sum.amount, "EUR"))
    open = open - 1
  end)
end

controller:wrap(function()
  while open > 0 do
    cqueues.sleep(1)
    io.stderr:write "still streaming\n"
  end
end)

assert(controller:loop())
