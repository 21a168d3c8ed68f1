-- API keys of the Enterprise Dashboard, which are those of its Grafana.
--
-- What was created and deleted under an id is a list of JSON texts in a shared dictionary:
-- a slot a key, empty where it was deleted.
local answer = require "answer"
local cjson = require "cjson"
local json = require "json"

local M = {}

local store = ngx.shared.changes
local user_and_password = "sandbox-admin:sandbox-password"
local roles = {Admin = true, Editor = true, Viewer = true}
local longest_life = 90 * 86400

-- Every id starts with one key that was there before.
local first_key = {id = 1, name = "dashboard", role = "Viewer"}

function M.accepts(header)
  return header == "Basic " .. ngx.encode_base64(user_and_password)
end

local function bearer(key)
  return ngx.ctx.account .. "bearer/" .. key
end

local function say(call, status, message)
  answer.json(call.controls, status, json.object("message", message))
end

M.fail = say

local function slot(id)
  return ngx.ctx.account .. "api-key/" .. id
end

local function key_of(id)
  local text = store:get(slot(id))
  if text == nil and id == first_key.id then return first_key end
  if text and text ~= "" then return cjson.decode(text) end
end

-- Whether a header has a key that was created here, has level Admin and was not deleted.
function M.opens(header)
  local id = store:get(bearer(header:match "^Bearer (%S+)$" or ""))
  local key = id and key_of(id)
  return key and key.role == "Admin"
end

local function last_id()
  return store:get(ngx.ctx.account .. "api-keys") or first_key.id
end

local function all_keys()
  local keys = {}
  for id = 1, last_id() do keys[#keys + 1] = key_of(id) end
  return keys
end

local function list(call)
  local texts = {}
  for i, key in ipairs(all_keys()) do
    texts[i] = json.object("id", key.id, "name", key.name, "role", key.role,
      "expiration", key.expiration)
  end
  local text = json.list(texts)
  if call.controls.keys == "wrapped" then text = json.object("list", {text}) end
  answer.json(call.controls, 200, text)
end

-- What is wrong with a wanted key, or nil.
local function fault_of(wanted)
  if type(wanted.name) ~= "string" or wanted.name == "" then return "name is required" end
  if not roles[wanted.role] then return "Invalid role specified" end
  local seconds = wanted.secondsToLive
  if seconds == nil or seconds == cjson.null then
    return "Number of seconds before expiration should be set"
  end
  if type(seconds) ~= "number" or seconds < 1 or seconds > longest_life then
    return "Number of seconds before expiration is greater than the global limit"
  end
end

local function is_taken(name)
  for _, key in ipairs(all_keys()) do
    if key.name == name then return true end
  end
end

local function create(call)
  if call.controls.keys == "gone" then
    return say(call, 410, "this endpoint has been removed, please use POST "
      .. "/api/serviceaccounts and POST /api/serviceaccounts/{id}/tokens instead")
  end
  ngx.req.read_body()
  local ok, wanted = pcall(cjson.decode, ngx.req.get_body_data() or "")
  if not ok or type(wanted) ~= "table" then return say(call, 400, "bad request data") end
  local fault = fault_of(wanted)
  if fault then return say(call, 400, fault) end
  if is_taken(wanted.name) then return say(call, 409, "API key, name already exists") end
  local id = store:incr(ngx.ctx.account .. "api-keys", 1, first_key.id)
  store:set(slot(id), cjson.encode {
    id = id, name = wanted.name, role = wanted.role,
    expiration = os.date("!%Y-%m-%dT%H:%M:%SZ", ngx.time() + wanted.secondsToLive),
  })
  local key = ngx.encode_base64(cjson.encode {
    k = ngx.md5(slot(id) .. ngx.var.request_id), n = wanted.name, id = 1,
  })
  store:set(bearer(key), id, wanted.secondsToLive)
  answer.json(call.controls, 200, json.object("id", id, "name", wanted.name, "key", key))
end

local function delete(call)
  local id = tonumber(call.ids[1]:match "^%d+$")
  if not id then return say(call, 400, "id is invalid") end
  if not key_of(id) then return say(call, 404, "API key not found") end
  store:set(slot(id), "")
  if call.controls.keys == "bare" then return answer.bare(call.controls, 204) end
  say(call, 200, "API key deleted")
end

local function route(methods)
  return function(call)
    if not call.is_authorized then
      return say(call, 401, call.authorization == "absent" and "Unauthorized"
        or "invalid username or password")
    end
    local serve = methods[ngx.req.get_method()]
    if not serve then return say(call, 404, "Not found") end
    serve(call)
  end
end

M.routes = {
  ["/api/auth/keys"] = route {GET = list, POST = create},
  ["/api/auth/keys/{id}"] = route {DELETE = delete},
}

return M
