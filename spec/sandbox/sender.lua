-- Hands body bytes to the socket: pieces, rate, cuts, and the ledger's byte count.
local ledger = require "ledger"
local new_buffer = require("string.buffer").new

local client_closed_request, close_connection = 499, 444
local pieces_a_second = 20

local M = {}
M.__index = M

local function gone()
  ledger.settle("aborted")
  ngx.exit(client_closed_request)
end

local function now()
  ngx.update_time()
  return ngx.now()
end

local function piece_size(controls)
  if controls.chunk then return controls.chunk end
  if controls.rate then return math.max(1, math.floor(controls.rate / pieces_a_second)) end
end

-- total: the length of the whole body, where it is known.
function M.new(controls, total)
  local cut = controls.cut
  if cut and cut < 0 and total then cut = math.max(0, total + cut) end
  local held = cut and cut < 0 and -cut or 0
  return setmetatable({
    piece = piece_size(controls),
    rate = controls.rate,
    gap = controls.gap,
    cut = cut and cut >= 0 and cut or nil,
    held = held,
    total = total,
    pending = new_buffer(),
    sent = 0,
    started = now(),
    paid = 0,
  }, M)
end

local function cut_now()
  ledger.settle("cut")
  ngx.exit(close_connection)
end

local function flush()
  if not ngx.flush(true) then gone() end
end

-- Also lets other requests run and a closed connection be noticed.
local function wait(self, bytes)
  local gap = self.gap
  self.gap = 0
  if gap > 0 then ngx.sleep(gap / 1000) end
  if not self.rate then return ngx.sleep(0) end
  self.paid = self.paid + bytes
  local ahead = self.started + self.paid / self.rate - now()
  if ahead < -1 then self.started, self.paid = now(), 0 end
  ngx.sleep(math.max(0, ahead))
end

local function put(self, bytes)
  local is_cut = self.cut and self.sent + #bytes >= self.cut
  if is_cut then bytes = bytes:sub(1, self.cut - self.sent) end
  self.sent = self.sent + #bytes
  local is_last = self.sent == self.total
  if is_last then
    -- The client may ask the ledger as soon as it has the last byte.
    ledger.add("body_bytes", #bytes)
    if not is_cut then ledger.settle("done") end
  end
  if bytes ~= "" and not ngx.print(bytes) then gone() end
  flush()
  if not is_last then ledger.add("body_bytes", #bytes) end
  if is_cut then cut_now() end
  wait(self, #bytes)
end

local function put_pieces(self, available)
  local pending, piece = self.pending, self.piece
  while available >= piece do
    put(self, pending:get(piece))
    available = available - piece
  end
end

function M:start()
  if not ngx.send_headers() then gone() end
  if self.cut == 0 then
    flush()
    cut_now()
  end
end

function M:add(bytes)
  if bytes == "" then return ngx.sleep(0) end
  if not self.piece and self.held == 0 then return put(self, bytes) end
  local pending = self.pending
  pending:put(bytes)
  local available = #pending - self.held
  if self.piece then
    put_pieces(self, available)
  elseif available > 0 then
    put(self, pending:get(available))
  end
end

function M:finish()
  local rest = #self.pending - self.held
  if rest > 0 then put(self, self.pending:get(rest)) end
  if self.held > 0 then cut_now() end
  ledger.settle("done")
end

M.gone = gone
return M
