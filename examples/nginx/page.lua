--- The page itself, with the nonce by which its own script and style may run, and no other.

local M = {}

local folder = debug.getinfo(1, "S").source:match "^@(.*/)" or ""
local file = assert(io.open(folder .. "page.html", "rb"))
local html = file:read "*a"
file:close()

function M.send()
  ngx.print((html:gsub("@nonce@", ngx.var.request_id)))
end

return M
