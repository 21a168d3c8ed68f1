--- Links to the next page: read for their offset, which goes to the origin.

local faults = require "faults_support"
local hostile = require "torture.hostile.support"
local links = require "torture.hostile.links"

local token = hostile.tokens.odd
local queries = hostile.queries()
local answers = {
  [hostile.REPORTS] = hostile.ok '{"reports":[{"entity_id":"b","billable_cost":2.5}]}',
}

--- Has a query of its own, in a run, answered with a page that has this for `next`.
local function ask(name, run, link)
  answers[("%s?enterprise_id=%s&month=2024-07"):format(hostile.REPORTS, name)] = hostile.ok(
    ('{"next":%s,"reports":[{"entity_id":"a","billable_cost":1.5}]}'):format(link))
  queries:add(run, token, function()
    local client = hostile.ibm(run, token)
    return client, client:reports { enterprise_id = name, month = "2024-07" }
  end)
end

--- The same with a link that has this for `href`.
local function ask_linked_to(name, run, href)
  local text = hostile.tell(hostile.place(href, run), token)
  ask(name, run, ('{"href":%s}'):format(hostile.quoted(text)))
end

--- The first line of a request for a page.
local function line(run, name, offset)
  return ("GET /hostile/run=%s%s?enterprise_id=%s&month=2024-07&offset=%s HTTP/1.1\r\n"):format(
    run, hostile.REPORTS, name, hostile.tell("{in_url}", offset))
end

local function shown(href)
  return (href:sub(1, 60):gsub("%c", "?"))
end

describe("a link to the next page", function()
  setup(function()
    faults.set("hostile", answers)
    queries:make()
  end)

  for i, case in ipairs(links.read) do
    local href, name, run = case[1], "read" .. i, hostile.run_of("link", i)
    ask_linked_to(name, run, href)
    it("is read for its offset: " .. shown(href), function()
      local rows, failure, requests = queries:result(run)
      assert.is_nil(failure and tostring(failure))
      assert.are.equal(2, #rows)
      assert.are.equal(2, #requests)
      assert.are.equal(line(run, name, hostile.place(case[2], run)),
        requests[2]:match "^[^\n]*\n")
    end)
  end

  local function assert_ends_paging(run)
    local rows, failure, requests = queries:result(run)
    assert.are.equal(1, #rows)
    assert.are.equal("malformed", failure.kind)
    assert.are.equal(1, #requests)
  end

  for i, href in ipairs(links.refused) do
    local run = hostile.run_of("no-link", i)
    ask_linked_to("refused" .. i, run, href)
    it("without an offset that may be sent is malformed: " .. shown(href), function()
      assert_ends_paging(run)
    end)
  end

  for i, link in ipairs(links.odd) do
    local run = hostile.run_of("odd-link", i)
    ask("odd" .. i, run, link)
    it("that is none is malformed: " .. link, function()
      assert_ends_paging(run)
    end)
  end

  local circle = hostile.run_of "circle"
  ask_linked_to("circle", circle, "?offset=x")
  for offset, next_offset in pairs { x = "y", y = "x" } do
    answers[("%s?enterprise_id=circle&month=2024-07&offset=%s"):format(hostile.REPORTS, offset)] =
      hostile.ok(('{"next":{"href":"?offset=%s"},"reports":[{"entity_id":"b"}]}'):format(
        next_offset))
  end
  it("that goes round in a circle is malformed", function()
    local rows, failure, requests = queries:result(circle)
    assert.are.equal(3, #rows)
    assert.are.equal("malformed", failure.kind)
    assert.are.equal(3, #requests)
  end)

  it("never led to where nobody should go", function()
    queries:assert_nothing_stolen()
  end)
end)
