-- Months as IBM writes them: YYYY-MM.
local M = {}

function M.parse(text)
  local year, number = text:match("^(%d%d%d%d)%-(%d%d?)$")
  number = tonumber(number)
  if not number or number < 1 or number > 12 then
    return nil, "must match ^\\d{4}\\-(0?[1-9]|1[012])$"
  end
  return ("%s-%02d"):format(year, number)
end

function M.current()
  return os.date "!%Y-%m"
end

return M
