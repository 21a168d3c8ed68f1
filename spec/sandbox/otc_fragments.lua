-- The text of a row cut at its three holes: the date, etl_updated and the row's id.
local catalogue = require "otc_catalogue"
local decimal = require "decimal"
local json = require "json"

local M = {}

M.compact = {open = "{", colon = ": ", comma = ", ", close = "}"}
M.pretty = {
  open = "{\n        ", colon = ": ", comma = ",\n        ", close = "\n    }",
}

local plain_factor = 8
local quantity_scale = {["GB/Month"] = 9, pc = 0}

-- How the amount of this hour compares with the others: 8 to 15; servers cost the same.
function M.factor(resource, variant)
  if resource.unit == "h" then return plain_factor end
  return plain_factor + variant
end

local function amount_text(resource, integer)
  local write = resource.writes_floats and decimal.float_text or decimal.text
  return write(integer, resource.amount_scale)
end

-- A cent more, for resources whose amounts are written in millionths.
local cent = 10000

function M.takes_cents(resource)
  return resource.amount_scale == 6
end

local function error_of(resource, form)
  return form.is_wrong and M.takes_cents(resource) and cent or 0
end

local function quantity_text(resource, factor)
  if resource.unit == "h" then return decimal.float_text(factor / plain_factor, 0) end
  local scale = quantity_scale[resource.unit] or 2
  return decimal.float_text(resource.quantity_unit * factor, scale)
end

-- Even seeds: {"env": "prod"}; odd seeds: [{"key": "env", "value": "prod"}].
local function tags_text(resource, seed)
  local out = {}
  for i, tag in ipairs(resource.tags) do
    local key, value = json.string(tag.key), json.string(tag.value)
    out[i] = seed % 2 == 0 and key .. ": " .. value
      or '{"key": ' .. key .. ', "value": ' .. value .. "}"
  end
  local inner = table.concat(out, ", ")
  return seed % 2 == 0 and "{" .. inner .. "}" or "[" .. inner .. "]"
end

local function cycle_day_text(resource)
  local text = tostring(resource.cycle_day)
  return resource.cycle_day_is_text and json.string(text) or text
end

