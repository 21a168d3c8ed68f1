--- What both Lua contenders share: passes, and lines that the runner understands.

local M = {}

function M.line(...)
  io.write(table.concat({ ... }, "\t"), "\n")
end

--- What the last of `passes` passes gave, having printed how many seconds they took by `clock`:
--- the shortest, and a pass of the mean length.
function M.timed(passes, clock, work)
  local shortest, sum, kept = math.huge, 0, {}
  for _ = 1, passes do
    kept.found = nil
    collectgarbage() -- what the pass before left behind is not this one's cost
    local start = clock()
    kept.found = work()
    local seconds = clock() - start
    shortest, sum = math.min(shortest, seconds), sum + seconds
  end
  M.line("seconds", ("%.9f"):format(shortest))
  M.line("mean", ("%.9f"):format(sum / passes))
  return kept.found
end

--- A group's key: letters, digits, _ and . stand for themselves.
function M.quoted(value)
  if value == nil then
    return "-"
  end
  return (value:gsub("[^%w_.]", function(byte)
    return ("%%%02X"):format(byte:byte())
  end))
end

--- Adds a row to the groups in `groups`: keys of any of which may be nil, and their sums.
function M.add(groups, first, second, ...)
  local key = M.quoted(first) .. "\t" .. M.quoted(second)
  local group = groups[key]
  if not group then
    group = { count = 0, sums = {} }
    groups[key] = group
  end
  group.count = group.count + 1
  for i = 1, select("#", ...) do
    group.sums[i] = (group.sums[i] or 0.0) + (select(i, ...) or 0)
  end
end

function M.group(key, count, sums)
  local texts = {}
  for i, sum in ipairs(sums) do
    texts[i] = ("%.17g"):format(sum)
  end
  M.line("group", key, ("%d"):format(count), table.concat(texts, "\t"))
end

function M.groups(groups)
  for key, group in pairs(groups) do
    M.group(key, group.count, group.sums)
  end
end

function M.total(rows, total)
  M.line("rows", ("%d"):format(rows))
  M.line("total", ("%.17g"):format(total))
end

return M
