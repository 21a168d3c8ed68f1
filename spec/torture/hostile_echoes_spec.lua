--- What a service says that it was told, or wants to be remembered.

local echoes = require "torture.hostile.echoes"
local faults = require "faults_support"
local hostile = require "torture.hostile.support"

local answers = {}
local number = 0

--- Has a query of its own answered with this; its number.
local function answer_hourly(script)
  number = number + 1
  answers[hostile.HOURLY .. "?product=" .. number] = script
  return number
end

describe("a credential that an answer echoes is not shown:", function()
  local queries = hostile.queries()

  setup(function()
    faults.set("hostile", answers)
    queries:make()
  end)

  for name, token in pairs(hostile.tokens) do
    for i, case in ipairs(echoes.answers) do
      local run, lines = hostile.run_of("echo-" .. name, i), {}
      for at, line in ipairs(case[1]) do
        lines[at] = hostile.tell(line, token)
      end
      local product = answer_hourly(hostile.http(lines, hostile.tell(case[2], token)))
      queries:add(run, token, function()
        local client = hostile.otc(run, token)
        return client, client:hourly { product = product }
      end)
      local shown = (table.concat(case[1], " ") .. " " .. case[2]):gsub("%c", "?"):sub(1, 90)
      it(("%s: %s"):format(name, shown), function()
        local rows, failure = queries:result(run)
        assert.are.equal(0, #rows)
        assert.is_not_nil(failure)
      end)
    end
  end
end)

describe("a credential that a page echoes is not shown:", function()
  local queries, pages = hostile.queries(), {}

  setup(function()
    faults.set("hostile", pages)
    queries:make()
  end)

  for name, token in pairs(hostile.tokens) do
    for i, page in ipairs(echoes.pages) do
      local run, enterprise = hostile.run_of("page-" .. name, i), name .. i
      pages[("%s?enterprise_id=%s&month=2024-07"):format(hostile.REPORTS, enterprise)] =
        hostile.ok(hostile.tell(page, token))
      queries:add(run, token, function()
        local client = hostile.ibm(run, token)
        return client, client:usage { enterprise_id = enterprise, month = "2024-07" }
      end)
      it(("%s: %s"):format(name, page:sub(1, 80)), function()
        local rows, failure, requests = queries:result(run)
        assert.are.equal(0, #rows)
        assert.are.equal("malformed", failure.kind)
        assert.are.equal(1, #requests)
      end)
    end
  end
end)

describe("what an answer asks to be remembered is forgotten:", function()
  local seen, stolen = nil, 0
  local cases = {}

  setup(function()
    faults.set("hostile", answers)
    local before = #faults.seen "thief"
    for _, case in ipairs(cases) do
      local client = hostile.otc(case.run, hostile.tokens.odd)
      for _ = 1, 2 do
        assert.are.equal(2, #assert(client:hourly({ product = case.product }):collect()))
      end
    end
    seen = faults.all_seen(hostile.run_of("memory", 0):match "^(.*%-)0$")
    stolen = #faults.seen "thief" - before
  end)

  for i, header in ipairs(echoes.headers) do
    local run = hostile.run_of("memory", i)
    cases[i] = { run = run, product = answer_hourly(
      hostile.http({ "HTTP/1.1 200 OK", hostile.place(header, run) }, hostile.ROWS)) }
    it(header, function()
      assert.are.equal(2, #seen[run])
      assert.are.equal(seen[run][1], seen[run][2])
    end)
  end

  it("nobody went where a header pointed", function()
    assert.are.equal(0, stolen)
  end)
end)

describe("the versions of the API", function()
  setup(function()
    faults.set("hostile", { ["/"] = hostile.ok(hostile.place(
      '{"versions":[{"id":"v2","links":[{"rel":"self","href":"http://{thief}/"}]}]}', "x")) })
  end)

  it("are given, and their links not followed", function()
    local run, token = hostile.run_of "versions", hostile.tokens.odd
    local before = #faults.seen "thief"
    local versions = assert(hostile.otc(run, token):versions())
    assert.are.equal("http://" .. hostile.thief .. "/", versions.versions[1].links[1].href)
    assert.are.equal(before, #faults.seen "thief")
    local requests = faults.seen(run)
    assert.are.equal(1, #requests)
    hostile.assert_clean(requests[1], token, "the request")
  end)
end)
