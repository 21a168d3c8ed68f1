--- A day of a range that cannot be had: what came before it is given, and nothing behind.

local costream = require "costream"
local faults = require "faults_support"
local range_support = require "range_support"
local support = require "support"

local with = range_support.with

local range = { from = "2024-03-29", to = "2024-04-02" }
local counts = { ["2024-03-29"] = 20, ["2024-03-30"] = 3, ["2024-03-31"] = 5,
  ["2024-04-01"] = 0, ["2024-04-02"] = 7 }
local before = range_support.names { ["2024-03-29"] = 20, ["2024-03-30"] = 3 }
local all = range_support.names(counts)

local soon = { tries = 5, base = 0.001, cap = 0.002 }

local function refusal(status)
  return { faults.answer { status = status, framing = "length",
    headers = { "Content-Type: application/json" }, body = '{"detail":"no"}' } }
end

local function whole_of(day)
  return range_support.script(day, counts[day])
end

--- An answer that says it is longer than it is, and then ends.
local function torn(day, bytes)
  local body = range_support.body(day, counts[day])
  return { { send = ("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"
    .. "Content-Length: %d\r\n\r\n%s"):format(#body, body:sub(1, bytes)) }, "reset" }
end

--- The range, of which 2024-03-31 has this script.
local function open(name, script, options, query)
  range_support.set(name, counts, { ["2024-03-31"] = script })
  local client = range_support.client(name, "run=" .. faults.new_run(), options)
  return (client:daily(with(range, query)))
end

describe("a day in the middle of a range", function()
  for name, case in pairs {
    ["that is refused"] = { script = refusal(403), kind = "auth",
      message = "2024-03-31: GET /v2/daily/consumption/ was refused" },
    ["that is not found"] = { script = refusal(404), kind = "http",
      message = "2024-03-31: GET /v2/daily/consumption/ was refused" },
    ["that is no JSON"] = { kind = "malformed", message = "2024-03-31: ",
      script = { faults.answer { framing = "length", body = "<html>" } } },
    ["that breaks off at once"] = { script = { "reset" }, kind = "network",
      message = "2024-03-31: " },
    ["that is cut before its first row is whole"] = { script = torn("2024-03-31", 30),
      message = "2024-03-31: " },
  } do
    for _, parallel in ipairs { 1, 2, 5 } do
      it(("%s ends it behind the day before, with parallel = %d"):format(name, parallel),
        function()
          local stream = open("failing-day", case.script, nil, { parallel = parallel })
          local names, failure = range_support.read(stream)
          assert.are.same(before, names)
          assert.are.equal("2024-03-31", failure.date)
          assert.are.equal(#before, failure.rows)
          assert.are.equal(case.message, failure.message:sub(1, #case.message))
          assert.is_true(case.kind == nil or case.kind == failure.kind, failure.kind)
          assert.is_nil((failure.message:find("2024-03-31: 2024-03-31", 1, true)))
          assert.are.same(failure, support.raised(stream))
        end)
    end
  end

  it("that fails leaves a cursor behind the last row that was given", function()
    local stream = open("failing-day", refusal(403))
    local names = range_support.read(stream)
    local resumed = open("failing-day", whole_of "2024-03-31", nil,
      { resume = stream:cursor() })
    assert.are.same(all, (range_support.read(resumed, names)))
  end)

  it("that fails leaves no groups, no list and no more values", function()
    local groups, failure = open("failing-day", refusal(403)):fold { count = true }
    assert.is_nil(groups)
    assert.are.equal("2024-03-31", failure.date)
    local list
    list, failure = open("failing-day", refusal(403)):collect()
    assert.is_nil(list)
    assert.are.equal("2024-03-31", failure.date)
    local last
    assert.is_false((pcall(function()
      for n in open("failing-day", refusal(403)):values "amount" do
        last = n
      end
    end)))
    assert.are.equal(#before, last)
  end)

  it("that holds text where numbers are summed fails a fold by its name", function()
    local body = '{"resource_id":"x","amount":"1"}\n'
    local _, failure = open("failing-day", { faults.answer { framing = "length", body = body } })
      :fold { sum = { "amount" } }
    assert.are.equal("2024-03-31", failure.date)
    assert.matches("amount", failure.message, nil, true)
  end)

  it("that is not there at first is asked for again", function()
    for _, status in ipairs { 429, 500, 503 } do
      local stream = open("recovering-day",
        { turns = { refusal(status), refusal(status), whole_of "2024-03-31" } },
        { retry = soon })
      local names, failure = range_support.read(stream)
      assert.is_nil(failure)
      assert.are.same(all, names)
      assert.are.same({ 7, 2 }, { stream:stats().requests, stream:stats().retries })
    end
  end)

  it("that breaks off in its middle, time and again, has each row once", function()
    local bytes = #range_support.body("2024-03-31", 1)
    local stream = open("torn-day", { turns = { torn("2024-03-31", 10),
      torn("2024-03-31", bytes + 10), torn("2024-03-31", 3 * bytes), whole_of "2024-03-31" } },
      { retry = soon })
    local names, failure = range_support.read(stream)
    assert.is_nil(failure)
    assert.are.same(all, names)
    assert.are.equal(3, stream:stats().retries)
  end)

  it("that the server let go while nobody read it has each row once", function()
    local stream = open("dropped-day", { turns = { torn("2024-03-31", 300),
      whole_of "2024-03-31" } }, { retry = soon })
    local names = {}
    for row in stream do
      names[#names + 1] = row.resource_id
      if #names == 10 then
        os.execute "sleep 0.3" -- all that comes has come, and the connection is gone
      end
    end
    assert.are.same(all, names)
    assert.are.equal(1, stream:stats().retries)
  end)

  it("that is another one when it is asked for again is of kind changed", function()
    local bytes = #range_support.body("2024-03-31", 1)
    local other = range_support.body("2024-03-31", 5):gsub("%.25", ".75")
    local stream = open("changed-day", { turns = { torn("2024-03-31", 3 * bytes),
      { faults.answer { framing = "length", body = other } } } }, { retry = soon })
    local names, failure = range_support.read(stream)
    assert.are.equal("changed", failure.kind)
    assert.matches("^2024%-03%-31: the first ", failure.message)
    assert.is_true(#names >= #before and #names <= #before + 3)
  end)
end)

describe("the token of a range", function()
  it("that two ranges wait for fails each by its own month", function()
    local client = support.ibm("delay=50,status=400", { iam_url = support.controls "status=400" })
    local failures = {}
    costream.run(function()
      for _, month in ipairs { "2024-01", "2024-05" } do
        costream.spawn(function()
          local _, failure = client:reports({
            enterprise_id = "enterprise-cloud-provider", from = month, to = "2024-06",
          }):collect()
          failures[month] = failure
        end)
      end
    end)
    for month, failure in pairs(failures) do
      assert.are.equal(month, failure.month)
      assert.are.equal(month .. ": ", failure.message:sub(1, 9))
      assert.is_nil(failure.message:find("2024-0", 9, true))
    end
    assert.is_table(failures["2024-01"])
    assert.is_table(failures["2024-05"])
  end)

  it("is asked of its function for each day, and what that throws is thrown", function()
    local calls = 0
    range_support.set("token-days", counts)
    local stream = costream.otc({
      base_url = faults.url "token-days", token = function()
        calls = calls + 1
        return calls < 3 and "token-of-specs" or error("no more tokens", 0)
      end,
    }):daily(with(range, { parallel = 1 }))
    local names, failure = range_support.read(stream)
    assert.are.same(before, names)
    assert.are.equal("no more tokens", failure)
    assert.are.same(range_support.read(range_support.client("token-days"):daily(with(range, {
      resume = stream:cursor(),
    })), names), all)
  end)

  it("is renewed where a day is refused for it", function()
    for _, parallel in ipairs { 1, 4 } do
      local stream = open("renewed-days", { turns = { refusal(401), whole_of "2024-03-31" } }, {
        token = function()
          return "token-of-specs"
        end,
      }, { parallel = parallel })
      assert.are.same(all, (range_support.read(stream)))
      assert.are.same({ 6, 1 }, { stream:stats().requests, stream:stats().retries })
    end
  end)
end)
