--- The fault server does what it says: a client of bare bytes looks at what it sends.

local faults = require "faults_support"
local support = require "support"

local client = [[
import socket, sys

def talk(host, port, *targets):
    link = socket.create_connection((host, int(port)), timeout=2)
    for target in targets:
        link.sendall(b"GET %s HTTP/1.1\r\nHost: faults\r\n\r\n" % target.encode())
    said = b""
    try:
        while piece := link.recv(65536):
            said += piece
        return "fin", said
    except ConnectionResetError:
        return "rst", said
    except TimeoutError:
        return "nothing", said

for words in sys.argv[1:]:
    how, said = talk(*words.split())
    sys.stdout.buffer.write(b"%s %d %s" % (how.encode(), len(said), said))
]]

--- One connection: requests for these targets under a URL.
local function connection(url, ...)
  local host, port, path = url:match "//(.-):(%d+)(.*)"
  local words = { host, port }
  for _, target in ipairs { ... } do
    words[#words + 1] = path .. target
  end
  return table.concat(words, " ")
end

--- What comes on each of these connections, as { bytes, how it ended }.
local function talk_all(connections)
  local said = support.read_command(("python3 -IS -c '%s' '%s'"):format(client,
    table.concat(connections, "' '")))
  local answers, at = {}, 1
  while at <= #said do
    local how, length, from = said:match("^(%l+) (%d+) ()", at)
    at = from + length
    answers[#answers + 1] = { said:sub(from, at - 1), how }
  end
  return answers
end

local function talk(url, ...)
  local answer = talk_all({ connection(url, ...) })[1]
  return answer[2], answer[1]
end

local function assert_talk(how, bytes, ...)
  local ended, said = talk(...)
  assert.are.equal(bytes, said)
  assert.are.equal(how, ended)
end

describe("the fault server", function()
  it("sends the bytes of a script, then FIN or RST as it says", function()
    faults.set("fin", { ["*"] = { { send = "ab\0\255" }, { base64 = "Y2Q=" }, "close" } })
    faults.set("rst", { ["*"] = { { send = "ab\0\255" }, { base64 = "Y2Q=" }, "reset" } })
    assert_talk("fin", "ab\0\255cd", faults.url "fin", "/")
    assert_talk("rst", "ab\0\255cd", faults.url "rst", "/")
  end)

  it("sends all of a large answer before a RST", function()
    faults.set("large", { ["*"] = { { send = "0123456789", ["repeat"] = 100000 }, "reset" } })
    assert_talk("rst", ("0123456789"):rep(100000), faults.url "large", "/")
  end)

  it("repeats steps, waits between them and drips", function()
    faults.set("drip", { ["*"] = {
      { steps = { { send = "ab" }, { wait = 0.05 } }, ["repeat"] = 3 },
      { send = "cdef", drip = 1, every = 0.05 }, "close",
    } })
    local before = support.now()
    assert_talk("fin", "abababcdef", faults.url "drip", "/")
    assert.is_true(support.now() - before > 0.34)
  end)

  it("says nothing after hang", function()
    faults.set("hang", { ["*"] = { { send = "ab" }, "hang" } })
    assert_talk("nothing", "ab", faults.url "hang", "/")
  end)

  it("answers a path with its query before the path, and the path before *", function()
    faults.set("paths", {
      ["/a?b=1"] = { { send = "first" } }, ["/a"] = { { send = " second" } },
      ["*"] = { { send = " third" }, "close" },
    })
    local url = faults.url "paths"
    assert_talk("fin", "first second third", url, "/a?b=1", "/a?b=2", "/c?b=1")
  end)

  it("answers in turns, of which the last stays", function()
    local turns = { { { send = "1" } }, { { send = "2" } } }
    faults.set("turns", { ["*"] = { turns = turns }, ["/end"] = { "close" } })
    local url = faults.url("turns", "run=" .. faults.new_run())
    assert_talk("fin", "122", url, "/", "/", "/", "/end")
    assert_talk("fin", "1", faults.url("turns", "run=" .. faults.new_run()), "/", "/end")
  end)

  it("tells what went wrong where there is no answer", function()
    local ended, said = talk(faults.url "no-such-set", "/x")
    assert.are.equal("fin", ended)
    assert.matches("500.*set 'no%-such%-set' has no answer for '/x'", said)
  end)

  it("refuses a step that it does not know, and tells which", function()
    local wrong = { ["*"] = { { sned = "x" } } }
    assert.matches("{'sned': 'x'}", support.raised(faults.set, "x", wrong), 1, true)
  end)

  describe("makes answers", function()
    local function said(made)
      faults.set("made", { ["*"] = { faults.answer(made), "close" } })
      local _, bytes = talk(faults.url "made", "/")
      assert.are.equal(bytes, faults.bytes("made", "/"))
      return bytes
    end

    it("with a length", function()
      assert.are.equal("HTTP/1.1 200 OK\r\nX: y\r\nContent-Type: application/json\r\n"
        .. "Content-Length: 4\r\n\r\nb\246dy", said { headers = { "X: y" }, body = "b\246dy" })
    end)

    it("in chunks", function()
      assert.matches("\r\nTransfer%-Encoding: chunked\r\n\r\n3\r\nbod\r\n1\r\ny\r\n0\r\n\r\n$",
        said { body = "body", framing = "chunked", chunk = 3 })
    end)

    it("that end with their connection", function()
      assert.matches("^HTTP/1.1 503 Other\r\n.*\r\nConnection: close\r\n\r\nbody$",
        said { status = 503, body = "body", framing = "close" })
    end)

    it("in gzip", function()
      local bytes = said { body = ("body "):rep(100), gzip = true }
      local zipped = bytes:match "\r\n\r\n(.*)"
      assert.matches("\r\nContent%-Encoding: gzip\r\nContent%-Length: " .. #zipped, bytes)
      local path = os.tmpname()
      local file = assert(io.open(path, "wb"))
      file:write(zipped)
      file:close()
      assert.are.equal(("body "):rep(100), support.read_command("gzip -dc <" .. path))
      os.remove(path)
    end)
  end)

  describe("cuts", function()
    local text = "0123456789"

    setup(function()
      faults.set("cut", { ["*"] = { { send = text:sub(1, 4) }, { send = text:sub(5) } },
        ["/end"] = { "close" } })
    end)

    it("at every byte, with FIN or RST", function()
      local connections, expected = {}, {}
      for cut = 0, #text do
        for _, how in ipairs { "fin", "rst" } do
          local url = faults.url("cut", ("cut=%d,how=%s"):format(cut, how))
          connections[#connections + 1] = connection(url, "/")
          expected[#expected + 1] = { text:sub(1, cut), how }
        end
      end
      assert.are.same(expected, talk_all(connections))
    end)

    it("as often as was asked for, then no more", function()
      local run = faults.new_run()
      local url = faults.url("cut", "cut=3,times=2,run=" .. run)
      assert_talk("fin", "012", url, "/")
      assert_talk("fin", "012", url, "/")
      assert_talk("fin", text, url, "/", "/end")
      assert.are.same({ connections = 3, requests = 4, cuts = 2 }, faults.counts(run))
    end)

    it("the page that was asked for, also when it is asked for again", function()
      local url = faults.url("cut", "cut=3,page=2,times=2,run=" .. faults.new_run())
      assert_talk("fin", text .. "012", url, "/?1", "/?2")
      assert_talk("fin", "012", url, "/?2")
      assert_talk("fin", text:rep(3), url, "/?2", "/?3", "/?1", "/end")
    end)

    it("nothing in an answer that is shorter", function()
      assert_talk("fin", text, faults.url("cut", "cut=11"), "/", "/end")
    end)
  end)

  it("drips each answer of a URL that says so", function()
    faults.set("slow", { ["*"] = { { send = "0123456789" }, "close" } })
    local before = support.now()
    assert_talk("fin", "0123456789", faults.url("slow", "drip=3,every=0.05"), "/")
    assert.is_true(support.now() - before > 0.14)
  end)

  it("has seen every byte of a run's requests, also those of its body", function()
    faults.set("seen", { ["*"] = { faults.answer { body = "{}" } } })
    local run = faults.new_run()
    local url = faults.url("seen", "run=" .. run)
    support.read_command(("curl -s '%s/a?b' -d 'c=\195\182'"):format(url))
    local seen = faults.seen(run)
    assert.are.equal(1, #seen)
    assert.matches("^POST /seen/run=[^/]+/a%?b HTTP/1.1\r\n.*\r\n\r\nc=\195\182$", seen[1])
    faults.forget(run)
    assert.are.same({}, faults.seen(run))
  end)

  it("has a thief's port that notes who comes", function()
    faults.forget "thief"
    support.read_command(("curl -s '%s/away'"):format(faults.thief))
    support.read_command(("curl -s '%s/other'"):format(
      faults.url_of_server:gsub("127%.0%.0%.1", "127.0.0.2")))
    local seen = faults.seen "thief"
    assert.matches("^GET /away ", seen[1])
    assert.matches("^GET /other ", seen[2])
  end)
end)
