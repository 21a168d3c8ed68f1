--- Headless Chromium, driven by chromedriver (W3C WebDriver).

local core = require "costream.core"
local costream = require "costream"
local decode = require "costream.decode"
local support = require "support"

local M = {}

---@class Browser
local Browser = {}
Browser.__index = Browser

local function write_file(path, bytes)
  local file = assert(io.open(path, "wb"))
  file:write(bytes)
  file:close()
end

--- One call of the WebDriver protocol: the value of its answer.
local function call(self, method, path, body)
  local command = ("curl -sS -X %s '%s%s'"):format(method, self.url, path)
  local name = os.tmpname()
  if body then
    write_file(name, costream.format.json(body))
    command = command .. " -H 'Content-Type: application/json' --data-binary @" .. name
  end
  local answer = support.read_command(command)
  os.remove(name)
  local value = decode(answer).value
  if type(value) == "table" and value.error then
    error(("%s %s: %s"):format(method, path, value.message), 3)
  end
  return value
end

local function list(...)
  return setmetatable({ ... }, core.list)
end

--- Opens a page.
function Browser:go(url)
  call(self, "POST", "/url", { url = url })
end

--- What a function body returns in the page.
---@param script string JavaScript
function Browser:run(script)
  return call(self, "POST", "/execute/sync", { script = script, args = list() })
end

--- Waits, at most half a minute, until an expression is true in the page.
---@param expression string JavaScript
function Browser:wait(expression)
  local done = support.eventually(function()
    return self:run("return !!(" .. expression .. ")")
  end, 30)
  assert(done, "never true in the page: " .. expression)
end

--- A command of the Chrome DevTools protocol.
function Browser:command(name, parameters)
  return call(self, "POST", "/goog/cdp/execute", { cmd = name, params = parameters })
end

--- Makes the page so many CSS pixels large.
function Browser:resize(width, height)
  self:command("Emulation.setDeviceMetricsOverride", {
    width = width, height = height, deviceScaleFactor = 1, mobile = width < 600,
  })
end

---@param scheme "light"|"dark"
function Browser:prefer(scheme)
  self:command("Emulation.setEmulatedMedia", {
    features = list { name = "prefers-color-scheme", value = scheme },
  })
end

--- Writes what is to be seen as PNG.
function Browser:screenshot(path)
  local encoded = call(self, "GET", "/screenshot")
  write_file(path .. ".base64", encoded)
  os.execute(("base64 -d <'%s.base64' >'%s' && rm '%s.base64'"):format(path, path, path))
end

function Browser:close()
  call(self, "DELETE", "")
  os.execute("kill " .. self.pid)
  self.pipe:close()
end

--- Starts a browser; it ends with this process.
---@return Browser
function M.open()
  local pipe = assert(io.popen(
    "echo $$; exec setpriv --pdeathsig TERM chromedriver --port=0 2>&1"))
  local pid, port = pipe:read "*l"
  while not port do
    local line = assert(pipe:read "*l", "chromedriver did not start")
    port = line:match "started successfully on port (%d+)"
  end
  local self = setmetatable({ pid = pid, pipe = pipe }, Browser)
  self.url = "http://127.0.0.1:" .. port
  local session = call(self, "POST", "/session", { capabilities = { alwaysMatch = {
    ["goog:chromeOptions"] = { args = {
      "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
      "--hide-scrollbars",
    } },
  } } })
  self.url = self.url .. "/session/" .. session.sessionId
  return self
end

return M
