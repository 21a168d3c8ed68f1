-- What all of IBM's APIs have in common: errors, authorization and typed parameters.
local answer = require "answer"
local faults = require "faults"
local parameters = require "parameters"

local M = {}

local hosts = {
  absolute = "https://enterprise.cloud.ibm.com",
  foreign = "https://reports.example.net",
}

function M.fail(call, status, code, message)
  local trace = faults.trace()
  ngx.header.x_request_id = trace
  answer.json(call.controls, status, faults.ibm_body(status, code, message, trace))
end

function M.bad_request(call, message)
  M.fail(call, 400, "bad_request", message)
end

function M.not_found(call)
  M.fail(call, 404, "not_found", "The entity does not exist.")
end

function M.forbidden(call)
  M.fail(call, 403, "forbidden", "The subject does not have access to the entity.")
end

-- An answer of 200 with a body, or of another status, such as 204, with what there is.
function M.answer(call, status, body)
  ngx.header.x_request_id = faults.trace()
  if body then return answer.json(call.controls, status, body) end
  answer.bare(call.controls, status)
end

-- Where a link leads: to a path of this service, or to where the controls say.
function M.link(call, path)
  return (hosts[call.controls.next] or "") .. path
end

-- The typed values of the query, or nil and what is wrong.
function M.values(known)
  local texts, name, wrong = parameters.read(known)
  if not texts then return nil, ("%s: %s"):format(wrong, name or "query") end
  local values = {}
  for key, text in pairs(texts) do
    local value, message = known[key](text)
    if value == nil then return nil, ("%s: %s"):format(key, message) end
    values[key] = value
  end
  return values
end

local function allowed(methods)
  local names = {}
  for name in pairs(methods) do names[#names + 1] = name end
  table.sort(names)
  return table.concat(names, ", ")
end

-- A route that takes these methods, {GET = function(call)}, of those who have a token.
function M.route(methods)
  local allow = allowed(methods)
  return function(call)
    local serve = methods[ngx.req.get_method()]
    if not serve then
      ngx.header.allow = allow
      return M.fail(call, 405, "method_not_allowed", "Use " .. allow .. ".")
    end
    if not call.is_authorized then
      return M.fail(call, 401, "unauthorized",
        "The token provided in the Authorization header is invalid or expired.")
    end
    serve(call)
  end
end

return M
