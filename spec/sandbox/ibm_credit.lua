-- What a billing unit pays with: its billing options, and the credit pools that follow from them.
local json = require "json"
local money = require "money"
local month = require "ibm_month"
local noise = require "noise"

local M = {}

-- state, type, category, first year, months.
local option_kinds = {
  {"CANCELED", "SUBSCRIPTION", "PLATFORM", 2019, 12},
  {"ACTIVE", "SUBSCRIPTION", "PLATFORM", 2020, 120},
  {"ACTIVE", "OFFER", "SERVICE", 2021, 120},
  {"SUSPENDED", "OFFER", "PLATFORM", 2022, 120},
  {"ACTIVE", "SUBSCRIPTION", "SUPPORT", 2020, 120},
}
local support_resource, platform_resources = "support", {"cloudant", "is.instance", "kms"}

local function option_of(unit, number)
  local kind = option_kinds[number]
  return {
    id = ("%s-option-%d"):format(unit.id, number), state = kind[1], type = kind[2],
    category = kind[3], months = kind[5],
    starts = ("%d-01-01T00:00:00.000Z"):format(kind[4]),
    ends = ("%d-12-31T23:59:59.999Z"):format(kind[4] + kind[5] / 12 - 1),
  }
end

local function option_text(unit, number)
  local option = option_of(unit, number)
  return json.object("id", option.id, "billing_unit_id", unit.id,
    "start_date", option.starts, "end_date", option.ends, "state", option.state,
    "type", option.type, "category", option.category,
    "payment_instrument", {json.object("type", "INVOICE", "address", {json.object("country",
      "USA")})},
    "duration_in_months", option.months, "line_item_id", 1000 * unit.position + number,
    "billing_system", {json.object("country_code", "USA", "currency_code", "USD")},
    "renewal_mode_code", "RENEW", "updated_at", option.starts)
end

function M.options(unit)
  local texts = {}
  for number = 1, #option_kinds do texts[number] = option_text(unit, number) end
  return texts
end

-- Splits cents over resources; the parts add up.
local function resources_text(names, amount)
  local texts, rest = {}, amount
  for i, name in ipairs(names) do
    local part = i == #names and rest or math.floor(amount / #names)
    rest = rest - part
    texts[i] = json.object("resource_id", name, "cost", {money.text(part)})
  end
  return json.list(texts)
end

local function term_text(draw, option, names)
  local total = 100 * (1000 + draw(9000))
  local starting = total - draw(total / 2)
  local used = draw(starting)
  return json.object("billing_option_id", option.id, "category", option.category,
    "start_date", option.starts, "end_date", option.ends,
    "total_credits", {money.text(total)}, "starting_balance", {money.text(starting)},
    "used_credits", {money.text(used)}, "current_balance", {money.text(starting - used)},
    "resources", {resources_text(names, used)})
end

local function pool_text(unit, kind, at)
  local draw, terms = noise.from("pool", unit.id, kind, at), {}
  local names = kind == "SUPPORT" and {support_resource} or platform_resources
  for number, option_kind in ipairs(option_kinds) do
    local is_support = option_kind[3] == "SUPPORT"
    if option_kind[1] == "ACTIVE" and is_support == (kind == "SUPPORT") then
      terms[#terms + 1] = term_text(draw, option_of(unit, number), names)
    end
  end
  local overage = draw(100000)
  return json.object("type", kind, "currency_code", "USD", "billing_unit_id", unit.id,
    "term_credits", {json.list(terms)}, "overage", {json.object("cost",
      {money.text(overage)}, "resources", {resources_text(names, overage)})})
end

-- The pools of a month, the current one unless there is a date.
function M.pools(unit, values)
  local texts = {}
  for _, kind in ipairs {"PLATFORM", "SUPPORT"} do
    if not values.type or values.type == kind then
      texts[#texts + 1] = pool_text(unit, kind, values.date or month.current())
    end
  end
  return texts
end

return M
