--- Links to the next page: read for their offset, which goes to the origin.

local faults = require "faults_support"
local hostile = require "torture.hostile.support"
local links = require "torture.hostile.links"
local query = require "costream.query"

local token = hostile.tokens.odd
local queries = hostile.queries()
local answers = {}

-- For each list: its path and query, a row, how its page has the link and what that is read for.
local lists = {
  reports = {
    path = hostile.REPORTS, query = { month = "2024-07" }, parameter = "offset",
    page = '{"next":%s,"reports":[{"entity_id":"a","billable_cost":1.5}]}', link = '{"href":%s}',
  },
  accounts = {
    path = "/v1/accounts", query = {}, parameter = "next_docid",
    page = '{"next_url":%s,"resources":[{"id":"a","name":"b"}]}', link = "%s",
  },
  billing_units = {
    path = "/v1/billing-units", query = {}, parameter = "start",
    page = '{"next_url":%s,"resources":[{"id":"a","name":"b"}]}', link = "%s",
  },
}

--- The path and query of the first page, and of the page at an offset.
local function target(list, name, offset)
  local texts = { enterprise_id = name }
  for parameter, text in pairs(list.query) do
    texts[parameter] = text
  end
  texts[list.parameter] = offset
  return list.path .. query.write(texts)
end

--- Has a query of its own, in a run, answered with a page that has this for its link.
local function ask(method, name, run, link)
  local list = lists[method]
  answers[target(list, name)] = hostile.ok(list.page:format(link))
  queries:add(run, token, function()
    local client = hostile.ibm(run, token)
    local given = { enterprise_id = name, month = list.query.month }
    return client, client[method](client, given)
  end)
end

--- The same with a link that leads there.
local function ask_linked_to(method, name, run, href)
  local text = hostile.tell(hostile.place(href, run), token)
  ask(method, name, run, (lists[method].link:format(hostile.quoted(text))))
end

--- A link as it would be in another list: with what that one calls an offset.
local function in_list(list, href)
  local parameter = list.parameter
  local odd = ("%%%02X"):format(parameter:byte()) .. parameter:sub(2)
  return (href:gsub("%%6Fffset", (odd:gsub("%%", "%%%%"))):gsub("offset", parameter)
    :gsub("OFFSET", parameter:upper()))
end

local function line(list, run, name, offset)
  return ("GET /hostile/run=%s%s HTTP/1.1\r\n"):format(run, target(list, name, offset))
end

local function shown(href)
  return (href:sub(1, 60):gsub("%c", "?"))
end

local function assert_ends_paging(run)
  local rows, failure, requests = queries:result(run)
  assert.are.equal(1, #rows)
  assert.are.equal("malformed", failure.kind)
  assert.are.equal(1, #requests)
end

local function describe_links_of(method, list)
  answers[list.path] = hostile.ok(list.page:format "null")

  for i, case in ipairs(links.read) do
    local href, name = in_list(list, case[1]), "read" .. i
    local run = hostile.run_of(method .. "-link", i)
    ask_linked_to(method, name, run, href)
    it(("of %s is read for its offset: %s"):format(method, shown(href)), function()
      local rows, failure, requests = queries:result(run)
      assert.is_nil(failure and tostring(failure))
      assert.are.equal(2, #rows)
      assert.are.equal(2, #requests)
      assert.are.equal(line(list, run, name, hostile.place(case[2], run)),
        requests[2]:match "^[^\n]*\n")
    end)
  end

  for i, refused in ipairs(links.refused) do
    local run, href = hostile.run_of(method .. "-no-link", i), in_list(list, refused)
    ask_linked_to(method, "refused" .. i, run, href)
    local name = ("of %s without one that may be sent is malformed: %s"):format(method,
      shown(href))
    it(name, function()
      assert_ends_paging(run)
    end)
  end

  for i, odd in ipairs(links.odd) do
    local run, link = hostile.run_of(method .. "-odd-link", i), in_list(list, odd)
    ask(method, "odd" .. i, run, link)
    it(("of %s that is none is malformed: %s"):format(method, link), function()
      assert_ends_paging(run)
    end)
  end

  local circle = hostile.run_of(method .. "-circle")
  ask_linked_to(method, "circle", circle, ("?%s=x"):format(list.parameter))
  for offset, next_offset in pairs { x = "y", y = "x" } do
    local link = list.link:format(('"?%s=%s"'):format(list.parameter, next_offset))
    answers[target(list, "circle", offset)] = hostile.ok(list.page:format(link))
  end
  it(("of %s that goes round in a circle is malformed"):format(method), function()
    local rows, failure, requests = queries:result(circle)
    assert.are.equal(3, #rows)
    assert.are.equal("malformed", failure.kind)
    assert.are.equal(3, #requests)
  end)
end

describe("a link to the next page", function()
  setup(function()
    faults.set("hostile", answers)
    queries:make()
  end)

  for method, list in pairs(lists) do
    describe_links_of(method, list)
  end

  it("never led to where nobody should go", function()
    queries:assert_nothing_stolen()
  end)
end)
