--- Streams in Neovim, whose loop goes on while they are read.

local decode = require "costream.decode"
local support = require "support"

if not rawget(_G, "jit") then
  return -- Neovim has LuaJIT, whatever runs the specs
end

local function read_file(path)
  local file = io.open(path)
  local text = file and file:read "*a" or ""
  if file then
    file:close()
  end
  return text
end

--- Starts Neovim without a screen, to run these commands; what it prints goes to a file.
local function start(environment, commands, output)
  os.execute(("%s timeout 120 nvim --headless --clean %s </dev/null >%s 2>&1 &"):format(
    environment, commands, output))
end

--- Neovim's files for one test.
local function with_files(test)
  local base = os.tmpname()
  local ok, failure = pcall(test, base)
  for _, name in ipairs { "", ".socket", ".json", ".log", ".text" } do
    os.remove(base .. name)
  end
  assert(ok, failure)
end

--- What an expression is to a Neovim that runs, asked from outside; or a complaint.
local function ask(socket, expression)
  return support.read_command(("timeout 20 nvim --headless --server %s --remote-expr '%s' 2>&1")
    :format(socket, expression))
end

describe("in Neovim", function()
  it("timers and remote requests have their turn while 100,000 rows are read", function()
    with_files(function(base)
      local out, socket = base .. ".json", base .. ".socket"
      start(("OTC_BASE_URL=%s PROBE_OUT=%s"):format(
        support.controls "rows=100000,gzip=on", out),
        ("--listen %s -c 'luafile spec/neovim_probe.lua'"):format(socket), base .. ".log")
      local answered = 0
      local ended = support.eventually(function()
        local rows = tonumber(ask(socket, 'luaeval("seen.rows")'))
        if rows and rows > 0 and rows < 100000 then
          answered = answered + 1
        end
        return read_file(out):find("}", 1, true) ~= nil
      end, 60)
      assert.is_true(ended, read_file(base .. ".log"))
      local seen = decode(read_file(out))
      assert.are.equal("", seen.failure)
      assert.are.equal(100000, seen.rows)
      assert.is_true(seen.folded)
      assert.is_true(answered > 0)
      assert.is_true(seen.ticks > 10, seen.ticks)
      assert.is_true(seen.latest < 1, seen.latest)
    end)
  end)

  it("the example fills a buffer with what each product cost", function()
    with_files(function(base)
      local out = base .. ".text"
      start("OTC_TOKEN=otc-sandbox-token OTC_BASE_URL=" .. support.controls "rows=12000",
        ([[-c 'luafile examples/neovim.lua' -c 'lua vim.wait(60000, function()
          return vim.fn.getline(1):find("^2024.08.02: ") ~= nil end)' -c 'write %s' -c 'qall!']])
          :format(out), base .. ".log")
      assert.is_true(support.eventually(function()
        return read_file(out):find("\n", 1, true) ~= nil
      end, 60), read_file(base .. ".log"))
      local text = read_file(out)
      assert.matches("^2024%-08%-02: 12000 rows\n", text)
      assert.matches("\n%s*[%d,.]+ EUR  OTC_%w+", text)
    end)
  end)

  it("an error that nobody catches is shown", function()
    with_files(function(base)
      start("OTC_TOKEN=wrong OTC_BASE_URL=" .. support.controls "rows=10",
        "-c 'luafile examples/neovim.lua' -c 'lua vim.wait(2000)' -c 'qall!'", base .. ".log")
      assert.is_true(support.eventually(function()
        return read_file(base .. ".log"):find("status 401", 1, true) ~= nil
      end, 30), read_file(base .. ".log"))
    end)
  end)

  it("a stream on the main coroutine has the loop go on, and in a callback is misuse", function()
    with_files(function(base)
      start("OTC_BASE_URL=" .. support.controls "rows=10,delay=300", [[-c 'lua
        local costream = require "costream"
        costream.use_luv(vim.loop)
        local otc = costream.otc { token = "otc-sandbox-token",
          base_url = os.getenv "OTC_BASE_URL" }
        local ticks, timer = 0, vim.loop.new_timer()
        timer:start(10, 10, function() ticks = ticks + 1 end)
        print("rows", #otc:hourly():collect(), "ticks", ticks > 0)
        vim.loop.new_timer():start(1, 0, function()
          print(select(2, pcall(otc:hourly())))
        end)
        vim.wait(200)' -c 'qall!']], base .. ".log")
      assert.is_true(support.eventually(function()
        return read_file(base .. ".log"):find("callback of uv", 1, true) ~= nil
      end, 30), read_file(base .. ".log"))
      assert.matches("rows%s+10%s+ticks%s+true", read_file(base .. ".log"))
    end)
  end)
end)
