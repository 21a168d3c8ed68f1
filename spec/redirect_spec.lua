--- Which redirects may be followed: within the origin alone, and none that is odd.

local core = require "costream.core"

local base = "https://api.example.com/v2/hourly/rows?date=2024-08-02"

--- Where a location leads to; fails where it leads nowhere.
local function target(location, url)
  return assert(core.redirect(url or base, location))
end

--- Why a location is not followed; fails where it is.
local function reason(location, url)
  local where, why = core.redirect(url or base, location)
  assert.is_nil(where, ("%q was followed to %s"):format(location, tostring(where)))
  return why
end

describe("a redirect", function()
  it("is followed where it is absolute and stays in the origin", function()
    local url = "https://api.example.com/other?a=1"
    assert.are.equal(url, target(url))
    assert.are.equal(url, target "//api.example.com/other?a=1")
  end)

  it("is followed where it is relative", function()
    assert.are.equal("https://api.example.com/other", target "/other")
    assert.are.equal("https://api.example.com/v2/hourly/other", target "other")
    assert.are.equal("https://api.example.com/v2/other?b", target "../other?b")
    assert.are.equal("https://api.example.com/v2/hourly/rows?page=2", target "?page=2")
    assert.are.equal("https://api.example.com/a:b@c//d", target "/a:b@c//d")
    assert.are.equal("https://api.example.com/r?to=http://x/", target "/r?to=http://x/")
  end)

  it("is told without its fragment", function()
    assert.are.equal("https://api.example.com/other", target "/other#part")
  end)

  it("may write the same scheme, host and port otherwise", function()
    assert.matches("/x$", target "HTTPS://API.Example.COM/x")
    assert.matches("/x$", target "https://api.example.com:443/x")
    assert.matches("/x$", target("https://api.example.com/x", "https://api.example.com:443/"))
    assert.matches("/x$", target("http://127.0.0.1/x", "http://127.0.0.1:80/"))
    assert.matches("/x$", target("https://[::1]:8443/x", "https://[0:0:0:0:0:0:0:1]:8443/"))
  end)

  it("to another host is not followed", function()
    for _, location in ipairs {
      "https://evil.example/", "//evil.example/", "//evil.example", "//evil.example?x",
      "//evil.example#x",
      "https://api.example.com.evil.example/", "https://evil-api.example.com/",
      "https://example.com/", "https://xapi.example.com/", "https://api.example.co/",
      "https://api.example.com./", "https://127.0.0.1/", "https://[::1]/", "https://2130706433/",
      "https://api/",
    } do
      assert.matches("another host", reason(location), 1, true)
    end
  end)

  it("to another port is not followed", function()
    assert.matches("another port", reason "https://api.example.com:8443/", 1, true)
    assert.matches("another port", reason "https://api.example.com:80/", 1, true)
    for _, location in ipairs { "//localhost:8093/", "//localhost/", "//localhost:443/" } do
      assert.matches("another port", reason(location, "https://localhost:8094/"), 1, true)
    end
  end)

  it("between http and https is not followed, in neither direction", function()
    assert.matches("http", reason "http://api.example.com/", 1, true)
    assert.matches("http", reason "http://api.example.com:443/", 1, true)
    assert.matches("http", reason("https://127.0.0.1:80/", "http://127.0.0.1:80/"), 1, true)
  end)

  it("to another scheme is not followed", function()
    for _, location in ipairs {
      "ftp://api.example.com/", "file:///etc/passwd", "file://api.example.com/etc/passwd",
      "javascript:alert(1)", "data:text/plain,x", "gopher://api.example.com/",
      "httpss://api.example.com/", "mailto:a@example.com", "https:api.example.com",
      "https:/other", "https:", "://api.example.com/", ":443/x",
    } do
      reason(location)
    end
  end)

  it("with a user name is not followed", function()
    for _, location in ipairs {
      "https://user@api.example.com/", "https://user:password@api.example.com/",
      "https://@api.example.com/", "https://:@api.example.com/",
      "//api.example.com@evil.example/", "https://api.example.com:443@evil.example/",
      "https://api.example.com:@evil.example/", "https://evil.example@api.example.com/",
    } do
      assert.matches("user name", reason(location), 1, true)
    end
  end)

  it("that different programs would read differently is not followed", function()
    for _, location in ipairs {
      "", "#part", "\\\\evil.example/", "/\\evil.example/", "https:\\\\api.example.com\\",
      "https://api.example.com\\@evil.example/", "https://evil.example\\.api.example.com/",
      "/\t/evil.example/", "\t//evil.example/", " /other", "/other ", "/a b", "/\r\nX: y",
      "/x\0y", "\0/other", "/x\127", "/\195\164", "https://api.example.com\0.evil.example/",
      "https://api.example.com%00.evil.example/", "https://%61pi.example.com/",
      "https://api%2eexample.com/", "https://api.example.com%2fx/",
      "https:///evil.example/", "///evil.example/", "////evil.example/",
      "https:////evil.example/", "https://", "//", "https://?x", "https://:443/",
      "https://api.example.com:x/", "https://api.example.com:99999/", "https://[::1/",
      "https://]/", "https://api.example.com:443:443/", "https://api.example.com,evil.example/",
      "https://\239\189\129pi.example.com/", "1https://evil.example/", "a:b",
      "/" .. ("x"):rep(9000), "/<script>", "/{x}", "/a|b", '/"', "/`", "/^",
    } do
      reason(location)
    end
  end)

  it("is told of by a host at most, cut short, and nothing else", function()
    local why = reason("https://" .. ("a"):rep(63) .. ".evil.example/secret?token=secret#secret")
    assert.matches(("a"):rep(60), why, 1, true)
    assert.is_true(#why < 100)
    for _, location in ipairs {
      "https://u:secret@evil.example/secret", "https://x/secret?secret#secret", "secret:secret",
      "https://api.example.com:1/secret", "/secret\\", "https://secret%/",
    } do
      assert.is_nil(reason(location):find("secret", 1, true), location)
    end
  end)

  it("is not followed from an address that no request goes to", function()
    reason("/other", "http://api.example.com/")
    assert.are.equal("http://api.example.com/other",
      core.redirect("http://api.example.com/", "/other", true))
  end)
end)
