--- The hierarchy of an enterprise: its account groups and accounts, as a tree.

local check = require "costream.check"
local concealed = require "costream.ibm.concealed"
local errors = require "costream.error"
local excerpt = require "costream.excerpt"
local listing = require "costream.ibm.listing"
local name_path = require "costream.ibm.name_path"
local parallel = require "costream.parallel"
local query = require "costream.query"
local units = require "costream.ibm.effective_units"
local wait = require "costream.wait"

local M = {}

---@class costream.IbmNode what the service said of the entity, and:
---@field kind "enterprise"|"account_group"|"account"
---@field id string
---@field name string?
---@field state string?
---@field crn string?
---@field parent string? CRN of what it is in
---@field names string[] on the way down to it, its own the last; the id where there is no name,
---  and with it where another entity of the same parent is called the same
---@field path string the same as one text; a slash in a name is `\/`, a backslash `\\`
---@field billing_units costream.IbmBillingUnit[]? what it, or what is below it, is billed to
---@field children costream.IbmNode[] sorted by name

---@class costream.IbmTree: costream.IbmNode
---@field find fun(self: costream.IbmTree, id: string): costream.IbmNode?
---@field walk fun(self: costream.IbmTree): fun(): integer?, costream.IbmNode

---@class costream.IbmTreeOptions
---@field billing_units boolean? false: they are not asked for (default true)
---@field include_deleted boolean? with entities that are deleted (default false)
---@field parallel integer? requests at once (default 4)

local known = { billing_units = true, include_deleted = true, parallel = true }

local PARALLEL = 4

local RECOVERY = "Try again, as the enterprise may have changed meanwhile; and check that the "
  .. "key may see all of it: it needs the role Viewer or a higher one on the Enterprise service."

local function malformed(message, ...)
  error(errors.new {
    kind = "malformed", recovery = RECOVERY,
    message = excerpt("ibm:tree: " .. message:format(...)),
  }, 0)
end

local function describe(node)
  return ("the %s %s"):format(node.kind:gsub("_", " "), check.show(node.id))
end

local function nodes_by_id(nodes)
  local by_id = {}
  for _, node in ipairs(nodes) do
    if not listing.has_id(node) then
      malformed("among the lists of the enterprise is an entity without an id")
    elseif by_id[node.id] then
      malformed("%s is listed twice", describe(node))
    end
    by_id[node.id] = node
    wait.pause_in_time()
  end
  return by_id
end

--- What a node is in. The CRN of an entity ends with its id.
local function parent_of(node, by_id)
  if type(node.parent) ~= "string" then
    malformed("%s has no parent", describe(node))
  end
  local parent = by_id[node.parent:match "[^:]*$"]
  if not parent then
    malformed("%s has the parent %s, which is in no list", describe(node),
      check.show(node.parent))
  elseif parent.kind == "account" then
    malformed("%s is in %s, but accounts hold nothing", describe(node), describe(parent))
  end
  return parent
end

local function text_name(node)
  return type(node.name) == "string" and node.name or node.id
end

local function by_name(a, b)
  local left, right = text_name(a), text_name(b)
  return left < right or left == right and a.id < b.id
end

local function with_id(node)
  return text_name(node) .. " (" .. node.id .. ")" -- format of a Lua 5.1 ends at a zero
end

--- The names that several of these nodes have. So is one that another has together with its id.
local function shared_names(nodes)
  local count, shared = {}, {}
  for _, node in ipairs(nodes) do
    local name = text_name(node)
    count[name] = (count[name] or 0) + 1
    shared[name] = count[name] > 1 or nil
  end
  local more
  repeat
    more = false
    for _, node in ipairs(nodes) do
      local name = shared[text_name(node)] and with_id(node)
      if count[name] and not shared[name] then
        shared[name], more = true, true
      end
    end
  until not more
  return shared
end

