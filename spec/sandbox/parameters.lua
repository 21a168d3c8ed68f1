-- Query parameters, checked as strictly as the contract allows.
local M = {}

-- Returns {name = value} in decoded form, or nil, the status and what is wrong.
function M.read(known)
  local found = {}
  local args, err = ngx.req.get_uri_args(0)
  if not args then return nil, nil, err end
  for name, value in pairs(args) do
    if not known[name] then return nil, name, "unknown parameter" end
    if type(value) == "table" then return nil, name, "parameter given more than once" end
    if value == true or value == "" then return nil, name, "empty parameter" end
    found[name] = value
  end
  return found
end

function M.integer(min, max)
  return function(text)
    local value = text:find("^%-?%d+$") and tonumber(text)
    if not value then return nil, "value is not a valid integer", "type_error.integer" end
    if value < min then
      return nil, ("ensure this value is greater than or equal to %d"):format(min),
        "value_error.number.not_ge"
    end
    if value > max then
      return nil, ("ensure this value is less than or equal to %d"):format(max),
        "value_error.number.not_le"
    end
    return value
  end
end

local booleans = {["true"] = true, ["false"] = false}

function M.boolean(text)
  local value = booleans[text]
  if value == nil then return nil, "value is not a valid boolean", "type_error.bool" end
  return value
end

-- A position in a list, as the opaque text that a client brings back: "Mg==" is 2.
function M.encode_integer(number)
  return ngx.encode_base64(("%d"):format(number))
end

function M.encoded_integer(text)
  local number = (ngx.decode_base64(text) or ""):match("^(%d+)$")
  if not number or #number > 12 or ngx.encode_base64(number) ~= text then
    return nil, "is not a position that this service gave"
  end
  return tonumber(number)
end

function M.text(text)
  return text
end

function M.one_of(...)
  local words = {...}
  return function(text)
    for _, word in ipairs(words) do
      if text == word then return text end
    end
    return nil, "value must be one of " .. table.concat(words, ", "), "value_error.enum"
  end
end

return M
