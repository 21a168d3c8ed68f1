--- Certificates that are trusted are read once for all connections; and of whom one client trusts
-- another has nothing.

local core = require "costream.core"
local support = require "support"

local other_authority = "build/spec/certificates/root.crt" -- that of certificates_spec
local path

--- An authority's certificate, as if it had been there for long.
local function write(name)
  assert(os.execute(("cp '%s' '%s' && touch -d '2024-08-0%d' '%s'"):format(
    name, path, name == other_authority and 1 or 2, path)))
end

local function collect(host, ca_file)
  local url = support.tls_url:gsub("127%.0%.0%.1", host)
  local client = support.otc("rows=3", { base_url = url .. "/~rows=3", ca_file = ca_file })
  return client:hourly():collect()
end

local function ask(host, ca_file)
  local rows, failure = collect(host, ca_file)
  return rows and #rows or failure.kind
end

--- How often one has to ask for the certificates in a file to be read, until they are.
local function calls_to_read(name)
  local calls = 1
  while not core.read_trusted(name) do
    calls = calls + 1
  end
  return calls
end

--- An authority's certificate in a file that is never longer or shorter.
local function overwrite(file, name)
  local source = assert(io.open(name))
  local text = source:read "*a"
  source:close()
  file:seek "set"
  file:write(text, ("\n"):rep(4096 - #text))
  file:flush()
end

setup(function()
  support.read_command "spec/make-certificates build/spec/certificates"
  path = support.read_command("mktemp"):match "%S+"
end)

teardown(function()
  os.remove(path)
  os.remove(path .. ".new")
end)

describe("a file of certificates", function()
  it("is read a few at a time, until there are no more", function()
    local of_system = "/etc/ssl/certs/ca-certificates.crt"
    assert(os.execute(("cp %s '%s'"):format(of_system, path)))
    local calls = calls_to_read(path)
    local count = tonumber(support.read_command("grep -c BEGIN " .. of_system):match "%d+")
    assert.is_true(calls >= math.floor(count / 4), calls .. " calls for " .. count)
    assert.is_true(core.read_trusted(path), "it was read again")
  end)

  it("is read again when it has changed", function()
    write(support.ca_file)
    assert.are.equal(3, ask("127.0.0.1", path))
    write(other_authority)
    assert.are.equal("tls", ask("localhost", path))
    write(support.ca_file)
    assert.are.equal(3, ask("localhost", path))
  end)

  it("is read again when it has changed within a second, and is as long as before", function()
    local file = assert(io.open(path .. ".new", "w"))
    for _ = 1, 2 do -- a second may end in one of them
      overwrite(file, support.ca_file)
      assert.are.equal(3, ask("127.0.0.1", path .. ".new"))
      overwrite(file, other_authority)
      assert.are.equal("tls", ask("localhost", path .. ".new"))
    end
    file:close()
  end)

  it("that has none in it fails all connections, and is named", function()
    local file = assert(io.open(path, "w"))
    file:write "# There was one.\n"
    file:close()
    local _, failure = collect("127.0.0.1", path)
    assert.are.equal("tls", failure.kind)
    assert.matches(path, failure.message, 1, true)
  end)

  it("that has something wrong in it fails all connections, as libcurl says", function()
    local file = assert(io.open(path, "w"))
    file:write("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    for line in io.lines(support.ca_file) do
      file:write(line, "\n")
    end
    file:close()
    assert.are.equal("tls", ask("127.0.0.1", path))
  end)

  it("is forgotten when many others were read since", function()
    local names = {}
    for i = 1, 17 do
      names[i] = ("%s.%d"):format(path, i)
      os.execute(("for i in 1 2 3 4 5; do cat '%s'; done >'%s'"):format(support.ca_file,
        names[i]))
      assert.are.equal(2, calls_to_read(names[i]))
    end
    assert.are.equal(1, calls_to_read(names[17]))
    assert.are.equal(1, calls_to_read(names[2]))
    assert.are.equal(2, calls_to_read(names[1]))
    assert.are.equal(1, calls_to_read(names[2]))
    assert.are.equal(2, calls_to_read(names[3]))
    for _, name in ipairs(names) do
      os.remove(name)
    end
  end)

  it("that is not there fails all connections", function()
    assert.are.equal("tls", ask("127.0.0.1", path .. ".none"))
  end)
end)

describe("a client that trusts another authority", function()
  it("does not go on with a connection that was found good before", function()
    assert.are.equal(3, ask("127.0.0.1", support.ca_file))
    assert.are.equal("tls", ask("127.0.0.1", other_authority))
    assert.are.equal("tls", ask("127.0.0.1", nil))
    assert.are.equal(3, ask("127.0.0.1", support.ca_file))
  end)
end)

describe("a proxy over TLS", function()
  it("is trusted as the system has it, whatever the client trusts, as an error says", function()
    local client = support.otc(nil, {
      base_url = support.tls_url, ca_file = support.ca_file, proxy = support.tls_url,
    })
    local _, failure = client:hourly():collect()
    assert.are.equal("tls", failure.kind)
    assert.matches("the proxy: SSL certificate problem", failure.message, 1, true)
    assert.matches("must be among the system's", failure.recovery, 1, true)
  end)
end)
