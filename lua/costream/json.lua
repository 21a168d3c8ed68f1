--- One JSON document as a Lua value: for small things such as error bodies.

local core = require "costream.core"

local M = {}

--- Decodes one document as strictly as streams do.
---@param text string
---@return any value nil when the text is not one JSON document
function M.decode(text)
  local reader = core.reader { framing = "lines" }
  local at = 1
  local value, count = nil, 0
  while true do
    local row, state = reader:next()
    if row ~= nil then
      value, count = row, count + 1
    elseif state ~= "wait" then
      reader:close()
      return state == "end" and count == 1 and value or nil
    elseif at > #text then
      reader:finish(false)
    else
      at = reader:feed(text, at)
    end
  end
end

return M
