--- Tokens and keys stay out of messages, whatever a service writes into its answers.

local conceal = require "costream.conceal"
local costream = require "costream"
local shape = require "costream.shape"
local support = require "support"

local SECRET = 'canary/0123+"key"=='

describe("a secret", function()
  it("is taken out as it is, from a form and from JSON", function()
    assert.are.equal("a *** b", conceal("a " .. SECRET .. " b", SECRET))
    assert.are.equal("apikey=***&x", conceal("apikey=canary%2F0123%2B%22key%22%3D%3D&x", SECRET))
    assert.are.equal('"***"', conceal('"canary\\/0123+\\"key\\"=="', SECRET))
  end)

  it("is taken out however its characters are escaped", function()
    for _, format in ipairs { "%%%02x", "%%%02X", "\\u%04x", "\\u%04X" } do
      local escaped = SECRET:gsub(".", function(character)
        return format:format(character:byte())
      end)
      assert.are.equal("a***b", conceal("a" .. escaped .. "b", SECRET))
    end
    assert.are.equal("***", conceal(SECRET:gsub("/", "%%2f"), SECRET))
    assert.are.equal("******", conceal(SECRET .. SECRET, SECRET))
    assert.are.equal("***", conceal([[a\\b\]], [[a\\b\]]))
  end)

  it("is taken out where it is cut off, but for a few characters", function()
    assert.are.equal("a ***", conceal("a " .. SECRET:sub(1, -2), SECRET))
    assert.are.equal("a ***, b", conceal("a " .. SECRET:sub(1, 12) .. ", b", SECRET))
    assert.are.equal("canary", conceal("canary", SECRET))
    assert.are.equal("x", conceal("x", "xy"))
  end)

  it("is taken out of a row that is none", function()
    local wanted = { name = "row", fields = { "amount" } }
    local failure = shape.failure(wanted, { error = "bad " .. SECRET }, SECRET)
    assert.is_nil(tostring(failure):find("canary", 1, true))
    assert.matches("bad ***", failure.message, nil, true)
  end)

  it("given as the options is not shown", function()
    for _, make in ipairs { costream.otc, costream.ibm } do
      assert.is_nil(support.raised(make, SECRET):find("canary", 1, true))
    end
  end)
end)

describe("a proxy's password", function()
  local faults = require "faults_support"

  it("is in no message, though the proxy says it in its refusal", function()
    local basic = "dXNlcjpQck94WXNFY1JlVDEyMw==" -- user:PrOxYsEcReT123
    faults.set("proxy", { ["*"] = { faults.answer {
      status = 407, headers = { "Content-Type: text/plain" },
      body = "who says PrOxYsEcReT123, or Proxy-Authorization: Basic " .. basic .. "?",
    }, "close" } })
    local host = faults.url_of_server:match "//(.*)"
    local client = support.otc(nil, {
      base_url = faults.url "proxy", proxy = "http://user:PrOxYsEcReT123@" .. host,
    })
    local _, failure = client:hourly():collect()
    assert.are.equal(407, failure.status)
    assert.matches("who says ***, or Proxy-Authorization: Basic ***?", failure.message, 1, true)
  end)

  it("is in no field of the client", function()
    local client = support.otc(nil, { proxy = "http://user:PrOxYsEcReT123@127.0.0.1:1" })
    for _, value in pairs(client._client.request) do
      assert.is_nil(tostring(value):find("PrOxY", 1, true))
    end
  end)
end)

describe("plain http", function()
  it("goes to a proxy on another host only with allow_http", function()
    local function client(proxy, allow)
      return support.otc(nil, { proxy = proxy, allow_http = allow })
    end
    for _, proxy in ipairs {
      "http://192.0.2.2:8080", "192.0.2.2:8080", "http://u:p@proxy.example",
      "socks5h://192.0.2.2:1",
    } do
      assert.matches("plain http to a proxy elsewhere", support.raised(client, proxy), 1, true)
      client(proxy, true)
    end
    for _, name in ipairs { "iam_url", "billing_url" } do
      local options = { apikey = "a", proxy = "http://192.0.2.2:1" }
      options[name] = "http://127.0.0.1:2"
      assert.matches("ibm: proxy: plain http to a proxy elsewhere",
        support.raised(costream.ibm, options), 1, true)
    end
    for _, proxy in ipairs { "http://127.0.0.1:8080", "localhost:8080", "http://u:p@[::1]:80" } do
      client(proxy)
    end
  end)
end)
