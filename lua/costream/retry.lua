--- Trying again: what is worth it, how long to wait before, and how often at most.

local check = require "costream.check"
local core = require "costream.core"

local M = {}

---@class costream.Retry
---@field tries integer? requests in a row that bring no new row, the first included (default 5)
---@field base number? seconds: the wait before the first repeat is random, up to this; each time
---  that goes wrong again doubles it (default 0.5)
---@field cap number? seconds that no wait is longer than, whatever Retry-After says (default 60)

local defaults = { tries = 5, base = 0.5, cap = 60 }

--- For what must not be sent twice.
---@type costream.Retry
M.NEVER = { tries = 1, base = defaults.base, cap = defaults.cap }

--- Checks the option `retry`.
---@param what string how it is called
---@param given costream.Retry|false|nil
---@return costream.Retry
function M.check(what, given)
  if given == false then
    return M.NEVER
  elseif given ~= nil and type(given) ~= "table" then
    check.misuse(("%s: expected a table as { tries = 5 }, or false for none, got %s"):format(
      what, check.show(given)))
  end
  given = given or {}
  check.names(what, given, defaults)
  return {
    tries = check.integer(what .. ".tries", given.tries, 1, 1000) or defaults.tries,
    base = check.positive(what .. ".base", given.base) or defaults.base,
    cap = check.positive(what .. ".cap", given.cap) or defaults.cap,
  }
end

-- A service that is down gets at most so many repeats for each request that is wanted ...
local SHARE = 0.1

-- ... but a client that has wanted little yet is lent these.
local LENT = 10

---@class costream.RetryBudget
---@field wanted number requests that somebody wanted since one brought something
---@field spent number repeats that have not brought anything

---@return costream.RetryBudget
function M.budget()
  return { wanted = 0, spent = 0 }
end

local function affords(budget)
  return budget.spent + 1 <= math.max(LENT, SHARE * budget.wanted)
end

-- A generator of our own: the program's is its own, and not seeded everywhere. Park and Miller's.
local MODULUS = 2 ^ 31 - 1
local seed, seeded_in

--- A number from 0 to 1, another in each process.
local function random()
  if seeded_in ~= core.pid() then
    seeded_in = core.pid()
    seed = (seeded_in * 65537 + core.now() * 1e6) % (MODULUS - 1) + 1
  end
  seed = math.floor(seed) * 16807 % MODULUS
  return seed / MODULUS
end

local kinds = { network = true, timeout = true, incomplete = true }
local statuses = {
  [408] = true, [429] = true, [500] = true, [502] = true, [503] = true, [504] = true,
}

--- The tries of one request.
---@class costream.Tries
---@field policy costream.Retry
---@field budget costream.RetryBudget
---@field failed integer tries in a row that brought nothing
---@field spent integer of the budget, for these
---@field unproven boolean the last try that failed stopped where nothing proved the end
---@field free boolean the next repeat goes on where rows have come: the service is not down
local Tries = {}
Tries.__index = Tries

--- The request is sent for the first time.
---@param policy costream.Retry
---@param budget costream.RetryBudget
---@return costream.Tries
function M.begin(policy, budget)
  budget.wanted = budget.wanted + 1
  return setmetatable({
    policy = policy, budget = budget, failed = 0, spent = 0, free = false,
    unproven = false,
  }, Tries)
end

--- New rows have come, or the end: the service is not down, and what these tries have spent is
--- given back, and one repeat of others.
function Tries:moved_on()
  local budget = self.budget
  budget.spent = math.max(0, budget.spent - self.spent - 1)
  budget.wanted = 0
  self.failed, self.spent, self.free, self.unproven = 0, 0, true, false
end

local function wait_before(self, retry_after)
  local policy = self.policy
  local longest = math.min(policy.base * 2 ^ (self.failed - 1), policy.cap)
  if retry_after and retry_after > 0 then
    -- All whom it told the same do not come at the same moment.
    return math.min(retry_after + random() * policy.base, policy.cap)
  end
  return random() * longest
end

--- Seconds until the request is to be repeated; nil when it is not to be.
---@param failure costream.Error
---@param retry_after number? seconds, as the answer said
---@return number? seconds
function Tries:again(failure, retry_after)
  if not kinds[failure.kind] and not (failure.kind == "http" and statuses[failure.status]) then
    return nil
  end
  if failure.kind == "timeout" and failure.message:find("timeout.total", 1, true) then
    return nil -- it may have been told a moment early, by another clock
  end
  self.failed = self.failed + 1
  if failure.unproven and self.unproven then
    return nil -- twice at the same place: this is how the service ends its answers
  end
  self.unproven = failure.unproven
  if self.failed >= self.policy.tries or not self.free and not affords(self.budget) then
    return nil
  end
  if not self.free then
    self.budget.spent, self.spent = self.budget.spent + 1, self.spent + 1
  end
  self.free = false
  return wait_before(self, retry_after)
end

return M
