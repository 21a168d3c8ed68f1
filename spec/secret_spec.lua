--- Tokens and keys stay out of messages, whatever a service writes into its answers.

local conceal = require "costream.conceal"
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
    for _, make in ipairs { require("costream").otc, require("costream").ibm } do
      assert.is_nil(support.raised(make, SECRET):find("canary", 1, true))
    end
  end)
end)
