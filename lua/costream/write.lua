--- Requests that change something at a service: sent once. Where one breaks on its way, its error
--- says that it may have been carried out, and how to find out.

local answer = require "costream.answer"
local conceal = require "costream.conceal"
local created = require "costream.created"
local document = require "costream.document"
local errors = require "costream.error"
local reported = require "costream.reported"

local M = {}

--- What is known of a request whose failure may stand for a change that was made; nil where none
--- was.
local function outcome(request, failure)
  local status = failure.status
  if not request.sent or status and status >= 300 and status < 500 and status ~= 408 then
    return nil
  elseif status and status < 300 then
    return "The service took it, but what it said of it is lost"
  end
  return "It may have been carried out all the same"
end

--- What the service answered, with its key to be taken if it has one; nil and an error.
local function read(request, endpoint)
  local said, failure = document.object(request)
  local key = endpoint.key
  if type(said) == "table" then
    failure = reported.failure("answer", said, request)
    local made = failure and key and said[key.member]
    if type(made) == "string" and made ~= "" then
      failure.message = conceal(failure.message, made)
    end
  end
  if failure or not key then
    return said, failure
  end
  said = created.new(type(said) == "table" and said or {}, key.member)
  if key.needed and not created.has_key(said) then
    return nil, errors.new {
      kind = "malformed", message = "the answer holds no " .. key.member,
      status = request.status, attempts = 1 + request.retries,
    }
  end
  return said
end

--- What to do about a failure, where more is to be said than of others.
local function recovery(request, failure, look)
  local status, known = failure.status, outcome(request, failure)
  if known then
    return ("%s: look with %s before you ask for it again."):format(known, look)
  elseif status and status >= 300 and status < 400 then
    return "Changes are not sent to where a redirect leads: check the URL that the client has."
  end
  return failure.recovery
end

--- Sends it, and gives the object that the service answers with, or true where that is nothing;
--- nil and an error.
---@param client costream.Client
---@param asked table as of answer.new
---@param endpoint costream.Endpoint
---@return table|true|nil said
---@return costream.Error? failure
function M.send(client, asked, endpoint)
  asked.write, asked.key = true, endpoint.key and endpoint.key.member
  local request = answer.new(client, asked)
  local said, failure = read(request, endpoint)
  if not failure then
    return said
  end
  failure.recovery = recovery(request, failure, endpoint.look)
  return nil, failure
end

return M
