--- What costream does where it is installed, without this checkout: streams a text and, from the
--- sandbox at a URL, rows plain and compressed. stream.lua URL

local costream = require "costream"

local function sum_of(stream)
  local group = assert(stream:fold { sum = { "amount" }, count = true })[1]
  return group.count, group.sum.amount
end

local lines = ('{"amount":0.1}\n'):rep(10)
local count, sum = sum_of(costream.records(lines))
assert(count == 10 and sum == 1, "a wrong sum of a text")

local function rows(gzip)
  local client = costream.otc {
    token = "otc-sandbox-token", base_url = arg[1] .. "/~rows=10000,gzip=" .. gzip,
  }
  return sum_of(client:hourly { date = "2024-08-02" })
end

local plain_count, plain_sum = rows "off"
local gzip_count, gzip_sum = rows "on"
assert(plain_count == 10000 and gzip_count == 10000, "rows are missing")
assert(plain_sum > 0 and plain_sum == gzip_sum, "sums differ")

local tables = 0
costream.run(function()
  for row in costream.records(lines) do
    tables = tables + row.amount
  end
end)
assert(tables > 0.9, "a wrong sum of tables")

print(("%s: %d rows, %.2f"):format(_VERSION, gzip_count, gzip_sum))
