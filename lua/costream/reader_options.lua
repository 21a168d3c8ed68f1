--- What users may say about how JSON becomes Lua's: `nulls`, `numbers`.

local check = require "costream.check"

--- Checks the two, and gives the options of a core reader.
---@param prefix string of the options' names in messages: "otc: "
---@param options { nulls: boolean?, numbers: "text"? }
---@return table
return function(prefix, options)
  check.type(prefix .. "nulls", options.nulls, "boolean", "nil")
  if options.numbers ~= nil and options.numbers ~= "text" then
    check.misuse(('%snumbers: expected "text" or nil, got %s'):format(
      prefix, check.show(options.numbers)))
  end
  return { nulls = options.nulls, numbers_text = options.numbers == "text" }
end
