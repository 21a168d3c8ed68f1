--- Text from outside, as it may stand in a message.

local conceal = require "costream.conceal"
local text = require "costream.format.text"

local SHOWN = 300

--- One line that cannot disturb a terminal, without the secret, cut short.
---@param given string
---@param secret string|string[]|nil
---@return string
return function(given, secret)
  given = conceal(given, secret)
  given = given:gsub("[%c%s]+", " "):gsub("^ ", ""):gsub(" $", "")
  if #given > SHOWN then
    -- Cut between characters, not inside one.
    given = given:sub(1, SHOWN):gsub("[\192-\255]?[\128-\191]*$", "") .. "..."
  end
  return text.printable(given)
end
