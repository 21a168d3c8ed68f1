-- What each product cost on the days around the end of a month, a column a day. Clocks change in
-- the last days of March and October: a day of 23 or 25 hours is one day here.
--
--   OTC_TOKEN=... lua examples/month_end.lua [FROM [TO]]

local costream = require "costream"

local from, to = arg[1] or "2024-03-30", arg[2] or "2024-04-02"
local otc = costream.otc { token = os.getenv "OTC_TOKEN", base_url = os.getenv "OTC_BASE_URL" }

local groups = assert(otc:hourly({ from = from, to = to }):fold {
  by = { "product", { field = "consumption_date", first = 10, as = "day" } },
  sum = { "amount" },
})

local rows, row_of, days, seen = {}, {}, {}, {}
for _, group in ipairs(groups) do
  local product, day = group.product or "(none)", group.day or "(no day)"
  if not row_of[product] then
    row_of[product] = { product = product }
    rows[#rows + 1] = row_of[product]
  end
  row_of[product][day] = group.sum.amount
  if not seen[day] then
    seen[day] = true
    days[#days + 1] = day
  end
end

table.sort(days)
local columns = { "product" }
for _, day in ipairs(days) do
  columns[#columns + 1] = { day, align = "right", format = function(cost)
    return costream.format.amount(cost, "EUR")
  end }
end
io.write(costream.format.table(rows, columns))
