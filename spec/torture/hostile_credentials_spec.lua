--- Keys and tokens: sent where they belong, and nowhere else; refused where no header holds them.

local costream = require "costream"
local echoes = require "torture.hostile.echoes"
local faults = require "faults_support"
local hostile = require "torture.hostile.support"

local token = hostile.tokens.odd

describe("an API key is sent to IAM alone, and not shown, where that", function()
  local apikey = 'canary"of/an+api\\key='
  local PATH = "/identity/token"

  local function says(body)
    return hostile.ok(hostile.tell(body, apikey))
  end

  local function refuses(line, body, ...)
    return hostile.http({ "HTTP/1.1 " .. line, ... }, hostile.tell(body, apikey))
  end

  local function leads(location, status)
    return hostile.redirect(location, status)
  end

  local away = "http://" .. hostile.thief .. "/"

  local cases = {
    { "leads away", leads(away, "307 Temporary Redirect") },
    { "leads away for good", leads(away, "308 Permanent Redirect") },
    { "leads away to be seen", leads(away, "303 See Other") },
    { "leads elsewhere inside its origin", leads("other", "308 Permanent Redirect") },
    { "echoes it in JSON", refuses("400 Bad Request", '{"errorMessage":"{in_json}"}') },
    { "echoes it as a form", refuses("401 Unauthorized", "apikey={in_url}&x") },
    { "echoes it in a page", refuses("200 OK", "<p>{token}", "Content-Type: text/html") },
    { "calls the request by it", refuses("403 No", "no", "X-Request-Id: " .. apikey) },
    { "gives it for a token, in a list", says '{"access_token":["{in_json}"]}' },
    { "gives no token", says '{"expires_in":3600}' },
    { "gives a token with a header", says '{"access_token":"a\\r\\nX: y","expires_in":3600}' },
    { "gives a token with a space", says '{"access_token":"a b","expires_in":3600}' },
    { "gives a token with NUL", says '{"access_token":"a\\u0000b","expires_in":3600}' },
    { "gives an empty token", says '{"access_token":"","expires_in":3600}' },
    { "gives a number for a token", says '{"access_token":1,"expires_in":3600}' },
    { "gives a token that is dead", says '{"access_token":"abcdefgh","expires_in":-1}' },
    { "gives a token of no known life", says '{"access_token":"abcdefgh","expires_in":"nan"}' },
    { "gives a token for ever", says '{"access_token":"abcdefgh","expires_in":"inf"}' },
    { "gives two tokens", says '{"access_token":"abcdefgh","expires_in":9}{}' },
    { "gives a list", says '[{"access_token":"abcdefgh","expires_in":9}]' },
  }

  local function run_of(i, what)
    return hostile.run_of(what, i)
  end

  local results, seen, stolen = {}, nil, nil

  setup(function()
    local before = #faults.seen "thief"
    for i, case in ipairs(cases) do
      faults.set("iam-" .. i, { [PATH] = case[2] })
      local client = costream.ibm {
        apikey = apikey, base_url = faults.url("hostile", "run=" .. run_of(i, "service")),
        iam_url = faults.url("iam-" .. i, "run=" .. run_of(i, "iam")), retry = false,
        timeout = hostile.timeout,
      }
      local stream = client:reports { enterprise_id = "any", month = "2024-07" }
      local rows, failure = stream:collect()
      results[i] = { client = client, stream = stream, rows = rows, failure = failure }
    end
    seen = faults.all_seen(hostile.run_of("", 0):match "^(.*)%-%-0$")
    stolen = #faults.seen "thief" - before
  end)

  for i, case in ipairs(cases) do
    it(case[1], function()
      local result = results[i]
      assert.is_nil(result.rows)
      assert.is_true(costream.is_error(result.failure))
      hostile.assert_nothing_shown(result.client, result.stream, result.failure, apikey)
      local requests = seen[run_of(i, "iam")]
      assert.are.equal(1, #requests)
      local head, body = requests[1]:match "^(.-\r\n\r\n)(.*)$"
      hostile.assert_clean(head, apikey, "the head")
      assert.are.equal(1, hostile.count(body, "apikey=" .. hostile.tell("{in_url}", apikey)))
      assert.is_nil(seen[run_of(i, "service")])
    end)
  end

  it("is asked: it is never sent to where nobody should go", function()
    assert.are.equal(0, stolen)
  end)
end)

describe("what no header can hold is refused, and not shown:", function()
  local SECRET = "canary-0123456789"

  local function assert_refuses(call, secret)
    local ok, raised = pcall(call)
    assert.is_false(ok)
    assert.are.equal("string", type(raised))
    hostile.assert_printable(raised)
    hostile.assert_clean(raised, secret, "the error")
  end

  for _, tail in ipairs(echoes.secrets) do
    local shown = tail:gsub(".", hostile.in_hex "%02x ")
    local secret = tail == "" and "" or SECRET .. tail

    it("a credential that ends in " .. shown, function()
      assert_refuses(function() costream.otc { token = secret } end, SECRET)
      assert_refuses(function() costream.ibm { token = secret } end, SECRET)
      assert_refuses(function() costream.ibm { apikey = secret } end, SECRET)
    end)

    it("a credential of a function that ends in " .. shown, function()
      local run = hostile.run_of("function" .. shown:gsub(" ", "-"))
      local stream = hostile.otc(run, function() return secret end):hourly()
      assert_refuses(stream, SECRET)
      assert.are.equal(0, faults.counts(run).connections)
    end)
  end

  for _, text in ipairs { "a\r\nX: y", "a\nb", "a\0b", "a\27b", "a\127b" } do
    local function otc_with(name, value)
      return function() hostile.otc("x", token, { [name] = value }) end
    end

    it("a parameter or an option of " .. text:gsub("%c", "?"), function()
      local otc, ibm = hostile.otc("x", token), hostile.ibm("x", token)
      for _, call in ipairs {
        function() otc:hourly { product = text } end,
        function() otc:daily { resource_id = text } end,
        function() otc:hourly { resume = text } end,
        function() ibm:reports { enterprise_id = text } end,
        function() ibm:reports { enterprise_id = "a", billing_unit_id = text } end,
        function() ibm:usage { account_id = text } end,
        function() ibm:pages { enterprise_id = "a", offset = text } end,
        otc_with("user_agent", text), otc_with("ca_file", text),
        otc_with("base_url", "http://127.0.0.1/" .. text),
        otc_with("proxy", "http://127.0.0.1/" .. text),
      } do
        assert_refuses(call, token)
      end
    end)
  end
end)

describe("what a URL can hold is encoded:", function()
  setup(function()
    faults.set("hostile", { [hostile.REPORTS] = hostile.ok '{"reports":[{"entity_id":"a"}]}' })
  end)

  for i, text in ipairs {
    "a b", "a&b=c", "a#b", "a?b", "a%0d%0ab", "../x", "a\195\164", "'\"<>", "+", "%", "\\",
  } do
    it(text, function()
      local run = hostile.run_of("parameter", i)
      local query = { enterprise_id = text, month = "2024-07" }
      assert(hostile.ibm(run, token):reports(query):collect())
      local wanted = ("GET /hostile/run=%s%s?enterprise_id=%s&month=2024-07 HTTP/1.1\r\n"):format(
        run, hostile.REPORTS, hostile.tell("{in_url}", text))
      assert.are.equal(wanted, faults.seen(run)[1]:match "^[^\n]*\n")
    end)
  end
end)
