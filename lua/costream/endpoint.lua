--- Methods of a client, made of data: an endpoint is a few lines in its service's table.

local answer = require "costream.answer"
local check = require "costream.check"
local cursor = require "costream.cursor"
local pages = require "costream.pages"
local query = require "costream.query"
local stream = require "costream.stream"

local M = {}

---@class costream.Endpoint
---@field name string the method's name
---@field path string "/v1/accounts/{account_id}": the method is given its ids first
---@field service string? which of the client's services; default: the client's own
---@field parameters table<string, function>? of the query, each one of query.kinds
---@field required string[]? parameters that must be there
---@field list string? the member that holds the rows: the method gives a stream of all pages
---@field paging costream.Paging? of the list
---@field shape costream.Shape? of a row, or of the one object
---@field anonymous boolean? it needs no credential

local JSON = { "Accept: application/json" }

--- What requests are made with; throws where the client was not made for it.
local function service_of(self, what, endpoint)
  if not endpoint.service then
    return { client = self._client, credential = self._credential }
  end
  local service = self._services[endpoint.service]
  if service.missing then
    check.misuse(what .. ": " .. service.missing)
  end
  return service
end

--- The stream of a list's rows, of all its pages.
local function list(endpoint, service, what, given)
  local asked, resume = query.split_resume(given)
  local texts = query.check(what, asked, endpoint.parameters, endpoint.required)
  local name = what .. query.write(texts)
  return stream.new(what, pages.rows(service.client, {
    path = endpoint.path,
    texts = texts,
    resume = resume ~= nil and cursor.read(what .. ": resume", resume, name) or nil,
    list = endpoint.list,
    paging = endpoint.paging,
    shape = endpoint.shape,
    credential = service.credential,
  }), name)
end

--- The one object that is there; nil and an error.
local function object(endpoint, service, what, ...)
  return answer.document(answer.new(service.client, {
    path = query.path(what, endpoint.path, ...),
    headers = JSON,
    framing = { framing = "document" },
    credential = not endpoint.anonymous and service.credential or nil,
    shape = endpoint.shape,
  }))
end

--- Gives a class of clients its methods. A client has `_client` and `_credential`, and other
--- services by name in `_services`: with a `client` and a `credential`, or with `missing`, which
--- says what option they lack.
---@param class table
---@param prefix string as the class's methods are called in messages: "ibm"
---@param endpoints costream.Endpoint[]
function M.add(class, prefix, endpoints)
  for _, endpoint in ipairs(endpoints) do
    local what = prefix .. ":" .. endpoint.name
    local call = endpoint.list and list or object
    class[endpoint.name] = function(self, ...)
      check.self(what, self, class)
      return call(endpoint, service_of(self, what, endpoint), what, ...)
    end
  end
end

return M
