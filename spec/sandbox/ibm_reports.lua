-- Reports as the service writes them, with the costs of each level summed from below.
local costs = require "ibm_costs"
local hierarchies = require "ibm_hierarchy"
local example = require "ibm_example"
local json = require "json"
local money = require "money"
local noise = require "noise"

local M = {}

local generated_units = example.documented().units

local function price_text(usage)
  if not usage.has_price then return "" end
  return ',"price":[{"quantity_tier":1000,"price":0.05}]'
end

-- How many cents the first value of each level is off.
local exact = {usage = 0, plan = 0, resource = 0, report = 0}
local off = {
  usage = {usage = 1, plan = 0, resource = 0, report = 0},
  plan = {usage = 0, plan = 1, resource = 0, report = 0},
  resource = {usage = 0, plan = 0, resource = 1, report = 0},
  report = {usage = 0, plan = 0, resource = 0, report = 1},
  child = {usage = 1, plan = 1, resource = 1, report = 1},
}

local function usage_text(usage, cents_off)
  return '{"metric":"' .. usage.metric .. '","unit":"' .. usage.unit
    .. '","quantity":' .. usage.quantity .. ',"rateable_quantity":' .. usage.rateable
    .. ',"cost":' .. money.text(usage.cost + cents_off)
    .. ',"rated_cost":' .. money.text(usage.rated) .. price_text(usage) .. "}"
end

local function new_totals()
  return {billable = 0, billable_rated = 0, non_billable = 0, non_billable_rated = 0}
end

local function add_totals(into, totals)
  for name, amount in pairs(totals) do into[name] = into[name] + amount end
end

local function totals_text(totals, cents_off)
  return '"billable_cost":' .. money.text(totals.billable + cents_off)
    .. ',"billable_rated_cost":' .. money.text(totals.billable_rated)
    .. ',"non_billable_cost":' .. money.text(totals.non_billable)
    .. ',"non_billable_rated_cost":' .. money.text(totals.non_billable_rated)
end

local function plan_text(plan, totals, wrong)
  local usage, cost, rated = {}, 0, 0
  for i, one in ipairs(plan.usage) do
    usage[i] = usage_text(one, i == 1 and wrong.usage or 0)
    cost, rated = cost + one.cost, rated + one.rated
  end
  local kind = plan.is_billable and "billable" or "non_billable"
  totals[kind] = totals[kind] + cost
  totals[kind .. "_rated"] = totals[kind .. "_rated"] + rated
  local region = plan.region and '"pricing_region":"' .. plan.region .. '",' or ""
  return '{"plan_id":"' .. plan.id .. '","plan_name":' .. json.string(plan.name) .. ","
    .. region .. '"pricing_plan_id":"' .. (plan.is_billable and "billable" or "free")
    .. ":v4:" .. plan.id .. '::1552694400000:","billable":' .. tostring(plan.is_billable)
    .. ',"cost":' .. money.text(cost + wrong.plan) .. ',"rated_cost":' .. money.text(rated)
    .. ',"usage":' .. json.list(usage) .. "}"
end

local function resource_text(resource, report_totals, wrong)
  local plans, totals = {}, new_totals()
  for i, plan in ipairs(resource.plans) do
    plans[i] = plan_text(plan, totals, i == 1 and wrong or exact)
  end
  add_totals(report_totals, totals)
  return '{"resource_id":"' .. resource.id .. '","resource_name":'
    .. json.string(resource.name) .. "," .. totals_text(totals, wrong.resource) .. ',"plans":'
    .. json.list(plans) .. "}"
end

local function entity_type(entity, seed)
  return seed % 2 == 1 and entity.kind:gsub("-", "_") or entity.kind
end

local function report_text(query, entity, unit, resources, wrong)
  local texts, totals = {}, new_totals()
  for i, resource in ipairs(resources) do
    texts[i] = resource_text(resource, totals, i == 1 and wrong or exact)
  end
  return '{"entity_id":' .. json.string(entity.id)
    .. ',"entity_type":"' .. entity_type(entity, query.seed)
    .. '","entity_crn":' .. json.string(entity.crn)
    .. ',"entity_name":' .. json.string(entity.name) .. ',"month":"' .. query.month
    .. '","billing_unit_id":"' .. unit.id .. '","billing_unit_crn":"' .. unit.crn
    .. '","billing_unit_name":' .. json.string(unit.name)
    .. ',"currency_code":"USD","country_code":"USA",' .. totals_text(totals, wrong.report)
    .. ',"resources":' .. json.list(texts) .. "}"
end

local function uses_nothing(query, account)
  return #costs.account(query.seed, query.month, account.id, account.may_be_empty) == 0
end

-- The account that is wrong where anything is: the last one that used anything.
local function wrong_account(query, hierarchy)
  for i = #hierarchy.entities, 1, -1 do
    local entity = hierarchy.entities[i]
    local is_used = entity.kind == "account" and entity.state ~= "DELETED"
      and not uses_nothing(query, entity)
    if is_used then return entity end
  end
end

local function summed_report(query, entity, unit, wrong)
  local lists = {}
  for i, account in ipairs(hierarchies.accounts(entity, unit)) do
    lists[i] = costs.account(query.seed, query.month, account.id, account.may_be_empty)
  end
  return report_text(query, entity, unit, costs.sum(lists), wrong)
end

local function is_wanted(query, unit)
  return not query.billing_unit_id or query.billing_unit_id == unit.id
end

-- The reports of an entity or of its children: returns how many there are, and a function that
-- writes the one at an index.
function M.of_entity(query, hierarchy, entity)
  local found = {}
  for _, one in ipairs(query.children and entity.children or {entity}) do
    for _, unit in ipairs(hierarchy.units) do
      if is_wanted(query, unit) and hierarchies.has_accounts(one, unit) then
        found[#found + 1] = {one, unit}
      end
    end
  end
  local wrong = query.wrong and wrong_account(query, hierarchy)
  return #found, function(index)
    local one, unit = unpack(found[index + 1])
    return summed_report(query, one, unit, one == wrong and off[query.wrong] or exact)
  end
end

local function generated_report(query, number)
  local unit = generated_units[number % #generated_units + 1]
  local id = noise.hex(noise.from(query.seed, "account", number), 32)
  local entity = hierarchies.loose_account(id, "Generated Account " .. number + 1)
  local resources = costs.account(query.seed, query.month, id, true)
  return report_text(query, entity, unit, resources, exact)
end

-- The same for `reports=N`; the billing units take turns.
function M.generated(query, count)
  local step, start = 1, 0
  if query.billing_unit_id then
    step, start = #generated_units, count
    for i, unit in ipairs(generated_units) do
      if is_wanted(query, unit) then start = i - 1 end
    end
  end
  local total = math.max(0, math.ceil((count - start) / step))
  return total, function(index) return generated_report(query, start + index * step) end
end

return M
