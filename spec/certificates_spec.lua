--- Which servers are trusted: those with a certificate that is right in every way, and no others.

local servers = require "servers"
local support = require "support"

local unpack = table.unpack or rawget(_G, "unpack")

local directory = "build/spec/certificates" -- kept: to make them takes long
local log, running

--- What a server is called by; 127.0.0.1 where nothing is said. All under localhost are at hand.
local hosts = {
  ["good-wildcard"] = "a.site.localhost",
  ["good-permitted"] = "a.site.localhost",
  ["good-case"] = "localhost",
  ["other-name"] = "localhost",
  ["name-as-uri"] = "localhost",
  ["common-name"] = "localhost",
  ["common-name-beside"] = "localhost",
  ["suffix"] = "localhost",
  ["prefix"] = "localhost",
  ["nul-in-name"] = "localhost",
  ["wildcard-above"] = "b.a.site.localhost",
  ["wildcard-bare"] = "site.localhost",
  ["wildcard-inside"] = "a.b.localhost",
  ["wildcard-partial"] = "ab.site.localhost",
  ["wildcard-wide"] = "a.localhost",
  ["wildcard-all"] = "localhost",
  ["constraints-permitted"] = "localhost",
}

local good = {
  "good", "good-chain", "good-wildcard", "good-permitted", "good-case", "good-purpose",
  "good-rsa", "tls-1.2", "tls-1.3",
}

local bad = {
  { "that is not valid now", "expired", "not-yet-valid", "expired-issuer" },
  { "for another name", "other-name", "other-address", "suffix", "prefix", "nul-in-name" },
  { "for a name in a place that does not count", "address-as-name", "name-as-uri", "common-name",
    "common-name-address", "common-name-beside" },
  { "with a wildcard that does not reach so far", "wildcard-above", "wildcard-bare",
    "wildcard-inside", "wildcard-partial", "wildcard-wide", "wildcard-all", "wildcard-address" },
  { "of an issuer that is not trusted", "self-signed", "unknown-issuer", "impostor-issuer",
    "missing-middle" },
  { "of an issuer that may not issue it", "no-authority-issuer", "not-for-signing-issuer",
    "no-constraints-issuer", "path-too-long", "constraints-permitted", "constraints-excluded" },
  { "for another purpose", "for-clients", "for-code", "for-signing-certificates",
    "unknown-critical" },
  { "that is weak", "rsa-1024", "p-192", "md5", "sha1", "weak-issuer", "sha1-issuer" },
  { "that is forged", "forged-signature", "forged-serial", "stolen" },
  { "that is none", "truncated", "garbage", "no-certificate" },
}

--- Servers with a good certificate, if any, and something else that is wrong.
local weak_protocols = { "tls-1.0", "tls-1.1", "anonymous", "no-encryption", "weak-exchange" }

local ca_file = directory .. "/root.crt"

local function url_of(name)
  return ("https://%s:%d"):format(hosts[name] or "127.0.0.1", running.ports[name])
end

--- Asks a server for rows: the list, or nil and the failure.
local function ask(name)
  local options = { base_url = url_of(name), ca_file = ca_file, timeout = { stall = 5 } }
  return support.otc(nil, options):hourly():collect()
end

--- What the server says of the last connection to it: "reached" or "refused".
local seen = {}
local function last_connection(name)
  local count, state = 0, nil
  assert(support.eventually(function()
    count = 0
    for line in io.lines(log) do
      local whose, what = line:match "^(%S+) (%a+)$"
      if whose == name then
        count, state = count + 1, what
      end
    end
    return count > (seen[name] or 0)
  end), "the server saw no connection")
  seen[name] = count
  return state
end

local function assert_refused(name)
  local rows, failure = ask(name)
  assert.is_nil(rows, name .. " was trusted")
  assert.are.equal("tls", failure.kind, failure.message)
  assert.are.equal("refused", last_connection(name))
end

setup(function()
  log = support.read_command("mktemp"):match "%S+"
  support.read_command("spec/make-certificates " .. directory)
  running = servers.start("certificate_server.py", directory, log)
end)

teardown(function()
  running.close()
  os.remove(log)
end)

describe("a server's certificate", function()
  for _, name in ipairs(good) do
    it("that is right is trusted: " .. name, function()
      assert.are.same({}, assert(ask(name)))
      assert.are.equal("reached", last_connection(name))
    end)
  end

  for _, names in ipairs(bad) do
    for i = 2, #names do
      it(names[1] .. " is refused, and no request is made: " .. names[i], function()
        assert_refused(names[i])
      end)
    end
  end
end)

