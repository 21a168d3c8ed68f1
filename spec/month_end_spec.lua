--- The example of a range: costs by product and day around the change of clocks.

local support = require "support"

describe("examples/month_end.lua", function()
  local client = support.otc "resources=20"

  --- What the example prints, without what a number is written with.
  local function printed(arguments)
    return support.read_command(("OTC_TOKEN=otc-sandbox-token OTC_BASE_URL='%s' %s %s %s 2>&1"):
      format(support.controls "resources=20", support.interpreter(), "examples/month_end.lua",
        arguments))
  end

  for _, case in ipairs {
    { "2024-03-30", "2024-04-02", 4 }, { "2024-10-26", "2024-10-28", 3 },
  } do
    it(("has a column a day from %s to %s, with the sums of that day"):format(case[1], case[2]),
      function()
        local lines = {}
        for line in printed(case[1] .. " " .. case[2]):gmatch "[^\n]+" do
          lines[#lines + 1] = line
        end
        local days = {}
        for day in lines[1]:gmatch "%d%d%d%d%-%d%d%-%d%d" do
          days[#days + 1] = day
        end
        assert.are.same({ case[3], case[1], case[2] }, { #days, days[1], days[#days] })
        local groups = assert(client:hourly({ date = case[2] }):fold {
          by = { "product" }, sum = { "amount" },
        })
        for _, group in ipairs(groups) do
          local amount = require "costream".format.amount(group.sum.amount, "EUR")
          local found = false
          for _, line in ipairs(lines) do
            found = found or line:sub(1, #group.product + 1) == group.product .. " "
              and line:sub(-#amount) == amount
          end
          assert.is_true(found, group.product .. " " .. amount)
        end
      end)
  end

  it("says on one line what is wrong with its days", function()
    assert.matches("to: 2024%-03%-29 is before from", printed "2024-03-30 2024-03-29")
  end)
end)
