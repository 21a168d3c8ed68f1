--- Queries with `from` and `to`: which days or months they are spread over.

local calendar = require "costream.calendar"
local check = require "costream.check"

local M = {}

---@class costream.RangeForm how an API is asked for one of them
---@field days boolean? for days as well as for months
---@field years integer[]? the first year that it knows, and the last; default: any
---@field instead string[] the parameters that a range is there instead of
---@field write fun(name: string): table<string, string> parameters of a day or month

---@class costream.Span the days, or the months, of a query
---@field what string the method, for messages
---@field form costream.RangeForm
---@field unit "date"|"month"
---@field from string the first one, as calendar.write gives it
---@field to string the last one
---@field parallel integer how many are asked for at once

local PARALLEL = 4
local MOST = 2 ^ 31 -- limits.streams is what bounds it

local function expect(what, form, value)
  check.misuse(("%s: expected %s, got %s"):format(what,
    form.days and "a day as 2024-03-31, or a month as 2024-03" or "a month as 2024-03",
    check.show(value)))
end

--- The text of one end, and whether that is a day or a month.
local function read_end(what, form, value)
  check.type(what, value, "string")
  local year, month, day = calendar.read_month(value)
  if not year and form.days then
    year, month, day = calendar.read_day(value)
  end
  if not year then
    expect(what, form, value)
  end
  local years = form.years
  if years and (year < years[1] or year > years[2]) then
    check.misuse(("%s: expected a year from %d to %d, got %s"):format(
      what, years[1], years[2], check.show(value)))
  end
  return calendar.write(year, month, day), day and "date" or "month"
end

local function check_both_ends(what, asked)
  for one, other in pairs { from = "to", to = "from" } do
    if asked[one] ~= nil and asked[other] == nil then
      check.misuse(('%s: %s: only together with %s: a range has two ends, as in from = '
        .. '"2024-03", to = "2024-05"'):format(what, one, other))
    end
  end
  if asked.from == nil then
    check.misuse(what .. ": parallel: only together with from and to")
  end
end

local function check_alone(what, form, asked)
  for _, name in ipairs(form.instead) do
    if asked[name] ~= nil then
      check.misuse(("%s: %s: not together with from and to"):format(what, name))
    end
  end
end

local units = { date = "a day", month = "a month" }

local function read_span(what, form, asked)
  check_both_ends(what, asked)
  check_alone(what, form, asked)
  local from, unit = read_end(what .. ": from", form, asked.from)
  local to, its_unit = read_end(what .. ": to", form, asked.to)
  if unit ~= its_unit then
    check.misuse(("%s: to: expected %s, as from is one, got %s"):format(
      what, units[unit], check.show(asked.to)))
  elseif to < from then
    check.misuse(("%s: to: %s is before from, which is %s"):format(what, to, from))
  end
  return {
    what = what, form = form, unit = unit, from = from, to = to,
    parallel = check.integer(what .. ": parallel", asked.parallel, 1, MOST) or PARALLEL,
  }
end

--- Splits a query into what is asked for of each day or month, and which these are.
---@param what string the method, for messages
---@param asked any
---@param form costream.RangeForm
---@return any rest
---@return costream.Span? span nil where there is no range
function M.split(what, asked, form)
  if type(asked) ~= "table"
    or asked.from == nil and asked.to == nil and asked.parallel == nil then
    return asked
  end
  local span, rest = read_span(what, form, asked), {}
  for name, value in pairs(asked) do
    rest[name] = value
  end
  rest.from, rest.to, rest.parallel = nil, nil, nil
  return rest, span
end

local function merged(texts, more)
  local all = {}
  for _, some in ipairs { texts, more } do
    for name, text in pairs(some) do
      all[name] = text
    end
  end
  return all
end

--- What names a query, with its range where it has one: how many are asked for at once is not
--- what is asked for.
---@param texts table<string, string>
---@param span costream.Span?
---@return table<string, string>
function M.identity(texts, span)
  return span and merged(texts, { from = span.from, to = span.to }) or texts
end

--- The parameters for one day or month.
---@param texts table<string, string>
---@param span costream.Span
---@param name string
---@return table<string, string>
function M.of_part(texts, span, name)
  return merged(texts, span.form.write(name))
end

return M
