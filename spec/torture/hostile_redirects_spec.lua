--- Redirects: followed inside the origin, and never away from it.

local faults = require "faults_support"
local hostile = require "torture.hostile.support"
local locations = require "torture.hostile.locations"
local support = require "support"

local MOST = 11 -- requests before somebody is tired of being sent on

local token = hostile.tokens.odd
local queries = hostile.queries()
local answers = { ["/rows"] = hostile.ok(hostile.ROWS) }
local number = 0

--- Has a query of its own, in a run, answered with this.
local function ask(run, script)
  number = number + 1
  local product = number
  answers[hostile.HOURLY .. "?product=" .. product] = script
  queries:add(run, token, function()
    local client = hostile.otc(run, token)
    return client, client:hourly { product = product }
  end)
  return hostile.HOURLY .. "?product=" .. product
end

--- Has one answered with a redirect to a place.
local function ask_led_to(location, run, status)
  return ask(run, hostile.redirect(hostile.place(location, run), status))
end

--- A path that redirects to a place, for queries of a run.
local function lead(path, location, run)
  answers[path] = hostile.redirect(hostile.place(location, run))
end

local function assert_followed(run, requests)
  local rows, failure, made = queries:result(run)
  assert.is_nil(failure and tostring(failure))
  assert.are.equal(2, #rows)
  assert.are.equal(requests, #made)
end

local function assert_refused(run, requests)
  local rows, failure, made = queries:result(run)
  assert.are.equal(0, #rows)
  assert.are.equal("http", failure.kind)
  assert.are.equal(requests, #made)
  return failure
end

local function assert_tired(run)
  local rows, failure, made = queries:result(run)
  assert.are.equal(0, #rows)
  assert.are.equal("http", failure.kind)
  assert.matches("redirect", failure.message)
  assert.is_true(#made <= MOST, #made .. " requests")
end

describe("a redirect", function()
  setup(function()
    faults.set("hostile", answers)
    queries:make()
  end)

  for i, location in ipairs(locations.followed) do
    local run = hostile.run_of("followed", i)
    ask_led_to(location, run)
    it("inside the origin is followed: " .. location, function()
      assert_followed(run, 2)
    end)
  end

  for i, location in ipairs(locations.refused) do
    local run = hostile.run_of("refused", i)
    ask_led_to(location, run)
    it("that leads away is an error: " .. location:sub(1, 60):gsub("%c", "?"), function()
      assert.are.equal(302, assert_refused(run, 1).status)
    end)
  end

  for i, status in ipairs {
    "301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect",
    "308 Permanent Redirect",
  } do
    local inside, away = hostile.run_of("inside", i), hostile.run_of("away", i)
    ask_led_to("{base}/rows", inside, status)
    ask_led_to("http://{thief}/", away, status)
    it("is followed inside the origin, and not away from it: " .. status, function()
      assert_followed(inside, 2)
      assert_refused(away, 1)
    end)
  end

  for i, status in ipairs {
    "300 Multiple Choices", "304 Not Modified", "305 Use Proxy", "306 Odd", "201 Created",
    "399 Odd",
  } do
    local run = hostile.run_of("none", i)
    ask_led_to("{base}/rows", run, status)
    it("is not what another status is: " .. status, function()
      assert_refused(run, 1)
    end)
  end

  local self_run = hostile.run_of "self"
  local self_path = ask(self_run, {})
  lead(self_path, "{base}" .. self_path, self_run)
  it("to itself ends in an error, soon", function()
    assert_tired(self_run)
  end)

  local pair_run = hostile.run_of "pair"
  ask_led_to("{base}/ping", pair_run)
  lead("/ping", "{base}/pong", pair_run)
  lead("/pong", "{base}/ping", pair_run)
  it("to and fro ends in an error, soon", function()
    assert_tired(pair_run)
  end)

  local chain_run = hostile.run_of "chain"
  ask_led_to("{base}/chain/1", chain_run)
  for i = 1, 100 do
    lead("/chain/" .. i, "{base}/chain/" .. i + 1, chain_run)
  end
  answers["/chain/101"] = answers["/rows"]
  it("that is the first of a hundred ends in an error, soon", function()
    assert_tired(chain_run)
  end)

  local short_run = hostile.run_of "short"
  ask_led_to("{base}/short/1", short_run)
  lead("/short/1", "{base}/short/2", short_run)
  lead("/short/2", "{base}/rows", short_run)
  it("that is the first of three is followed", function()
    assert_followed(short_run, 4)
  end)

  local late_run = hostile.run_of "late"
  ask_led_to("{base}/late", late_run)
  lead("/late", "http://{thief}/", late_run)
  it("that leads away behind one that does not is an error", function()
    assert_refused(late_run, 2)
  end)

  local two_run = hostile.run_of "two"
  ask(two_run, hostile.http({ "HTTP/1.1 302 Found",
    hostile.place("Location: {base}/rows", two_run),
    hostile.place("Location: http://{thief}/", two_run) }, ""))
  it("with two places goes to the first, if anywhere", function()
    local rows, failure = queries:result(two_run)
    assert.are.equal(failure and 0 or 2, #rows)
  end)

  it("never led to where nobody should go", function()
    queries:assert_nothing_stolen()
  end)

  it("from https to http, or away from https, is an error", function()
    local id = support.new_id "downgrade"
    for _, controls in ipairs { "redirect=plain", "redirect=foreign" } do
      local url = support.controls(("status=302,%s,id=%s"):format(controls, id), support.tls_url)
      local client = hostile.otc("x", token, { base_url = url, ca_file = support.ca_file })
      local _, failure = client:hourly():collect()
      assert.are.equal("http", failure.kind)
      assert.are.equal(302, failure.status)
    end
    assert.are.equal(2, support.ledger(id).requests)
  end)
end)
