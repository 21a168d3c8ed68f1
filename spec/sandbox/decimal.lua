-- Exact decimals: an integer and how many of its digits stand behind the point.
local M = {}

local function plain(digits, scale)
  digits = ("0"):rep(scale + 1 - #digits) .. digits
  local whole, part = digits:sub(1, #digits - scale), digits:sub(#digits - scale + 1)
  part = part:gsub("0+$", "")
  return part == "" and whole or whole .. "." .. part
end

local function scientific(digits, scale)
  local exponent = #digits - 1 - scale
  local part = digits:sub(2):gsub("0+$", "")
  if part ~= "" then part = "." .. part end
  return ("%s%se%s%02d"):format(digits:sub(1, 1), part, exponent < 0 and "-" or "+",
    math.abs(exponent))
end

-- As Python writes floats: below 0.0001 with an exponent.
function M.text(integer, scale)
  if integer == 0 then return "0" end
  local digits = ("%.0f"):format(integer)
  if #digits - 1 - scale < -4 then return scientific(digits, scale) end
  return plain(digits, scale)
end

function M.float_text(integer, scale)
  local text = M.text(integer, scale)
  return text:find("[.e]") and text or text .. ".0"
end

return M
