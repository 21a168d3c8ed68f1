--- Tells how many lines of code in lua/ ran, and which did not: report.lua NOTES LEAST. It fails
--- when fewer than LEAST percent did.

local notes, least = arg[1], tonumber(arg[2])

local function output(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read "*a"
  pipe:close()
  return text
end

local function read_lines(path)
  local lines = {}
  for line in io.lines(path) do
    lines[#lines + 1] = line
  end
  return lines
end

--- The numbers of a file's lines that have code, which no hook tells of where that is how a
--- function begins; what closes something has code that may never be reached.
local function code_lines(path)
  local source, lines = read_lines(path), {}
  local listing = output("luac5.4 -p -l " .. path)
  for number, instruction in listing:gmatch "\n\t%d+\t%[(%d+)%]\t(%u+)" do
    local text = source[tonumber(number)]
    local closes = text:gsub("%f[%a]end%f[%A]", ""):find "^[%s,)}]*$"
    if instruction ~= "VARARGPREP" and not closes then
      lines[tonumber(number)] = text
    end
  end
  return lines
end

local ran = {}
for _, place in ipairs(read_lines(notes)) do
  ran[place] = true
end

local all, covered = 0, 0
for path in output("find lua -name '*.lua' | sort"):gmatch "%S+" do
  local lines, missing = code_lines(path), {}
  for number, text in pairs(lines) do
    all = all + 1
    if ran[("%s:%d"):format(path, number)] then
      covered = covered + 1
    else
      missing[#missing + 1] = { number = number, text = text }
    end
  end
  table.sort(missing, function(a, b)
    return a.number < b.number
  end)
  for _, line in ipairs(missing) do
    print(("%s:%d: %s"):format(path, line.number, line.text:gsub("^%s+", "")))
  end
end

local percent = 100 * covered / all
print(("lua/: %d of %d lines ran, %.1f %%"):format(covered, all, percent))
os.exit(percent >= least and 0 or 1)
