-- The resources of a seed, with everything about them that no hour changes.
local noise = require "noise"
local products = require "otc_products"

local M = {}

M.variants = 8

local regions = {"EU-DE", "EU-DE", "EU-DE", "EU-NL", "EU-CH2"}
local statuses = {"AGGREGATION_PROCESSED", "AGGREGATION_PROCESSED", "NEW"}
local consumption_types = {"EL", "EL", "EL", "EL", "RC", "OTF"}
local contracts = {1000012345, 1000012346, 1000098765}
-- Name, and the JSON text where it is to be special; a name may be null or missing.
local projects = {
  {"eu-de"}, {"eu-de_prod"}, {"eu-de_staging"}, {"eu-nl"}, {"eu-nl_backup"},
  {"eu-ch2_bank"}, {"eu-de_Prüfstand"}, {"eu-de_Forschung/Lehre", '"eu-de_Forschung\\/Lehre"'},
  {"eu-de_München", '"eu-de_M\\u00fcnchen"'},
  {"eu-de_\240\159\154\128", '"eu-de_\\ud83d\\ude80"'},
  {nil, "null"}, {},
}
local tag_values = {
  env = {"prod", "test", "staging"},
  team = {"web", "data", "Büro", "ops"},
  ["cost center"] = {"4711", "0815", "a\"b"},
}
local tag_keys = {"env", "team", "cost center"}

local function draw_project(draw, seed)
  local number = draw(#projects)
  local project = projects[number + 1]
  return {
    id = noise.hex(noise.from(seed, "project", number), 32),
    name = project[1],
    json = project[2],
  }
end

local function draw_tags(draw)
  local tags = {}
  for _, key in ipairs(tag_keys) do
    local values = tag_values[key]
    local value = values[draw(#values) + 1]
    if draw(2) == 0 then tags[#tags + 1] = {key = key, value = value} end
  end
  return tags
end

-- Amounts are integers times 10^-scale, so that a day's sum is exact: most are millionths,
-- some tiny, some whole. The unit is multiplied by 8 to 15, the variant of the hour.
local function draw_amount(draw)
  local kind = draw(10)
  if kind == 0 then return 4 * (500000000000 + draw(2000000000)), 19 end
  if kind == 1 then return 4 * draw(3), 0 end
  return 4 * (1 + draw(draw(2) == 0 and 500 or 40000)), 6
end

local function resource_id(draw, unit)
  local digits = noise.hex(draw, 32)
  if unit ~= "h" then return digits .. "in04.obs" end
  return (digits:gsub("^(%x%x%x%x%x%x%x%x)(%x%x%x%x)(%x%x%x%x)(%x%x%x%x)", "%1-%2-%3-%4-"))
end

local function draw_resource(seed, number)
  local draw = noise.from(seed, "resource", number)
  local product = products[draw(#products) + 1]
  local amount_unit, scale = draw_amount(draw)
  local region = regions[draw(#regions) + 1]
  return {
    product = product[1],
    description = product[2],
    description_json = product[4],
    unit = product[3],
    priceplan = "pp_" .. product[1] .. "_" .. region,
    project = draw_project(draw, seed),
    contract = contracts[draw(#contracts) + 1],
    region = region,
    has_region = draw(20) > 0,
    status = statuses[draw(#statuses) + 1],
    consumption_type = consumption_types[draw(#consumption_types) + 1],
    shows_type = draw(4) > 0,
    id = resource_id(draw, product[3]),
    cycle_day = draw(28) + 1,
    cycle_day_is_text = draw(10) == 0,
    tags = draw_tags(draw),
    amount_unit = amount_unit,
    amount_scale = scale,
    writes_floats = draw(2) == 0,
    is_discounted = draw(5) == 0,
    quantity_unit = product[3] == "h" and 0 or 1 + draw(5000),
    phase = draw(4096),
  }
end

local function draw_variants(seed)
  local draw, out = noise.from(seed, "variants"), {}
  for i = 0, 4095 do out[i] = draw(M.variants) end
  return out
end

local cache, cached = {}, 0

local function load(seed, count)
  local resources = {}
  for number = 1, count do resources[number] = draw_resource(seed, number) end
  return {seed = seed, resources = resources, variant = draw_variants(seed)}
end

function M.get(seed, count)
  local name = seed .. "/" .. count
  if not cache[name] then
    if cached == 8 then cache, cached = {}, 0 end
    cache[name], cached = load(seed, count), cached + 1
  end
  return cache[name]
end

return M
