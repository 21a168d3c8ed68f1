--- What each product cost on a day, in a buffer of Neovim's that fills while the rows stream:
---
---     OTC_TOKEN=... nvim -c "luafile examples/neovim.lua"
---
--- OTC_DAY is the day, by default 2024-08-02. Neovim has LuaJIT: build with make LUA=luajit.

local costream = require "costream"
costream.use_luv(vim.loop)

local day = os.getenv "OTC_DAY" or "2024-08-02"
local otc = costream.otc { token = os.getenv "OTC_TOKEN", base_url = os.getenv "OTC_BASE_URL" }

vim.cmd "new"
local buffer, costs = vim.api.nvim_get_current_buf(), {}
vim.bo[buffer].buftype = "nofile"

local function show(title)
  local lines = {}
  for product, cost in pairs(costs) do
    lines[#lines + 1] = ("%16s  %s"):format(costream.format.amount(cost, "EUR"), product)
  end
  table.sort(lines, function(a, b) return a > b end)
  table.insert(lines, 1, title)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
end

coroutine.wrap(function()
  local rows = 0
  for n, product, amount in otc:hourly { date = day }:values("product", "amount") do
    rows, product = n, product or "no product"
    costs[product] = (costs[product] or 0) + (amount or 0)
    if n % 5000 == 0 then
      show(("%d rows of %s so far"):format(n, day))
    end
  end
  show(("%s: %d rows"):format(day, rows))
end)()
