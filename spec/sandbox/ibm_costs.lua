-- What accounts used and what it cost, in cents, so that every sum is exact.
local noise = require "noise"
local services = require "ibm_services"

local M = {}

local regions = {"Standard", "eu-de", "us-south"}

local function draw_usage(draw, metric, discount)
  local quantity, rated = draw(1000), draw(4) == 0 and 100 * draw(500) or draw(100000)
  return {
    metric = metric[1], unit = metric[2], rated = rated,
    cost = rated - math.floor(rated * discount / 100),
    quantity = quantity, rateable = math.max(0, quantity - draw(20)),
    has_price = draw(4) == 0,
  }
end

local function draw_plan(draw, plan, discount)
  local usage = {}
  for i, metric in ipairs(plan[4]) do usage[i] = draw_usage(draw, metric, discount) end
  return {
    id = plan[1], name = plan[2], is_billable = plan[3], usage = usage,
    region = draw(3) == 0 and regions[draw(#regions) + 1] or nil,
  }
end

local function draw_resource(draw, service, discount)
  local plans = {}
  for i, plan in ipairs(service[3]) do plans[i] = draw_plan(draw, plan, discount) end
  return {id = service[1], name = service[2], plans = plans}
end

-- The resources of one account in one month; every tenth generated account has none.
function M.account(seed, month, account_id, may_be_empty)
  local draw, resources = noise.from(seed, month, account_id), {}
  if may_be_empty and draw(10) == 0 then return resources end
  local discount = draw(3) == 0 and 10 or 0
  for _, service in ipairs(services) do
    if draw(2) == 0 or service[1] == "cloudant" then
      resources[#resources + 1] = draw_resource(draw, service, discount)
    end
  end
  return resources
end

-- Merges lists of things with a key; add(into, other) sums two with the same key.
local function merged(lists, key, copy, add)
  local out, by_key = {}, {}
  for _, list in ipairs(lists) do
    for _, item in ipairs(list) do
      local known = by_key[item[key]]
      if known then
        add(known, item)
      else
        local new = copy(item)
        by_key[item[key]], out[#out + 1] = new, new
      end
    end
  end
  return out
end

local function shallow(item)
  local out = {}
  for key, value in pairs(item) do out[key] = value end
  return out
end

local function add_usage(into, usage)
  for _, field in ipairs {"cost", "rated", "quantity", "rateable"} do
    into[field] = into[field] + usage[field]
  end
end

local function add_plan(into, plan)
  into.usage = merged({into.usage, plan.usage}, "metric", shallow, add_usage)
end

local function add_resource(into, resource)
  into.plans = merged({into.plans, resource.plans}, "id", shallow, add_plan)
end

-- The resources of several accounts as one list.
function M.sum(lists)
  if #lists == 1 then return lists[1] end
  return merged(lists, "id", shallow, add_resource)
end

return M
