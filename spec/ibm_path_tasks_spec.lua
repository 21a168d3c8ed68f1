--- Rows with paths that several coroutines read: one of them reads the tree.

local core = require "costream.core"
local costream = require "costream"
local faults = require "faults_support"
local support = require "support"

local QUERY = {
  enterprise_id = "enterprise-cloud-provider", children = true, month = "2019-06", path = true,
}

local function usage(controls)
  return (support.ibm(controls):usage(QUERY))
end

local rows = assert(usage():collect())

describe("usage rows with paths", function()
  it("are given once each, though several tasks read them, and the tree is read once", function()
    local id = support.new_id "path"
    local stream, count = usage("delay=20,id=" .. id), 0
    costream.run(function()
      for _ = 1, 3 do
        costream.spawn(function()
          for row in stream do
            assert.is_string(row.path)
            count = count + 1
          end
        end)
      end
    end)
    assert.are.equal(#rows, count)
    assert.are.equal(3 + 1, support.ledger(id).requests)
  end)

  it("are all there, though the task is ended that was reading the tree", function()
    support.needs_suspension(pending)
    local stream, count = usage "delay=100", 0
    local function read()
      for _ in stream do
        count = count + 1
      end
    end
    costream.run(function()
      costream.spawn(function()
        pcall(costream.run, function()
          costream.spawn(read)
          costream.spawn(error, "enough")
        end)
      end)
      costream.spawn(read)
    end)
    assert.are.equal(#rows, count)
  end)

  it("fail for all at once where a token's function throws while the tree is read", function()
    support.needs_suspension(pending)
    local token, calls, goes_on = support.ibm()._credential:token(), 0, true
    local client = costream.ibm { base_url = support.controls "delay=20", token = function()
      calls = calls + 1
      return calls == 1 and token or error("no token today", 0)
    end }
    local stream = client:usage {
      account_id = "account-data-services-support", month = "2019-06", path = true,
    }
    costream.run(function()
      costream.spawn(function()
        assert.are.equal("no token today", support.raised(stream))
        support.otc("rows=3,delay=1000"):hourly():collect()
        goes_on = false
      end)
      costream.spawn(function()
        assert.are.equal("no token today", support.raised(stream))
        assert.is_true(goes_on)
      end)
    end)
  end)

  it("fail for all tasks that read them where the tree cannot be read, which is tried once",
    function()
      local run, kinds = faults.new_run(), {}
      faults.set(run, { ["*"] = { faults.answer { status = 403, body = "{}" } } })
      local client = costream.ibm {
        token = "t", base_url = faults.url(run, "run=" .. run), retry = false,
      }
      local stream = client:usage(QUERY)
      costream.run(function()
        for i = 1, 3 do
          costream.spawn(function()
            kinds[i] = select(2, stream:collect()).kind
          end)
        end
      end)
      assert.are.same({ "auth", "auth", "auth" }, kinds)
      assert.is_true(faults.counts(run).requests <= 3)
    end)
end)

describe("usage rows with paths, where a host drops the coroutine that reads the tree", function()
  before_each(function()
    costream.use_wait(function()
      coroutine.yield()
      costream.step()
    end)
  end)

  after_each(function()
    costream.use_wait(nil)
  end)

  it("are all there for another", function()
    support.needs_suspension(pending)
    local stream, count = usage "delay=50", 0
    local reader = coroutine.create(function()
      return stream()
    end)
    core.begin_slice(60)
    assert(coroutine.resume(reader))
    assert.are.equal("suspended", coroutine.status(reader))
    reader = nil -- luacheck: ignore 311
    local other = coroutine.create(function()
      for _ in stream do
        count = count + 1
      end
    end)
    assert.is_true(support.eventually(function()
      assert(coroutine.resume(other))
      return coroutine.status(other) == "dead"
    end, 10))
    assert.are.equal(#rows, count)
  end)
end)
