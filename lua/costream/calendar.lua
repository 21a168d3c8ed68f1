--- Days and months of the civil calendar, as texts: "2024-03-31", "2024-03".
--
-- They are whole numbers of years, months and days, never moments: whatever clocks do on a day,
-- it comes once.

local M = {}

local function days_in(year, month)
  if month == 2 then
    local leap = year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
    return leap and 29 or 28
  end
  return (month == 4 or month == 6 or month == 9 or month == 11) and 30 or 31
end

--- The parts of a month's text, as "2024-03" or "2024-3"; nil when it is none.
---@param text string
---@return integer? year
---@return integer? month 1 to 12
function M.read_month(text)
  local year, month = text:match "^(%d%d%d%d)%-(%d%d?)$"
  year, month = tonumber(year), tonumber(month)
  if month and month >= 1 and month <= 12 then
    return year, month
  end
end

--- The parts of a day's text; nil when there is no such day.
---@param text string
---@return integer? year
---@return integer? month 1 to 12
---@return integer? day 1 to 31
function M.read_day(text)
  local year, month, day = text:match "^(%d%d%d%d)%-(%d%d)%-(%d%d)$"
  year, month, day = tonumber(year), tonumber(month), tonumber(day)
  if year and month >= 1 and month <= 12 and day >= 1 and day <= days_in(year, month) then
    return year, month, day
  end
end

--- The text of a month, or of a day. Of two days, or two months, the earlier is the lesser text.
---@param year integer
---@param month integer
---@param day integer?
---@return string
function M.write(year, month, day)
  local text = ("%04d-%02d"):format(year, month)
  return day and ("%s-%02d"):format(text, day) or text
end

--- The day behind a day, or the month behind a month.
---@param text string as `write` gives it
---@return string
function M.next(text)
  local year, month, day = M.read_day(text)
  if not day then
    year, month = M.read_month(text)
  elseif day < days_in(year, month) then
    return M.write(year, month, day + 1)
  end
  if month == 12 then
    return M.write(year + 1, 1, day and 1)
  end
  return M.write(year, month + 1, day and 1)
end

return M
