--- Methods of a client, made of data: an endpoint is a few lines in its service's table.

local answer = require "costream.answer"
local body = require "costream.body"
local check = require "costream.check"
local core = require "costream.core"
local cursor = require "costream.cursor"
local document = require "costream.document"
local errors = require "costream.error"
local pages = require "costream.pages"
local query = require "costream.query"
local shape = require "costream.shape"
local stream = require "costream.stream"
local write = require "costream.write"

local M = {}

---@class costream.Endpoint
---@field name string the method's name
---@field path string "/v1/accounts/{account_id}": the method is given its ids first
---@field id function? what its ids may be, one of query.kinds; default: text
---@field service string? which of the client's services; default: the client's own
---@field anonymous boolean? it needs no credential
---@field shape costream.Shape? of a row, or of the one object
---
--- A list, whose method gives a stream of all its pages:
---@field paging costream.Paging?
---@field list string? the member that holds the rows
---@field parameters table<string, function>? of the query, each one of query.kinds
---@field required string[]? parameters that must be there
---
--- A list that comes whole, alone or in that member of an object:
---@field wrapped string?
---
--- A change:
---@field method string? "POST", "PUT", "PATCH", "DELETE"
---@field body costream.Body?
---@field look string? the call that shows whether it was carried out
---@field key { member: string, needed: boolean? }? of the answer, which is handed over once

local JSON = { "Accept: application/json" }
local SENDS_JSON = { "Accept: application/json", "Content-Type: application/json" }

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
local function paged_list(endpoint, service, what, given)
  local asked, resume = query.split_resume(given)
  local texts = query.check(what, asked, endpoint.parameters, endpoint.required, { "resume" })
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

--- What is asked for an answer that is one document.
local function document_of(endpoint, service, path)
  return {
    path = path,
    headers = JSON,
    framing = { framing = "document" },
    credential = not endpoint.anonymous and service.credential or nil,
  }
end

--- The path with the ids that the method was given, and what it was given behind them.
local function path_of(endpoint, what, ...)
  local ids = { ... }
  local path, count = query.path(what, endpoint.path, endpoint.id or query.kinds.text(), ids)
  return path, ids[count + 1]
end

--- The one object that is there; nil and an error.
local function object(endpoint, service, what, ...)
  local asked = document_of(endpoint, service, (path_of(endpoint, what, ...)))
  asked.shape = endpoint.shape
  return document.object(answer.new(service.client, asked))
end

local function drop_nulls(row)
  for name, value in pairs(row) do
    if value == core.null then
      row[name] = nil
    end
  end
end

--- The rows in what came, which has its nulls: a list without them would be short of rows that
--- are none. Nil and an error.
local function unwrap(endpoint, list, request)
  local rows = getmetatable(list) == core.list and list or list[endpoint.wrapped]
  if getmetatable(rows) ~= core.list then
    return nil, errors.new {
      kind = "malformed", message = ("GET %s: expected a list"):format(endpoint.path),
    }
  end
  for _, row in ipairs(rows) do
    if not shape.fits(endpoint.shape, row) then
      return nil, shape.failure(endpoint.shape, row, request:secrets())
    elseif not request.client.values.nulls then
      drop_nulls(row)
    end
  end
  return rows
end

--- The rows of a list that comes whole; nil and an error.
local function whole_list(endpoint, service)
  local asked = document_of(endpoint, service, endpoint.path)
  asked.framing.nulls = true
  local request = answer.new(service.client, asked)
  local list, failure = document.list_or_object(request)
  if failure then
    return nil, failure
  end
  return unwrap(endpoint, list, request)
end

--- What a service answers a change with, or true where that is nothing; nil and an error.
local function change(endpoint, service, what, ...)
  local path, given = path_of(endpoint, what, ...)
  local asked = document_of(endpoint, service, path)
  asked.method = endpoint.method
  if endpoint.body then
    asked.headers = SENDS_JSON
    asked.body = body.write(what, given, endpoint.body)
  end
  return write.send(service.client, asked, endpoint)
end

local function call_of(endpoint)
  return endpoint.paging and paged_list or endpoint.wrapped and whole_list
    or endpoint.method and change or object
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
    local call = call_of(endpoint)
    class[endpoint.name] = function(self, ...)
      check.self(what, self, class)
      return call(endpoint, service_of(self, what, endpoint), what, ...)
    end
  end
end

return M
