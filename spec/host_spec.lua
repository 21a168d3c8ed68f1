--- Hosts with an event loop of their own.

local costream = require "costream"
local support = require "support"

--- A host: runs functions as coroutines of its own, in turn, until all have ended.
local function run_host(functions)
  local threads = {}
  for i, fn in ipairs(functions) do
    threads[i] = coroutine.create(fn)
  end
  local turns = 0
  while #threads > 0 do
    turns = turns + 1
    costream.step()
    for i = #threads, 1, -1 do
      assert(coroutine.resume(threads[i]))
      if coroutine.status(threads[i]) == "dead" then
        table.remove(threads, i)
      end
    end
  end
  return turns
end

describe("a host that waits itself", function()
  after_each(function()
    costream.use_wait(nil)
  end)

  it("has its coroutines suspended where streams wait, so that they run side by side", function()
    support.needs_suspension(pending)
    local id = support.new_id "host"
    local client = support.otc("rows=60,rate=40000,gzip=off,id=" .. id)
    local counts = { 0, 0 }
    costream.use_wait(function()
      coroutine.yield()
    end)
    local function reader(n)
      return function()
        for _ in client:hourly { date = "2024-08-02" } do
          counts[n] = counts[n] + 1
        end
      end
    end
    run_host { reader(1), reader(2) }
    assert.are.same({ 60, 60 }, counts)
    assert.are.equal(2, support.ledger(id).max_open)
  end)

  it("has a whole run of tasks suspended", function()
    support.needs_suspension(pending)
    local client = support.otc "rows=20,rate=40000,gzip=off"
    local rows, others = 0, 0
    costream.use_wait(function()
      coroutine.yield()
    end)
    run_host {
      function()
        costream.run(function()
          for _ = 1, 2 do
            costream.spawn(function()
              local list = client:hourly({ date = "2024-08-02" }):collect()
              rows = rows + #list
            end)
          end
        end)
      end,
      function()
        while rows < 40 do
          others = others + 1
          coroutine.yield()
        end
      end,
    }
    assert.are.equal(40, rows)
    assert.is_true(others > 1)
  end)

  it("may work until it is told that a stream or a task can go on", function()
    local client = support.otc "rows=20,rate=40000,gzip=off"
    local calls, rows = 0, 0
    costream.use_wait(function(ready)
      calls = calls + 1
      repeat
        costream.step()
      until ready()
    end)
    costream.run(function()
      for _ = 1, 2 do
        costream.spawn(function()
          for _ in client:hourly { date = "2024-08-02" } do
            rows = rows + 1
          end
        end)
      end
    end)
    assert.are.equal(40, rows)
    assert.is_true(calls > 0)
  end)

  it("has a coroutine suspended for what another one of its own has to fetch", function()
    support.needs_suspension(pending)
    local client = support.otc "rows=6,chunk=300,rate=20000,gzip=off"
    costream.use_wait(function()
      coroutine.yield()
    end)
    local source, rows = client:hourly { date = "2024-08-02" }, 0
    local stream = costream.records(function()
      local row = source()
      return row and '{"id":1}\n'
    end)
    local function read()
      for _ in stream do
        rows = rows + 1
      end
    end
    run_host { read, read }
    assert.are.equal(6, rows)
  end)

  it("can ask when there is work: a descriptor and a time", function()
    local client = support.otc "rows=5,delay=200"
    local waits, descriptor, seconds = 0, nil, nil
    costream.use_wait(function()
      waits = waits + 1
      descriptor, seconds = costream.pollfd(), costream.timeout()
      costream.step()
    end)
    assert.are.equal(5, #client:hourly({ date = "2024-08-02" }):collect())
    assert.is_true(waits > 0)
    assert.are.equal("number", type(descriptor))
    assert.are.equal("number", type(seconds))
  end)

  it("gives a function, or nil to let costream wait again", function()
    local message = support.raised(costream.use_wait, 5)
    assert.matches("use_wait: wait: expected function or nil, got 5", message, nil, true)
  end)
end)
