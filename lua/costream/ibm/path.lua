--- `path = true`: rows with the names on the way down to the entity that they are about.
--
-- The tree of the enterprise, as it is now and with what is deleted, is read before the first
-- row. A row of an entity that is not in it (it has left the enterprise, or came meanwhile) is
-- given without a path: no row is left out, and none is given a path that was guessed.

local check = require "costream.check"
local client = require "costream.client"
local core = require "costream.core"
local host = require "costream.host"
local stats = require "costream.stats"
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

--- The same client of IBM, whose answers about enterprises are counted in `totals`.
local function counted(ibm, totals)
  local management = ibm._services.management
  return setmetatable({
    _client = ibm._client,
    _credential = ibm._credential,
    _services = { management = {
      client = client.counted(management.client, totals), credential = management.credential,
    } },
  }, getmetatable(ibm))
end

local function read_tree(self)
  local total = self.ibm._client.total -- the tree's time is the stream's
  self.source.deadline = self.source.deadline or total and core.now() + total
  local root, failure = tree.for_paths(self.ibm, {
    enterprise_id = self.texts.enterprise_id, account_group_id = self.texts.account_group_id,
    account_id = self.texts.account_id,
  })
  self.failure = failure
  self.by_id = root and fields_by_id(root)
end

--- Is the coroutine gone that was reading the tree?
local function is_left(self)
  local reader = self.reader[1]
  return self.reading and (reader == nil or host.status(reader) == "dead")
end

--- Waits while another coroutine reads the tree; false where none does, or it never will.
local function await_tree(self)
  return self.reading and wait.for_others(function()
    return not self.reading or is_left(self)
  end) and not self.reading
end

--- Has the tree read, once, whichever coroutines want it: where the one that reads it is ended,
--- another reads it anew.
local function need_tree(self)
  while not self.by_id and not self.failure do
    if not await_tree(self) then
      self.reading, self.reader[1] = true, host.running()
      local ok, thrown = pcall(read_tree, self)
      self.reading, self.reader[1] = false, nil
      if not ok then
        error(thrown, 0)
      end
    end
  end
end

--- The step that gives rows their paths. It has the source read the tree first, and count what
--- that costs.
---@param ibm costream.Ibm
---@param source table of rows with entity_id
---@param texts table<string, string> the parameters of the query
---@return costream.Step
function M.step(ibm, source, texts)
  local totals = stats.none()
  local self = {
    ibm = counted(ibm, totals), source = source, texts = texts,
    reading = false, reader = setmetatable({}, { __mode = "v" }),
  }
  local go_on, stats_of = source.go_on, source.stats
  function source.go_on(...)
    need_tree(self)
    if self.failure then
      return nil, self.failure
    end
    return go_on(...)
  end
  function source.stats(...)
    return stats.add(stats_of(...), totals)
  end
  return {
    adds = is_added,
    needs = { "entity_id" },
    add = function(row)
      take_own(row)
      for name, value in pairs(self.by_id[row.entity_id] or {}) do
        row[name] = value
      end
    end,
  }
end

return M
