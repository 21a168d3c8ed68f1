--- Everything goes wrong at once: each page of an answer comes only after some tries that are cut
--- anywhere, refused for now, or sent elsewhere. Every row comes exactly once all the same.

local documents = require "torture.documents"
local faults = require "faults_support"
local subjects = require "torture.killed_subjects"
local support = require "support"

local STORMS = support.amount(8, 1000) -- of each subject
local MOST_IN_A_ROW = 4

local stubborn = { retry = { tries = MOST_IN_A_ROW + 1, base = 0.001, cap = 0.002 } }

local function pick(list)
  return list[math.random(#list)]
end

--- Ways to fail: each gives a script, in place of the answer of these bytes.
local ways = {}

function ways.cut(bytes)
  return { { send = bytes:sub(1, math.random(0, #bytes - 1)) }, pick { "close", "reset" } }
end

function ways.cut_in_the_body(bytes)
  local head = select(2, bytes:find "\r\n\r\n")
  return { { send = bytes:sub(1, math.random(head, #bytes - 1)) }, pick { "close", "reset" } }
end

function ways.refused()
  return { faults.answer {
    status = pick { 408, 429, 500, 502, 503, 504 },
    body = pick { "", "no", '{"detail":"later"}' },
    headers = pick { {}, { "Retry-After: 0" } },
    framing = pick { "length", "chunked", "close" },
  } }
end

local names = { "cut", "cut_in_the_body", "refused" }

--- The answer at last: with something before it, or with the connection's end behind it.
local function right(bytes)
  return pick {
    { { send = bytes } },
    { { send = bytes }, "close" },
    { { send = "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" .. bytes } },
  }
end

--- Some scripts that fail, and the one that does not.
local function turns_of(bytes)
  local turns = {}
  for i = 1, math.random(0, MOST_IN_A_ROW) do
    turns[i] = ways[pick(names)](bytes)
  end
  turns[#turns + 1] = right(bytes)
  return { turns = turns }
end

--- A set's answers: those of a document, each a storm of its own; now and then from elsewhere.
local function storm_of(document, pages)
  local answers = {}
  for page, target in ipairs(document.targets) do
    local turns = turns_of(pages[page])
    if math.random() < 0.3 then
      local moved = ("?moved=%d"):format(page)
      answers[target:gsub("%?.*", "") .. moved] = turns
      turns = { faults.answer {
        status = pick { 301, 302, 303, 307, 308 }, headers = { "Location: " .. moved },
      } }
    end
    answers[target] = turns
  end
  return answers
end

local function read(stream, document, values)
  local shown = {}
  if values then
    for _, first, second in stream:values(document.values[1], document.values[2]) do
      shown[#shown + 1] = ("%s %s"):format(tostring(first), tostring(second))
    end
  else
    for row in stream do
      shown[#shown + 1] = documents.show(row)
    end
  end
  return shown
end

local function fold(stream, document)
  return documents.show(assert(stream:fold {
    by = { document.by }, sum = { document.sum }, count = true,
  }))
end

local function known_names()
  local list = {}
  for name in pairs(subjects) do
    list[#list + 1] = name
  end
  table.sort(list)
  return list
end

for _, name in ipairs(known_names()) do
  local document, values = subjects[name].document, subjects[name].values

  describe(name .. ", in a storm,", function()
    it(("has every row exactly once, and the right sums: %d storms"):format(STORMS), function()
      faults.set(document.set, document.answers)
      local url, pages = faults.url(document.set), {}
      for page, target in ipairs(document.targets) do
        pages[page] = faults.bytes(document.set, target)
      end
      local rows = read(document.open(url), document, values)
      local sums = document.sum and fold(document.open(url), document)
      local retries = 0
      for seed = 1, STORMS do
        math.randomseed(seed)
        faults.set("storm", storm_of(document, pages))
        local function open()
          return document.open(faults.url("storm", "run=" .. faults.new_run()), stubborn)
        end
        local place = ("storm %d"):format(seed)
        local stream = open()
        assert.are.same(rows, read(stream, document, values), place)
        retries = retries + stream:stats().retries
        if sums then
          assert.are.equal(sums, fold(open(), document), place)
        end
      end
      assert.is_true(retries > STORMS, "there was no storm")
    end)
  end)
end

describe("a service that falls silent", function()
  local document = subjects["IBM usage"].document
  local impatient = { retry = stubborn.retry, timeout = { stall = 0.4 } }

  local function check(bytes_before)
    faults.set(document.set, document.answers)
    local rows = read(document.open(faults.url(document.set)), document)
    local answers = {}
    for target, script in pairs(document.answers) do
      answers[target] = script
    end
    local target = document.targets[2]
    local bytes = faults.bytes(document.set, target)
    answers[target] = { turns = {
      { { send = bytes:sub(1, bytes_before(bytes)) }, "hang" }, { { send = bytes } },
    } }
    faults.set("silent", answers)
    local stream = document.open(faults.url("silent", "run=" .. faults.new_run()), impatient)
    assert.are.same(rows, read(stream, document))
    assert.is_true(stream:stats().retries > 0)
  end

  it("before it answers is asked again, and every row comes exactly once", function()
    check(function() return 0 end)
  end)

  it("in its head is asked again, and every row comes exactly once", function()
    check(function() return 40 end)
  end)

  it("in a row is asked again, and every row comes exactly once", function()
    check(function(bytes) return math.floor(#bytes * 0.7) end)
  end)

  it("before its last byte is asked again, and every row comes exactly once", function()
    check(function(bytes) return #bytes - 7 end)
  end)
end)
