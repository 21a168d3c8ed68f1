--- What the process is started with, and what a service says, has no say in where credentials go.

local servers = require "servers"
local support = require "support"

local probe = [[
  local core = require "costream.core"
  for _ = 1, 2 do
    local reader = core.reader { framing = "array" }
    assert(reader:request {
      method = "GET", url = arg[1], headers = { "X-Own: yes" }, connect = 5, stall = 5,
    })
    local _, word, failure
    repeat
      _, word, failure = core.read(reader)
      while word == "wait" and not reader:ready() do
        core.wait()
      end
    until word ~= "wait"
    print(word == "refused" and reader:status() or failure or word.message)
    print(reader:text())
  end
]]

local running, home

--- What two requests from a process with such variables looked like.
local function ask(variables, port)
  local command = ("env HOME='%s' %s %s '%s/probe.lua' http://127.0.0.1:%d/v2 2>&1"):format(
    home, variables, support.interpreter(), home, port or running.ports.tempting)
  return (support.read_command(command):gsub("\r", ""))
end

local function write(name, text)
  local file = assert(io.open(home .. "/" .. name, "w"))
  file:write(text)
  file:close()
end

setup(function()
  running = servers.start "fault_server.py"
  home = support.read_command("mktemp -d"):match "%S+"
  write("probe.lua", probe)
  write(".netrc", "machine 127.0.0.1 login somebody password secret\n"
    .. "default login somebody password secret\n")
  write(".curlrc", "header = \"X-Curlrc: yes\"\nproxy = http://127.0.0.1:1\n")
end)

teardown(function()
  running.close()
  os.execute(("rm -rf '%s'"):format(home))
end)

local expected = "401\nGET /v2 HTTP/1.1\nHost: 127.0.0.1:%d\nAccept: */*\nX-Own: yes\n"
  .. "Accept-Encoding: gzip\n\n\n"

local function assert_plain(text)
  local one = expected:format(running.ports.tempting)
  assert.are.equal(one .. one, text)
end

describe("a request", function()
  it("has its own headers alone, whatever the service asks for and sets, or files say", function()
    assert_plain(ask "")
    assert_plain(ask(("NETRC='%s/.netrc' CURL_HOME='%s'"):format(home, home)))
  end)

  it("goes to no proxy that the environment names", function()
    local proxy = "http://127.0.0.1:1"
    local names = { "http_proxy", "https_proxy", "all_proxy", "ALL_PROXY", "HTTPS_PROXY",
      "HTTP_PROXY" }
    assert_plain(ask(table.concat(names, "=" .. proxy .. " ") .. "=" .. proxy))
  end)

  it("is kept from no proxy of its own by the environment", function()
    write("probe.lua", (probe:gsub("connect = 5", 'proxy = "http://127.0.0.1:1", %0')))
    local text = ask "NO_PROXY=* no_proxy=127.0.0.1"
    write("probe.lua", probe)
    assert.matches("127.0.0.1 port 1", text, 1, true)
    assert.is_nil(text:find("401", 1, true))
  end)
end)
