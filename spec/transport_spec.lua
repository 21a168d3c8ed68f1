--- Between the service and the rows: network, TLS, timeouts, cut bodies, slow readers, closing.

local core = require "costream.core"
local costream = require "costream"
local support = require "support"

local closes_for = _VERSION == "Lua 5.4"

local ibm_query = { enterprise_id = "any", month = "2019-06", limit = 100 }

local function hourly(controls, options)
  return support.otc(controls, options):hourly()
end

--- What reading a stream fails with, and how many seconds that took.
local function failure_of(stream)
  local before = core.now()
  local rows, failure = support.drain(stream)
  assert.is_not_nil(failure, "expected a failure, got an end")
  assert.are.equal(#rows, failure.rows)
  return failure, core.now() - before
end

local function assert_fails(kind, text, stream)
  local failure, seconds = failure_of(stream)
  assert.are.equal(kind, failure.kind)
  assert.matches(text, failure.message, 1, true)
  return failure, seconds
end

local scratch = {}

local function run(command, ...)
  local script = "exec 2>&1; cd '" .. scratch.dir .. "' && " .. command:format(...)
  return support.read_command(script)
end

--- A TLS server with a certificate, that sends files with their headers; its URL.
local function serve(name)
  run("mkdir -p %s/v2 && cd %s && { openssl s_server -HTTP -accept 127.0.0.1:0 -cert cert.pem "
    .. "-key key.pem >log </dev/null 2>&1 & echo $! >>../pids; }", name, name)
  local port
  support.eventually(function()
    port = run("sed -nE 's/^ACCEPT .*:([0-9]+)$/\\1/p' %s/log", name):match "%d+"
    return port
  end)
  return "https://127.0.0.1:" .. assert(port, "no TLS server")
end

--- A certificate that is its own authority; its path.
local function certify(name, subject, more)
  run("mkdir -p %s && cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
    .. "-nodes -subj /CN=sandbox -addext subjectAltName=%s -keyout key.pem -out cert.pem %s",
    name, name, subject, more or "")
  return scratch.dir .. "/" .. name .. "/cert.pem"
end

describe("network:", function()
  it("a port where nobody listens is of kind network", function()
    local failure = assert_fails("network", "127.0.0.1 port 1",
      hourly(nil, { base_url = "http://127.0.0.1:1" }))
    assert.are.equal(1, failure.attempts)
    assert.is_nil(failure.status)
    assert.matches("network", failure.recovery, 1, true)
  end)

  it("a name that does not resolve is of kind network", function()
    assert_fails("network", "no-such-host.invalid",
      hourly(nil, { base_url = "https://no-such-host.invalid" }))
  end)

  it("a proxy that is not there is of kind network, and named", function()
    assert_fails("network", "port 1", hourly(nil, { proxy = "http://127.0.0.1:1" }))
  end)

  it("plain http to another host is refused by the constructor", function()
    local options = { token = "x", base_url = "http://example.invalid" }
    assert.matches("base_url", support.raised(costream.otc, options), 1, true)
    options.allow_http = true
    assert_fails("network", "example.invalid", costream.otc(options):hourly())
    for _, host in ipairs { "localhost", "127.0.0.1", "[::1]" } do
      costream.otc { token = "x", base_url = "http://" .. host .. ":1" }
    end
  end)
end)

describe("TLS:", function()
  it("rows come where ca_file has the issuer", function()
    for _, host in ipairs { "127.0.0.1", "localhost" } do
      local url = support.controls("rows=100", support.tls_url):gsub("127%.0%.0%.1", host)
      local stream = hourly(nil, { base_url = url, ca_file = support.ca_file })
      assert.are.equal(100, #assert(stream:collect()))
    end
  end)

  it("an issuer that is not known is of kind tls, and no request is made", function()
    local id = support.new_id "tls"
    local url = support.controls("id=" .. id, support.tls_url)
    local failure = assert_fails("tls", "certificate", hourly(nil, { base_url = url }))
    assert.matches("ca_file", failure.recovery, 1, true)
    assert.are.equal(0, support.ledger(id).requests)
  end)

  it("a ca_file that is missing, or holds no certificate, is of kind tls", function()
    local url = support.controls("rows=1", support.tls_url)
    local options = { base_url = url, ca_file = "/nowhere/ca.crt" }
    assert_fails("tls", "/nowhere/ca.crt", hourly(nil, options))
    local failure = failure_of(hourly(nil, { base_url = url, ca_file = "/dev/null" }))
    assert.are.equal("tls", failure.kind)
  end)

  it("a server that does not speak TLS is of kind tls", function()
    local url = support.url:gsub("^http:", "https:")
    assert.are.equal("tls", failure_of(hourly(nil, { base_url = url })).kind)
  end)

  describe("with servers of its own", function()
    local web_page = "HTTP/1.1 %s\\r\\nContent-Type: text/html\\r\\n\\r\\n<h1>Bad gateway</h1>"

    setup(function()
      scratch.dir = support.read_command("mktemp -d"):match "%S+"
    end)

    teardown(function()
      run "kill $(cat pids)"
      os.execute("rm -rf '" .. scratch.dir .. "'")
    end)

    it("a certificate for another name is of kind tls", function()
      local ca_file = certify("other", "DNS:other.example")
      local options = { base_url = serve "other", ca_file = ca_file }
      assert_fails("tls", "127.0.0.1", hourly(nil, options))
    end)

    it("a certificate that has expired is of kind tls", function()
      local ca_file = certify("expired", "IP:127.0.0.1",
        "&& openssl x509 -in cert.pem -signkey key.pem -days -1 -out cert.pem")
      local options = { base_url = serve "expired", ca_file = ca_file }
      assert_fails("tls", "expired", hourly(nil, options))
    end)

    it("a gateway's page with status 502 is of kind http, and said to be one", function()
      local ca_file = certify("gateway", "IP:127.0.0.1")
      local client = support.otc(nil, { base_url = serve "gateway", ca_file = ca_file })
      run("printf '" .. web_page .. "' >gateway/v2/health", "502 Bad Gateway")
      local _, failure = client:health()
      assert.are.equal("http", failure.kind)
      assert.are.equal(502, failure.status)
      assert.matches("web page.*gateway or proxy: <h1>Bad gateway", failure.message)
      run("printf '" .. web_page .. "' >gateway/v2/health", "200 OK")
      _, failure = client:health()
      assert.are.equal("malformed", failure.kind)
    end)
  end)
end)

describe("a timeout", function()
  it("of stall ends a wait for the first byte", function()
    local failure, seconds = assert_fails("timeout", "timeout.stall",
      hourly("rows=1,delay=5000", { timeout = { stall = 0.3 } }))
    assert.is_true(seconds >= 0.25 and seconds < 2)
    assert.matches("timeout", failure.recovery, 1, true)
  end)

  it("of stall ends a wait in the middle, behind the rows before it", function()
    local failure, seconds = assert_fails("timeout", "timeout.stall",
      hourly("rows=50,chunk=2000,rate=500,gzip=off", { timeout = { stall = 0.3 } }))
    assert.is_true(failure.rows > 0 and failure.rows < 5)
    assert.are.equal(200, failure.status)
    assert.is_true(seconds < 2)
  end)

  it("of stall does not pass while bytes trickle", function()
    local stream = hourly("rows=4,gzip=off,rate=2000", { timeout = { stall = 0.5 } })
    assert.are.equal(4, #assert(stream:collect()))
    assert.is_true(stream:stats().seconds > 0.8)
  end)

  it("of stall does not pass while it is the reader who is slow", function()
    local stream = hourly("rows=30000,gzip=off", { timeout = { stall = 0.3 } })
    assert.are.equal(10, #stream:collect(10))
    os.execute "sleep 0.5"
    assert.are.equal(29990, #assert(stream:collect()))
  end)

  it("of total ends a stream that goes on", function()
    local failure, seconds = assert_fails("timeout", "timeout.total",
      hourly("rows=1000,rate=20000,gzip=off", { timeout = { total = 0.4 } }))
    assert.is_true(failure.rows > 0)
    assert.is_true(seconds >= 0.35 and seconds < 2)
  end)

  it("of total counts over all pages of a stream", function()
    local client = support.ibm("reports=1000,limit=1,delay=40", { timeout = { total = 0.5 } })
    local stream = client:reports { enterprise_id = "any" }
    local failure, seconds = assert_fails("timeout", "timeout.total", stream)
    assert.is_true(failure.rows > 1)
    assert.is_true(seconds < 2)
  end)
end)

local framings = {
  lines = function(controls) return hourly("rows=1500,framing=lines," .. controls) end,
  array = function(controls) return hourly("rows=1500,framing=array," .. controls) end,
  envelope = function(controls)
    local token = { iam_url = support.url }
    return support.ibm("reports=100," .. controls, token):reports(ibm_query)
  end,
}
local whole = { lines = 1500, array = 1500, envelope = 100 }
local transports = { chunked = "", length = "length=1,", close = "close=1," }

for framing, open in pairs(framings) do
  describe("a cut body of framing " .. framing, function()
    local wanted = assert(open "":collect())
    assert(#wanted == whole[framing])

    for transport, way in pairs(transports) do
      for _, gzip in ipairs { "on", "off" } do
        it(("is no quiet end: %s, gzip %s"):format(transport, gzip), function()
          for _, cut in ipairs { 0, 1, 5000, -3000, -100, -3 } do
            local controls = ("%sgzip=%s,cut=%d"):format(way, gzip, cut)
            local rows, failure = support.drain(open(controls))
            assert.is_not_nil(failure, "a quiet end with " .. controls)
            assert.are.equal("incomplete", failure.kind)
            assert.are.equal(#rows, failure.rows)
            for i, row in ipairs(rows) do
              assert.are.same(wanted[i], row)
            end
            assert.is_true(cut == -3 or #rows < #wanted)
            assert.are.equal(cut ~= 0 and cut ~= 1, #rows > 0)
          end
        end)
      end
    end
  end)
end

describe("the end of a body", function()
  for _, gzip in ipairs { "on", "off" } do
    it("of lines is not proven by the end of its connection, gzip " .. gzip, function()
      local rows, failure = support.drain(hourly("rows=20,close=1,gzip=" .. gzip))
      assert.are.equal(20, #rows)
      assert.are.equal("incomplete", failure.kind)
      assert.matches("nothing proves it is whole", failure.message, 1, true)
    end)

    it("of lines is trusted with trust_close = true, gzip " .. gzip, function()
      local stream = hourly("rows=20,close=1,gzip=" .. gzip, { trust_close = true })
      assert.are.equal(20, #assert(stream:collect()))
    end)

    it("of an array is proven by itself, gzip " .. gzip, function()
      local stream = hourly("rows=20,framing=array,close=1,gzip=" .. gzip)
      assert.are.equal(20, #assert(stream:collect()))
    end)

    it("of an envelope is proven by itself, gzip " .. gzip, function()
      assert.are.equal(100, #assert(framings.envelope("close=1,gzip=" .. gzip):collect()))
    end)
  end

  it("of lines is not proven while the last chunk is missing", function()
    local id = support.new_id "last-chunk"
    assert(hourly("rows=20,gzip=off,id=" .. id):collect())
    local size = support.ledger(id).body_bytes
    local rows, failure = support.drain(hourly("rows=20,gzip=off,cut=" .. size))
    assert.are.equal(20, #rows)
    assert.is_not_nil(failure)
  end)

  it("of gzip is not proven while its trailer is missing, with trust_close too", function()
    for _, controls in ipairs { "close=1", "close=1,framing=array", "" } do
      local stream = hourly("rows=20,gzip=on,cut=-1," .. controls, { trust_close = true })
      assert.are.equal("incomplete", failure_of(stream).kind)
    end
  end)
end)

describe("a slow reader", function()
  it("holds the server back", function()
    local id = support.new_id "slow"
    local stream = hourly("rows=300000,gzip=off,id=" .. id)
    assert.are.equal(10, #stream:collect(10))
    local function seen_after(seconds)
      local deadline = core.now() + seconds
      repeat
        costream.step()
      until core.now() > deadline
      return support.ledger(id).body_bytes
    end
    local sent, before = 0, nil
    support.eventually(function()
      before, sent = sent, seen_after(0.2)
      return sent == before
    end)
    assert.are.equal(sent, seen_after(0.4))
    assert.are.equal(1, support.ledger(id).open)
    assert.is_true(sent < 12e6, "sent " .. sent)
    assert.is_true(stream:stats().bytes < 2e6)
    assert.are.equal(2000, #stream:collect(2000))
    stream:close()
  end)

  it("gets every row in the end", function()
    local stream, count = hourly "rows=20000,gzip=off", 0
    for _ in stream do
      count = count + 1
      if count % 5000 == 0 then
        os.execute "sleep 0.05"
      end
    end
    assert.are.equal(20000, count)
  end)
end)

describe("closing", function()
  local function assert_aborted(id)
    assert.is_true(support.eventually(function()
      return support.ledger(id).aborted == 1
    end, 1), "the connection is still open")
  end

  local many = "rows=300000,gzip=off,id="

  --- Leaves a `for` at its first row; the stream, held so that it is not collected.
  local function leave(id, leave_by)
    local kept
    local function keep(stream, ...)
      kept = stream
      return stream, ...
    end
    local function loop()
      for row in keep(hourly(many .. id)) do
        if leave_by(row) then
          return
        end
      end
    end
    pcall(loop)
    return kept
  end

  for word, leave_by in pairs { ["return"] = type, ["error"] = error } do
    it(("a for that is left by %s closes the connection at once"):format(word), function()
      local id = support.new_id "leave"
      local stream = leave(id, leave_by)
      if not closes_for then
        assert.are.equal(0, support.ledger(id).aborted)
        stream:close()
      end
      assert_aborted(id)
    end)
  end

  it("a stream that nobody holds is closed by the collector", function()
    local id = support.new_id "collector"
    local function read_one()
      local stream = hourly(many .. id)
      assert.are.equal(1, #stream:collect(1))
    end
    read_one()
    collectgarbage()
    collectgarbage()
    assert_aborted(id)
  end)

  it("a stream twice is closing it once; reading then is cancelled", function()
    local id = support.new_id "close"
    local stream = hourly(many .. id)
    assert.are.equal(5, #stream:collect(5))
    stream:close()
    stream:close()
    local rows, failure = stream:collect()
    assert.is_nil(rows)
    assert.are.equal("cancelled", failure.kind)
    assert.are.equal(5, failure.rows)
    assert_aborted(id)
    assert.is_true(stream:stats().bytes > 0)
  end)

  it("a stream that another task waits for raises cancelled there", function()
    support.needs_suspension(pending)
    local failure
    local stream = hourly "rows=1,delay=5000"
    costream.run(function()
      costream.spawn(function()
        failure = select(2, pcall(stream))
      end)
      costream.spawn(function()
        assert(hourly("rows=1,delay=100"):collect())
        stream:close()
      end)
    end)
    assert.are.equal("cancelled", failure.kind)
    assert.is_true(stream:stats().seconds < 2)
  end)
end)
