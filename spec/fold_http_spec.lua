--- fold over HTTP: the same as by hand over full rows, and nothing when a page is missing.

local costream = require "costream"
local query_support = require "query_support"
local support = require "support"

local enterprise = "enterprise-cloud-provider"
local children = { enterprise_id = enterprise, month = "2019-06", children = true, limit = 1 }

local function always()
  return true
end

--- A fold in C and behind a function shows what it must by hand over full rows.
local function same_by_hand(make, query)
  local rows = query_support.list(assert(make():collect()))
  local expected = query_support.show(assert(query_support.fold(rows, query)))
  local stream = make()
  query_support.assert_same(expected, query_support.show(assert(stream:fold(query))))
  assert.are.equal(#rows, stream:stats().rows)
  stream = make():where(always)
  query_support.assert_same(expected, query_support.show(assert(stream:fold(query))))
  return #rows
end

describe("a fold of consumption rows", function()
  local queries = {
    ["the costs of each product"] = { by = { "product" }, sum = { "amount" }, count = true },
    ["each day's costs and quantities of a region"] = {
      by = { { field = "consumption_date", first = 10, as = "day" }, "region" },
      sum = { "amount", "quantity" }, min = { "amount", "resource_id" }, max = { "quantity" },
    },
    ["the costs of each hour"] = {
      by = { { field = "consumption_date", first = 13, as = "hour" } }, sum = { "amount" },
      count = true,
    },
    ["all of it"] = { sum = { "amount" }, max = { "consumption_date" }, count = true },
  }
  for _, controls in ipairs {
    "rows=1500,gzip=off,chunk=1013", "rows=1500,irregular=1,seed=3", "rows=800,framing=array",
    "rows=500,framing=array,pretty=1,irregular=1", "rows=500,blank=1,newline=0",
  } do
    for name, query in pairs(queries) do
      it("is the one by hand: " .. name .. ", " .. controls, function()
        local otc = support.otc(controls)
        assert.is_true(same_by_hand(function() return (otc:hourly()) end, query) >= 500)
      end)
    end
  end

  it("sees costream.null nowhere, with nulls = true", function()
    local otc = support.otc("rows=500,irregular=1", { nulls = true })
    same_by_hand(function() return (otc:daily()) end, queries["the costs of each product"])
  end)

  it("groups numbers that are text", function()
    local otc = support.otc("rows=300", { numbers = "text" })
    same_by_hand(function() return (otc:daily()) end, { by = { "contract" }, count = true })
  end)

  it("takes 24 answers together for what the day's one is", function()
    local otc, query = support.otc(), { by = { "product" }, sum = { "quantity" }, count = true }
    local total = otc:hourly({ date = "2024-08-02" }):fold(query)
    local count, hours = 0, 0
    for hour = 0, 23 do
      for _, group in ipairs(otc:hourly({ date = "2024-08-02", hour = hour }):fold(query)) do
        hours = hours + group.count
      end
    end
    for _, group in ipairs(total) do
      count = count + group.count
    end
    assert.is_true(count > 0)
    assert.are.equal(count, hours)
  end)
end)

describe("a fold of reports", function()
  local queries = {
    reports = {
      by = { "entity_type", "currency_code" }, sum = { "billable_cost", "non_billable_cost" },
      min = { "entity_name" }, max = { "billable_cost" }, count = true,
    },
    usage = {
      by = { "entity_name", "resource_id", "billable" }, sum = { "cost", "quantity" },
      max = { "cost" }, min = { "metric" }, count = true,
    },
    pages = { by = { "limit" }, sum = { "limit" }, count = true },
  }
  for method, query in pairs(queries) do
    it("is the one by hand, over all pages of ibm:" .. method, function()
      local ibm = support.ibm()
      assert.is_true(same_by_hand(function() return (ibm[method](ibm, children)) end, query) >= 4)
    end)

    it("is the one by hand, over many pages of ibm:" .. method, function()
      local ibm = support.ibm "reports=60,gzip=off,chunk=800"
      local given = { enterprise_id = enterprise, month = "2024-07", limit = 7 }
      assert.is_true(same_by_hand(function() return (ibm[method](ibm, given)) end, query) >= 9)
    end)
  end

  it("of usage rows takes the metric's own costs", function()
    local groups = support.ibm():usage(children):fold { sum = { "cost" } }
    local costs = {}
    for row in support.ibm():usage(children) do
      costs[#costs + 1] = row.cost
    end
    assert.are.equal(query_support.sum(costs), groups[1].sum.cost)
  end)

  it("of usage rows sees no list of another level", function()
    for _, fn in ipairs { false, always } do
      local stream = support.ibm():usage(children)
      stream = fn and stream:where(fn) or stream
      local groups = assert(stream:fold { by = { "resources", "plans", "usage" }, count = true })
      assert.are.equal(1, #groups)
      assert.is_nil(groups[1].resources)
    end
  end)
end)

describe("a fold that misses a page in the middle", function()
  local query = { enterprise_id = enterprise, month = "2024-07", limit = 7 }

  --- Bytes such that the first page is whole and a later one is not.
  local function cut_behind_first()
    local ibm = support.ibm "reports=60,gzip=off"
    local pages, sizes, before = ibm:pages(query), {}, 0
    for _ in pages do
      sizes[#sizes + 1], before = pages:stats().bytes - before, pages:stats().bytes
    end
    for i = 2, #sizes do
      if sizes[i] > sizes[1] + 1 then
        return sizes[1] + 1
      end
    end
    error "no page is larger than the first"
  end

  --- A fold gives nil and an error that counts the rows of the pages before.
  local function fails(kind, method, controls)
    for _, fn in ipairs { false, always } do
      local ibm = support.ibm(controls)
      local stream = ibm[method](ibm, query)
      stream = fn and stream:where(fn) or stream
      local groups, failure = stream:fold { count = true }
      assert.is_nil(groups)
      assert.is_true(costream.is_error(failure))
      assert.are.equal(kind, failure.kind)
      assert.is_true(failure.rows > 0)
      assert.is_true(stream:stats().requests >= 2)
    end
  end

  for _, method in ipairs { "reports", "usage", "pages" } do
    it("gives nil and the error where it is cut: ibm:" .. method, function()
      fails("incomplete", method, "reports=60,gzip=off,cut=" .. cut_behind_first())
    end)

    it("gives nil and the error where paging comes back: ibm:" .. method, function()
      fails("malformed", method, "reports=60,repeat=1")
    end)
  end

  it("gives nil and the error of an answer that is cut", function()
    for _, controls in ipairs { "cut=-30", "framing=array,cut=20000,gzip=off" } do
      for _, fn in ipairs { false, always } do
        local stream = support.otc("rows=500," .. controls):hourly()
        stream = fn and stream:where(fn) or stream
        local groups, failure = stream:fold { by = { "product" }, sum = { "amount" } }
        assert.is_nil(groups)
        assert.are.equal("incomplete", failure.kind)
        assert.is_true(failure.rows > 0)
      end
    end
  end)

  it("gives nil and the error of a row that is none", function()
    for _, fn in ipairs { false, always } do
      local stream = support.otc("body=json"):hourly()
      stream = fn and stream:where(fn) or stream
      local groups, failure = stream:where("ok", "absent"):fold { count = true }
      assert.is_nil(groups)
      assert.matches("no consumption row", failure.message, nil, true)
    end
  end)

  it("gives nil and the error of a refused answer", function()
    local groups, failure = support.otc("status=503"):hourly():fold { count = true }
    assert.is_nil(groups)
    assert.are.same({ "http", 503, 0 }, { failure.kind, failure.status, failure.rows })
  end)
end)

describe("the stream of a fold", function()
  for _, fn in ipairs { false, always } do
    local way = fn and ", behind a function" or ", in C"

    it("is ended when its groups are there" .. way, function()
      local stream = support.otc("rows=50"):hourly()
      stream = fn and stream:where(fn) or stream
      assert(stream:fold { count = true })
      assert.matches("ended, 50 rows", tostring(stream), nil, true)
    end)

    it("closes its connection at once when the fold fails" .. way, function()
      local id = support.new_id "fold"
      local stream = support.otc("rows=100000,rate=200000,gzip=off,id=" .. id):hourly()
      stream = fn and stream:where(fn) or stream
      local groups, failure = stream:fold { by = { "usage_id" }, groups = 3 }
      assert.is_nil(groups)
      assert.are.equal("limit", failure.kind)
      assert.is_true(support.eventually(function() return support.ledger(id).aborted == 1 end))
    end)
  end
end)

describe("folds in tasks", function()
  local query = { by = { "product" }, sum = { "amount" }, count = true }

  it("go on side by side, and each is what it is alone", function()
    local otc, folded = support.otc "rows=600,chunk=2000,gzip=off", {}
    local days = { "2024-08-01", "2024-08-02", "2024-08-03" }
    costream.run(function()
      for i, day in ipairs(days) do
        costream.spawn(function()
          local stream = otc:hourly { date = day }
          folded[i] = assert((i == 2 and stream:where(always) or stream):fold(query))
        end)
      end
    end)
    for i, day in ipairs(days) do
      assert.are.same(otc:hourly({ date = day }):fold(query), folded[i])
    end
  end)

  it("do not share a stream: a second reader is misuse, the first goes on", function()
    local otc = support.otc "rows=600,chunk=2000,gzip=off,gap=50"
    for _, read in ipairs {
      function(stream) return stream() end,
      function(stream) return stream:collect() end,
      function(stream) return stream:fold { count = true } end,
    } do
      local stream, groups, message = otc:hourly(), nil, nil
      costream.run(function()
        costream.spawn(function()
          groups = stream:fold { count = true }
        end)
        costream.spawn(function()
          message = support.raised(read, stream)
        end)
      end)
      assert.matches("the rows of this stream go to fold", message, nil, true)
      assert.are.same({ { count = 600 } }, groups)
    end
  end)
end)
