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

--- Leaves a test out in PUC Lua 5.1, which has no limit to the slots of its stack.
local function needs_stack_limit()
  if _VERSION == "Lua 5.1" and not rawget(_G, "jit") then
    pending "no stack of PUC Lua 5.1 is too short for a row"
  end
end

local most

--- How many are too many, about.
local function most_slots()
  if most then
    return most
  end
  most = 0
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
  local left = 0
  for slots = most_slots() + 100, most_slots() - 400, -60 do
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
    needs_stack_limit()
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

  if core.batch and not debug.gethook() then -- which it steps aside for
    it("gave none of the rows of the batch that was under way", function()
      needs_stack_limit()
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
    needs_stack_limit()
    for _, method in ipairs { "collect", "__call" } do
      local broken = 0
      for slots = most_slots() + 100, most_slots() - 400, -60 do
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

  local names = {}
  for i = 1, 200 do
    names[i] = "name_" .. i -- so many values take room on the stack
  end

  it("is a failure of its answer, where the row does not come at the next call", function()
    needs_stack_limit()
    local thrown = 0
    for slots = most_slots() - 700, most_slots() + 100, 20 do
      local stream = support.otc("rows=200,gzip=off"):hourly { date = "2024-08-02" }
      local next_row = stream:values(unpack(names))
      for row = 1, 64 do -- which LuaJIT takes at once
        assert.are.equal(row, (next_row()))
      end
      if not finishes(slots, next_row) then
        local ok, failure = pcall(next_row)
        if type(failure) == "table" then
          assert.are.same({ "cancelled", 200 }, { failure.kind, failure.status })
        elseif ok then
          assert.are.equal(65, failure)
        end
        thrown = thrown + 1
      end
    end
    assert.is_true(thrown > 0)
  end)

  --- Reads a row, waits for it; the failure when there is one instead.
  local function read_row(reader)
    local row, state = core.read(reader)
    while row == nil and type(state) ~= "table" do
      assert.are.equal("wait", state)
      core.wait()
      row, state = core.read(reader)
    end
    return state
  end

  --- Reads rows, on a stack that suffices more and more, until one is left.
  local function leave_by_stack(reader)
    local slots, failure = most_slots() + 300, nil
    while not failure and slots > most_slots() - 1000 do
      read_row(reader)
      slots = slots - 50
      failure = not finishes(slots, core.read, reader) and read_row(reader)
    end
  end

  for where, call in pairs {
    ["by who left it"] = function(fn, ...) fn(...) end,
    ["by another coroutine"] = function(fn, ...) coroutine.wrap(fn)(...) end,
  } do
    it("frees its connection when it is closed " .. where, function()
      needs_stack_limit()
      local id = support.new_id "left"
      local reader = core.reader { plan = reader_support.plan({}, { values = names }) }
      assert(reader:request {
        method = "GET", allow_http = true,
        headers = { "Authorization: Bearer otc-sandbox-token" },
        url = support.controls("rows=100000,rate=200000,gzip=off,id=" .. id)
          .. "/v2/hourly/consumption/?date=2024-08-02",
      })
      call(leave_by_stack, reader)
      assert.are.equal("cancelled", read_row(reader).kind)
      assert.are.equal(0, support.ledger(id).aborted)
      reader:close()
      assert.is_true(support.eventually(function() return support.ledger(id).aborted == 1 end))
      assert.has_error(function() core.read(reader) end)
    end)
  end
end)

--- Garbage whose finalizer calls a function.
local function litter(fn)
  local proxy = rawget(_G, "newproxy")
  if proxy then
    getmetatable(proxy(true)).__gc = fn
  else
    setmetatable({}, { __gc = fn })
  end
end

describe("a reader whose row is being made", function()
  local text_of_row = ('{"list":[%s1]}\n'):format(
    ('"a text that is long enough to be new",[1],'):rep(50))
  local pause, speed

  setup(function() -- so that the collector is always at work
    collectgarbage()
    pause, speed = collectgarbage("setpause", 1), collectgarbage("setstepmul", 400)
  end)

  teardown(function()
    collectgarbage("setpause", pause)
    collectgarbage("setstepmul", speed)
  end)

  --- Reads all rows, with finalizers that ask for some: how often that was refused.
  local function read_with_finalizers()
    local reader, at = core.reader {}, 1
    local text, refused, taken = text_of_row:rep(300), 0, 0
    local function ask()
      local done, given = pcall(core.read, reader)
      if not done then
        assert.matches("a finalizer must not read", given)
        refused = refused + 1
      elseif given ~= nil then
        taken = taken + 1
      end
    end
    local rows, state = 0
    repeat
      litter(ask)
      local row
      row, state = core.read(reader)
      rows = rows + (row and 1 or 0)
      if state == "wait" then
        if at > #text then
          reader:finish(false)
        else
          at = reader:feed(text, at)
        end
      end
    until state and state ~= "wait"
    assert.are.equal("end", state)
    assert.are.equal(300, rows + taken)
    return refused
  end

  it("is not left when a finalizer asks it for rows: those come all", function()
    local refused, tries = 0, 0
    while refused == 0 and tries < 300 do
      refused, tries = read_with_finalizers(), tries + 1
    end
    assert.is_true(refused > 0)
  end)

  --- Reads rows until a finalizer closes the reader; true when that was while a row was made.
  local function read_until_closed()
    local reader, closed_inside = core.reader {}, false
    reader:feed(text_of_row:rep(20), 1)
    litter(function()
      closed_inside = closed_inside or not pcall(reader.feed, reader, "", 1)
      reader:close()
    end)
    for _ = 1, 20 do
      local ok, made = pcall(core.read, reader)
      if not ok then
        assert.matches("closed", made)
        break
      end
      assert.are.equal(101, #made.list)
    end
    reader:close()
    return closed_inside
  end

  it("may be closed by a finalizer, and is whole until it is made", function()
    local tries = 1
    while not read_until_closed() and tries < 10000 do
      tries = tries + 1
      assert.is_string(("x"):rep(tries * 37 % 5000)) -- so that no two are alike to it
    end
    assert.is_true(tries < 10000)
  end)
end)
