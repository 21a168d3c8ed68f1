-- Every request: read the controls, keep the ledger, misbehave if asked, then route.
local answer = require "answer"
local controls_of = require "controls"
local faults = require "faults"
local iam = require "iam"
local ibm_billing = require "ibm_billing"
local ibm_management = require "ibm_management"
local ibm_service = require "ibm_service"
local ibm_usage = require "ibm_usage"
local ledger = require "ledger"
local otc = require "otc"
local otc_keys = require "otc_keys"
local router = require "router"
local sender = require "sender"

local M = {}

local route_of = router.new({
  ["/"] = otc.versions,
  ["/v2/health"] = otc.health,
  ["/v2/hourly/consumption/"] = otc.hourly,
  ["/v2/daily/consumption/"] = otc.daily,
  ["/v2/hourly/consumption"] = otc.add_slash,
  ["/v2/daily/consumption"] = otc.add_slash,
  ["/identity/token"] = iam.token,
}, ibm_usage.routes, ibm_management.routes, ibm_billing.routes, otc_keys.routes)

-- Which service a path belongs to, and what tells whether it knows the caller.
local function family_of(path)
  if path == "/identity/token" then return "iam" end
  if path:find "^/v1/" then return "ibm", iam.accepts end
  if path:find "^/api/" then return "grafana", otc_keys.accepts end
  return "otc", otc.accepts
end

local function say(content_type, text)
  ngx.header.content_type = content_type
  ngx.header.cache_control = "no-store"
  ngx.print(text)
end

local function serve_ledger(path)
  local what, name = path:match("^/sandbox/(%l+)/([^/]+)$")
  local method = ngx.req.get_method()
  if what == "ledger" and method == "DELETE" then
    ledger.clear(name)
    ngx.status = 204
  elseif what == "ledger" and method == "GET" then
    say("application/json", ledger.counters_json(name))
  elseif what == "requests" and method == "GET" then
    say("application/json", ledger.requests_json(name))
  elseif path == "/sandbox/controls" then
    say("text/plain", controls_of.help())
  else
    ngx.status = 404
    say("text/plain", "sandbox: /sandbox/{ledger,requests}/NAME or /sandbox/controls\n")
  end
end

local function authorization_state(accepts)
  local header = ngx.var.http_authorization
  if not header or not accepts then return "absent" end
  return accepts(header) and "valid" or "invalid"
end

local function is_revoked(controls)
  return controls.revoke > 0 and ledger.add("revoked", 1) <= controls.revoke
end

local function new_call(controls, path, prefix)
  local family, accepts = family_of(path)
  local call = {
    controls = controls,
    path = path,
    prefix = prefix,
    family = family,
    authorization = authorization_state(accepts),
  }
  if call.family == "iam" then
    call.number = ledger.add("token_requests", 1)
  else
    call.number = ledger.open(path, prefix, call.authorization)
    call.is_authorized = call.authorization == "valid" and not is_revoked(controls)
  end
  return call
end

local function answer_call(call)
  if call.controls.delay > 0 then ngx.sleep(call.controls.delay / 1000) end
  if faults.answer(call) then return end
  local route, ids = route_of(call.path)
  if route then
    call.ids = ids
    return route(call)
  end
  if call.family == "ibm" then
    return ibm_service.fail(call, 404, "not_found", "No such path.")
  end
  if call.family == "grafana" then return otc_keys.fail(call, 404, "Not found") end
  otc.fail(call, 404, "Not Found")
end

function M.serve()
  local controls, path, prefix = controls_of.parse(ngx.var.uri)
  if not controls then return answer.fault(path) end
  if path:find("^/sandbox/") then return serve_ledger(path) end
  ledger.use(controls.id)
  ngx.on_abort(sender.gone)
  answer_call(new_call(controls, router.path_sent(), prefix))
end

return M
