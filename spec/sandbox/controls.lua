-- What a test wants to vary stands in a first path segment: /~rows=10,framing=array/v2/...
local M = {}

local function integer(min, max)
  return function(text)
    local value = text:find("^%-?%d+$") and tonumber(text)
    if value and value >= min and value <= max then return value end
    return nil, ("an integer from %.0f to %.0f"):format(min, max)
  end
end

local function number(min, max)
  return function(text)
    local value = text:find("^%d+%.?%d*$") and tonumber(text)
    if value and value >= min and value <= max then return value end
    return nil, ("a number from %.0f to %.0f"):format(min, max)
  end
end

local function choice(...)
  local words = {...}
  return function(text)
    for _, word in ipairs(words) do
      if text == word then return word end
    end
    return nil, "one of " .. table.concat(words, ", ")
  end
end

local function flag(text)
  if text == "1" then return true end
  if text == "0" then return false end
  return nil, "0 or 1"
end

local function name(text)
  if text:find("^[%w_.%-]+$") then return text end
  return nil, "letters, digits, and any of _ . -"
end

local huge = 1e15

-- name, parser, default, description
local known = {
  {"rows", integer(0, 1e8), nil, "rows of an OTC answer before filters"},
  {"resources", integer(1, 5000), 400, "distinct OTC resources"},
  {"seed", integer(0, 2^31), 0, "another seed, other data; odd: dates with offset"},
  {"framing", choice("lines", "array"), "lines", "NDJSON or one JSON array"},
  {"blank", flag, false, "blank lines now and then (lines)"},
  {"newline", flag, true, "0: no newline after the last row (lines)"},
  {"pretty", flag, false, "indented rows (array)"},
  {"irregular", flag, false, "missing keys, nulls, members in changing order"},
  {"gzip", choice("auto", "on", "off"), "auto", "auto: as Accept-Encoding says"},
  {"chunk", integer(1, huge), nil, "pieces of exactly so many bytes, each flushed"},
  {"rate", integer(1, huge), nil, "body bytes a second"},
  {"delay", integer(0, 3600000), 0, "milliseconds before the first byte"},
  {"gap", integer(0, 3600000), 0, "milliseconds between the first piece and the rest"},
  {"length", flag, false, "Content-Length instead of chunks (up to 64 MB)"},
  {"close", flag, false, "neither length nor chunks: ends with the connection"},
  {"cut", integer(-huge, huge), nil, "cut after N wire bytes; -N: N bytes before the end"},
  {"status", integer(300, 599), nil, "the status of every API call"},
  {"fail", integer(0, huge), nil, "only the first N calls of this id get the status"},
  {"retry", integer(0, 1e6), nil, "Retry-After of a status answer, seconds"},
  {"redirect", choice("same", "foreign", "plain"), "same", "target of a 3xx status"},
  {"body", choice("empty", "html", "json", "text", "utf8bad"), nil, "200 with a bad body"},
  {"id", name, "default", "the ledger's name for these requests"},
  {"expires", number(0, 1e7), 3600, "lifetime of IAM tokens, seconds"},
  {"revoke", integer(0, huge), 0, "the first N authorised calls of this id get 401"},
  {"limit", integer(1, 100), 10, "IBM page size when the request names none"},
  {"repeat", flag, false, "IBM paging whose offset comes back"},
  {"next", choice("absent", "null", "nohref", "absolute", "foreign"), nil,
    "IBM: `next` on the last page, or the form of the hrefs"},
  {"reports", integer(0, 1e8), nil, "so many generated IBM reports"},
  {"accounts", integer(0, 20000), nil, "so many generated IBM accounts, in a deep hierarchy"},
  {"keys", choice("wrapped", "gone", "bare"), nil,
    "OTC API keys: a list in an object; 410 to a new one; 204 to a deletion"},
  {"wrong", choice("usage", "plan", "resource", "report", "child", "hourly", "daily"), nil,
    "one value is off by a cent: an IBM account's at a level, or an OTC resource's"},
  {"lists", choice("hierarchy", "children"), "hierarchy",
    "IBM: whether lists by an id have all below it, or its children alone"},
}

local by_name = {}
for _, control in ipairs(known) do by_name[control[1]] = control end

local function parse_one(found, text)
  local key, value = text:match("^([^=]+)=(.*)$")
  local control = by_name[key]
  if not control then return "unknown control: " .. text end
  local parsed, expected = control[2](value)
  if parsed == nil then return ("control %s must be %s, not %q"):format(key, expected, value) end
  found[key] = parsed
end

local function conflict(found)
  if found.pretty and found.framing ~= "array" then return "pretty=1 needs framing=array" end
  if found.length and found.close then return "length=1 and close=1 exclude each other" end
  local is_ibm_wrong = found.wrong and found.wrong ~= "hourly" and found.wrong ~= "daily"
  if is_ibm_wrong and found.reports then return "wrong needs a hierarchy: accounts=N" end
  if found.fail and not found.status then return "fail=N needs status=N" end
end

-- Returns the controls, the rest of the path and the prefix, or nil and what is wrong.
function M.parse(path)
  local found = {}
  for _, control in ipairs(known) do found[control[1]] = control[3] end
  local text, rest = path:match("^/~([^/]*)(.*)$")
  if not text then return found, path, "" end
  for part in text:gmatch("[^,]+") do
    local wrong = parse_one(found, part)
    if wrong then return nil, wrong end
  end
  local wrong = conflict(found)
  if wrong then return nil, wrong end
  return found, rest == "" and "/" or rest, "/~" .. text
end

function M.help()
  local out = {}
  for i, control in ipairs(known) do
    local default = control[3] == nil and "none" or tostring(control[3])
    out[i] = ("%-10s %s (default: %s)"):format(control[1], control[4], default)
  end
  return table.concat(out, "\n") .. "\n"
end

return M
