--- Numbers as text: the same on every Lua and in every locale.

local M = {}

local math_type = math.type or function()
  return nil
end

local EXACT_WHOLE = 2 ^ 53
local SHORTEST_FIRST = { "%.15g", "%.16g", "%.17g" }

-- The C library writes the locale's decimal sign, which may be several bytes.
local function with_point(text)
  return (text:gsub("[^%de+%-]+", ".", 1))
end

--- Is it neither NaN nor an infinity?
---@param value number
---@return boolean
function M.finite(value)
  return value == value and value ~= math.huge and value ~= -math.huge
end

--- The shortest text that reads back as the same number.
---@param value number finite
---@return string
function M.exact(value)
  if math_type(value) == "integer" then
    return ("%d"):format(value)
  end
  if value % 1 == 0 and math.abs(value) <= EXACT_WHOLE then
    return ("%.0f"):format(value)
  end
  local text
  for _, form in ipairs(SHORTEST_FIRST) do
    text = form:format(value)
    if tonumber(text) == value then
      break
    end
  end
  return with_point(text)
end

--- The same, but floats of Lua 5.3 and later stay floats when read back: `24.0`.
---@param value number finite
---@return string
function M.exact_typed(value)
  local text = M.exact(value)
  if math_type(value) == "float" and not text:find "[.e]" then
    return text .. ".0"
  end
  return text
end

--- For the eye: without the noise of binary fractions.
---@param value number
---@return string
function M.short(value)
  if value ~= value then
    return "nan"
  end
  if not M.finite(value) then
    return value > 0 and "inf" or "-inf"
  end
  if value % 1 == 0 and math.abs(value) <= EXACT_WHOLE or math_type(value) == "integer" then
    return M.exact(value)
  end
  return with_point(("%.14g"):format(value))
end

--- A decimal text with its last digit one greater.
local function away_from_zero(text)
  local head, digit, nines = text:match "^(.*)([0-8])([9.]*)$"
  if head then
    return head .. ("%d"):format(digit + 1) .. nines:gsub("9", "0")
  end
  local sign, all_nines = text:match "^(-?)(.*)$"
  return sign .. "1" .. all_nines:gsub("9", "0")
end

local function fixed(value, digits)
  if math_type(value) == "integer" then
    return ("%d"):format(value) .. (digits > 0 and "." .. ("0"):rep(digits) or "")
  end
  -- 1.005 is a little less than that in binary: what reads as a half is rounded as one.
  local one_more = ("%%.%df"):format(digits + 1):format(value)
  if one_more:sub(-1) == "5" and tonumber(one_more) == value then
    return away_from_zero((with_point(one_more):sub(1, -2):gsub("%.$", "")))
  end
  return with_point(("%%.%df"):format(digits):format(value))
end

local function grouped(text)
  local sign, whole, rest = text:match "^(%-?)(%d+)(.*)$"
  whole = whole:reverse():gsub("%d%d%d", "%0,"):reverse():gsub("^,", "")
  return sign .. whole .. rest
end

--- With thousands grouped; what is not zero never looks like it: `< 0.01`.
---@param value number finite
---@param digits integer behind the point
---@return string
function M.amount(value, digits)
  local text = fixed(value, digits)
  if text:find "[1-9]" then
    return grouped(text)
  end
  if value == 0 then
    return (text:gsub("^%-", ""))
  end
  local least = digits == 0 and "1" or "0." .. ("0"):rep(digits - 1) .. "1"
  return value > 0 and "< " .. least or "> -" .. least
end

return M
