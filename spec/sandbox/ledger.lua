-- What a test may ask about its own requests, counted under the name given by id=.
local json = require "json"

local book = ngx.shared.ledger
local M = {}

local kept_requests = 100
local counters = {
  "requests", "open", "done", "aborted", "cut", "body_bytes", "tokens", "token_requests",
  "connections", "max_open",
}

local methods = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}

-- Clearing starts a new edition; answers still running count in the old one.
local function edition(name)
  return name .. "/" .. (book:get("edition/" .. name) or 0) .. "/"
end

function M.add(counter, amount)
  return book:incr(ngx.ctx.account .. counter, amount, 0)
end

local function note_connection()
  if book:add(ngx.ctx.account .. "connection/" .. ngx.var.connection, true) then
    M.add("connections", 1)
  end
end

-- Levels are first reached in order, so their number is the highest one.
local function note_level(open)
  if book:add(ngx.ctx.account .. "level/" .. open, true) then M.add("max_open", 1) end
end

local function headers_json()
  local out = {}
  for name, value in pairs(ngx.req.get_headers(0)) do
    if type(value) == "table" then value = table.concat(value, ", ") end
    if name ~= "authorization" then
      out[#out + 1] = json.bytes(name) .. ":" .. json.bytes(tostring(value))
    end
  end
  table.sort(out)
  return "{" .. table.concat(out, ",") .. "}"
end

local function request_json(path, controls_text, authorization)
  return json.object("method", ngx.req.get_method(), "path", {json.bytes(path)},
    "args", {json.bytes(ngx.var.args or "")}, "controls", {json.bytes(controls_text)},
    "connection", tonumber(ngx.var.connection), "authorization", authorization,
    "headers", {headers_json()})
end

function M.use(name)
  ngx.ctx.account = edition(name)
end

-- Opens an account for this answer and returns the number of this request.
function M.open(path, controls_text, authorization)
  local number = M.add("requests", 1)
  M.add("method/" .. ngx.req.get_method(), 1)
  book:set(ngx.ctx.account .. "request/" .. number % kept_requests,
    request_json(path, controls_text, authorization))
  note_connection()
  note_level(M.add("open", 1))
  ngx.ctx.is_open = true
  return number
end

function M.settle(how)
  if not ngx.ctx.is_open then return end
  ngx.ctx.is_open = false
  M.add("open", -1)
  M.add(how, 1)
end

local function methods_json(prefix)
  local out = {}
  for _, method in ipairs(methods) do
    local count = book:get(prefix .. "method/" .. method)
    if count then out[#out + 1] = ("%q:%d"):format(method, count) end
  end
  return "{" .. table.concat(out, ",") .. "}"
end

function M.counters_json(name)
  local prefix, out = edition(name), {}
  for i, counter in ipairs(counters) do
    out[i] = json.string(counter) .. ":" .. ("%d"):format(book:get(prefix .. counter) or 0)
  end
  out[#out + 1] = '"methods":' .. methods_json(prefix)
  return "{" .. table.concat(out, ",") .. "}\n"
end

function M.requests_json(name)
  local prefix, out = edition(name), {}
  local last = book:get(prefix .. "requests") or 0
  for number = math.max(1, last - kept_requests + 1), last do
    out[#out + 1] = book:get(prefix .. "request/" .. number % kept_requests)
  end
  return "[" .. table.concat(out, ",\n") .. "]\n"
end

function M.clear(name)
  book:incr("edition/" .. name, 1, 0)
end

return M
