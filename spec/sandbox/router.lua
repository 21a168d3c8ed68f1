-- Which function serves a path: /v1/accounts has a route of its own, and so have all paths of the
-- form /v1/accounts/{id}.
local M = {}

-- The path as it was sent, without controls: an encoded slash is part of an id, and dots lead
-- nowhere.
function M.path_sent()
  local path = ngx.var.request_uri:match("^[^?]*"):gsub("^/~[^/]*", "")
  return path == "" and "/" or path
end

local function split(path)
  local parts = {}
  for part in path:gmatch "/([^/]*)" do parts[#parts + 1] = part end
  return parts
end

local function ids_of(parts, segments)
  if #parts ~= #segments then return nil end
  local ids = {}
  for i, part in ipairs(parts) do
    if part == "{id}" then
      ids[#ids + 1] = ngx.unescape_uri((segments[i]:gsub("+", "%%2B")))
    elseif part ~= segments[i] then
      return nil
    end
  end
  return ids
end

-- Takes tables of routes, {["/v1/accounts/{id}"] = serve}; returns a function that gives the
-- route of a path, and the ids in it, decoded.
function M.new(...)
  local fixed, templates = {}, {}
  for _, routes in ipairs {...} do
    for path, serve in pairs(routes) do
      if path:find("{id}", 1, true) then
        templates[#templates + 1] = {parts = split(path), serve = serve}
      else
        fixed[path] = serve
      end
    end
  end
  return function(path)
    if fixed[path] then return fixed[path], {} end
    local segments = split(path)
    for _, template in ipairs(templates) do
      local ids = ids_of(template.parts, segments)
      if ids then return template.serve, ids end
    end
  end
end

return M
