--- What the specs of endpoints share: clients whose requests have the answers that a spec wants.

local costream = require "costream"
local faults = require "faults_support"

local M = {}

M.TOKEN = "token-of-endpoints"

--- A text is the body of a right answer; a table with `status` or `body` is an answer; all else
--- is the fault server's own.
local function script_of(made)
  if type(made) == "string" then
    return { faults.answer { body = made } }
  elseif made.status or made.body then
    return { faults.answer(made) }
  end
  return made
end

--- What a request says: its method and target, and all of its bytes.
local function read_request(text)
  local method, target = text:match "^(%u+) /[^/]+/[^/]+(/%S*) "
  return {
    line = method .. " " .. target,
    head = text:match "^(.-\r\n)\r\n",
    body = text:match "\r\n\r\n(.*)$",
  }
end

---@class EndpointServer
---@field url string
---@field requests fun(): table[] those that it got, each with `line`, `head` and `body`
---@field lines fun(): string[] "GET /v1/accounts?limit=2" of each

--- Has requests answered so: by path and query, path alone or "*".
---@param answers table<string, string|table>
---@param parameters string? as of faults.url: "cut=5"
---@return EndpointServer
function M.serve(answers, parameters)
  local scripts, run = {}, faults.new_run()
  for target, made in pairs(answers) do
    scripts[target] = script_of(made)
  end
  faults.set(run, scripts)
  local more = parameters and "," .. parameters or ""
  local server = { url = faults.url(run, "run=" .. run .. more) }
  function server.requests()
    local requests = {}
    for i, text in ipairs(faults.seen(run)) do
      requests[i] = read_request(text)
    end
    return requests
  end
  function server.lines()
    local lines = {}
    for i, request in ipairs(server.requests()) do
      lines[i] = request.line
    end
    return lines
  end
  return server
end

local function merged(defaults, options)
  for name, value in pairs(options or {}) do
    defaults[name] = value
  end
  return defaults
end

--- An IBM client with these answers, of all services; and their server.
---@param answers table<string, string|table>
---@param options table?
---@param parameters string? as of `serve`
---@return costream.Ibm
---@return EndpointServer
function M.ibm(answers, options, parameters)
  local server = M.serve(answers, parameters)
  return costream.ibm(merged({
    token = M.TOKEN, base_url = server.url, billing_url = server.url, retry = false,
  }, options)), server
end

M.USER, M.PASSWORD = "admin-of-endpoints", "pass word: ü/of endpoints"

--- The same of OTC.
---@param answers table<string, string|table>
---@param options table?
---@return costream.Otc
---@return EndpointServer
function M.otc(answers, options)
  local server = M.serve(answers)
  return costream.otc(merged({
    user = M.USER, password = M.PASSWORD, base_url = server.url, dashboard_url = server.url,
    retry = false,
  }, options)), server
end

return M
