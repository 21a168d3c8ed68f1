--- Failures that tell what a service said, without the token that it was sent.

local conceal = require "costream.conceal"

local LEAST = 8 -- what is shorter stands in many words

--- What `parallel.try` gives, with the token taken out of the failure's message.
---@param ibm costream.Ibm
---@param result any
---@param failure costream.Error?
---@return any result
---@return costream.Error? failure
return function(ibm, result, failure)
  if failure then
    local ok, token = pcall(ibm._credential.token, ibm._credential)
    if ok and token and #token >= LEAST then
      failure.message = conceal(failure.message, token)
    end
  end
  return result, failure
end
