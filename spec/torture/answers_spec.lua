--- Answers that no service should give: each is read right, or ends in an error that says so, and
--- never in rows that are fewer than they look.

local core = require "costream.core"
local costream = require "costream"
local faults = require "faults_support"
local support = require "support"

local TOKEN = "canary-of-an-answer-0123456789"
local PATH = "/v2/hourly/consumption/"
local AMOUNTS = { 1.5, 2.5, 4.25 }
local PATIENCE, HASTE = 20, 0.2 -- seconds without a byte: other answers are read meanwhile
local LONGEST = 10
local TASKS = 24
local LONG = support.amount(false, true)
local SMALL = 4096 -- bytes of an answer that may come one by one

local function is_small(case)
  local bytes = 0
  for _, step in ipairs(case.answer) do
    local sent = type(step) == "string" and step or step.send or ""
    bytes = bytes + #sent * (type(step) == "table" and step["repeat"] or 1)
  end
  return bytes <= SMALL
end

local cases = {}
for _, topic in ipairs { "status", "headers", "bodies", "timing" } do
  for _, case in ipairs(require("torture.answers." .. topic)) do
    case.topic, case.small = topic, is_small(case)
    cases[#cases + 1] = case
  end
end

--- As the fault server has it: strings are sent, and at last the connection is closed.
local function script_of(case)
  local steps = {}
  for i, step in ipairs(case.answer) do
    local is_end = step == "hang" or step == "reset"
    steps[i] = type(step) == "string" and not is_end and { send = step } or step
  end
  if not (case.again or case.stays) and type(steps[#steps]) ~= "string" then
    steps[#steps + 1] = "close"
  end
  return steps
end

local function client_of(run, case, retry)
  local options = {
    token = TOKEN, base_url = faults.url("answers", "run=" .. run), retry = retry,
    timeout = { stall = case.stall and HASTE or PATIENCE, total = case.total },
  }
  for name, value in pairs(case.options or {}) do
    options[name] = value
  end
  return costream.otc(options)
end

--- Reads an answer: its rows, what it failed with, and how long that took.
local function read(client, number)
  local before = core.now()
  local rows, failure = support.drain(client:hourly { product = number })
  return { rows = rows, failure = failure, seconds = core.now() - before }
end

local first_run = faults.new_run()

--- The run whose requests are counted. The server forgets the oldest: others share one.
local function run_of(number)
  return ("%s-%d"):format(first_run, number)
end

local results = {}

local function is_alone(case)
  return (case.again or case.alone) == true
end

--- Lets the connection get to hear what comes behind an answer.
local function pause(case)
  if is_alone(case) then
    os.execute "sleep 0.1"
  end
end

local function read_case(number, case)
  local result = {}
  local client = client_of(first_run, case, false)
  result.once = read(client, number)
  pause(case)
  result.again = case.again and read(client, number)
  pause(case)
  local retry = { tries = 2, base = 0.001, cap = 0.002 }
  result.tried = read(client_of(run_of(number), case, retry), number)
  pause(case)
  if LONG and case.small and not case.excess and not is_alone(case) then
    result.dripped = read(client_of(first_run .. ",drip=1,every=0", case, false), number)
  end
  results[number] = result
end

--- The numbers of those that use connections in common with others, or of the others.
local function numbers_of(alone)
  local numbers = {}
  for number, case in ipairs(cases) do
    if is_alone(case) == alone then
      numbers[#numbers + 1] = number
    end
  end
  return numbers
end

--- Several at a time, since some do nothing but wait; then those whose connections are not fit
--- for others.
local function read_all()
  local numbers, last = numbers_of(false), 0
  costream.run(function()
    for _ = 1, TASKS do
      costream.spawn(function()
        while last < #numbers do
          last = last + 1
          read_case(numbers[last], cases[numbers[last]])
        end
      end)
    end
  end)
  for _, number in ipairs(numbers_of(true)) do
    read_case(number, cases[number])
  end
end

--- One readable line, without the token.
local function assert_presentable(text)
  assert.is_nil(text:find "[%z\1-\31\127]", "not one printable line: " .. text)
  assert.is_nil(text:find(TOKEN, 1, true), "the token is shown: " .. text)
  assert.is_true(#text < 1500, "longer than anybody reads")
end

local function assert_right_rows(rows, count)
  for i, row in ipairs(rows) do
    assert.are.equal(AMOUNTS[i], row.amount)
  end
  if count then
    assert.are.equal(count, #rows)
  end
end

local function assert_failed(case, rows, failure)
  assert.is_true(costream.is_error(failure),
    ("expected an error, got %s after %d rows"):format(tostring(failure), #rows))
  assert.are.equal(case.kind, failure.kind, tostring(failure))
  assert_presentable(tostring(failure))
  assert_presentable(failure.message)
  assert.are.equal(#rows, failure.rows)
  assert_right_rows(rows, case.delivered)
  if case.status then
    assert.are.equal(case.status, failure.status)
  end
  if case.says then
    assert.matches(case.says, failure.message)
  end
end

local function assert_answered(case, result)
  assert.is_true(result.seconds < LONGEST, ("it took %.1f s"):format(result.seconds))
  if case.kind then
    assert_failed(case, result.rows, result.failure)
  else
    assert.is_nil(result.failure and tostring(result.failure))
    assert_right_rows(result.rows, case.rows)
  end
end

local retried_statuses = {
  [408] = true, [429] = true, [500] = true, [502] = true, [503] = true, [504] = true,
}
local retried_kinds = { network = true, incomplete = true, timeout = true }

--- Does a client that retries ask again?
local function is_retried(case)
  return retried_kinds[case.kind] and case.says ~= "timeout.total"
    or case.kind == "http" and retried_statuses[case.status]
end

describe("an answer:", function()
  local counts

  setup(function()
    local scripts = {}
    for number, case in ipairs(cases) do
      scripts[("%s?product=%d"):format(PATH, number)] = script_of(case)
    end
    faults.set("answers", scripts)
    read_all()
    counts = faults.all_counts(first_run)
  end)

  for number, case in ipairs(cases) do
    it(("%s: %s"):format(case.topic, case[1]), function()
      local result = results[number]
      assert_answered(case, result.once)
      for _, how in ipairs { "again", "dripped" } do
        if result[how] then
          assert_answered(case, result[how])
        end
      end
    end)

    it(("%s: %s: where it may be asked for again"):format(case.topic, case[1]), function()
      local result = results[number].tried
      assert_answered(case, result)
      local requests = counts[run_of(number)].requests
      if is_retried(case) then
        assert.is_true(requests >= 2 and requests <= 4, requests .. " requests")
      else
        assert.are.equal(1, requests)
      end
      if result.failure then
        assert.are.equal(requests, result.failure.attempts)
      end
    end)
  end
end)
