--- An answer is broken off, and is another one when it is asked for again: what was delivered is
--- not delivered again, and nothing is put together of two answers that do not fit.

local costream = require "costream"
local decode = require "costream.decode"
local documents = require "torture.documents"
local faults = require "faults_support"
local support = require "support"

local stubborn = { tries = 3, base = 0.001, cap = 0.002 }

local otc_rows = {
  '{"resource_id":"r-1","product":"A","amount":0.1}',
  '{"resource_id":"r-2","product":"B","amount":12.25,"tags":[true,null]}',
  '{"resource_id":"r-3","product":"C \\u00fc \195\188","amount":-3e2}',
  '{"resource_id":"r-3","product":"C \\u00fc \195\188","amount":-4e2}',
  '{"resource_id":"r-5","product":"never whole at first"}',
}

local function report(id, cost)
  return ('{"entity_id":"%s","billable_cost":%s,"resources":[{"plans":[{"usage":'
    .. '[{"metric":"a","cost":%s},{"metric":"b","cost":1}]}]}]}'):format(id, cost, cost)
end

local reports = {
  report("e-1", "0.25"), report("e-2", "7"), report("e-3", "-1e1"), report("e-4", "12"),
  report("e-5", "1"),
}

--- What is broken: `answers` are those that hold such rows, in case of a number; rows come of
--- each, and of what comes before.
local subjects = {}

for _, layout in ipairs { "lines", "array" } do
  subjects[#subjects + 1] = {
    name = "OTC, " .. layout, rows = otc_rows, rows_each = 1, rows_before = 0,
    values = { "product", "amount" },
    target = function(number)
      return "/v2/hourly/consumption/?contract=" .. number
    end,
    body = function(list)
      return documents.otc_body(layout, list)
    end,
    open = function(options, number, cursor)
      return costream.otc(options):hourly { contract = number, resume = cursor }
    end,
  }
end

local IBM = "/v1/resource-usage-reports?billing_unit_id=%d&enterprise_id=e&month=2024-07"

for method, cost in pairs { reports = "billable_cost", usage = "cost" } do
  local rows_each = method == "usage" and 2 or 1
  subjects[#subjects + 1] = {
    name = "the second page of IBM's, " .. method, rows = reports, rows_each = rows_each,
    rows_before = rows_each,
    values = { "entity_id", cost },
    first = documents.ibm_body(1, { report("e-0", "3") }),
    first_target = function(number)
      return IBM:format(number)
    end,
    target = function(number)
      return IBM:format(number) .. "&offset=o2"
    end,
    body = function(list)
      return documents.ibm_body(2, list, true)
    end,
    open = function(options, number, cursor)
      local client = costream.ibm(options)
      return client[method](client, { enterprise_id = "e", month = "2024-07",
        billing_unit_id = tostring(number), resume = cursor })
    end,
  }
end

--- Another letter or digit; nil for what is none.
local function another(character)
  if character:find "[%a1-8]" then
    return string.char(character:byte() % 2 == 0 and character:byte() + 1 or character:byte() - 1)
  end
end

--- Calls fn(row) for rows that differ from this one in a byte and are right JSON still.
local function each_byte_changed(row, fn)
  for at = 1, #row, support.amount(17, 1) do
    local character = another(row:sub(at, at))
    local changed = character and row:sub(1, at - 1) .. character .. row:sub(at + 1)
    if changed and decode(changed) then
      fn(changed, ("byte %d of row"):format(at))
    end
  end
end

local function edited(rows, fn)
  local list = { (table.unpack or unpack)(rows) }
  fn(list)
  return list
end

