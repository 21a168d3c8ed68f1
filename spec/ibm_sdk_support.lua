--- Asking the sandbox through IBM's own client library, which runs in Node.js.

local cjson = require "cjson"
local decode = require "costream.decode"
local support = require "support"

local M = {}

--- A question for the library: which API ("reports", "management", "billing"), which method or
--- pager of it, and its parameters; `url` where it is not the one that the others are asked of.
function M.question(api, call, params, url)
  return { api = api, call = call, params = params or {}, url = url }
end

local function run(command, input)
  local name = os.tmpname()
  local file = assert(io.open(name, "w"))
  file:write(input)
  file:close()
  local text = support.read_command(("%s < %s 2>&1"):format(command, name))
  os.remove(name)
  return text
end

--- The answers to questions, in their order: { status, result, faults } or { error }; `url` is
--- the sandbox's, with controls or over TLS. options: apikey, iam_url, where they are others than
--- the sandbox's; retries, the library's own.
function M.ask(url, questions, options)
  options = options or {}
  for _, question in ipairs(questions) do
    question.url, question.retries = question.url or url, options.retries
  end
  local command = ("NODE_PATH=build/ibm_sdk/node_modules NODE_EXTRA_CA_CERTS='%s' NO_PROXY='*' "
    .. "node spec/ibm_sdk/ask.js '%s' '%s'"):format(support.ca_file,
    options.iam_url or support.url, options.apikey or "ibm-sandbox-key")
  local text = run(command, cjson.encode(questions))
  return assert(decode(text), "the library did not answer (make ibm-sdk installs it): " .. text)
end

--- What answers a question, as the library declares it.
function M.result(url, ...)
  local answer = M.ask(url, { M.question(...) })[1]
  assert(answer.result, "refused: " .. cjson.encode(answer))
  assert(#answer.faults == 0, table.concat(answer.faults, "\n"))
  return answer.result
end

return M
