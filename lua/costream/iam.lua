--- IBM Cloud IAM: an API key exchanged for tokens that live an hour.
--
-- One exchange serves all that wait for a token; a token is replaced at 80 % of its life, as
-- IBM's own libraries do, and counts as dead 10 s before its end.

local answer = require "costream.answer"
local check = require "costream.check"
local core = require "costream.core"
local errors = require "costream.error"
local query = require "costream.query"
local secret = require "costream.secret"

local M = {}

local PATH = "/identity/token"
local GRANT = "urn:ibm:params:oauth:grant-type:apikey"
local REFRESH_AT = 0.8
local DEAD_BEFORE_END = 10

local Iam = { scheme = "Bearer" }
Iam.__index = Iam

local function begin_exchange(self, deadline)
  local apikey = secret.of(self, "apikey")
  return answer.new(self.client, {
    method = "POST",
    path = PATH,
    headers = {
      "Content-Type: application/x-www-form-urlencoded",
      "Accept: application/json",
    },
    body = query.form {
      grant_type = GRANT, apikey = apikey, response_type = "cloud_iam",
    },
    framing = { framing = "document" },
    deadline = deadline,
    secret = apikey,
  })
end

local function not_a_token()
  return errors.new {
    kind = "malformed",
    message = "POST " .. PATH .. ": the answer holds no access_token with a lifetime",
    attempts = 1,
  }
end

local function accept(self, document)
  local token, life = document.access_token, tonumber(document.expires_in)
  local lives = life and life > 0 and life < math.huge -- LuaJIT reads "nan" and "inf" as numbers
  if not lives or not pcall(check.secret, "access_token", token) then
    return not_a_token()
  end
  local now = core.now()
  secret.keep(self, "token", token)
  self.refresh_at = now + REFRESH_AT * life
  self.dead_at = now + math.max(life - DEAD_BEFORE_END, REFRESH_AT * life)
end

local function refused(failure)
  -- A key that does not exist is a 400 here.
  local status = failure.status
  if status == 400 or status == 401 or status == 403 then
    failure.kind = "auth"
    failure.recovery = "Check that the API key is right, has not been deleted or locked, and "
      .. "belongs to this account."
  end
  return failure
end

local function settle(self, under_way, failure)
  under_way.settled = true
  under_way.failure = failure or accept(self, under_way.document or {})
  under_way.answer:close()
  self.under_way = nil
end

--- Each that waits gets an error of its own: it is filled in with the rows of its stream.
local function own_copy(failure)
  local fields = {}
  for name, value in pairs(failure) do
    fields[name] = value
  end
  return errors.new(fields)
end

--- Waits until the exchange has its outcome; whoever sees that first settles it for all.
local function await(self, under_way)
  while not under_way.settled do
    local document, failure = under_way.answer:next()
    if under_way.settled then
      break
    elseif document ~= nil then
      under_way.document = type(document) == "table" and document or nil
    else
      settle(self, under_way, failure and refused(failure))
    end
  end
end

--- Brings the exchange that is under way, or a new one, to its end. Several tasks may be in here
-- at once: the first to see the outcome settles it for all, so none depends on another.
---@return costream.Error? failure
---@return boolean? too_short somebody else began it, whose time was up
local function exchange(self, deadline)
  local joined = self.under_way
  local under_way = joined or { answer = begin_exchange(self, deadline), waiting = 0 }
  self.under_way = under_way
  under_way.waiting = under_way.waiting + 1
  local ok, thrown = pcall(await, self, under_way)
  under_way.waiting = under_way.waiting - 1
  if not ok then
    if under_way.waiting == 0 and not under_way.settled then
      under_way.answer:close() -- nobody is left to bring it to its end
      self.under_way = nil
    end
    error(thrown, 0)
  end
  return under_way.failure and own_copy(under_way.failure),
    joined and under_way.failure and under_way.answer.out_of_time
end

--- A token that is good for now; nil and an error.
---@param deadline number? when whoever asks gives up, on the clock of `core.now`
---@return string? token
---@return costream.Error? failure
function Iam:token(deadline)
  local now = core.now()
  local token = secret.of(self, "token")
  if token and now < self.refresh_at then
    return token
  end
  local failure, too_short
  repeat
    failure, too_short = exchange(self, deadline)
  until not too_short or deadline and core.now() >= deadline
  token = secret.of(self, "token")
  if failure and not (token and core.now() < self.dead_at) then
    secret.keep(self, "token", nil)
    return nil, failure
  end
  return token
end

--- The service refused this token: the next one is asked for, unless that has happened already.
---@param token string
---@return boolean
function Iam:renew(token)
  if secret.of(self, "token") == token then
    secret.keep(self, "token", nil)
  end
  return true
end

--- A credential that exchanges an API key for tokens.
---@param apikey string
---@param exchange_client costream.Client whose base_url is IAM's
---@return table
function M.new(apikey, exchange_client)
  local self = setmetatable({ client = exchange_client }, Iam)
  secret.keep(self, "apikey", apikey)
  return self
end

return M
