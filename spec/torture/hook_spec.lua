--- Debug hooks that raise, as programs set them to limit time or instructions: wherever that is
--- in costream's own code, no stream goes on one row short.

local corpus = require "corpus"
local costream = require "costream"
local support = require "support"

local jit = rawget(_G, "jit")

--- Is the code that a hook was called in costream's?
local function in_costream()
  local source = debug.getinfo(3, "S").source
  return source:find("/lua/costream/", 1, true) ~= nil or source == "=costream.iterators"
end

--- Ways to raise: each sets a hook that raises first behind `n` instructions or lines.
local hooks = {
  ["once"] = function(n)
    debug.sethook(function()
      debug.sethook()
      if in_costream() then
        error("time is up", 0)
      end
    end, "", n)
  end,
  ["and then at each instruction"] = function(n)
    debug.sethook(function()
      if in_costream() then
        debug.sethook(debug.gethook(), "", 1)
        error("time is up", 0)
      end
    end, "", n)
  end,
  ["again and again"] = function(n)
    debug.sethook(function()
      if in_costream() then
        error("time is up", 0)
      end
    end, "", n)
  end,
  ["at a line"] = function(n)
    local lines = 0
    debug.sethook(function()
      lines = lines + 1
      if lines >= n then
        debug.sethook()
        if in_costream() then
          error("time is up", 0)
        end
      end
    end, "l")
  end,
}

--- Ways to read: each gives a function that reads on, as far as it comes, and tells which rows
--- it got.
local readers = {
  ["for"] = function(stream, take)
    return function()
      for row in stream do
        take(row)
      end
    end
  end,
  values = function(stream, take, name)
    local iterator
    return function()
      iterator = iterator or stream:values(name)
      for number, value in iterator do
        take({ [name] = value }, number)
      end
    end
  end,
  ["values behind a function"] = function(stream, take, name)
    stream = stream:where(function() return true end)
    local iterator
    return function()
      iterator = iterator or stream:values(name)
      for number, value in iterator do
        take({ [name] = value }, number)
      end
    end
  end,
  ["for behind a function"] = function(stream, take)
    stream = stream:where(function() return true end)
    return function()
      for row in stream do
        take(row)
      end
    end
  end,
  collect = function(stream, take)
    return function()
      repeat
        local rows, failure = stream:collect(2)
        if failure then
          error(failure, 0)
        end
        for _, row in ipairs(rows) do
          take(row)
        end
      until #rows == 0
    end
  end,
}

--- A cursor, where the stream has one still, is behind the rows that came.
local function check_cursor(case, stream, got)
  local fine, cursor = pcall(stream.cursor, stream)
  if fine then
    local rows = assert(case.resume(cursor):collect())
    assert(#rows == case.count - got and (got == case.count or case.is(rows[1], got + 1)),
      "the cursor is not behind the last row")
  end
end

--- Reads a stream while a hook raises, and on behind it. Fails where a row is missing. True when
--- the hook was called at all.
local function try(case, read_with, set_hook, n)
  local stream, got = case.open(), 0
  local function take(row, number)
    got = got + 1
    assert(case.is(row, got) and (number or got) == got, "a row is missing or comes twice")
  end
  local read_on = read_with(stream, take, case.name)
  set_hook(n)
  local ok = pcall(read_on)
  local reached = ok == false or debug.gethook() == nil
  debug.sethook()
  if not ok then
    check_cursor(case, stream, got)
    ok = pcall(read_on)
    assert(ok or not pcall(read_on), "an error is not given again")
  end
  assert(not ok or got == case.count, ("ended with %d rows of %d"):format(got, case.count))
  return reached
end

--- Tries each n from 1 on, or some of them, until the hook comes too late.
local function try_all(case, read_with, set_hook, step)
  local n = 1
  while true do
    local fine, reached = pcall(try, case, read_with, set_hook, n)
    assert(fine, ("n = %d: %s"):format(n, tostring(reached)))
    if not reached then
      return n
    end
    n = n + step
  end
end

local lines = {}
for i = 1, 7 do
  lines[i] = ('{"n":%d}\n'):format(i)
end
local text = table.concat(lines)

local function is_numbered(row, number)
  return row.n == number
end

local query = {
  enterprise_id = "enterprise-cloud-provider", month = "2019-06", children = true, limit = 1,
}

local ids = {}
for i, report in ipairs(support.ibm():reports(query):collect()) do
  ids[i] = report.entity_id
end

local client = support.ibm()

--- The sandbox's pages of one report each, read as method `method` does.
local function pages(method, name, is)
  return {
    open = function()
      return (client[method](client, query))
    end,
    resume = function(cursor)
      local again = { resume = cursor }
      for option, value in pairs(query) do
        again[option] = value
      end
      return (client[method](client, again))
    end,
    is = is, name = name, count = #ids, step = support.amount(997, 13),
  }
end

local cases = {
  ["a text"] = {
    open = function() return (costream.records(text)) end,
    is = is_numbered, name = "n", count = 7, step = support.amount(29, 1),
  },
  ["chunks"] = {
    open = function() return (costream.records(corpus.pieces(text, 13))) end,
    is = is_numbered, name = "n", count = 7, step = support.amount(19, 1),
  },
  ["reports"] = pages("reports", "entity_id", function(row, number)
    return row.entity_id == ids[number]
  end),
  ["pages"] = pages("pages", "reports", function(row, number)
    return row.reports[1].entity_id == ids[number]
  end),
}

describe("a debug hook that raises loses no row:", function()
  setup(function()
    if jit then
      jit.off() -- compiled code calls no hooks
      jit.flush()
    end
  end)

  teardown(function()
    if jit then
      jit.on()
    end
  end)

  after_each(function()
    debug.sethook()
  end)

  for case_name, case in pairs(cases) do
    for reader_name, read_with in pairs(readers) do
      for hook_name, set_hook in pairs(hooks) do
        it(("%s, %s, %s"):format(case_name, reader_name, hook_name), function()
          assert.is_true(try_all(case, read_with, set_hook, case.step) > 20)
        end)
      end
    end
  end

  for case_name, case in pairs(cases) do
    for hook_name, set_hook in pairs(hooks) do
      it(("%s, a fold behind a function, %s"):format(case_name, hook_name), function()
        local n, reached = 1
        repeat
          local stream = case.open():where(function() return true end)
          set_hook(n)
          local ok, groups = pcall(stream.fold, stream, { count = true })
          reached = not ok or debug.gethook() == nil
          debug.sethook()
          assert.is_true(not ok or groups[1].count == case.count)
          n = n + case.step
        until not reached
        assert.is_true(n > 20)
      end)
    end
  end
end)
