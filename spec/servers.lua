--- Starts the servers of spec/*_server.py, and ends them.

local M = {}

---@class Servers
---@field ports table<string, integer> by the names that the program gives them
---@field close fun() ends it

--- Starts a program, which serves until it is closed or this process ends.
---@param program string a file in spec/
---@param ... string arguments
---@return Servers
function M.start(program, ...)
  local command = { "exec python3 -B spec/" .. program, ... }
  local pipe = assert(io.popen(table.concat(command, " ")))
  local ports = {}
  for line in pipe:lines() do
    if line == "ready" then
      return { ports = ports, close = function() pipe:close() end }
    end
    local name, port = assert(line:match "^(%S+) (%d+)$")
    ports[name] = tonumber(port)
  end
  pipe:close()
  error(program .. " did not start")
end

return M
