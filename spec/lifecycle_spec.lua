--- Closing, collecting and erring at awkward moments.

local corpus = require "corpus"
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

  it("loses no row quietly when a finalizer reads it while its row is made", function()
    local member = '"a text that is long enough to be new":[{}],'
    local row = ("{%s\"z\":1}\n"):format(member:rep(100))
    local stream = costream.records(row:rep(300))
    local read = 0
    local function litter()
      return setmetatable({}, { __gc = function() -- runs on Lua 5.2 and later
        local done, rows = pcall(stream.collect, stream, 1)
        read = read + (done and rows and #rows or 0)
      end }) ~= nil
    end
    local rows = 0
    local ok = pcall(function()
      for _ in stream do
        rows = rows + 1
        litter()
      end
    end)
    assert.is_true(not ok or rows + read == 300)
  end)

  it("gives its rows though finalizers drive the loop while they are made", function()
    local client = support.otc "rows=3000,gzip=off"
    local function litter()
      return setmetatable({}, { __gc = function()
        costream.step()
      end }) ~= nil
    end
    local rows = 0
    for _ in client:hourly { date = "2024-08-02" } do
      rows = rows + 1
      litter()
    end
    assert.are.equal(3000, rows)
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

  it("is at its end for good when a function that it reads from throws", function()
    local calls = 0
    local stream = costream.records(function()
      calls = calls + 1
      if calls == 2 then
        error "not now"
      end
      return calls < 4 and "1\n" or nil
    end)
    assert.matches("not now", support.raised(stream.collect, stream))
    assert.matches("not now", support.raised(stream.collect, stream))
    assert.matches("not now", support.raised(stream))
  end)

  it("is at its end for good when a condition throws: the rest would look whole", function()
    local stream = costream.records("1\n2\n3\n"):where(function(row)
      return row ~= 2 or error "no"
    end)
    assert.matches("no", support.raised(stream.collect, stream))
    assert.matches("no", support.raised(stream.collect, stream))
  end)

  it("is at its end for good when a cancelled error is thrown over a row", function()
    local other = costream.records "[1]"
    other:close()
    local stream = costream.records("1\n2\n3\n"):where(function(row)
      return row ~= 2 or other()
    end)
    assert.are.equal(1, stream())
    assert.are.equal("cancelled", support.raised(stream).kind)
    assert.are.equal("cancelled", support.raised(stream).kind)
  end)

  it("is at its end for good when a task is ended that had taken a row of it", function()
    support.needs_suspension(pending)
    local client, slow = support.otc "rows=30,rate=20000,gzip=off", support.otc "delay=2000"
    local taken
    for name, read in pairs {
      where = function(stream)
        stream:where(function()
          taken = true
          return slow:health() ~= nil
        end)
        for _ in stream do end -- luacheck: ignore 542
      end,
      collect = function(stream)
        stream:collect()
      end,
    } do
      local stream = client:hourly { date = "2024-08-02" }
      taken = false
      pcall(costream.run, function()
        costream.spawn(read, stream)
        costream.spawn(function()
          repeat
            client:health()
          until taken or stream:stats().rows > 0
          error "boom"
        end)
      end)
      assert.are.equal("cancelled", support.raised(stream.collect, stream).kind, name)
    end
  end)

  it("can be asked again when its request could not be made", function()
    local stream = support.otc(nil, { ca_file = "/nonexistent" }):hourly()
    for _ = 1, 2 do
      local rows, failure = stream:collect()
      assert.is_nil(rows)
      assert.are.equal("tls", failure.kind)
    end
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
    support.needs_suspension(pending)
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
    support.needs_suspension(pending)
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

describe("timeout.stall", function()
  it("counts only while the reader waits, not while it works on a row", function()
    local controls = "rows=8,chunk=2000,gap=1500,gzip=off"
    local client = support.otc(controls, { timeout = { stall = 0.9 } })
    local rows = 0
    for _ in client:hourly { date = "2024-08-02" } do
      rows = rows + 1
      if rows == 1 then
        os.execute "sleep 1.2"
      end
    end
    assert.are.equal(8, rows)
  end)

  it("ends a stream whose server is silent while the reader waits", function()
    local controls = "rows=8,chunk=2000,gap=1500,gzip=off"
    local rows, failure = support.drain(
      support.otc(controls, { timeout = { stall = 0.5 } }):hourly { date = "2024-08-02" })
    assert.is_true(#rows > 0 and #rows < 8)
    assert.are.equal("timeout", failure.kind)
  end)
end)

describe("rows in the hands of a coroutine", function()
  local function pausing()
    return (costream.records '{"a":1}\n{"a":2}\n{"a":3}\n'):where(function(row)
      if row.a == 1 then
        coroutine.yield()
      end
      return true
    end)
  end

  local function begin(stream)
    local thread = coroutine.create(function()
      for _ in stream do
        error "it should wait"
      end
    end)
    assert(coroutine.resume(thread))
    return thread
  end

  if _VERSION == "Lua 5.1" and not rawget(_G, "jit") then
    return -- no coroutine waits in a `for` there
  end

  it("are not left out quietly when it is dropped", function()
    local stream = pausing()
    begin(stream)
    local rows, failure = support.drain(stream)
    assert.are.equal("cancelled", failure.kind)
    assert.matches("had rows of this stream in its hands", failure.message, nil, true)
    assert.is_true(#rows < 3)
    assert.are.equal(failure, select(2, pcall(stream)))
  end)

  it("are waited for by nobody while it lives", function()
    local stream = pausing()
    local thread = begin(stream)
    assert.are.same({ { a = 2 }, { a = 3 } }, (support.drain(stream)))
    assert.are.equal("suspended", coroutine.status(thread))
  end)

  it("are lost with a list that is not given, and the stream says so again", function()
    local chunks, fails = corpus.chunks('{"a":1}\n', '{"a":2}\n'), false
    local stream = (costream.records(chunks)):where(function()
      assert(not fails, "out of order")
      fails = true
      return true
    end)
    for _ = 1, 2 do
      assert.matches("out of order", support.raised(stream.collect, stream), nil, true)
    end
  end)
end)

describe("a row", function()
  it("is not given when its own step closes the stream", function()
    local stream
    stream = (costream.records '{"a":1}\n{"a":2}\n{"a":3}\n'):where(function(row)
      if row.a == 2 then
        stream:close()
      end
      return true
    end)
    local rows, failure = support.drain(stream)
    assert.are.same({ { a = 1 } }, rows)
    assert.are.same({ "cancelled", 1 }, { failure.kind, failure.rows })
    assert.are.equal(1, stream:stats().rows)
  end)
end)

describe("a child of fork", function()
  local has_ffi, ffi = pcall(require, "ffi")

  it("cannot use its parent's client or read its stream, and may have its own", function()
    if not has_ffi then
      pending "fork needs LuaJIT's ffi"
      return
    end
    ffi.cdef "int fork(void); void _exit(int); int waitpid(int, int *, int);"
    local client = support.otc "rows=5000,gzip=off"
    local stream = client:hourly { date = "2024-08-02" }
    stream()
    local child = ffi.C.fork()
    if child == 0 then
      local ok = pcall(function()
        local _, failure = stream:collect()
        assert(failure.kind == "cancelled")
        local said = support.raised(client.health, client)
        assert(said:find("otc: this client was made before fork", 1, true))
        assert(support.otc():health().status == "ok")
      end)
      ffi.C._exit(ok and 0 or 1)
    end
    local status = ffi.new "int[1]"
    ffi.C.waitpid(child, status, 0)
    assert.are.equal(0, status[0])
    assert.are.equal(4999, #stream:collect())
  end)
end)