--- Sorts the children of a node and says what they are called: two of the same name by their ids,
--- too, lest their costs be taken for one's.
local function name_children(node)
  table.sort(node.children, by_name)
  local shared = shared_names(node.children)
  for _, child in ipairs(node.children) do
    local last = shared[text_name(child)] and with_id(child) or text_name(child)
    child.names = {}
    for i, above in ipairs(node.names) do
      child.names[i] = above
    end
    child.names[#child.names + 1] = last
    child.path = name_path.join(node.path, last)
    wait.pause_in_time()
  end
end

--- Each node and how deep it is, parents before their children, from 1 on.
local function walk(root)
  local stack, depths = { root }, { 1 }
  return function()
    local node, depth = table.remove(stack), table.remove(depths)
    for i = node and #node.children or 0, 1, -1 do
      stack[#stack + 1], depths[#depths + 1] = node.children[i], depth + 1
    end
    return depth, node
  end
end

--- Puts the nodes into one tree, which may take more than one time slice. Raises where one does
--- not fit.
local function grow(root, nodes)
  nodes[#nodes + 1] = root
  local by_id = nodes_by_id(nodes)
  for _, node in ipairs(nodes) do
    node.children = {}
  end
  for _, node in ipairs(nodes) do
    if node ~= root then
      local siblings = parent_of(node, by_id).children
      siblings[#siblings + 1] = node
    end
    wait.pause_in_time()
  end
  root.names = { text_name(root) }
  root.path = name_path.join(nil, text_name(root))
  for _, node in walk(root) do
    name_children(node)
    wait.pause_in_time()
  end
  for _, node in ipairs(nodes) do
    if not node.path then
      malformed("%s is, by its parents, inside itself", describe(node))
    end
  end
  return by_id
end

--- Gives the root of a tree its methods.
local function with_methods(root, by_id)
  local methods = {}

  --- The node with an id; nil where there is none.
  function methods.find(self, id)
    if self ~= root then
      check.misuse "tree:find: call it with a colon"
    end
    return by_id[check.type("tree:find: id", id, "string")]
  end

  --- Each node and its depth, from 1 on: for depth, node in tree:walk() do
  function methods.walk(self)
    if self ~= root then
      check.misuse "tree:walk: call it with a colon"
    end
    return walk(root)
  end

  root.find, root.walk = nil, nil -- whatever the service may call so
  return setmetatable(root, { __index = methods })
end

--- Checks options; with their defaults.
local function check_options(what, given)
  check.type(what .. ": options", given, "table", "nil")
  given = given or {}
  check.names(what .. ": options", given, known)
  for _, name in ipairs { "billing_units", "include_deleted" } do
    check.type(("%s: %s"):format(what, name), given[name], "boolean", "nil")
  end
  return {
    billing_units = given.billing_units ~= false,
    include_deleted = given.include_deleted or false,
    parallel = check.integer(what .. ": parallel", given.parallel, 1, 64) or PARALLEL,
  }
end

--- Raises where the enterprise is another than that which was asked for.
local function check_root(root, asked)
  local id = asked.enterprise_id
  if id and listing.has_id(root) and root.id ~= id then
    malformed("%s was asked for, but %s came", check.show(id), describe(root))
  end
end

--- Raises where the account group or account that was asked for is not in its enterprise.
local function check_found(root, by_id, asked)
  local id = asked.account_group_id or asked.account_id
  if id and not by_id[id] then
    malformed("%s is said to be in %s, whose lists do not have it", check.show(id),
      describe(root))
  end
end

local function read(ibm, asked, options)
  local root, nodes = listing.read(ibm, asked, options)
  check_root(root, asked)
  local by_id = grow(root, nodes)
  check_found(root, by_id, asked)
  if options.billing_units then
    units.add(ibm, root, options.parallel)
  end
  return with_methods(root, by_id)
end

--- The tree of an enterprise, or of the one that an account group or account is in, with what is
--- deleted: its costs are still in reports.
---@param ibm costream.Ibm
---@param asked { enterprise_id: string?, account_group_id: string?, account_id: string? }
---@return costream.IbmTree? tree
---@return costream.Error? failure
function M.for_paths(ibm, asked)
  local options = { include_deleted = true, billing_units = false, parallel = PARALLEL }
  return concealed(ibm, parallel.try(read, ibm, asked, options))
end

--- Reads the tree of an enterprise.
---@param ibm costream.Ibm
---@param enterprise_id string
---@param given costream.IbmTreeOptions?
---@return costream.IbmTree? tree nil when it cannot be had, or does not fit together
---@return costream.Error? failure
function M.read(ibm, enterprise_id, given)
  local what = "ibm:tree"
  query.kinds.text()(what .. ": enterprise_id", enterprise_id)
  local options = check_options(what, given)
  local missing = ibm._services.billing.missing
  if options.billing_units and missing then
    check.misuse(("%s: %s; or billing_units = false, for a tree without them"):format(what,
      missing))
  end
  return concealed(ibm, parallel.try(read, ibm, { enterprise_id = enterprise_id }, options))
end

return M
