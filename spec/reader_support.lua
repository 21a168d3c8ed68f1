--- What the specs of core readers share: texts with rows of many kinds, and reading them by feed.

local core = require "costream.core"
local fold = require "costream.fold"
local plan = require "costream.plan"

local M = {}

--- Rows, most of them of one shape, so that they are read in runs.
function M.lines(count)
  local lines = {}
  for i = 1, count do
    lines[i] = ('{"id":%d,"product":"%s","amount":%d.25,"region":"EU-DE"}'):format(
      i, ("OTC_S3_M1_"):rep(i % 9), i)
  end
  lines[20] = '{"amount":1.5,"product":"another shape","id":20}'
  lines[21] = '{"id":21,"nested":{"list":[1,2,{"deep":[]}]},"amount":2}'
  lines[22] = ('{"id":22,"amount":3,"product":"%s"}'):format(("long "):rep(2000))
  return lines
end

--- A list of reports with usage rows: of report i, `usages[i]`.
function M.reports(usages)
  local reports, number = {}, 0
  for i, count in ipairs(usages) do
    local rows = {}
    for k = 1, count do
      number = number + 1
      rows[k] = ('{"metric":"m%d","cost":%d.5,"quantity":%d}'):format(k, number, number)
    end
    reports[i] = ('{"report":%d,"resources":[{"plans":[{"plan":"p","usage":[%s]}]}]}'):format(
      i, table.concat(rows, ","))
  end
  return reports
end

function M.envelope(reports)
  return '{"reports":[' .. table.concat(reports, ",") .. '],"next":null}'
end

--- A plan, and its fold if there is one.
function M.plan(steps, goal, rows_are)
  goal = goal or {}
  goal.fold = goal.fold and fold.check(goal.fold)
  local compiled, _, folding = plan.compile(steps or {}, goal, rows_are or {})
  return compiled, folding
end

--- A reader that is fed a text in pieces, with `next`: as core.read, but it never says "wait".
function M.open(text, piece, options)
  local reader, at = core.reader(options), 1
  local function read_on(...)
    return ...
  end
  local self = { reader = reader }
  local function checked(row, state, ...)
    if row ~= nil or state ~= "wait" then
      return read_on(row, state, ...)
    elseif at > #text then
      reader:finish(true)
    else
      local upto = at + piece - 1
      while at <= math.min(upto, #text) do
        at = reader:feed(text:sub(1, upto), at)
      end
    end
    return self.next()
  end
  function self.next()
    return checked(core.read(reader))
  end
  return self
end

--- Where it stands, as one text.
function M.position(reader, back)
  local records, digest, inner = reader:position(back)
  return ("%d %s %d"):format(records, digest, inner)
end

--- What `resume` is for a position.
function M.resume(position)
  local records, digest, inner = position:match "^(%d+) (%x+) (%d+)$"
  return { records = tonumber(records), digest = digest, inner = tonumber(inner) }
end

--- Reads `most` rows, or all: `rows`, the `positions` behind them, what ended it (`state`), the
--- `last` position. Values are a list, with their number first.
function M.read(text, piece, options, most)
  local from = M.open(text, piece, options)
  local found = { rows = {}, positions = {}, reader = from.reader }
  while #found.rows < (most or math.huge) do
    local row = { from.next() }
    if row[1] == nil then
      found.state = row[2]
      break
    end
    found.rows[#found.rows + 1] = row
    if options.digest or options.resume then
      found.positions[#found.rows] = M.position(from.reader)
    end
  end
  if options.digest or options.resume then
    found.last = M.position(from.reader)
  end
  return found
end

return M
