--- `path = true`: rows with the names on the way down to the entity that they are about.
--
-- The tree of the enterprise, as it is now and with what is deleted, is read before the first
-- row. A row of an entity that is not in it (it has left the enterprise, or came meanwhile) is
-- given without a path: no row is left out, and none is given a path that was guessed.

local check = require "costream.check"
local core = require "costream.core"
local tree = require "costream.ibm.tree"
local wait = require "costream.wait"

local M = {}

local LEVEL = "level_%d"

--- Splits a query into what the service is asked for, and whether rows are to have paths.
---@param what string
---@param given any
---@return any asked
---@return boolean? with_path
function M.split(what, given)
  if type(given) ~= "table" or given.path == nil then
    return given
  end
  check.type(what .. ": path", given.path, "boolean")
  local asked = {}
  for name, value in pairs(given) do
    asked[name] = value
  end
  asked.path = nil
  return asked, given.path
end

--- What the rows of each entity are given, by its id.
local function fields_by_id(root)
  local by_id = {}
  for _, node in root:walk() do
    local fields = { path = node.path }
    for i, name in ipairs(node.names) do
      fields[LEVEL:format(i)] = name
    end
    by_id[node.id] = fields
    wait.pause_in_time()
  end
  return by_id
end

local function is_added(name)
  return name == "path" or name:find "^level_[1-9]%d*$" ~= nil
end

--- Takes away what the service itself calls so: it is no path of the tree, and most rows would be
--- read without it.
local function take_own(row)
  for name in pairs(row) do
    if is_added(name) then
      row[name] = nil
    end
  end
end

--- The step that gives rows their paths. It has the source read the tree first.
---@param ibm costream.Ibm
---@param source table of rows with entity_id
---@param texts table<string, string> the parameters of the query
---@return costream.Step
function M.step(ibm, source, texts)
  local by_id
  local go_on = source.go_on
  function source.go_on(...)
    if not by_id then
      local total = ibm._client.total -- the tree's time is the stream's
      source.deadline = source.deadline or total and core.now() + total
      local root, failure = tree.for_paths(ibm, {
        enterprise_id = texts.enterprise_id, account_group_id = texts.account_group_id,
        account_id = texts.account_id,
      })
      if not root then
        return nil, failure
      end
      by_id = fields_by_id(root)
    end
    return go_on(...)
  end
  return {
    adds = is_added,
    needs = { "entity_id" },
    add = function(row)
      take_own(row)
      for name, value in pairs(by_id[row.entity_id] or {}) do
        row[name] = value
      end
    end,
  }
end

return M
