--- Streams read in tasks below a call of C's, which Lua cannot suspend: they wait there, alone.

local costream = require "costream"
local support = require "support"

local ROWS = 12

--- Ways to call a function such that C stands between.
local calls = {
  ["string.gsub"] = function(fn)
    ("x"):gsub("x", function() fn() end)
  end,
  ["table.sort"] = function(fn)
    local called = false
    table.sort({ 1, 2 }, function(a, b)
      if not called then
        called = true
        fn()
      end
      return a < b
    end)
  end,
  ["__tostring"] = function(fn)
    tostring(setmetatable({}, { __tostring = function()
      fn()
      return "done"
    end }))
  end,
  ["a reader of load"] = function(fn)
    local called = false
    load(function()
      if not called then
        called = true
        fn()
        return "return 1"
      end
    end)
  end,
}

local function slow_stream()
  return (support.otc(("rows=%d,chunk=700,delay=10,gzip=off"):format(ROWS)):hourly {
    date = "2024-08-02",
  })
end

--- What is read of a stream of so many rows, each way.
local readers = {
  ["for"] = function(stream)
    local count = 0
    for _ in stream do
      count = count + 1
    end
    return count
  end,
  values = function(stream)
    local count = 0
    for _ in stream:values "product" do
      count = count + 1
    end
    return count
  end,
  fold = function(stream)
    return stream:fold({ count = true })[1].count
  end,
  collect = function(stream)
    return #stream:collect()
  end,
  ["where with a function"] = function(stream)
    return #stream:where(function() return true end):collect()
  end,
}

describe("in a task, below", function()
  for call_name, call in pairs(calls) do
    for reader_name, read in pairs(readers) do
      it(("%s, %s gets each row"):format(call_name, reader_name), function()
        local count
        costream.run(function()
          call(function()
            count = read(slow_stream())
          end)
        end)
        assert.are.equal(ROWS, count)
      end)
    end
  end

  it("a call of C's a run ends with all its tasks", function()
    local count = 0
    costream.run(function()
      calls["string.gsub"](function()
        costream.run(function()
          for _ = 1, 3 do
            costream.spawn(function()
              local rows = slow_stream():collect()
              count = count + #rows
            end)
          end
        end)
      end)
    end)
    assert.are.equal(3 * ROWS, count)
  end)

  it("a call of C's a task waits though a host suspends its coroutines", function()
    support.needs_suspension(pending)
    local count
    costream.use_wait(function()
      coroutine.yield()
    end)
    local host = coroutine.create(costream.run)
    local function task()
      calls["string.gsub"](function()
        count = #slow_stream():collect()
      end)
    end
    assert(coroutine.resume(host, task))
    costream.use_wait(nil)
    assert.are.equal("dead", coroutine.status(host))
    assert.are.equal(ROWS, count)
  end)

  it("a call of C's a task may share an IAM exchange that another waits for", function()
    local client = support.ibm "delay=20"
    local query = { enterprise_id = "enterprise-cloud-provider", month = "2024-07" }
    local rows = {}
    costream.run(function()
      costream.spawn(function()
        rows[1] = #client:reports(query):collect()
      end)
      costream.spawn(function()
        calls["string.gsub"](function()
          rows[2] = #client:reports(query):collect()
        end)
      end)
    end)
    assert.are.same({ 3, 3 }, rows)
  end)

  it("a call of C's nobody waits for a task that could not go on meanwhile", function()
    support.needs_suspension(pending)
    local client = support.otc "delay=20"
    local stream = costream.records(function()
      return client:health() and "1\n"
    end)
    local failure = support.raised(costream.run, function()
      costream.spawn(function() stream() end)
      costream.spawn(function()
        calls["string.gsub"](function() stream() end)
      end)
    end)
    assert.matches("another coroutine waits in the function", failure, nil, true)
  end)
end)
