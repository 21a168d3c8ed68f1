-- Amounts in cents, written in whole units of the currency.
local M = {}

local cents = {}
for i = 0, 99 do cents[i] = i == 0 and "" or ("." .. ("%02d"):format(i):gsub("0$", "")) end

function M.text(amount)
  return ("%d"):format(amount / 100) .. cents[amount % 100]
end

return M