local function add(members, key, text, is_string)
  if text then members[#members + 1] = {key = key, text = text, is_string = is_string} end
end

local function add_string(members, key, value)
  add(members, key, value and json.string(value), true)
end

local function add_hole(members, key, hole)
  members[#members + 1] = {key = key, hole = hole, is_string = true}
end

local function add_resource(members, resource, is_hourly)
  add_hole(members, "consumption_date", "date")
  add_string(members, "consumption_type",
    resource.shows_type and resource.consumption_type or nil)
  add(members, "contract", tostring(resource.contract))
  add_hole(members, "etl_updated", "etl")
  if is_hourly then add_string(members, "external_priceplan", resource.priceplan) end
  add_string(members, "product", resource.product)
  add(members, "product_description",
    resource.description_json or json.string(resource.description), true)
  add_string(members, "project_id", resource.project.id)
  local project = resource.project
  add(members, "project_name", project.json or project.name and json.string(project.name), true)
end

local function add_rest(members, resource, quantity, tags)
  add(members, "quantity", quantity)
  add_string(members, "quantity_type", resource.unit)
  add(members, "region", resource.has_region and json.string(resource.region) or "null", true)
  add_string(members, "resource_id", resource.id)
  add_string(members, "status", resource.status)
  add(members, "tags", tags)
end

-- The members of an hourly row, in the documented order.
local function hourly_members(resource, factor, tags, form)
  local members = {}
  local amount = resource.amount_unit * factor
  local full = resource.is_discounted and amount / 4 * 5 or amount
  add(members, "amount", amount_text(resource, amount + error_of(resource, form)))
  add(members, "amount_excluding_discount", amount_text(resource, full))
  add(members, "bill_cycle_day", cycle_day_text(resource))
  add_resource(members, resource, true)
  add_rest(members, resource, quantity_text(resource, factor), tags)
  add_hole(members, "usage_id", "id")
  return members
end

local function daily_members(resource, amount, quantity, tags)
  local members = {}
  add_hole(members, "aggregation_id", "id")
  add(members, "amount", amount)
  add_resource(members, resource, false)
  add_rest(members, resource, quantity, tags)
  return members
end

-- Four texts with a hole after each of the first three; etl_updated is a hole as a whole.
local function cut(members, style, ending)
  local pieces, current = {}, style.open
  for i, member in ipairs(members) do
    local tail = i == #members and style.close .. ending or style.comma
    local key = json.string(member.key) .. style.colon
    if member.hole == "etl" then
      pieces[#pieces + 1], current = current, ""
    elseif member.hole then
      pieces[#pieces + 1], current = current .. key .. '"', '"' .. tail
    else
      current = current .. key .. member.text .. tail
    end
  end
  return pieces[1], pieces[2], pieces[3], current
end

local function put(sheet, k, members)
  sheet.members[k] = sheet.keeps_members and members or nil
  sheet[1][k], sheet[2][k], sheet[3][k], sheet[4][k] =
    cut(members, sheet.style, sheet.ending)
end

local function new_sheet(form)
  return {
    style = form.style, ending = form.ending, keeps_members = form.irregular, members = {},
    {}, {}, {}, {},
  }
end

local function build_hourly(stock, form)
  local sheet = new_sheet(form)
  for r, resource in ipairs(stock.resources) do
    local tags = form.show_tag and tags_text(resource, stock.seed) or nil
    for variant = 0, catalogue.variants - 1 do
      put(sheet, (r - 1) * catalogue.variants + variant + 1,
        hourly_members(resource, M.factor(resource, variant), tags, form))
    end
  end
  return sheet
end

-- A daily row's amount and quantity are put in for each day, at these marks.
local amount_mark, quantity_mark = "\1", "\2"

local function build_daily(stock, form)
  local sheet = new_sheet(form)
  for r, resource in ipairs(stock.resources) do
    local tags = form.show_tag and tags_text(resource, stock.seed) or nil
    put(sheet, r, daily_members(resource, amount_mark, quantity_mark, tags))
  end
  return sheet
end

local cache, cached = {}, 0

-- Sheets are kept, as building one takes some milliseconds.
local function kept(build, stock, form)
  local name = table.concat({tostring(build), stock.seed, #stock.resources, form.style.close,
    form.ending, tostring(form.irregular), tostring(form.show_tag), tostring(form.is_wrong)}, "/")
  if not cache[name] then
    if cached == 8 then cache, cached = {}, 0 end
    cache[name], cached = build(stock, form), cached + 1
  end
  return cache[name]
end

-- form: style, ending, irregular, show_tag, is_wrong (amounts are a cent off).
function M.hourly(stock, form)
  return kept(build_hourly, stock, form)
end

local function filled_members(members, amount, quantity)
  local out = {}
  for i, member in ipairs(members) do
    local text = member.text == amount_mark and amount
      or member.text == quantity_mark and quantity or member.text
    out[i] = {key = member.key, hole = member.hole, is_string = member.is_string, text = text}
  end
  return out
end

-- factors[r] is the sum over the day's hours, or nil where no row is wanted.
function M.daily(stock, form, factors)
  local base, sheet = kept(build_daily, stock, form), new_sheet(form)
  sheet[1], sheet[3] = base[1], base[3]
  for r, resource in ipairs(stock.resources) do
    local factor = factors[r]
    if factor then
      local amount = amount_text(resource,
        resource.amount_unit * factor + error_of(resource, form))
      local quantity = quantity_text(resource, factor)
      sheet[2][r] = base[2][r]:gsub(amount_mark, amount)
      sheet[4][r] = base[4][r]:gsub(quantity_mark, quantity)
      if form.irregular then
        sheet.members[r] = filled_members(base.members[r], amount, quantity)
      end
    end
  end
  return sheet
end

return M
