--- Closing, collecting and erring at awkward moments.

local costream = require "costream"
local support = require "support"

describe("a stream", function()
  it("may be closed by a finalizer that runs while its row is made", function()
    local item = '{"text":"a text that is long enough to be new"},'
    local row = ('{"list":[%s1]}'):format(item:rep(200))
    local stream = costream.records(("%s\n"):format(row):rep(50))
    local closed = false
    local function litter()
      local guard = setmetatable({}, { __gc = function() -- runs on Lua 5.2 and later
        closed = true
        stream:close()
      end })
      return guard ~= nil
    end
    litter()
    local ok, failure = pcall(function()
      for _ in stream do
        collectgarbage "step"
      end
    end)
    assert.is_true(ok and not closed or failure.kind == "cancelled")
  end)

  it("may be closed by the function that it reads from", function()
    local stream
    stream = costream.records(function()
      stream:close()
      return "[1]"
    end)
    local rows, failure = support.drain(stream)
    assert.are.same({}, rows)
    assert.are.equal("cancelled", failure.kind)
  end)

  it("goes on where a function that it reads from has failed once", function()
    local calls = 0
    local stream = costream.records(function()
      calls = calls + 1
      if calls == 2 then
        error "not now"
      end
      return calls < 4 and "[" or nil
    end)
    assert.matches("not now", support.raised(stream))
    assert.are.equal("incomplete", support.raised(stream).kind)
  end)

  it("reads a function's chunks in order, though several tasks wait for them", function()
    local client = support.otc "rows=40,chunk=200,rate=50000,gzip=off"
    local texts = {}
    for row in client:hourly { date = "2024-08-02" } do
      texts[#texts + 1] = ('{"id":"%s","filler":"%s"}\n'):format(row.usage_id, ("x"):rep(3000))
    end
    local source = client:hourly { date = "2024-08-02" }
    local at = 0
    local stream = costream.records(function()
      at = at + 1
      return source() and texts[at]
    end)
    local seen, count = {}, 0
    costream.run(function()
      for _ = 1, 3 do
        costream.spawn(function()
          for row in stream do
            assert(not seen[row.id])
            seen[row.id], count = true, count + 1
          end
        end)
      end
    end)
    assert.are.equal(40, count)
  end)
end)

describe("limits.depth", function()
  it("holds for what surrounds a list too, at its most", function()
    local deep = ("["):rep(1024) .. ("]"):rep(1024)
    local text = ('{"x":%s,"reports":[1]}'):format(deep)
    local stream = costream.records(text, { path = "reports[]", limits = { depth = 1024 } })
    local _, failure = support.drain(stream)
    assert.are.equal("limit", failure.kind)
    local less = ("["):rep(1023) .. ("]"):rep(1023)
    text = ('{"x":%s,"reports":[1]}'):format(less)
    stream = costream.records(text, { path = "reports[]", limits = { depth = 1024 } })
    assert.are.equal(1, #support.drain(stream))
  end)
end)

describe("a small document", function()
  it("is whole by its own brace, though only its connection ends it", function()
    assert.are.equal("ok", support.otc("close=1"):health().status)
  end)
end)

describe("a run", function()
  it("inside a user's own coroutine inside a task lets the other tasks wait", function()
    local steps, done = 0, false
    local query = { date = "2024-08-02" }
    local client = support.otc "rows=20,rate=20000,gzip=off"
    local function nested(levels)
      if levels == 0 then
        client:hourly(query):collect()
        return
      end
      coroutine.wrap(function()
        costream.run(nested, levels - 1)
      end)()
    end
    costream.run(function()
      costream.spawn(function()
        nested(2)
        done = true
      end)
      costream.spawn(function()
        for _ in client:hourly(query) do
          steps = steps + 1
        end
      end)
    end)
    assert.is_true(done)
    assert.are.equal(20, steps)
  end)

  it("lets a task that was ended spawn no other", function()
    local failure
    local client = support.otc "rows=20,rate=5000,gzip=off"
    pcall(costream.run, function()
      costream.spawn(function()
        local _, cancelled = pcall(function()
          client:hourly({ date = "2024-08-02" }):collect()
        end)
        assert(cancelled.kind == "cancelled")
        failure = support.raised(costream.spawn, print)
      end)
      costream.spawn(function()
        client:health()
        error "boom"
      end)
    end)
    assert.are.equal("cancelled", failure.kind)
  end)
end)
