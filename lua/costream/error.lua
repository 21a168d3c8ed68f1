--- Failures: what went wrong, and what to do about it.

local M = {}

---@alias costream.ErrorKind
---| "auth"       # the token or key was refused (401, 403)
---| "http"       # any other status that is not 200
---| "network"    # no such host, refused, reset
---| "timeout"    # timeout.connect, timeout.stall or timeout.total passed
---| "tls"        # the server's certificate or the handshake was not good
---| "malformed"  # the answer is not what the API promises
---| "incomplete" # the answer stopped early
---| "changed"    # what was read before is not the same when it is read again
---| "limit"      # more than `limits` allows
---| "cancelled"  # the stream was closed, or its task was ended

---@class costream.Error
---@field kind costream.ErrorKind
---@field message string what happened, in one line
---@field recovery string what to do about it
---@field date string? the day of a range that it is about
---@field month string? the month of a range that it is about
---@field rows integer how many rows had been delivered
---@field attempts integer? how many requests were made for it
---@field status integer? the answer's HTTP status
---@field request_id string? what the service calls the request: name it when asking for support
---@field unproven boolean? the answer may be whole, but only the end of its connection says so
---@field row integer? the row that is wrong, counted from 1 in its answer
---@field line integer? where in the answer's text it is wrong, from 1
---@field column integer? in bytes, from 1
---@field byte integer? from 1
local Error = {}
Error.__index = Error

local recoveries = {
  auth = "Check that the token or key is right, has not expired and may read this data.",
  http = "See the service's documentation for this status.",
  network = "Check the host name, the network and whether a proxy is needed (`proxy`).",
  timeout = "Try again later, or allow more time with `timeout`.",
  tls = "Check the certificate of the server; for a company's own authority give `ca_file`; "
    .. "that of a proxy must be among the system's.",
  malformed = "Do not use the rows delivered so far as a total; try again, and report it to the "
    .. "provider if it stays.",
  incomplete = "Do not use the rows delivered so far as a total; run the query again.",
  changed = "The data has changed since: forget the rows delivered so far and read from the "
    .. "beginning, without resume.",
  limit = "If the data is right, raise the limit that the message names with `limits`.",
  cancelled = "Open a new stream to read again.",
}

function Error:__tostring()
  local parts = { self.kind, ": ", self.message }
  local details = {}
  if self.status then
    details[#details + 1] = ("status %d"):format(self.status)
  end
  if self.request_id then
    details[#details + 1] = "request " .. self.request_id
  end
  if (self.attempts or 1) > 1 then
    details[#details + 1] = ("tried %d times"):format(self.attempts)
  end
  if self.rows > 0 then
    details[#details + 1] = ("after %d row%s"):format(self.rows, self.rows == 1 and "" or "s")
  end
  if #details > 0 then
    parts[#parts + 1] = " (" .. table.concat(details, ", ") .. ")"
  end
  parts[#parts + 1] = ". "
  parts[#parts + 1] = self.recovery
  return table.concat(parts)
end

--- Makes a failure of a table that has at least `kind` and `message`.
---@param fields table becomes the error
---@return costream.Error
function M.new(fields)
  fields.rows = fields.rows or 0
  fields.recovery = fields.recovery or recoveries[fields.kind]
  return setmetatable(fields, Error)
end

--- Is it a failure of costream, rather than another error?
---@param value any
---@return boolean
function M.is(value)
  return getmetatable(value) == Error
end

return M
