--- The entities of an enterprise, as the service lists them.
--
-- IBM says of the lists of an enterprise's account groups and accounts both that they have its
-- children alone and that they have all of its hierarchy, and need not mean the same of both. A
-- list that shows something deeper has all; where it does not, the account groups are asked. But
-- they are not asked for account groups where all accounts are in those that are known.

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
    enterprise = #found == 1 and M.has_id(found[1]) and found[1]
    failure = not enterprise and errors.new {
      kind = "malformed",
      message = ("ibm:enterprises: expected the one enterprise, got %s"):format(
        #found == 1 and "one without an id" or #found),
    }
  end
  if not enterprise then
    error(failure, 0)
  end
  enterprise.kind = "enterprise"
  return enterprise
end

--- Adds the account groups or the accounts of a list to those that were found; gives the list.
local function list(ibm, kind, asked, found)
  asked.limit = LIMIT
  local nodes = collected(kind == "account" and ibm:accounts(asked) or ibm:account_groups(asked))
  for _, node in ipairs(nodes) do
    node.kind = kind
    table.insert(found[kind], node)
  end
  return nodes
end

--- Has an entity an id that it can be asked for by?
---@param node table
---@return boolean
function M.has_id(node)
  local id = node.id
  return type(id) == "string" and id ~= "" and not id:find "%c"
end

local function parent_id(node)
  return type(node.parent) == "string" and node.parent:match "[^:]*$"
end

--- Is one of the nodes in another than the enterprise?
local function shows_depth(id, nodes)
  for _, node in ipairs(nodes) do
    if parent_id(node) ~= id then
      return true
    end
  end
  return false
end

--- Is each of the nodes in one that is known?
local function parents_known(id, nodes, groups)
  local known = { [id] = true }
  for _, group in ipairs(groups) do
    known[group.id or ""] = true
  end
  for _, node in ipairs(nodes) do
    if not known[parent_id(node)] then
      return false
    end
  end
  return true
end

--- What is to be asked of each account group: `account`, `account_group`.
local function missing(id, found)
  local accounts_deep = shows_depth(id, found.account)
  return {
    account = not accounts_deep,
    account_group = not shows_depth(id, found.account_group)
      and not (accounts_deep and parents_known(id, found.account, found.account_group)),
  }
end

--- Lists what is in account groups, and in those that are in these, of the kinds that are asked
--- for.
local function list_below(ibm, found, asked, options)
  local work, seen = {}, {}
  local function add_lists(groups, add)
    for _, group in ipairs(groups) do
      local is_new = M.has_id(group) and not seen[group.id] -- else there might be no end
      seen[group.id or ""] = true
      if is_new and asked.account then
        add { kind = "account", asked = { account_group_id = group.id } }
      end
      if is_new and asked.account_group then
        add { kind = "account_group", asked = {
          parent_account_group_id = group.id, include_deleted = options.include_deleted,
        } }
      end
    end
  end
  add_lists(found.account_group, function(one)
    work[#work + 1] = one
  end)
  parallel.each(ibm._client, work, options.parallel, function(one, add)
    local nodes = list(ibm, one.kind, one.asked, found)
    if one.kind == "account_group" then
      add_lists(nodes, add)
    end
  end)
end

--- The enterprise, and a list of all account groups and accounts in it: what the service said of
--- each, and its `kind`; perhaps not with what is in one that has no id. Raises.
---@param ibm costream.Ibm
---@param asked { enterprise_id: string?, account_group_id: string?, account_id: string? }
---@param options { include_deleted: boolean, parallel: integer }
---@return table enterprise
---@return table[] nodes
function M.read(ibm, asked, options)
  local enterprise = not asked.enterprise_id and read_enterprise(ibm, asked)
  local id = asked.enterprise_id or enterprise.id
  local found = { account = {}, account_group = {} }
  local work = { "account", "account_group", not enterprise and "enterprise" or nil }
  parallel.each(ibm._client, work, options.parallel, function(kind)
    if kind == "enterprise" then
      enterprise = read_enterprise(ibm, asked)
    else
      list(ibm, kind, { enterprise_id = id, include_deleted = options.include_deleted }, found)
    end
  end)
  list_below(ibm, found, missing(id, found), options)
  local nodes = found.account_group
  for _, account in ipairs(found.account) do
    nodes[#nodes + 1] = account
  end
  return enterprise, nodes
end

return M
