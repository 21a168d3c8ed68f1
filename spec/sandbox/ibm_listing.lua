-- Pages of `resources` with a next_url, as the management and the billing API have them.
local answer = require "answer"
local faults = require "faults"
local json = require "json"
local service = require "ibm_service"

local M = {}

-- From position `first` on the items that match, as many as limit says, and the position of
-- the next one that matches, nil at the end.
function M.page(items, first, limit, matches)
  local found = {}
  if limit == 0 then return found end
  for position = first, #items do
    local item = items[position]
    if matches(item) then
      if #found == limit then return found, position end
      found[#found + 1] = item
    end
  end
  return found
end

-- The request's own arguments, with another token.
local function arguments(list, token)
  local out, has_limit = {}, false
  for argument in (ngx.var.args or ""):gmatch "[^&]+" do
    local name = argument:match "^[^=]*"
    if name ~= list.token then out[#out + 1] = argument end
    has_limit = has_limit or name == "limit"
  end
  if not has_limit then out[#out + 1] = "limit=" .. list.limit end
  out[#out + 1] = list.token .. "=" .. ngx.escape_uri(token)
  return table.concat(out, "&")
end

local function next_text(call, list)
  local token = list.next
  if not token and call.controls["repeat"] then token = list.this end
  if token then
    local address = service.link(call, list.path .. "?" .. arguments(list, token))
    return '"next_url":' .. json.string(address) .. ","
  end
  local last = call.controls.next or list.last
  if last == "null" then return '"next_url":null,' end
  if last == "nohref" then return '"next_url":"",' end
  return ""
end

local function source_of(call, list)
  local at, count = 0, #list.items
  return function()
    at = at + 1
    if at == 1 then
      return ('{"rows_count":%d,%s"resources":['):format(list.rows_count, next_text(call, list))
    end
    local item = list.items[at - 1]
    if item then return list.text(item) .. (at <= count and "," or "") end
    if at == count + 2 then return "]}\n" end
  end
end

-- list: path, items (of the page), text (of an item), rows_count, limit, token (the name of the
-- parameter that leads on), this and next (its values; next is nil on the last page), last
-- (what the last page has for next_url: "null", or nil for nothing).
function M.send(call, list)
  local source = source_of(call, list)
  if call.controls.body == "utf8bad" then source = faults.spoiled(source, '"id":') end
  ngx.header.x_request_id = faults.trace()
  answer.streamed(call.controls, 200, "application/json", source)
end

return M
