--- A reader whose row could not be finished: an error was thrown while its values were made. It
--- must not go on behind that row as if nothing had happened.

local core = require "costream.core"
local reader_support = require "reader_support"
local support = require "support"

local unpack = table.unpack or rawget(_G, "unpack")

local PIECE = 7000 -- values, which all Luas pass as arguments

local filler = {}
for i = 1, PIECE do
  filler[i] = i
end

--- Calls a function with so many slots of the stack in use.
local function call_deep(slots, fn)
  if slots <= 0 then
    fn()
    return
  end
  local function on(...) -- luacheck: ignore 212
    call_deep(slots - PIECE, fn)
    return nil
  end
  on(unpack(filler, 1, math.min(slots, PIECE)))
  return nil
end

--- Likewise; false when that threw.
local function finishes(slots, fn, ...)
  local finished, arguments = false, { ... }
  pcall(call_deep, slots, function()
    fn(arguments[1], arguments[2], arguments[3])
    finished = true
  end)
  return finished
end

--- How many are too many, about.
local function most_slots()
  local most = 0
  for _, step in ipairs { 100000, 10000, 1000, 100 } do
    while most < 2e6 and finishes(most + step, function() end) do
      most = most + step
    end
  end
  return most
end

--- Makes rows with ever more of the stack free, and looks at what becomes of each reader: `make`
--- gives a reader, `read` reads of it on a stack that may be too short, and `check` is called
--- with what had been left in the middle of a row. How many these were.
local function leave(make, read, check)
  local left, most = 0, most_slots()
  for slots = most + 100, most - 400, -60 do
    local reader = make()
    if not finishes(slots, read, reader) then
      local row, state = core.read(reader)
      if type(state) == "table" then
        assert.is_nil(row)
        check(reader, state)
        left = left + 1
      else
        assert.are.equal(1, row.n) -- nothing had been taken yet
      end
    end
    reader:close()
  end
  return left
end

local nested = '{"n":1,"list":' .. ("["):rep(90) .. ("]"):rep(90) .. "}"

local function fed(text)
  return function()
    local reader = core.reader { digest = true }
    reader:feed(text, 1)
    reader:finish(false)
    return reader
  end
end

describe("a reader that an error left in the middle of a row", function()
  it("fails for good, at the row before", function()
    local left = leave(fed(nested .. '\n{"n":2}\n{"n":3}\n'), core.read, function(reader, failure)
      assert.are.equal("cancelled", failure.kind)
      assert.matches("thrown while a row was made", failure.message)
      assert.is_true(reader:ready())
      local _, again = core.read(reader)
      assert.are.same(failure, again)
      assert.are.equal("0 0000000000000000 0", reader_support.position(reader))
      assert.matches("left in the middle", support.raised(reader.feed, reader, "1", 1))
    end)
    assert.is_true(left > 0)
  end)

  if core.batch then
    it("gave none of the rows of the batch that was under way", function()
      local function batch(reader)
        core.batch(reader, {}, 20)
      end
      local text = ('{"n":1}\n'):rep(10) .. nested .. '\n{"n":2}\n'
      local left = leave(fed(text), batch, function(reader, failure)
        assert.are.equal("cancelled", failure.kind)
        assert.are.equal("0 0000000000000000 0", reader_support.position(reader))
        local rows, again = core.batch(reader, {}, 20)
        assert.are.equal(0, rows)
        assert.are.same(failure, again)
        assert.are.equal("0 0000000000000000 0", reader_support.position(reader))
      end)
      assert.is_true(left > 0)
    end)
  end

  it("is told of by a `for` as well, and by all that reads on", function()
    for _, method in ipairs { "collect", "__call" } do
      local broken, most = 0, most_slots()
      for slots = most + 100, most - 400, -60 do
        local costream = require "costream"
        local stream = costream.records(nested .. '\n{"n":2}\n{"n":3}\n')
        local ok = finishes(slots, stream)
        local on = method == "collect" and stream.collect or stream
        local done, rows, failure = pcall(on, stream)
        if not ok and not done or failure then
          broken = broken + 1
        elseif not ok then
          local row = method == "collect" and rows[1] or rows
          assert.are.equal(1, row.n)
        end
      end
      assert.is_true(broken > 0)
    end
  end)

  it("frees its connection when it is closed", function()
    local id = support.new_id "left"
    local reader = core.reader {}
    assert(reader:request {
      method = "GET", allow_http = true, headers = { "Authorization: Bearer otc-sandbox-token" },
      url = support.controls("rows=100000,rate=200000,gzip=off,id=" .. id)
        .. "/v2/hourly/consumption/?date=2024-08-02",
    })
    local slots, read = most_slots() - 200, 0
    local finished = true
    while finished and slots < 2e6 do
      finished = finishes(slots, function()
        local row = core.read(reader)
        read = row == nil and read or read + 1
      end)
      if not reader:ready() then
        core.wait()
      elseif read > 50 then
        slots = slots + 15
      end
    end
    local _, state = core.read(reader)
    assert.are.equal("cancelled", state.kind)
    assert.are.equal(0, support.ledger(id).aborted)
    reader:close()
    assert.is_true(support.eventually(function() return support.ledger(id).aborted == 1 end))
    assert.has_error(function() core.read(reader) end)
  end)
end)
