--- What the Luas call differently, or cannot do: the counterpart of compat.h.

local M = {}

local version = tonumber(_VERSION:match "%d+%.%d+")

--- Is it LuaJIT? What was built for Lua 5.1 runs in it, too.
M.is_jit = package.loaded.jit ~= nil

--- Can a coroutine be suspended in a `for`, a pcall or an event loop's callback? PUC Lua 5.1 can
--- do none of them.
M.suspends = version > 5.1 or M.is_jit

--- Has `for` a fourth value, which is closed when the loop is left?
M.closes_for = version >= 5.4

M.unpack = table.unpack or rawget(_G, "unpack")

--- Compiles a text.
M.load = rawget(_G, "loadstring") or load

--- xpcall(fn, handler, ...)
M.protect = xpcall
if not select(2, xpcall(function(given) return given end, print, true)) then
  -- PUC Lua 5.1 hands `fn` no arguments.
  function M.protect(fn, handler, ...)
    local arguments, count = { ... }, select("#", ...)
    return xpcall(function()
      return fn(M.unpack(arguments, 1, count))
    end, handler)
  end
end

return M
