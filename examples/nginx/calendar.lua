--- Days as texts, "2024-08-02". The service's are those of Europe/Berlin.

local M = {}

local EARLIEST = "2020-01-01" -- the service knows no year before

local function noon(text, days)
  local year, month, day = text:match "^(%d%d%d%d)%-(%d%d)%-(%d%d)$"
  -- At noon no change of clocks makes it another day.
  return year and os.time { year = year, month = month, day = day + (days or 0), hour = 12 }
end

--- The day so many days behind another one, or before it.
---@param text string
---@param days integer
---@return string
function M.add(text, days)
  return os.date("%Y-%m-%d", noon(text, days))
end

--- Today, where it is latest: a day that has begun in Berlin is never one to come.
---@return string
function M.today()
  return os.date("!%Y-%m-%d", ngx.time() + 2 * 3600)
end

--- Is it a day that costs can be asked for?
---@param text any
---@return boolean
function M.is_day(text)
  return type(text) == "string" and noon(text) ~= nil and M.add(text, 0) == text
    and text >= EARLIEST and text <= M.today()
end

--- All days from the first to the last one; nil where they are more than `most`.
---@param first string
---@param last string
---@param most integer
---@return string[]?
function M.days(first, last, most)
  local list, day = {}, first
  while day <= last do
    if #list == most then
      return nil
    end
    list[#list + 1] = day
    day = M.add(day, 1)
  end
  return list
end

return M
