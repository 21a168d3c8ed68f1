--- The exchange of an IBM Cloud API key for tokens.

local core = require "costream.core"
local costream = require "costream"
local refusal = require "costream.refusal"
local support = require "support"

local KEY = "ibm-sandbox-key"

local query = { enterprise_id = "enterprise-cloud-provider", month = "2019-06" }

local function tasks(count, fn)
  costream.run(function()
    for i = 1, count do
      costream.spawn(fn, i)
    end
  end)
end

--- Moves costream's clock on while `fn` runs.
local function later(seconds, fn)
  local now = core.now
  core.now = function()
    return now() + seconds
  end
  local ok, failure = pcall(fn)
  core.now = now
  assert(ok, failure)
end

local function assert_reads(client)
  local stream = client:reports(query)
  assert.are.equal(3, #assert(stream:collect()))
  return stream:stats()
end

--- Fails where the secret is in a value, or anywhere in its fields.
local function assert_hides(secret, value)
  assert.is_nil(tostring(value):find(secret, 1, true))
  if type(value) == "table" then
    for name, field in pairs(value) do
      assert.is_nil(tostring(name):find(secret, 1, true))
      assert.is_nil(tostring(field):find(secret, 1, true))
    end
  end
end

describe("iam: one exchange", function()
  it("serves eight tasks at once", function()
    local id = support.new_id "iam-eight"
    local client, read = support.ibm("delay=50,id=" .. id), 0
    tasks(8, function()
      assert_reads(client)
      read = read + 1
    end)
    assert.are.equal(8, read)
    local ledger = support.ledger(id)
    assert.are.equal(1, ledger.token_requests)
    assert.are.equal(8, ledger.requests)
  end)

  it("serves all queries of a client while the token is fresh", function()
    local id = support.new_id "iam-fresh"
    local client = support.ibm("id=" .. id)
    for _ = 1, 3 do
      assert_reads(client)
    end
    assert.are.equal(1, support.ledger(id).tokens)
  end)

  it("is not made before a row is asked for", function()
    local id = support.new_id "iam-lazy"
    support.ibm("id=" .. id):reports(query)
    assert.are.equal(0, support.ledger(id).token_requests)
  end)

  it("that fails is an error of its own for each of eight tasks", function()
    support.needs_suspension(pending)
    local id, failures = support.new_id "iam-fails", {}
    local client = support.ibm("delay=50,id=" .. id, { apikey = "wrong" })
    tasks(8, function(i)
      failures[i] = select(2, client:reports(query):collect())
    end)
    assert.are.equal(1, support.ledger(id).token_requests)
    for i = 1, 8 do
      assert.are.equal("auth", failures[i].kind)
      assert.are_not.equal(failures[i], failures[i % 8 + 1])
    end
  end)

  it("that failed is made again for the next query", function()
    local id = support.new_id "iam-again"
    local controls = "status=503,fail=1,id=" .. id
    local client = support.ibm(nil, { iam_url = support.controls(controls) })
    local _, failure = client:reports(query):collect()
    assert.are.equal(503, failure.status)
    assert_reads(client)
    assert.are.equal(2, support.ledger(id).token_requests)
  end)
end)

describe("iam: a token", function()
  it("is kept until 80 % of its life and replaced then", function()
    local id = support.new_id "iam-life"
    local client = support.ibm("expires=3600,id=" .. id)
    assert_reads(client)
    later(2870, function()
      assert_reads(client)
      assert.are.equal(1, support.ledger(id).tokens)
    end)
    later(2890, function()
      assert.are.equal(0, assert_reads(client).retries)
      assert.are.equal(2, support.ledger(id).tokens)
    end)
  end)

  it("that lives a second is replaced before it ends", function()
    local id = support.new_id "iam-short"
    local client = support.ibm("expires=1,id=" .. id)
    assert_reads(client)
    os.execute "sleep 0.85"
    assert.are.equal(0, assert_reads(client).retries)
    assert.are.equal(2, support.ledger(id).tokens)
  end)

  it("is used on when it cannot be replaced, until 10 s before its end", function()
    local client = support.ibm "expires=3600"
    assert_reads(client)
    client._credential.client.base_url = support.controls "status=503"
    later(3580, function()
      assert_reads(client)
    end)
    later(3595, function()
      local _, failure = client:reports(query):collect()
      assert.are.equal(503, failure.status)
    end)
  end)

  it("is replaced once when the service refuses it", function()
    local id = support.new_id "iam-revoke"
    local stats = assert_reads(support.ibm("revoke=1,id=" .. id))
    assert.are.equal(1, stats.retries)
    assert.are.equal(2, stats.requests)
    assert.are.equal(2, support.ledger(id).tokens)
  end)

  it("that eight tasks are refused with is replaced by one exchange", function()
    support.needs_suspension(pending)
    local id = support.new_id "iam-revoke-8"
    local client, read = support.ibm("revoke=8,delay=50,id=" .. id), 0
    tasks(8, function()
      assert.are.equal(1, assert_reads(client).retries)
      read = read + 1
    end)
    assert.are.equal(8, read)
    assert.are.equal(2, support.ledger(id).tokens)
  end)

  it("that is fresh is kept when an older one is refused late", function()
    local id = support.new_id "iam-late"
    local credential = support.ibm("id=" .. id)._credential
    local old = credential:token()
    credential:renew(old)
    local fresh = credential:token()
    credential:renew(old)
    assert.are_not.equal(old, fresh)
    assert.are.equal(fresh, credential:token())
    assert.are.equal(2, support.ledger(id).tokens)
  end)

  it("is given up when the second is refused too", function()
    local id = support.new_id "iam-give-up"
    local rows, failure = support.ibm("revoke=5,id=" .. id):reports(query):collect()
    assert.is_nil(rows)
    assert.are.equal("auth", failure.kind)
    assert.are.equal(401, failure.status)
    assert.are.equal(2, failure.attempts)
    local ledger = support.ledger(id)
    assert.are.equal(2, ledger.requests)
    assert.are.equal(2, ledger.tokens)
  end)

  it("may be given instead of a key, as text or as a function", function()
    local token = support.ibm()._credential:token()
    for _, given in ipairs { token, function() return token end } do
      local id = support.new_id "iam-given"
      local client = costream.ibm { token = given, base_url = support.controls("id=" .. id) }
      assert_reads(client)
      local ledger = support.ledger(id)
      assert.are.equal(1, ledger.requests)
      assert.are.equal(0, ledger.token_requests)
    end
  end)
end)

describe("iam: a key", function()
  it("that is not known is an error of kind auth with the service's words", function()
    local id = support.new_id "iam-key"
    local rows, failure = support.ibm("id=" .. id, { apikey = "wrong" }):reports(query):collect()
    assert.is_nil(rows)
    assert.are.equal("auth", failure.kind)
    assert.are.equal(400, failure.status)
    assert.are.equal(0, failure.rows)
    assert.matches("POST /identity/token", failure.message, 1, true)
    assert.matches("BXNIM0415E.*Provided API key could not be found", failure.message)
    assert.matches("^sandbox%-%x+$", failure.request_id)
    assert.matches("API key", failure.recovery, 1, true)
    assert.are.equal(0, support.ledger(id).requests)
  end)

  it("arrives whatever its characters are", function()
    local _, failure = support.ibm(nil, { apikey = "a&b=c%+d" }):reports(query):collect()
    assert.matches("Provided API key could not be found", failure.message, 1, true)
  end)

  local misuse = {
    { "either apikey or token", {} },
    { "either apikey or token", { apikey = "a", token = "b" } },
    { "apikey", { apikey = 5 } }, { "apikey", { apikey = "" } },
    { "apikey", { apikey = "line\nbreak" } }, { "token", { token = {} } },
    { "iam_url", { apikey = "a", iam_url = 5 } },
    { "iam_url", { apikey = "a", iam_url = "http://iam.cloud.ibm.com" } },
    { "api_key", { api_key = "a" } },
  }
  for i, case in ipairs(misuse) do
    it(("is checked by the constructor, which names %s (%d)"):format(case[1], i), function()
      local message = support.raised(costream.ibm, case[2])
      assert.matches("costream: ibm: .*" .. case[1], message)
    end)
  end
end)

describe("iam: an answer", function()
  local bodies = { json = "malformed", html = "malformed", text = "malformed",
    empty = "incomplete" }
  for body, kind in pairs(bodies) do
    it(("that is no token is %s: %s"):format(kind, body), function()
      local iam_url = support.controls("body=" .. body)
      local _, failure = support.ibm(nil, { iam_url = iam_url }):reports(query):collect()
      assert.are.equal(kind, failure.kind)
      assert.are.equal(0, failure.rows)
    end)
  end

  it("that holds no token, or one that is over already, says so", function()
    for _, controls in ipairs { "body=json", "expires=0" } do
      local iam_url = support.controls(controls)
      local _, failure = support.ibm(nil, { iam_url = iam_url }):reports(query):collect()
      assert.are.equal("malformed", failure.kind)
      assert.matches("no access_token with a lifetime", failure.message, 1, true)
    end
  end)

  local statuses = {
    [400] = { "auth", "API key" }, [401] = { "auth", "API key" }, [403] = { "auth", "API key" },
    [404] = { "http", "" }, [429] = { "http", "IAM got too many requests" },
    [500] = { "http", "IAM is not available" }, [503] = { "http", "IAM is not available" },
    [307] = { "http", "check iam_url" },
  }
  for status, wanted in pairs(statuses) do
    it(("of status %d is an error of kind %s"):format(status, wanted[1]), function()
      local id = support.new_id "iam-status"
      local iam_url = support.controls(("status=%d,id=%s"):format(status, id))
      local _, failure = support.ibm(nil, { iam_url = iam_url }):reports(query):collect()
      assert.are.equal(wanted[1], failure.kind)
      assert.are.equal(status, failure.status)
      assert.matches(wanted[2], failure.recovery, 1, true)
      assert.are.equal(1, support.ledger(id).token_requests)
    end)
  end
end)

describe("iam: secrets", function()
  it("are in no client, stream or error", function()
    local client = support.ibm "revoke=5"
    local stream = client:reports(query)
    local _, failure = stream:collect()
    local token = client._credential:token()
    for _, secret in ipairs { KEY, token } do
      assert_hides(secret, failure)
      assert.is_nil(tostring(client):find(secret, 1, true))
      assert.is_nil(tostring(stream):find(secret, 1, true))
    end
    _, failure = support.ibm(nil, { apikey = "wrong-key" }):reports(query):collect()
    assert_hides("wrong-key", failure)
  end)

  it("are taken out of what a service says", function()
    local text = '{"errorMessage":"Key k.e-y%1 is not known","errorCode":"E k.e-y%1"}'
    local reader = {
      status = function() return 400 end,
      text = function() return text end,
      header = function() end,
    }
    local failure = refusal.new(reader, "POST /x", {}, "k.e-y%1")
    assert_hides("k.e-y%1", failure)
    assert.matches("E %*%*%*.*Key %*%*%* is not known", failure.message)
  end)

  it("are taken out of what IAM says of a key, and the service of a token", function()
    local _, failure = support.ibm(nil, { apikey = "could" }):reports(query):collect()
    assert.matches("Provided API key *** not be found", failure.message, 1, true)
    _, failure = support.otc(nil, { token = "validate" }):hourly():collect()
    assert.matches("Could not *** credentials", failure.message, 1, true)
  end)

  it("are not in the message for a key that is misuse", function()
    assert_hides("my-key", support.raised(costream.ibm, { apikey = "my-key\n" }))
  end)
end)
