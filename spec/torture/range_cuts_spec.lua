--- The connection of one day of a range is cut at each of its bytes: no row of any day is lost,
--- none comes twice, and nothing short looks whole.

local documents = require "torture.documents"
local faults = require "faults_support"
local support = require "support"

local stubborn = { retry = { tries = 5, base = 0.001, cap = 0.002 } }
local resigned = { retry = false }

local days = { "2024-03-30", "2024-03-31", "2024-04-01", "2024-04-02" }

local rows_of = {}
for i, day in ipairs(days) do
  rows_of[day] = {}
  for number = 1, i == 3 and 0 or i do
    rows_of[day][number] = ('{"resource_id":"%s/%d","product":"p","amount":%d.25}'):format(
      day, number, number)
  end
end

local all = {}
for _, day in ipairs(days) do
  for _, row in ipairs(rows_of[day]) do
    all[#all + 1] = row:match '"resource_id":"([^"]+)"'
  end
end

local function read(stream, ids)
  ids = ids or {}
  local ok, failure = pcall(function()
    for row in stream do
      ids[#ids + 1] = row.resource_id
    end
  end)
  return ids, not ok and failure or nil
end

--- What would be read of the days before one.
local function count_before(day)
  local count = 0
  for _, id in ipairs(all) do
    count = count + (id:sub(1, 10) < day and 1 or 0)
  end
  return count
end

for _, how in ipairs { { framing = "chunked" }, { framing = "length", gzip = true } } do
  local document = documents.otc_range(how, days, rows_of)

  describe(document.name .. ", one cut at each byte,", function()
    setup(function()
      faults.set(document.set, document.answers)
    end)

    --- Calls fn(parameters of a URL, day, parallel, place for messages) for each cut. Behind its
    --- last bytes an answer may be whole: these are not cut.
    local function each_cut(fn)
      for i, target in ipairs(document.targets) do
        local bytes = #faults.bytes(document.set, target) - (how.gzip and 1 or 8)
        for cut = i, bytes, support.amount(23, 1) do
          local parallel = cut % 4 + 1
          local place = ("%s behind byte %d of %d, parallel = %d"):format(
            days[i], cut, bytes, parallel)
          fn(("at=%s,cut=%d,how=%s,run=%s"):format(days[i], cut,
            cut % 2 == 0 and "fin" or "rst", faults.new_run()), days[i], parallel, place)
        end
      end
    end

    it("is an error of that day behind the days before, and goes on from its cursor", function()
      each_cut(function(parameters, day, parallel, place)
        local broken = document.open(faults.url(document.set, parameters), resigned,
          { parallel = parallel })
        local ids, failure = read(broken)
        assert.is_not_nil(failure, place .. " passes for whole")
        assert.are.equal(day, failure.date, place)
        assert.is_true(#ids >= count_before(day), place)
        local resumed = document.open(faults.url(document.set), resigned,
          { resume = broken:cursor() })
        ids, failure = read(resumed, ids)
        assert.is_nil(failure, place)
        assert.are.same(all, ids, place)
      end)
    end)

    it("has every row exactly once with retries", function()
      each_cut(function(parameters, _, parallel, place)
        local stream = document.open(faults.url(document.set, parameters .. ",times=2"),
          { retry = stubborn.retry, limits = { rows = #all } }, { parallel = parallel })
        local ids, failure = read(stream)
        assert.is_nil(failure, place)
        assert.are.same(all, ids, place)
        assert.are.equal(2, faults.counts(parameters:match "run=(.*)").cuts, place)
      end)
    end)

    it("gives no sum, or the whole one with retries", function()
      local fold = { sum = { "amount" }, count = true }
      local right = assert(document.open(faults.url(document.set), resigned):fold(fold))
      each_cut(function(parameters, _, parallel, place)
        local url = faults.url(document.set, parameters)
        local groups, failure = document.open(url, resigned, { parallel = parallel }):fold(fold)
        assert.is_nil(groups, place)
        assert.is_not_nil(failure, place)
        url = faults.url(document.set, "times=1," .. parameters .. "-again")
        groups = document.open(url, stubborn, { parallel = parallel }):fold(fold)
        assert.are.same(right, groups, place)
      end)
    end)
  end)
end
