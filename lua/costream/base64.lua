--- Base64.

local DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

--- Text in base64 (RFC 4648), as HTTP's Basic authorization has it.
---@param text string
---@return string
return function(text)
  local written = {}
  for i = 1, #text, 3 do
    local a, b, c = text:byte(i, i + 2)
    local number = a * 65536 + (b or 0) * 256 + (c or 0)
    for place = 3, 0, -1 do
      local digit = math.floor(number / 64 ^ place) % 64 + 1
      written[#written + 1] = DIGITS:sub(digit, digit)
    end
    if not c then
      written[#written] = "="
      written[#written - 1] = b and written[#written - 1] or "="
    end
  end
  return table.concat(written)
end
