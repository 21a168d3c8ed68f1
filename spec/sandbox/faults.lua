-- Answers that stand in for the real one: a status, or a body that is no good.
local answer = require "answer"
local json = require "json"

local M = {}

local reasons = {
  [400] = "Bad Request", [401] = "Unauthorized", [403] = "Forbidden", [404] = "Not Found",
  [409] = "Conflict", [410] = "Gone",
  [422] = "Unprocessable Entity", [424] = "Failed Dependency", [429] = "Too Many Requests",
  [500] = "Internal Server Error", [502] = "Bad Gateway", [503] = "Service Unavailable",
  [504] = "Gateway Timeout",
}

local ibm_faults = {
  [400] = {"bad_request", "The input parameters in the request are either incomplete or "
    .. "incorrect."},
  [401] = {"unauthorized", "The token provided in the Authorization header is invalid or "
    .. "expired."},
  [403] = {"forbidden", "The subject does not have access to the reports."},
  [404] = {"not_found", "The entity does not exist."},
  [424] = {"failed_dependency", "The entity does not have all its dependencies set up "
    .. "correctly."},
  [429] = {"too_many_requests", "Too many requests."},
}

local bodies = {
  empty = {"application/json", ""},
  html = {"text/html", "<!DOCTYPE html>\n<html><head><title>Gateway</title></head>\n"
    .. "<body><h1>The service is being maintained.</h1></body></html>\n"},
  json = {"application/json", '{"ok":true}\n'},
  text = {"text/plain", "no rows today\n"},
}

-- The trace is the same in the header and in the body, as a user would report it.
function M.trace()
  return "sandbox-" .. ngx.var.request_id
end

function M.ibm_body(status, code, message, trace)
  local first = json.object("code", code, "message", message)
  return json.object("errors", {json.list {first}}, "trace", trace, "status_code", status)
end

function M.iam_body(message, details, trace)
  return json.object("errorCode", "BXNIM0415E", "errorMessage", message,
    "errorDetails", details, "context", {json.object("requestId", trace)})
end

local function target(call)
  local places = {
    same = ngx.var.scheme .. "://" .. (ngx.var.http_host or "localhost"),
    foreign = "https://elsewhere.example.net",
    plain = "http://" .. (ngx.var.http_host or "localhost"),
  }
  return places[call.controls.redirect] .. "/moved" .. call.path
end

local function status_body(call, status)
  local reason = reasons[status] or "Status " .. status
  local trace = M.trace()
  if call.family == "grafana" then return json.object("message", reason) end
  if call.family == "otc" then
    if status >= 500 then return reason .. "\n", "text/plain" end
    return json.object("detail", reason)
  end
  ngx.header.x_request_id = trace
  if call.family == "iam" then
    return M.iam_body(reason, "The sandbox was asked for this status.", trace)
  end
  local fault = ibm_faults[status] or {"internal_error", reason}
  return M.ibm_body(status, fault[1], fault[2], trace)
end

local function answer_status(call, status)
  ngx.header.retry_after = call.controls.retry
  if status < 400 then ngx.header.location = target(call) end
  local body, content_type = status_body(call, status)
  answer.short(call.controls, status, content_type or "application/json", body)
end

-- Answers the call and returns true where the controls ask for a fault.
function M.answer(call)
  local controls = call.controls
  if controls.status and call.number <= (controls.fail or math.huge) then
    answer_status(call, controls.status)
    return true
  end
  local body = bodies[controls.body]
  if not body then return false end
  answer.short(controls, 200, body[1], body[2])
  return true
end

-- Puts an invalid byte into the third string that follows marker.
function M.spoiled(source, marker)
  local seen = 0
  return function()
    local part = source()
    if not part or seen >= 3 then return part end
    return (part:gsub(marker .. ' ?"', function(found)
      seen = seen + 1
      return seen == 3 and found .. "\255" or nil
    end))
  end
end

return M
