-- POST /identity/token: bearer tokens for the IBM side.
local answer = require "answer"
local faults = require "faults"
local json = require "json"
local ledger = require "ledger"

local M = {}

local tokens = ngx.shared.tokens
local api_key = "ibm-sandbox-key"
local grant_type = "urn:ibm:params:oauth:grant-type:apikey"

local function base64url(text)
  return (ngx.encode_base64(text, true):gsub("+", "-"):gsub("/", "_"))
end

local function new_token(issued, expires)
  local serial = tokens:incr("serial", 1, 0)
  local header = '{"kid":"sandbox","alg":"RS256"}'
  local claims = json.object("iam_id", "IBMid-sandbox", "jti", "sandbox-" .. serial,
    "iat", issued, "exp", issued + expires, "scope", "ibm openid")
  local signature = ngx.hmac_sha1("sandbox", claims .. ngx.now())
  return base64url(header) .. "." .. base64url(claims) .. "." .. base64url(signature)
end

local function refuse(call, message, details)
  local trace = faults.trace()
  ngx.header.x_request_id = trace
  answer.json(call.controls, 400, faults.iam_body(message, details, trace))
end

local function hand_out(call)
  local issued, lifetime = ngx.time(), call.controls.expires
  local expires = math.ceil(lifetime)
  local token = new_token(issued, expires)
  -- A lifetime of 0 would mean for ever to the dictionary.
  if lifetime > 0 then tokens:set("token/" .. token, true, lifetime) end
  ledger.add("tokens", 1)
  answer.json(call.controls, 200, json.object("access_token", token,
    "refresh_token", "not_supported", "token_type", "Bearer", "expires_in", expires,
    "expiration", issued + expires, "scope", "ibm openid"))
end

function M.accepts(header)
  local token = header:match("^[Bb]earer +(%S+)$")
  return token ~= nil and tokens:get("token/" .. token) == true
end

function M.token(call)
  if ngx.req.get_method() ~= "POST" then
    return answer.json(call.controls, 405,
      faults.iam_body("Method not allowed", "Use POST.", faults.trace()))
  end
  ngx.req.read_body()
  local form = ngx.req.get_post_args()
  if form.grant_type ~= grant_type then
    return refuse(call, "The grant type is not supported.",
      "grant_type must be " .. grant_type .. ".")
  end
  if form.apikey ~= api_key then
    return refuse(call, "Provided API key could not be found.", "The sandbox knows one key.")
  end
  hand_out(call)
end

return M
