--- Neovim: its loop is uv's, but its functions may be called from scheduled functions alone.

local M = {}

-- Milliseconds; it is waited again behind them.
local LONG = 3600000

local function block(ready)
  local vim = rawget(_G, "vim")
  repeat
    local done, why = vim.wait(LONG, ready)
    if not done and why == -2 then
      error("interrupted", 0)
    end
  until done
end

--- What uv runs in, as of luv.lua; nil outside of Neovim.
---@param uv table
---@return table?
function M.embedding_of(uv)
  local vim = rawget(_G, "vim")
  if type(vim) ~= "table" or vim.loop ~= uv then
    return nil
  end
  return { resume = vim.schedule, in_callback = vim.in_fast_event, block = block }
end

return M
