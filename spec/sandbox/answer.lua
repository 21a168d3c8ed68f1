-- Sends an answer in the framing that the controls ask for.
local gzip = require "gzip"
local sender = require "sender"
local ledger = require "ledger"
local new_buffer = require("string.buffer").new

local M = {}

local longest_held_body = 64 * 1024 * 1024
local held_piece = 64 * 1024

local function wants_gzip(controls)
  if controls.gzip ~= "auto" then return controls.gzip == "on" end
  local accepted = ngx.var.http_accept_encoding
  return accepted ~= nil and accepted:find("gzip", 1, true) ~= nil
end

-- A source gives the body's next part at each call, and nil after the last.
local function zipped(source)
  local zip = gzip.new()
  return function()
    local part = source()
    if part then return zip:add(part) end
    if not zip then return nil end
    local rest = zip:finish()
    zip, source = nil, function() end
    return rest
  end
end

local function whole(source)
  local body = new_buffer()
  for part in source do
    body:put(part)
    if #body > longest_held_body then return nil end
    ngx.sleep(0)
  end
  return body
end

local function in_pieces(body, size)
  return function()
    if #body > 0 then return body:get(size) end
  end
end

local function stream(controls, source, total)
  local out = sender.new(controls, total)
  out:start()
  for part in source do out:add(part) end
  out:finish()
end

local function stream_held(controls, source)
  local body = whole(source)
  if not body then return M.fault("length=1 holds 64 MB at most") end
  ngx.header.content_length = #body
  stream(controls, in_pieces(body, held_piece), #body)
end

-- A body whose parts come from source.
function M.streamed(controls, status, content_type, source)
  ngx.status = status
  ngx.header.content_type = content_type
  if wants_gzip(controls) then
    ngx.header.content_encoding = "gzip"
    ngx.header.vary = "Accept-Encoding"
    source = zipped(source)
  end
  if controls.length then return stream_held(controls, source) end
  stream(controls, source)
end

-- A body held in one string: as real servers do, with its length.
function M.short(controls, status, content_type, body)
  local sized = setmetatable({length = not controls.close and not controls.chunk},
    {__index = controls})
  M.streamed(sized, status, content_type, in_pieces(new_buffer():put(body), #body))
end

function M.json(controls, status, body)
  M.short(controls, status, "application/json", body .. "\n")
end

-- A status without a body, such as 204.
function M.bare(controls, status)
  ngx.status = status
  if status ~= 204 then ngx.header.content_length = 0 end
  stream(controls, function() end, 0)
end

-- For mistakes in using the sandbox itself.
function M.fault(text)
  ledger.settle("done")
  ngx.status = 500
  ngx.header.content_type = "text/plain"
  ngx.print("sandbox: ", text, "\n")
  ngx.exit(ngx.HTTP_OK)
end

return M
