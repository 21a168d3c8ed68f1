--- ibm:tree: the hierarchy of an enterprise.

local core = require "costream.core"
local costream = require "costream"
local faults = require "faults_support"
local json = require "costream.format.json"
local support = require "support"

local PROVIDER = "enterprise-cloud-provider"

local function sandbox(controls, options)
  local given = { billing_url = support.controls(controls) }
  for name, value in pairs(options or {}) do
    given[name] = value
  end
  return support.ibm(controls, given)
end

--- The nodes as "depth kind path: billing units".
local function lines(tree)
  local texts = {}
  for depth, node in tree:walk() do
    local units = {}
    for i, unit in ipairs(node.billing_units or {}) do
      units[i] = unit.name
    end
    texts[#texts + 1] = ("%d %s %s: %s"):format(depth, node.kind, node.path,
      table.concat(units, ", "))
  end
  return texts
end

local published = {
  "1 enterprise Cloud-Provider: Administration, Operations, Support",
  "2 account Cloud-Provider/Administration: Administration",
  "2 account_group Cloud-Provider/Platform-Services: Operations",
  "3 account Cloud-Provider/Platform-Services/Platform-Services-Operations: Operations",
  "2 account_group Cloud-Provider/Solutions: Operations, Support",
  "3 account_group Cloud-Provider/Solutions/AI-Services: Operations, Support",
  "4 account Cloud-Provider/Solutions/AI-Services/AI-Services-Operations: Operations",
  "4 account Cloud-Provider/Solutions/AI-Services/AI-Services-Support: Support",
  "3 account_group Cloud-Provider/Solutions/Data-Services: Operations, Support",
  "4 account Cloud-Provider/Solutions/Data-Services/Data-Services-Operations: Operations",
  "4 account Cloud-Provider/Solutions/Data-Services/Data-Services-Support: Support",
}

describe("ibm:tree of the published example", function()
  for _, controls in ipairs { "seed=0", "limit=1", "lists=children" } do
    it("is the whole hierarchy, in order, with billing units: " .. controls, function()
      assert.are.same(published, lines(assert(sandbox(controls):tree(PROVIDER))))
    end)
  end

  it("has what the service says of each entity", function()
    local tree = assert(sandbox():tree(PROVIDER))
    local node = tree:find "account-data-services-support"
    assert.are.equal("Data-Services-Support", node.name)
    assert.are.equal("ACTIVE", node.state)
    assert.matches("^crn:v1:.*::account:account%-data%-services%-support$", node.crn)
    assert.are.equal(PROVIDER, node.enterprise_id)
    assert.is_true(node.paid)
    assert.are.same({ "Cloud-Provider", "Solutions", "Data-Services", "Data-Services-Support" },
      node.names)
    assert.are.equal("billing-unit-support", node.billing_units[1].id)
    assert.are.equal("USD", node.billing_units[1].currency_code)
    assert.are.equal("USA", node.billing_units[1].country_code)
    assert.are.same({}, node.children)
    assert.are.equal(tree, tree:find(PROVIDER))
    assert.are.equal(node, tree.children[3].children[2].children[2])
    assert.is_nil(tree:find "account-of-nobody")
  end)

  it("takes three requests, and those for billing units, a few at once", function()
    support.needs_suspension(pending)
    local id = support.new_id "tree"
    assert(support.ibm("delay=50,id=" .. id):tree(PROVIDER, { billing_units = false }))
    assert.are.equal(3, support.ledger(id).requests)
    assert.is_true(support.ledger(id).max_open > 1)
    -- One unit is that of all below: the account of Platform-Services is not asked for its own.
    local other = support.new_id "tree"
    assert(sandbox("delay=20,id=" .. other):tree(PROVIDER))
    assert.are.equal(3 + 10, support.ledger(other).requests)
    assert.is_true(support.ledger(other).max_open <= 4)
  end)

  it("makes no more requests at once than it is told", function()
    local id = support.new_id "tree"
    assert(sandbox("delay=10,id=" .. id):tree(PROVIDER, { parallel = 1 }))
    assert.are.equal(1, support.ledger(id).max_open)
  end)

  it("makes do with the open streams that limits.streams allows", function()
    for _, controls in ipairs { "delay=5", "delay=5,lists=children" } do
      for most = 1, 2 do
        local client = sandbox(controls, { limits = { streams = most } })
        assert.are.same(published, lines(assert(client:tree(PROVIDER))))
      end
    end
  end)

  it("has no billing units where they are not asked for, and needs no billing_url", function()
    local tree = assert(support.ibm():tree(PROVIDER, { billing_units = false }))
    for _, node in tree:walk() do
      assert.is_nil(node.billing_units)
    end
  end)

  it("is without deleted entities unless they are asked for", function()
    local controls = "id=" .. support.new_id "tree-deleted"
    local client = support.ibm(controls)
    local token = client._credential:token()
    support.read_command(("curl -s -X DELETE -H 'Authorization: Bearer %s' %s/v1/accounts/%s")
      :format(token, support.controls(controls), "account-ai-services-support"))
    local options = { billing_units = false }
    local id = "account-ai-services-support"
    assert.is_nil(assert(client:tree(PROVIDER, options)):find(id))
    options.include_deleted = true
    assert.are.equal("DELETED", assert(client:tree(PROVIDER, options)):find(id).state)
  end)
end)

