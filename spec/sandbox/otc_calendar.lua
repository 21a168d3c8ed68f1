-- Days and hours as Europe/Berlin lives them: a day has 23, 24 or 25 hours.
local M = {}

local seconds_a_day = 86400
local default_year, default_day = 2024, {2024, 8, 2}
local first_year, last_year = 2020, 2100
local month_days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

local function is_leap(year)
  return year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
end

local function days_in(year, month)
  return month == 2 and is_leap(year) and 29 or month_days[month]
end

-- Days since 1970-01-01, by counting years from March.
local function day_number(year, month, day)
  if month < 3 then year, month = year - 1, month + 12 end
  local leaps = math.floor(year / 4) - math.floor(year / 100) + math.floor(year / 400)
  return 365 * year + leaps + math.floor((153 * (month - 3) + 2) / 5) + day - 719469
end

-- Monday is 1.
local function weekday(number)
  return (number + 3) % 7 + 1
end

local function date_of(number)
  local date = os.date("!*t", number * seconds_a_day)
  return {year = date.year, month = date.month, day = date.day, number = number}
end

local function first_monday_of_iso_year(year)
  local fourth = day_number(year, 1, 4)
  return fourth - weekday(fourth) + 1
end

local function iso_week(number)
  local thursday = date_of(number - weekday(number) + 4)
  local monday = first_monday_of_iso_year(thursday.year)
  return math.floor((number - monday) / 7) + 1, thursday.year
end

function M.parse(text)
  local year, month, day = text:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)$")
  year, month, day = tonumber(year), tonumber(month), tonumber(day)
  if not year or month < 1 or month > 12 or day < 1 or day > days_in(year, month) then
    return nil, "invalid date format", "value_error.date"
  end
  return {year = year, month = month, day = day, number = day_number(year, month, day)}
end

local function candidates(chosen)
  if chosen.date then return chosen.date.number, chosen.date.number end
  local year = chosen.year or default_year
  if chosen.week then
    local monday = first_monday_of_iso_year(year) + 7 * (chosen.week - 1)
    return monday, monday + 6
  end
  if chosen.month then
    local first = day_number(year, chosen.month, 1)
    return first, first + days_in(year, chosen.month) - 1
  end
  if chosen.year then return day_number(year, 1, 1), day_number(year, 12, 31) end
  local only = day_number(unpack(default_day))
  return only, only
end

-- With a week, the year is the one that the ISO week belongs to.
local function agrees(date, chosen)
  if date.year < first_year or date.year > last_year then return false end
  if chosen.month and chosen.month ~= date.month then return false end
  if not chosen.week then return not chosen.year or chosen.year == date.year end
  local week, year = iso_week(date.number)
  return week == chosen.week and (not chosen.year or chosen.year == year)
end

-- The dates that date, week, month and year agree on.
function M.days(chosen)
  local days = {}
  local first, last = candidates(chosen)
  for number = first, last do
    local date = date_of(number)
    if agrees(date, chosen) then days[#days + 1] = date end
  end
  return days
end

-- Summer time starts and ends at 01:00 UTC on the last Sunday of March and October.
local function last_sunday(year, month)
  local last = day_number(year, month, 31)
  return last - weekday(last) % 7
end

local function offset_at(epoch, year)
  local starts = last_sunday(year, 3) * seconds_a_day + 3600
  local ends = last_sunday(year, 10) * seconds_a_day + 3600
  return epoch >= starts and epoch < ends and 2 or 1
end

local function midnight(date)
  local start = date.number * seconds_a_day
  return start - 3600 * offset_at(start - 3600, date.year)
end

-- The hours of a date: {epoch, hour on the wall, offset in hours}.
function M.hours(date)
  local hours = {}
  local epoch, next_day = midnight(date), midnight(date_of(date.number + 1))
  while epoch < next_day do
    local offset = offset_at(epoch, date.year)
    local hour = (epoch + 3600 * offset) % seconds_a_day / 3600
    hours[#hours + 1] = {epoch = epoch, hour = hour, offset = offset}
    epoch = epoch + 3600
  end
  return hours
end

return M
