--- A reader that is killed at any moment and started again from its last cursor: it has every row
--- exactly once.

local documents = require "torture.documents"
local faults = require "faults_support"
local subjects = require "torture.killed_subjects"
local support = require "support"

local KILLS = support.amount(3, 125) -- of each subject

--- Lets a reader live so long.
local function let_read(name, url, path, seconds)
  local killer = seconds and ("timeout --signal=KILL %.4f "):format(seconds) or ""
  local said = support.read_command(("export LUA_PATH=\"spec/?.lua;$LUA_PATH\"; "
    .. "%s%s spec/torture/reader.lua '%s' '%s' %s 2>&1; echo $?"):format(killer,
    support.interpreter(), name, url, path))
  local status = tonumber(said:match "(%d+)%s*$")
  assert(status == 0 or status == 137, said)
end

--- The rows that were noted, without their cursors, and whether the end was.
local function noted(path)
  local shown, ended = {}, false
  for line in io.lines(path) do
    assert(not ended, "something stands behind the end")
    ended = line == "end"
    shown[#shown + 1] = not ended and assert(line:match "^%S+ (.+)$", line) or nil
  end
  return shown, ended
end

--- What is right: the rows, read in one go.
local function right_rows(subject)
  local stream = subject.document.open(faults.url(subject.document.set), { retry = false })
  local shown = {}
  if subject.values then
    local names = subject.document.values
    for _, first, second in stream:values(names[1], names[2]) do
      shown[#shown + 1] = ("%s %s"):format(first, second)
    end
    return shown
  end
  for row in stream do
    shown[#shown + 1] = documents.show(row)
  end
  return shown
end

--- Parameters that make kills come between rows: all comes in some 64 pieces.
local function slowly(document)
  local bytes = 0
  for _, target in ipairs(document.targets) do
    bytes = bytes + #faults.bytes(document.set, target)
  end
  return ("drip=%d,every=0.0005"):format(math.ceil(bytes / 64))
end

local function start(path)
  assert(io.open(path, "w")):close()
end

--- Starts the reader of a name with an empty file, kills it and starts it again until it has
--- noted the end: how often it was killed in the middle.
local function kill_until_done(name, url, path, whole_time)
  start(path)
  local kills = 0
  while true do
    let_read(name, url, path, whole_time * (0.1 + math.random()))
    local rows, ended = noted(path)
    if ended then
      return kills, rows
    end
    kills = kills + (#rows > 0 and 1 or 0)
  end
end

local names = {}
for name in pairs(subjects) do
  names[#names + 1] = name
end
table.sort(names)

for _, name in ipairs(names) do
  local subject = subjects[name]

  describe(name .. ", killed and resumed,", function()
    local url, right, whole_time, path

    setup(function()
      faults.set(subject.document.set, subject.document.answers)
      url = faults.url(subject.document.set, slowly(subject.document))
      right = right_rows(subject)
      path = os.tmpname()
      start(path)
      local before = support.now()
      let_read(name, url, path)
      whole_time = support.now() - before
      math.randomseed(1)
    end)

    teardown(function()
      os.remove(path)
    end)

    it(("has every row exactly once: %d kills"):format(KILLS), function()
      local kills = 0
      while kills < KILLS do
        local more, rows = kill_until_done(name, url, path, whole_time)
        assert.are.same(right, rows)
        kills = kills + more
      end
    end)
  end)
end