--- The changes: each { rows instead, the first row that is another, what has happened to it }.
local function changes_of(rows)
  local changes = {}
  local function add(at, what, fn)
    changes[#changes + 1] = { rows = edited(rows, fn), at = at, what = what .. " " .. at }
  end
  for at = 1, #rows - 1 do
    each_byte_changed(rows[at], function(changed, what)
      add(at, what, function(list) list[at] = changed end)
    end)
    add(at, "a space in row", function(list) list[at] = list[at]:gsub(",", ", ", 1) end)
    add(at, "without row", function(list) table.remove(list, at) end)
    add(at, "one more before row", function(list) table.insert(list, at, list[#list]) end)
    add(at, "swapped with the next row", function(list)
      list[at], list[at + 1] = list[at + 1], list[at]
    end)
    add(at, "nothing behind row", function(list)
      for i = #list, at + 1, -1 do
        list[i] = nil
      end
    end)
    changes[#changes].at = at + 1
  end
  return changes
end

--- The set of a subject says the right answer first, then in each case the changed one; the other
--- set only that.
local function set_up(subject, set, changes)
  local right = subject.body(subject.rows)
  local answers, only_changed = {}, {}
  for number, change in ipairs(changes) do
    local changed = { faults.answer { body = subject.body(change.rows) } }
    local target = subject.target(number)
    answers[target] = { turns = { { faults.answer { body = right } }, changed } }
    only_changed[target] = changed
    if subject.first then
      local first = { faults.answer { body = subject.first } }
      answers[subject.first_target(number)] = first
      only_changed[subject.first_target(number)] = first
    end
  end
  faults.set(set, answers)
  faults.set(set .. "-changed", only_changed)
end

local function options_for(url, retry)
  return { token = "token-of-specs", base_url = url, retry = retry }
end

--- Ways to read a stream: each gives its rows as text, behind those in `shown`, and the failure.
local ways = {}

function ways.rows(stream, _, shown)
  local rows, failure = support.drain(stream)
  for _, row in ipairs(rows) do
    shown[#shown + 1] = documents.show(row)
  end
  return shown, failure
end

function ways.values(stream, names, shown)
  local ok, failure = pcall(function()
    for _, first, second in stream:values(names[1], names[2]) do
      shown[#shown + 1] = ("%s %s"):format(tostring(first), tostring(second))
    end
  end)
  return shown, not ok and failure or nil
end

--- Sums, as if they were one row.
local function fold(stream, names)
  local groups, failure = stream:fold { sum = { names[2] }, count = true }
  return groups and documents.show(groups), failure
end

for index, subject in ipairs(subjects) do
  describe(subject.name .. ", broken off behind a row and changed,", function()
    local set = "changed-" .. index
    local changes = changes_of(subject.rows)
    local offsets

    setup(function()
      set_up(subject, set, changes)
      local bytes = faults.bytes(set, subject.target(1))
      offsets = {}
      for count, row in ipairs(subject.rows) do
        offsets[count - 1] = bytes:find(row, 1, true) + 5
      end
    end)

    --- Where the answer of a case is broken off behind some rows, then changed.
    local function broken_url(count)
      return faults.url(set, ("page=%d,cut=%d,times=1,run=%s"):format(
        subject.first and 2 or 1, offsets[count], faults.new_run()))
    end

    local function open_changed(number)
      return subject.open(options_for(faults.url(set .. "-changed"), false), number)
    end

    --- Reads each case, broken off behind `count` rows, with fn(url, number), and looks at what
    --- comes.
    local function check(way, count, fn)
      local url = faults.url(set, "run=" .. faults.new_run())
      local right = way(subject.open(options_for(url, false), 1), subject.values, {})
      local before = subject.rows_before + count * subject.rows_each
      for number, change in ipairs(changes) do
        local place = ("broken off behind %d rows, then %s"):format(count, change.what)
        local shown, failure = fn(broken_url(count), number)
        local expected = { (table.unpack or unpack)(right, 1, before) }
        if change.at <= count then
          assert.is_not_nil(failure, place .. " passes")
          assert.are.equal("changed", failure.kind, place)
        else
          assert.is_nil(failure, place)
          local whole = way(open_changed(number), subject.values, {})
          for i = before + 1, #whole do
            expected[i] = whole[i]
          end
        end
        assert.are.same(expected, shown, place)
      end
    end

    for count = 0, #subject.rows - 1 do
      local title = (" fit %d delivered rows or there is an error, "):format(count)

      for way_name, way in pairs(ways) do
        it(way_name .. title .. "tried again", function()
          check(way, count, function(url, number)
            return way(subject.open(options_for(url, stubborn), number), subject.values, {})
          end)
        end)

        it(way_name .. title .. "resumed", function()
          check(way, count, function(url, number)
            local stream = subject.open(options_for(url, false), number)
            local shown, failure = way(stream, subject.values, {})
            assert.is_not_nil(failure)
            stream = subject.open(options_for(url, false), number, stream:cursor())
            return way(stream, subject.values, shown)
          end)
        end)
      end

      it("sums" .. title .. "tried again", function()
        for number, change in ipairs(changes) do
          local place = ("broken off behind %d rows, then %s"):format(count, change.what)
          local stream = subject.open(options_for(broken_url(count), stubborn), number)
          local sums, failure = fold(stream, subject.values)
          if change.at <= count then
            assert.is_nil(sums, place)
            assert.are.equal("changed", failure.kind, place)
          else
            assert.are.equal(fold(open_changed(number), subject.values), sums, place)
          end
        end
      end)
    end
  end)
end

describe("an answer that is broken off has not changed", function()
  local target = "/v2/hourly/consumption/"
  local lines = documents.otc_body("lines", otc_rows)
  local array = documents.otc_body("array", otc_rows)

  local function check(first, second)
    faults.set("same", { ["*"] = { first } })
    local bytes = #faults.bytes("same", target)
    faults.set("same", { ["*"] = { turns = { { first }, { second } } } })
    for cut = math.floor(bytes / 2), bytes - 2, support.amount(9, 1) do
      local url = faults.url("same", ("cut=%d,times=1,run=%s"):format(cut, faults.new_run()))
      local stream = costream.otc(options_for(url, stubborn)):hourly()
      assert.are.equal(#otc_rows, #assert(stream:collect()))
      assert.are.equal(1, stream:stats().retries)
    end
  end

  it("when it comes zipped, or no more", function()
    check(faults.answer { body = lines, gzip = true }, faults.answer { body = lines })
    check(faults.answer { body = lines }, faults.answer { body = lines, gzip = true })
  end)

  it("when it comes in other chunks, or with its length", function()
    check(faults.answer { body = lines, framing = "chunked", chunk = 7 },
      faults.answer { body = lines, framing = "chunked", chunk = 11 })
    check(faults.answer { body = lines, framing = "chunked" }, faults.answer { body = lines })
  end)

  it("when only what stands between its rows is another", function()
    local spaced = lines:gsub("\n", " \r\n\n")
    check(faults.answer { body = lines }, faults.answer { body = spaced })
    check(faults.answer { body = lines }, faults.answer { body = array })
    check(faults.answer { body = array }, faults.answer { body = lines })
  end)
end)