describe("each of these servers", function()
  local by_hand = { stolen = true, truncated = true, garbage = true, ["no-certificate"] = true }

  -- Else a refusal would prove nothing.
  it("answers a client that trusts whomever it meets", function()
    for _, names in ipairs { { "", unpack(weak_protocols) }, unpack(bad) } do
      for i = 2, #names do
        local name = names[i]
        if not by_hand[name] then
          local command = "curl -sk --tlsv1.0 --ciphers ALL:eNULL:@SECLEVEL=0 '%s/' 2>&1"
          assert.are.equal("[]", support.read_command(command:format(url_of(name))), name)
          assert.are.equal("reached", last_connection(name))
        end
      end
    end
  end)
end)

describe("a connection", function()
  for _, name in ipairs(weak_protocols) do
    it("that would be weak is refused, and no request is made: " .. name, function()
      assert_refused(name)
    end)
  end

  it("that ends without notice in the body is of kind network or incomplete", function()
    for _, name in ipairs { "cut", "cut-unseen" } do
      local rows, failure = ask(name)
      assert.is_nil(rows)
      assert.is_true(failure.kind == "network" or failure.kind == "incomplete", failure.message)
      assert.are.equal("reached", last_connection(name))
    end
  end)
end)

describe("the environment", function()
  local loose = [[
    openssl_conf = main
    [main]
    ssl_conf = tls
    [tls]
    system_default = loose
    [loose]
    MinProtocol = TLSv1
    CipherString = ALL:eNULL:@SECLEVEL=0
    Options = UnsafeLegacyRenegotiation,UnsafeLegacyServerConnect
  ]]

  --- What a process with such variables gets from servers: one word each, "trusted" or a kind.
  local function ask_elsewhere(variables, authority, names)
    local words = { "env", variables, support.interpreter(), "spec/tls_probe.lua", authority }
    for i, name in ipairs(names) do
      words[5 + i] = url_of(name)
    end
    local text = support.read_command(table.concat(words, " ") .. " 2>&1")
    local states = {}
    for word in text:gmatch "%S+" do
      states[#states + 1] = word
    end
    return states
  end

  it("cannot allow what is weak", function()
    local names = { "rsa-1024", "p-192", "md5", "sha1", "weak-issuer", "sha1-issuer" }
    for _, name in ipairs(weak_protocols) do
      names[#names + 1] = name
    end
    names[#names + 1] = "good"
    local file = os.tmpname()
    local handle = assert(io.open(file, "w"))
    handle:write(loose)
    handle:close()
    local states = ask_elsewhere("OPENSSL_CONF=" .. file, ca_file, names)
    os.remove(file)
    for i = 1, #names - 1 do
      assert.are.equal("tls", states[i], names[i])
    end
    assert.are.equal("trusted", states[#names])
  end)

  it("cannot add an authority to those that are trusted", function()
    local stranger = directory .. "/stranger.crt"
    for _, variable in ipairs { "SSL_CERT_FILE", "CURL_CA_BUNDLE" } do
      local variables = variable .. "=" .. stranger
      assert.are.same({ "tls", "trusted" },
        ask_elsewhere(variables, ca_file, { "unknown-issuer", "good" }))
      assert.are.same({ "tls", "tls" },
        ask_elsewhere(variables, "-", { "unknown-issuer", "good" }))
    end
  end)

  it("cannot add a directory of them", function()
    local made = support.read_command "mktemp -d":match "%S+"
    support.read_command(("cp %s/stranger.crt %s && openssl rehash %s"):format(
      directory, made, made))
    assert.are.same({ "tls", "tls" },
      ask_elsewhere("SSL_CERT_DIR=" .. made, "-", { "unknown-issuer", "good" }))
    assert.are.same({ "tls", "trusted" },
      ask_elsewhere("SSL_CERT_DIR=" .. made, ca_file, { "unknown-issuer", "good" }))
    os.execute("rm -rf " .. made)
  end)

  it("cannot choose other TLS", function()
    assert.are.same({ "tls", "trusted" },
      ask_elsewhere("CURL_SSL_BACKEND=gnutls", ca_file, { "unknown-issuer", "good" }))
  end)

  it("cannot have the keys of connections written to a file", function()
    local file = os.tmpname()
    local states = ask_elsewhere("SSLKEYLOGFILE=" .. file, ca_file, { "good", "tls-1.2" })
    local keys = assert(io.open(file)):read "*a"
    os.remove(file)
    assert.are.same({ "trusted", "trusted" }, states)
    assert.are.equal("", keys)
  end)
end)
