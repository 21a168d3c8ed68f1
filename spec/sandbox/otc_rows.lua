-- Makes cost rows, about a thousand at a call, from texts prepared for each resource.
local bit = require "bit"
local calendar = require "otc_calendar"
local catalogue = require "otc_catalogue"
local fragments = require "otc_fragments"
local irregular = require "otc_irregular"
local noise = require "noise"
local new_buffer = require("string.buffer").new

local band, rshift = bit.band, bit.rshift
local M = {}

local batch_rows = 1000
local most_scanned = 100000
local rows_between_blanks = 7

local hex3 = {}
for i = 0, 4095 do hex3[i] = ("%03x"):format(i) end

local function clock(epoch, offset)
  return os.date("!%Y-%m-%dT%H:%M:%S", epoch + 3600 * offset)
end

local function etl_member(slot, style)
  if not slot.etl_date then return "" end
  return '"etl_updated"' .. style.colon .. '"' .. slot.etl_date .. '"' .. style.comma
end

local function hour_phase(epoch)
  return epoch / 3600 * 1597 % 4096
end

-- The texts of a slot are made when its first row is.
local function prepare_slot(job, slot)
  local seed = job.stock.seed
  local draw = noise.from(seed, "slot", slot.epoch, job.is_hourly and "hour" or "day")
  slot.date = clock(slot.epoch, slot.offset)
  if seed % 2 == 1 then slot.date = ("%s+%02d:00"):format(slot.date, slot.offset) end
  local delay = job.is_hourly and 10800 or 2 * 86400 + 10800
  if draw(10) > 0 then slot.etl_date = clock(slot.epoch + delay + draw(3000), slot.offset) end
  slot.etl = etl_member(slot, job.form.style)
  slot.id = ("%08x"):format(slot.epoch + 28800) .. noise.hex(draw, 7)
  slot.phase = hour_phase(slot.epoch)
end

local function day_factors(job, slot)
  local factors, stock = {}, job.stock
  for r, resource in ipairs(stock.resources) do
    local sum = 0
    for _, hour in ipairs(slot.hours) do
      local variant = stock.variant[band(hour_phase(hour.epoch) + resource.phase, 4095)]
      sum = sum + fragments.factor(resource, variant)
    end
    factors[r] = job.wanted[r] and sum or nil
  end
  return factors
end

local function enter_slot(job, slot)
  prepare_slot(job, slot)
  if job.is_hourly then return end
  local factors = day_factors(job, slot)
  job.sheet = fragments.daily(job.stock, job.form, factors)
  job.wrong_sheet = job.wrong and fragments.daily(job.stock, job.wrong_form, factors)
end

local function fill_hourly(job, slot, first, last)
  local out, lead, wanted, count = job.out, job.form.lead, job.wanted, #job.wanted
  local variant, phases, sheet = job.stock.variant, job.phases, job.sheet
  local a, b, c, d = sheet[1], sheet[2], sheet[3], sheet[4]
  local date, etl, id, phase, start = slot.date, slot.etl, slot.id, slot.phase, slot.first
  local made = 0
  for index = first, last do
    local r = index % count + 1
    if wanted[r] then
      local k = (r - 1) * 8 + variant[band(phase + phases[r], 4095)] + 1
      local serial = index - start
      out:put(lead, a[k], date, b[k], etl, c[k], id, hex3[rshift(serial, 24)],
        hex3[band(rshift(serial, 12), 4095)], hex3[band(serial, 4095)], d[k])
      made = made + 1
    end
  end
  return made
end

local function fill_daily(job, slot, first, last)
  local out, lead, wanted, count = job.out, job.form.lead, job.wanted, #job.wanted
  local sheet = job.sheet
  local a, b, c, d = sheet[1], sheet[2], sheet[3], sheet[4]
  local date, etl, id, start = slot.date, slot.etl, slot.id, slot.first
  local made = 0
  for index = first, last do
    local r = index % count + 1
    if wanted[r] then
      local serial = index - start
      out:put(lead, a[r], id, hex3[rshift(serial, 24)],
        hex3[band(rshift(serial, 12), 4095)], hex3[band(serial, 4095)],
        b[r], date, c[r], etl, d[r])
      made = made + 1
    end
  end
  return made
end

local function fill_irregular(job, slot, first, last)
  local made = 0
  for index = first, last do
    local r = index % #job.wanted + 1
    if job.wanted[r] then
      local phase = band(slot.phase + job.phases[r], 4095)
      local k = job.is_hourly and (r - 1) * catalogue.variants + job.stock.variant[phase] + 1 or r
      local id = slot.id .. ("%09x"):format(index - slot.first)
      job.out:put(job.form.lead, irregular.row(job.sheet, k, slot, id))
      made = made + 1
    end
  end
  return made
