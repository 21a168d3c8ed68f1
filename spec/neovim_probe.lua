--- Run in Neovim by neovim_spec.lua: reads streams while a timer of the same loop notes how late
--- it is at most. Other programs may ask for `_G.seen`; in the end it is written to PROBE_OUT.

local costream = require "costream"
local uv = vim.loop

costream.use_luv(uv)

local seen = { rows = 0, folded = false, ended = false, ticks = 0, latest = 0, failure = "" }
_G.seen = seen

local last = uv.hrtime()
local timer = uv.new_timer()
timer:start(10, 10, function()
  local now = uv.hrtime()
  seen.latest = math.max(seen.latest, (now - last) / 1e9 - 0.01)
  seen.ticks, last = seen.ticks + 1, now
end)

local function write()
  local file = assert(io.open(os.getenv "PROBE_OUT", "w"))
  file:write(vim.json.encode(seen))
  file:close()
end

local function read(otc)
  for _ in otc:hourly() do
    seen.rows = seen.rows + 1
    if seen.rows % 1000 == 0 then
      vim.api.nvim_buf_set_lines(0, 0, -1, false, { tostring(seen.rows) })
    end
  end
  local groups = assert(otc:hourly():fold { by = { "product" }, sum = { "amount" } })
  seen.folded = #groups > 0
  seen.ended = true
end

coroutine.wrap(function()
  local ok, failure = pcall(read, costream.otc {
    token = "otc-sandbox-token", base_url = os.getenv "OTC_BASE_URL", retry = false,
  })
  seen.failure = ok and "" or tostring(failure)
  write()
  vim.cmd "qall!"
end)()
