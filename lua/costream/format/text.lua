--- UTF-8 text: is it valid, how wide is it, what of it is safe to print.

local M = {}

local LOWEST = { 0, 0x80, 0x800, 0x10000 }
local LEAD_RANGE = { 0, 0x20, 0x10, 0x08 }

-- Pairs of first and last code point, ascending.
local ZERO_WIDE = {
  0x0300, 0x036F, 0x0483, 0x0489, 0x0591, 0x05BD, 0x05BF, 0x05C7, 0x0610, 0x061A,
  0x064B, 0x065F, 0x0670, 0x0670, 0x06D6, 0x06DC, 0x093C, 0x093C, 0x0941, 0x0948,
  0x094D, 0x094D, 0x0E31, 0x0E31, 0x0E34, 0x0E3A, 0x0E47, 0x0E4E, 0x1AB0, 0x1AFF,
  0x1DC0, 0x1DFF, 0x200B, 0x200D, 0x2060, 0x2064, 0x20D0, 0x20FF, 0x302A, 0x302D,
  0x3099, 0x309A, 0xFE00, 0xFE0F, 0xFE20, 0xFE2F, 0xFEFF, 0xFEFF, 0xE0100, 0xE01EF,
}
local TWO_WIDE = {
  0x1100, 0x115F, 0x231A, 0x231B, 0x23E9, 0x23EC, 0x2614, 0x2615, 0x2648, 0x2653,
  0x26A1, 0x26A1, 0x2705, 0x2705, 0x2728, 0x2728, 0x274C, 0x274C, 0x2753, 0x2755,
  0x2757, 0x2757, 0x2B1B, 0x2B1C, 0x2B50, 0x2B50, 0x2E80, 0x303E, 0x3041, 0xA4CF,
  0xA960, 0xA97F, 0xAC00, 0xD7A3, 0xF900, 0xFAFF, 0xFE10, 0xFE19, 0xFE30, 0xFE6F,
  0xFF01, 0xFF60, 0xFFE0, 0xFFE6, 0x1F300, 0x1F64F, 0x1F680, 0x1F6FF, 0x1F7E0, 0x1F7EB,
  0x1F900, 0x1F9FF, 0x1FA70, 0x1FAFF, 0x20000, 0x3FFFD,
}
-- C1, line separators and what turns the direction of writing.
local CONTROLS = {
  0x80, 0x9F, 0x061C, 0x061C, 0x200E, 0x200F, 0x2028, 0x202E, 0x2066, 0x2069,
}

local function within(ranges, code)
  for i = 1, #ranges, 2 do
    if code < ranges[i] then
      return false
    end
    if code <= ranges[i + 1] then
      return true
    end
  end
  return false
end

--- The code point at a byte and how many bytes it has; nil and 1 when it is none.
local function code_at(text, at)
  local lead = text:byte(at)
  if lead < 0x80 then
    return lead, 1
  end
  if lead < 0xC2 or lead > 0xF4 then
    return nil, 1
  end
  local length = lead >= 0xF0 and 4 or lead >= 0xE0 and 3 or 2
  local code = lead % LEAD_RANGE[length]
  for i = at + 1, at + length - 1 do
    local byte = text:byte(i)
    if not byte or byte < 0x80 or byte > 0xBF then
      return nil, 1
    end
    code = code * 0x40 + byte - 0x80
  end
  local surrogate = code >= 0xD800 and code <= 0xDFFF
  if code < LOWEST[length] or code > 0x10FFFF or surrogate then
    return nil, 1
  end
  return code, length
end

--- Is it valid UTF-8?
---@param text string
---@return boolean
function M.valid(text)
  local at = text:find "[\128-\255]"
  while at do
    local code, length = code_at(text, at)
    if not code then
      return false
    end
    at = text:find("[\128-\255]", at + length)
  end
  return true
end

local function code_width(code)
  if code < 0x300 then
    return 1
  end
  return within(ZERO_WIDE, code) and 0 or within(TWO_WIDE, code) and 2 or 1
end

--- How many columns of a terminal it takes.
---@param text string valid UTF-8 without control characters
---@return integer
function M.width(text)
  local width, at = 0, 1
  while at <= #text do
    local code, length = code_at(text, at)
    width = width + code_width(code)
    at = at + length
  end
  return width
end

local function printable_code(text, at, ascii)
  local code, length = code_at(text, at)
  if code and code < 0x20 or code == 0x7F then
    local picture = code == 0x7F and 0xA1 or 0x80 + code
    return ascii and "?" or "\226\144" .. string.char(picture), 1
  end
  if not code or within(CONTROLS, code) then
    return ascii and "?" or "\239\191\189", length
  end
  return text:sub(at, at + length - 1), length
end

--- The text with a sign in the place of each control character and each invalid byte.
---@param text string any bytes
---@param ascii boolean? the signs are "?" instead of U+2400 and following, and U+FFFD
---@return string
function M.printable(text, ascii)
  if not text:find "[%z\1-\31\127-\255]" then
    return text
  end
  local parts, at = {}, 1
  while at <= #text do
    local part, length = printable_code(text, at, ascii)
    parts[#parts + 1] = part
    at = at + length
  end
  return table.concat(parts)
end

--- As much of it as fits into `limit` columns, with `ellipsis` when that is not all.
---@param text string valid UTF-8 without control characters
---@param limit integer in columns of a terminal
---@param ellipsis string one column a byte or a single column
---@return string
function M.cut(text, limit, ellipsis)
  if #text <= limit or M.width(text) <= limit then
    return text
  end
  local mark = M.width(ellipsis) <= limit and ellipsis or ellipsis:sub(1, limit)
  local room = limit - M.width(mark)
  local at = 1
  while true do
    local code, length = code_at(text, at)
    room = room - code_width(code)
    if room < 0 then
      return text:sub(1, at - 1) .. mark
    end
    at = at + length
  end
end

return M
