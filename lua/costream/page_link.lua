--- The link to the next page: as in IBM's own libraries, read for its offset and never followed.

local core = require "costream.core"
local errors = require "costream.error"
local query = require "costream.query"

local M = {}

local function malformed(message)
  return errors.new { kind = "malformed", message = message, attempts = 1 }
end

--- A link without href is that of the last page; one that holds other things is not understood.
local function says_something(link)
  for name in pairs(link) do
    if name ~= "href" then
      return true
    end
  end
  return getmetatable(link) == core.list
end

--- Where it leads to; nil on the last page; nil and an error.
local function href_of(link)
  local href = link
  if type(link) == "table" then
    href = link.href
  end
  if href == core.null then
    href = nil
  end
  if href == nil and type(link) == "table" and says_something(link) then
    return nil, malformed "the link to the next page has no href: paging cannot go on"
  end
  if href == nil or href == "" then
    return nil
  end
  if type(href) ~= "string" then
    return nil, malformed "the link to the next page is not text: paging cannot go on"
  end
  return href
end

---@class costream.Paging how the pages of a list are asked for
---@field parameter string of the query, which holds the offset: "offset", "next_docid", "start"
---@field link string the member with the link to the next page, as text or as `href` in an object

--- The offset of the page that a link leads to; nil where there is none; nil and an error.
---@param link any
---@param parameter string
---@param page table the answer that the link was in
---@return string? offset
---@return costream.Error? failure
function M.offset(link, parameter, page)
  local href, failure = href_of(link)
  if not href then
    return nil, failure
  end
  local offset = query.parameter(href, parameter)
  if not offset or offset == "" then
    return nil, malformed(("the link to the next page has no %s: paging cannot go on"):format(
      parameter))
  end
  if page:conceal(href) ~= href or page:conceal(offset) ~= offset then
    return nil, malformed(("the %s of the next page holds the credential: it is not used"):format(
      parameter))
  end
  return offset
end

return M
