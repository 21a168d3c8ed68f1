--- One JSON document as a Lua value: for small things such as error bodies.

local core = require "costream.core"

--- Decodes one document as strictly as streams do.
---@param text string
---@return any value nil when the text is not one JSON document
return function(text)
  local reader = core.reader { framing = "document" }
  local at, value = 1, nil
  while true do
    local row, state = core.read(reader)
    if row ~= nil then
      value = row
    elseif state ~= "wait" then
      reader:close()
      return state == "end" and value or nil
    elseif at > #text then
      reader:finish(false)
    else
      at = reader:feed(text, at)
    end
  end
end
