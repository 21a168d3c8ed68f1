--- What a stream may grow to: each limit is an error of its own, which names it.

local costream = require "costream"
local support = require "support"

local many = { enterprise_id = "any", limit = 5 }

local function otc(controls, limits, options)
  options = options or {}
  options.limits = limits
  return support.otc(controls, options)
end

local function ibm(controls, limits)
  return support.ibm(controls, { limits = limits, iam_url = support.url })
end

local function assert_limit(name, failure)
  assert.are.equal("limit", failure.kind)
  assert.matches("limits." .. name, failure.message, 1, true)
  assert.matches("limit", failure.recovery, 1, true)
end

describe("limits.rows", function()
  it("lets as many rows pass, and fails at the next", function()
    assert.are.equal(20, #assert(otc("rows=20", { rows = 20 }):hourly():collect()))
    local rows, failure = support.drain(otc("rows=20", { rows = 19 }):hourly())
    assert.are.equal(19, #rows)
    assert_limit("rows", failure)
    assert.matches("more than 19 rows", failure.message, 1, true)
  end)

  it("counts rows before conditions", function()
    local stream = otc("rows=20", { rows = 19 }):hourly():where("product", "absent")
    assert_limit("rows", select(2, support.drain(stream)))
  end)

  it("holds for a fold and for values", function()
    local groups, failure = otc("rows=300", { rows = 299 }):hourly():fold { count = true }
    assert.is_nil(groups)
    assert_limit("rows", failure)
    groups = assert(otc("rows=300", { rows = 300 }):hourly():fold { count = true })
    assert.are.equal(300, groups[1].count)
    local given = 0
    failure = support.raised(function()
      for n in otc("rows=300", { rows = 299 }):hourly():values "amount" do
        given = n
      end
    end)
    assert.are.equal(299, given)
    assert_limit("rows", failure)
  end)

  it("counts over all pages of a stream", function()
    assert.are.equal(12, #assert(ibm("reports=12", { rows = 12 }):reports(many):collect()))
    local rows, failure = support.drain(ibm("reports=12", { rows = 11 }):reports(many))
    assert.are.equal(11, #rows)
    assert_limit("rows", failure)
    assert.matches("more than 11 rows", failure.message, 1, true)
  end)

  it("counts the rows of a usage, not its reports", function()
    local all = #assert(ibm("reports=3"):usage(many):collect())
    assert.is_true(all > 3)
    assert.are.equal(all, #assert(ibm("reports=3", { rows = all }):usage(many):collect()))
    local rows, failure = support.drain(ibm("reports=3", { rows = all - 1 }):usage(many))
    assert.are.equal(all - 1, #rows)
    assert_limit("rows", failure)
  end)

  it("holds for records, too", function()
    local options = { limits = { rows = 2 } }
    assert.are.equal(2, #assert(costream.records("[1,2]", options):collect()))
    assert_limit("rows", select(2, support.drain(costream.records("[1,2,3]", options))))
  end)
end)

describe("limits.pages", function()
  it("lets as many pages pass, and fails at the next", function()
    assert.are.equal(15, #assert(ibm("reports=15", { pages = 3 }):reports(many):collect()))
    local rows, failure = support.drain(ibm("reports=16", { pages = 3 }):reports(many))
    assert.are.equal(15, #rows)
    assert_limit("pages", failure)
    local pages
    pages, failure = support.drain(ibm("reports=16", { pages = 3 }):pages(many))
    assert.are.equal(3, #pages)
    assert_limit("pages", failure)
  end)
end)

describe("limits.pages of a stream that is resumed", function()
  it("is for the pages behind the cursor", function()
    local cursor, pages = nil, {}
    for _ = 1, 3 do
      local client = ibm("reports=15", { pages = 1 })
      local stream = client:pages { enterprise_id = "any", limit = 5, resume = cursor }
      pages[#pages + 1] = stream()
      cursor = stream:cursor()
      stream:close()
    end
    assert.are.equal(3, #pages)
  end)
end)

describe("limits.streams", function()
  it("fails where one more would be open, and not when one was closed", function()
    local client = otc("rows=2000,gzip=off", { streams = 2 })
    local first, second = client:hourly(), client:hourly()
    first()
    second()
    local rows, failure = client:hourly():collect()
    assert.is_nil(rows)
    assert_limit("streams", failure)
    assert.are.equal("ok", client:health().status) -- which is no stream
    first:close()
    assert.are.equal(2000, #assert(client:hourly():collect()))
    assert.are.equal(1999, #assert(second:collect()))
    for _ = 1, 5 do
      assert(client:hourly():collect())
    end
  end)

  it("does not count streams that nobody holds", function()
    local client = otc("rows=2000,gzip=off", { streams = 2 })
    local function leave()
      local stream = client:hourly()
      stream()
    end
    for _ = 1, 6 do
      leave()
    end
    assert.are.equal(2000, #assert(client:hourly():collect()))
  end)
end)

describe("limits", function()
  it("are checked by the constructor", function()
    for _, name in ipairs { "rows", "pages", "streams", "ratio", "header_bytes" } do
      for _, value in ipairs { 0, -1, 1.5, "10" } do
        local said = support.raised(otc, nil, { [name] = value })
        assert.matches(("otc: limits.%s: expected a whole number"):format(name), said, 1, true)
      end
      otc(nil, { [name] = 1 })
    end
  end)
end)
