-- Stops nginx when the serve script was killed without a chance to clean up.
local ffi = require "ffi"

ffi.cdef "int kill(int pid, int signal); int getppid(void);"

local no_such_process, terminate = 3, 15
local M = {}

local function is_gone(pid)
  return ffi.C.kill(pid, 0) ~= 0 and ffi.errno() == no_such_process
end

function M.start(serve_pid, dir)
  if ngx.worker.id() ~= 0 then return end
  local master = ffi.C.getppid()
  local function check(stopping)
    if stopping or not is_gone(serve_pid) then return end
    os.execute("rm -rf -- '" .. dir .. "'")
    ffi.C.kill(master, terminate)
  end
  assert(ngx.timer.every(1, check))
end

return M