describe("ibm:tree of a large enterprise", function()
  it("is the same, however lists are paged and whatever they show", function()
    local trees = {}
    for _, controls in ipairs { "accounts=1000", "accounts=1000,lists=children" } do
      local client = support.ibm(controls)
      trees[#trees + 1] = lines(assert(client:tree(PROVIDER, { billing_units = false })))
    end
    assert.is_true(#trees[1] > 1000)
    assert.are.same(trees[1], trees[2])
  end)
end)

local function entity(kind, id, parent, more)
  local made = { id = id, name = id:upper() }
  made.parent = parent and ("crn:x::%s:%s"):format(kind, parent)
  for name, value in pairs(more or {}) do
    made[name] = value
  end
  return made
end

local function page(resources)
  return { faults.answer { body = json.encode("page", {
    resources = setmetatable(resources, core.list),
  }) } }
end

--- A client of a server that lists these groups and accounts.
local function client_of(groups, accounts, more)
  local set = {
    ["/v1/enterprises/e"] = { faults.answer { body = '{"id":"e","name":"E"}' } },
    ["/v1/account-groups"] = page(groups), ["/v1/accounts"] = page(accounts),
  }
  for path, answer in pairs(more or {}) do
    set[path] = answer
  end
  local name = faults.new_run()
  faults.set(name, set)
  local url = faults.url(name)
  return costream.ibm {
    token = "Xq9-0123456789", base_url = url, billing_url = url, retry = false,
  }
end

local NO_UNITS = { billing_units = false }

describe("ibm:tree", function()
  local function paths(client)
    local found = {}
    for _, node in assert(client:tree("e", NO_UNITS)):walk() do
      found[#found + 1] = node.path
    end
    return found
  end

  it("writes a slash in a name as \\/, and a backslash as \\\\", function()
    assert.are.same({ "E", "E/A\\/B", "E/A\\/B/C\\\\" }, paths(client_of(
      { entity("g", "g", "e", { name = "A/B" }) }, { entity("a", "a", "g", { name = "C\\" }) })))
  end)

  it("calls entities without a name by their ids, and those that share one by both", function()
    local unnamed = entity("a", "c", "e")
    unnamed.name = nil
    assert.are.same({ "E", "E/Sa\0me (a)", "E/Sa\0me (b)", "E/c" }, paths(client_of({}, {
      unnamed, entity("a", "b", "e", { name = "Sa\0me" }),
      entity("a", "a", "e", { name = "Sa\0me" }),
    })))
  end)

  it("calls no two alike, whatever their names look like", function()
    assert.are.same({ "E", "E/A (1)", "E/A (2)", "E/A (1) (3)", "E/B" }, paths(client_of({}, {
      entity("a", "1", "e", { name = "A" }), entity("a", "2", "e", { name = "A" }),
      entity("a", "3", "e", { name = "A (1)" }), entity("a", "b", "e"),
    })))
  end)

  -- All groups and accounts; the lists of an enterprise and of a group have either all below or
  -- the children alone.
  local g, h = entity("g", "g", "e"), entity("g", "h", "g")
  local a, b, c = entity("a", "a", "e"), entity("a", "b", "g"), entity("a", "c", "h")
  local GROUPS = "/v1/account-groups?include_deleted=false&limit=100&parent_account_group_id="
  local below = {
    [GROUPS .. "g"] = page { h },
    [GROUPS .. "h"] = page {},
    ["/v1/accounts?account_group_id=g&limit=100"] = page { b },
    ["/v1/accounts?account_group_id=h&limit=100"] = page { c },
  }
  for name, lists in pairs {
    ["groups are whole and those of accounts are not"] = { { g, h }, { a } },
    ["accounts are whole and those of groups are not"] = { { g }, { a, b, c } },
    ["neither are whole"] = { { g }, { a } },
  } do
    it("has all where the enterprise's lists of " .. name, function()
      assert.are.same({ "E", "E/A", "E/G", "E/G/B", "E/G/H", "E/G/H/C" },
        paths(client_of(lists[1], lists[2], below)))
    end)
  end

  it("has its methods, whatever the service says of an enterprise", function()
    local tree = assert(client_of({}, { entity("a", "a", "e") }, {
      ["/v1/enterprises/e"] = { faults.answer { body = '{"id":"e","find":1,"walk":"far"}' } },
    }):tree("e", NO_UNITS))
    assert.are.equal("A", tree:find "a".name)
    assert.are.same({ 1, tree }, { tree:walk()() })
  end)

  it("can be deeper than any stack", function()
    local groups = { entity("g", "g1", "e") }
    for i = 2, 3000 do
      groups[i] = entity("g", "g" .. i, "g" .. i - 1, { name = "x" })
    end
    local deepest = 0
    local accounts = { entity("a", "a", "g3000") }
    local tree = assert(client_of(groups, accounts):tree("e", NO_UNITS))
    for depth in tree:walk() do
      deepest = math.max(deepest, depth)
    end
    assert.are.equal(3002, deepest)
    assert.are.equal(3001, #tree:find("g3000").names)
  end)

  it("gives all the one unit of an enterprise that has one, with one request", function()
    local client = client_of({ entity("g", "g", "e") }, { entity("a", "a", "g") }, {
      ["/v1/billing-units?enterprise_id=e&limit=100"] = page { { id = "u", name = "U" } },
    })
    assert.are.same({ "1 enterprise E: U", "2 account_group E/G: U", "3 account E/G/A: U" },
      lines(assert(client:tree "e")))
  end)

  local function fails(text, groups, accounts, more)
    it("is an error where " .. text, function()
      local tree, failure = client_of(groups, accounts, more):tree("e", NO_UNITS)
      assert.is_nil(tree)
      assert.are.equal("malformed", failure.kind)
      assert.matches(text, failure.message, 1, true)
      assert.matches("needs the role Viewer", failure.recovery, 1, true)
    end)
  end

  fails('the account "a" has the parent "crn:x::a:gone", which is in no list', {},
    { entity("a", "a", "gone") })
  fails('the account "a" has no parent', {}, { entity("a", "a") })
  fails('the account group "g" is listed twice', { entity("g", "g", "e"), entity("g", "g", "e") },
    { entity("a", "a", "g") })
  fails('the account "g" is listed twice', { entity("g", "g", "e") },
    { entity("a", "b", "g"), entity("a", "g", "e") })
  fails('the account group "g" is listed twice', { entity("g", "g", "e") }, {})
  fails('the account group "g" is, by its parents, inside itself',
    { entity("g", "g", "h"), entity("g", "h", "g") }, {})
  fails('the account "b" is in the account "a", but accounts hold nothing', {},
    { entity("a", "a", "e"), entity("a", "b", "a") })
  fails("an entity without an id", {}, { { crn = "crn:x", parent = "crn:x::e:e" } })
  fails("an entity without an id", { { crn = "crn:x", parent = "crn:x::e:e" } }, {})
  fails("an entity without an id", { entity("g", "", "e") }, {})
  fails("an entity without an id", { entity("g", "\n", "e") }, {})

  fails('"e" was asked for, but the enterprise "f" came', {}, {}, {
    ["/v1/enterprises/e"] = { faults.answer { body = '{"id":"f"}' } },
  })
  fails('"e" was asked for, but the enterprise "f" came', {}, { entity("a", "a", "e") }, {
    ["/v1/enterprises/e"] = { faults.answer { body = '{"id":"f"}' } },
  })
  fails("an entity without an id", {}, {}, {
    ["/v1/enterprises/e"] = { faults.answer { body = '{"crn":"crn:x"}' } },
  })

  for _, path in ipairs { "/v1/accounts", "/v1/account-groups", "/v1/enterprises/e" } do
    it("gives the error of what it cannot read: " .. path, function()
      local client = client_of({ entity("g", "g", "e") }, { entity("a", "a", "g") }, {
        [path] = { faults.answer { status = 403, body = "{}" } },
      })
      local tree, failure = client:tree("e", NO_UNITS)
      assert.is_nil(tree)
      assert.are.same({ "auth", 403 }, { failure.kind, failure.status })
    end)
  end

  it("gives the error of billing units that it may not read", function()
    local client = client_of({ entity("g", "g", "e") }, { entity("a", "a", "g") }, {
      ["/v1/billing-units"] = { faults.answer { status = 403, body = "{}" } },
    })
    local tree, failure = client:tree "e"
    assert.is_nil(tree)
    assert.are.same({ "auth", 403 }, { failure.kind, failure.status })
  end)
end)

describe("ibm:tree misused", function()
  local function refuses(text, options, client, ...)
    local arguments = { ... }
    it("throws: " .. text, function()
      local ibm = support.ibm(nil, client)
      local message = support.raised(ibm.tree, ibm, arguments[1] or PROVIDER, options)
      assert.matches("costream: ibm:" .. text, message, 1, true)
    end)
  end

  refuses('tree: enterprise_id: expected non-empty text', nil, nil, "\n")
  refuses("tree: enterprise_id: expected string, got 5", nil, nil, 5)
  refuses("tree: options: expected table or nil, got 5", 5)
  refuses('tree: options: unknown name "units"', { units = true })
  refuses("tree: billing_units: expected boolean or nil, got 1", { billing_units = 1 })
  refuses("tree: include_deleted: expected boolean or nil, got 1", { include_deleted = 1 })
  refuses("tree: parallel: expected a whole number from 1 to 64, got 65", { parallel = 65 })
  refuses("tree: this needs the option billing_url, as base_url was given: the token goes to no "
    .. "host that was not named; or billing_units = false, for a tree without them", {})

  it("throws where its methods are called with a point", function()
    local tree = assert(support.ibm():tree(PROVIDER, NO_UNITS))
    assert.matches("tree:find: call it with a colon", support.raised(tree.find, PROVIDER), 1,
      true)
    assert.matches("tree:walk: call it with a colon", support.raised(tree.walk), 1, true)
    assert.matches("tree:find: id: expected string", support.raised(tree.find, tree, 5), 1, true)
  end)
end)
