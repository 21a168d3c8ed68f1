-- Writing JSON whose members keep the order they are given in.
local M = {}

local escapes = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t",
}

local function escape(byte)
  return escapes[byte] or ("\\u%04x"):format(byte:byte())
end

function M.string(text)
  return '"' .. text:gsub('[%c"\\\127]', escape) .. '"'
end

-- For text of unknown encoding: every byte above ASCII is escaped.
function M.bytes(text)
  return '"' .. text:gsub('[%c"\\\127-\255]', escape) .. '"'
end

function M.value(value)
  if type(value) == "string" then return M.string(value) end
  return tostring(value)
end

-- Takes key, value, key, value ...; a value that is already JSON is given as {json}.
function M.object(...)
  local out = {}
  for i = 1, select("#", ...), 2 do
    local key, value = select(i, ...)
    if value ~= nil then
      local raw = type(value) == "table" and value[1]
      out[#out + 1] = M.string(key) .. ":" .. (raw or M.value(value))
    end
  end
  return "{" .. table.concat(out, ",") .. "}"
end

function M.list(texts)
  return "[" .. table.concat(texts, ",") .. "]"
end

return M
