--- The entities of an enterprise, as the service lists them.
--
-- IBM says of the lists of an enterprise's account groups and accounts both that they have its
-- children alone and that they have all of its hierarchy. Where they show something that is
-- deeper, they have all; where they do not, and there are account groups, these are asked.

local errors = require "costream.error"
local parallel = require "costream.parallel"

local M = {}

local LIMIT = 100 -- the most on a page

local function collected(stream)
  local rows, failure = stream:collect()
  if not rows then
    error(failure, 0)
  end
  return rows
end

--- The enterprise that is asked for, or that an account group or account is in.
local function read_enterprise(ibm, asked)
  local enterprise, failure
  if asked.enterprise_id then
    enterprise, failure = ibm:enterprise(asked.enterprise_id)
  else
    local found = collected(ibm:enterprises(asked))
    enterprise = #found == 1 and found[1]
    failure = not enterprise and errors.new {
      kind = "malformed",
      message = ("ibm:enterprises: expected the one enterprise, got %d"):format(#found),
    }
  end
  if not enterprise then
    error(failure, 0)
  end
  enterprise.kind = "enterprise"
  return enterprise
end

--- Adds the account groups or the accounts of a list to `nodes`; a group also to `groups`.
local function list(ibm, kind, asked, nodes, groups)
  asked.limit = LIMIT
  local stream = kind == "account" and ibm:accounts(asked) or ibm:account_groups(asked)
  for _, node in ipairs(collected(stream)) do
    node.kind = kind
    nodes[#nodes + 1] = node
    if kind == "account_group" then
      groups[#groups + 1] = node
    end
  end
end

--- What to list of one account group.
local function lists_of(group, include_deleted)
  return {
    { kind = "account", asked = { account_group_id = group.id } },
    {
      kind = "account_group",
      asked = { parent_account_group_id = group.id, include_deleted = include_deleted },
    },
  }
end

--- Is one of the nodes in another than the enterprise?
local function shows_depth(enterprise, nodes)
  for _, node in ipairs(nodes) do
    local parent = type(node.parent) == "string" and node.parent:match "[^:]*$"
    if parent ~= enterprise.id then
      return true
    end
  end
  return false
end

--- Lists what is in account groups, and in those that are in these.
local function list_below(ibm, groups, nodes, options)
  local work = {}
  for _, group in ipairs(groups) do
    for _, one in ipairs(lists_of(group, options.include_deleted)) do
      work[#work + 1] = one
    end
  end
  parallel.each(work, options.parallel, function(one, add)
    local more = {}
    list(ibm, one.kind, one.asked, nodes, more)
    for _, group in ipairs(more) do
      for _, another in ipairs(lists_of(group, options.include_deleted)) do
        add(another)
      end
    end
  end)
end

--- The enterprise, and a list of all account groups and accounts in it: what the service said of
--- each, and its `kind`. Raises.
---@param ibm costream.Ibm
---@param asked { enterprise_id: string?, account_group_id: string?, account_id: string? }
---@param options { include_deleted: boolean, parallel: integer }
---@return table enterprise
---@return table[] nodes
function M.read(ibm, asked, options)
  local enterprise = not asked.enterprise_id and read_enterprise(ibm, asked)
  local id = asked.enterprise_id or enterprise.id
  local nodes, groups = {}, {}
  parallel.each({ "account", "account_group", not enterprise and "enterprise" or nil },
    options.parallel, function(kind)
      if kind == "enterprise" then
        enterprise = read_enterprise(ibm, asked)
      else
        list(ibm, kind, { enterprise_id = id, include_deleted = options.include_deleted },
          nodes, groups)
      end
    end)
  if #groups > 0 and not shows_depth(enterprise, nodes) then
    list_below(ibm, groups, nodes, options)
  end
  return enterprise, nodes
end

return M