end

-- The row of one resource, in the first hour of a day, with an amount that is a cent off.
local function with_wrong_row(fill)
  return function(job, slot, first, last)
    local count = #job.wanted
    local wrong = slot.first + (job.wrong - 1 - slot.first) % count
    if not slot.starts_day or wrong < first or wrong > last then
      return fill(job, slot, first, last)
    end
    local sheet, made = job.sheet, fill(job, slot, first, wrong - 1)
    job.sheet = job.wrong_sheet
    made = made + fill(job, slot, wrong, wrong)
    job.sheet = sheet
    return made + fill(job, slot, wrong + 1, last)
  end
end

-- Slots are hours or days; the rows are spread evenly over them.
local function hour_slots(days)
  local slots = {}
  for _, day in ipairs(days) do
    for i, hour in ipairs(calendar.hours(day)) do
      hour.starts_day = i == 1
      slots[#slots + 1] = hour
    end
  end
  return slots
end

local function day_slots(days)
  local slots = {}
  for i, day in ipairs(days) do
    local hours = calendar.hours(day)
    slots[i] = {
      epoch = hours[1].epoch, offset = hours[1].offset, hours = hours, starts_day = true,
    }
  end
  return slots
end

local function chosen_slots(query)
  local slots = query.is_hourly and hour_slots(query.days) or day_slots(query.days)
  local rows = query.rows or query.resources * #slots
  local chosen = {}
  for i, slot in ipairs(slots) do
    slot.first = math.floor((i - 1) * rows / #slots)
    slot.last = math.floor(i * rows / #slots) - 1
    if not query.hour or query.hour == slot.hour then chosen[#chosen + 1] = slot end
  end
  return chosen
end

-- The first resource whose amounts may be a cent off is.
local function spoil(job)
  for r, resource in ipairs(job.stock.resources) do
    if not job.wrong and fragments.takes_cents(resource) then job.wrong = r end
  end
  if not job.wrong then return end
  job.wrong_form = setmetatable({is_wrong = true}, {__index = job.form})
  if job.is_hourly then job.wrong_sheet = fragments.hourly(job.stock, job.wrong_form) end
  job.fill = with_wrong_row(job.fill)
end

local function new_job(query)
  local stock = catalogue.get(query.seed, query.resources)
  local job = {
    stock = stock, form = query.form, is_hourly = query.is_hourly, out = new_buffer(),
    wanted = {}, phases = {}, slots = chosen_slots(query), slot = 1, made = 0,
    fill = query.form.irregular and fill_irregular or query.is_hourly and fill_hourly
      or fill_daily,
  }
  for r, resource in ipairs(stock.resources) do
    job.wanted[r] = query.wants(resource)
    job.phases[r] = resource.phase
  end
  if query.is_hourly then job.sheet = fragments.hourly(stock, query.form) end
  if query.is_wrong then spoil(job) end
  return job
end

local function fill_run(job, slot, most)
  if job.form.blank then
    most = math.min(most, rows_between_blanks)
    if job.made % 3 == 1 then job.out:put("\n") end
  end
  local last = math.min(slot.last, job.at + most - 1)
  local made = job.fill(job, slot, job.at, last)
  job.at, job.made = last + 1, job.made + made
  return made
end

local function fill_batch(job)
  local made, scanned = 0, 0
  while made < batch_rows and scanned < most_scanned and job.slots[job.slot] do
    local slot = job.slots[job.slot]
    if not slot.date then
      enter_slot(job, slot)
      job.at = slot.first
    end
    local from = job.at
    made = made + fill_run(job, slot, batch_rows - made)
    scanned = scanned + job.at - from + 1
    if job.at > slot.last then job.slot = job.slot + 1 end
  end
end

-- The separator stands before every row; before the first, the opening stands instead.
local function take(job, is_first)
  local form, text = job.form, job.out:get()
  if is_first and text ~= "" then text = form.opening .. text:sub(#form.lead + 1) end
  return text
end

-- query: days, hour, is_hourly, seed, resources, rows, wants(resource), form, is_wrong.
function M.source(query)
  local job, has_started, has_ended = new_job(query), false, false
  return function()
    if has_ended then return nil end
    if not job.slots[job.slot] then
      has_ended = true
      return has_started and job.form.closing or job.form.empty
    end
    fill_batch(job)
    local text = take(job, not has_started)
    has_started = has_started or text ~= ""
    return text
  end
end

return M
