-- JSON bodies of writes, checked as strictly as the contract allows.
local cjson = require "cjson"

local M = {}

function M.text(value)
  if type(value) == "string" and value ~= "" then return value end
  return nil, "must be a text"
end

-- An empty one takes the domain away.
function M.domain(value)
  if type(value) == "string" and #value <= 60 then return value end
  return nil, "must have at most 60 characters"
end

function M.object(value)
  if type(value) == "table" and #value == 0 then return value end
  return nil, "must be an object"
end

function M.name(value)
  local text = M.text(value)
  local _, length = (text or ""):gsub("[^\128-\191]", "")
  if length >= 3 and length <= 60 then return text end
  return nil, "must have 3 to 60 characters"
end

function M.iam_id(value)
  local text = M.text(value)
  if text and (text:find "^IBMid%-%w+$" or text:find "^iam%-[%w%-]+$") then return text end
  return nil, "is not an IAM ID that exists"
end

-- The request's body as {name = value}, or nil and what is wrong. known: {name = check}.
function M.read(known, required)
  ngx.req.read_body()
  local content_type = ngx.var.http_content_type or ""
  if not content_type:find "^application/json" then
    return nil, "Content-Type: must be application/json"
  end
  local ok, body = pcall(cjson.decode, ngx.req.get_body_data() or "")
  if not ok or not M.object(body) then return nil, "the body is not a JSON object" end
  for name, value in pairs(body) do
    if not known[name] then return nil, ("%s: unknown field"):format(name) end
    local valid, wrong = known[name](value)
    if not valid then return nil, ("%s: %s"):format(name, wrong) end
  end
  for _, name in ipairs(required or {}) do
    if body[name] == nil then return nil, name .. ": is needed" end
  end
  return body
end

return M
