--- cqueues: its coroutines are suspended where a stream waits, and woken by its poller.

local M = {}

--- Is this one of the coroutines of a cqueues controller?
---@return boolean
function M.is_here()
  local cqueues = package.loaded.cqueues
  if not cqueues then
    return false
  end
  local _, is_own = cqueues.running()
  return is_own == true
end

--- Suspends the coroutine until `ready()`.
---@param loop table steps, and says when
---@param ready fun(): boolean
function M.wait(loop, ready)
  local cqueues = package.loaded.cqueues
  local network = { pollfd = loop.pollfd(), events = "r" }
  repeat
    cqueues.poll(network, loop.timeout())
    loop.step()
  until ready()
end

return M
