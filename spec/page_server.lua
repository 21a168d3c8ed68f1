--- The cost page of examples/nginx, in an nginx of its own on a free port.

local decode = require "costream.decode"
local support = require "support"

local M = {}

---@class PageServer
---@field url string
---@field folder string where the copy of the example is
local Server = {}
Server.__index = Server

local build = os.getenv "COSTREAM_BUILD" or "build"

local function read_file(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "*a"
  file:close()
  return text
end

local function free_port()
  return support.read_command("python3 -c '"
    .. "import socket; s = socket.socket(); s.bind((\"127.0.0.1\", 0)); "
    .. "print(s.getsockname()[1], end=\"\")'")
end

--- A copy of the example that listens on another port, as people make one.
local function copy(port)
  local folder = support.read_command "mktemp -d --tmpdir cost-page.XXXXXX":gsub("%s+$", "")
  os.execute(("chmod 755 %s && cp examples/nginx/*.* %s"):format(folder, folder))
  local text, count = read_file(folder .. "/nginx.conf"):gsub("127%.0%.0%.1:8088",
    "127.0.0.1:" .. port)
  assert(count > 0, "nginx.conf does not name its port")
  local file = assert(io.open(folder .. "/nginx.conf", "wb"))
  file:write(text)
  file:close()
  return folder
end

local function command(folder, environment)
  local here = support.read_command "pwd":gsub("%s+$", "")
  local words = { "exec env", environment.OTC_TOKEN and "" or "-u OTC_TOKEN",
    ("LUA_PATH='%s/lua/?.lua;%s/lua/?/init.lua;;'"):format(here, here),
    ("LUA_CPATH='%s/luajit/?.so;;'"):format(build:find "^/" and build or here .. "/" .. build),
  }
  for name, value in pairs(environment) do
    words[#words + 1] = value and ("%s='%s'"):format(name, value)
  end
  words[#words + 1] = ("setpriv --pdeathsig TERM nginx -p %s -c nginx.conf >%s/log 2>&1"):format(
    folder, folder)
  return table.concat(words, " ")
end

--- Starts it; it ends with this process.
---@param environment table<string, any> OTC_BASE_URL and others; OTC_TOKEN is the sandbox's
---@return PageServer
function M.start(environment)
  local port = free_port()
  local folder = copy(port)
  environment.OTC_TOKEN = environment.OTC_TOKEN or "otc-sandbox-token"
  local self = setmetatable({ folder = folder, url = "http://127.0.0.1:" .. port }, Server)
  self.pipe = assert(io.popen(command(folder, environment)))
  local started = support.eventually(function()
    return support.read_command(("curl -s -o /dev/null -w '%%{http_code}' %s/"):format(self.url))
      == "200"
  end, 10)
  assert(started, "the page did not start: " .. self:log())
  return self
end

--- What nginx says where it does not start.
---@param environment table<string, any>
---@return string
function M.refusal(environment)
  local folder = copy(free_port())
  os.execute(command(folder, environment))
  local log = read_file(folder .. "/log")
  os.execute("rm -r " .. folder)
  return log
end

function Server:log()
  return read_file(self.folder .. "/log")
end

--- The process ids of its workers.
---@return string[]
function Server:workers()
  local master = read_file(self.folder .. "/run/nginx.pid"):match "%d+"
  local pids = {}
  local found = support.read_command(
    ("grep -slE '^PPid:[[:space:]]+%s$' /proc/[0-9]*/status"):format(master))
  for pid in found:gmatch "/proc/(%d+)/" do
    pids[#pids + 1] = pid
  end
  return pids
end

--- An answer's body, its status and its head.
---@param path string with the query
---@param more string? of curl's options
---@return string body
---@return integer status
---@return string head
function Server:get(path, more)
  local text = support.read_command(("curl -sgi --max-time 30 %s '%s%s'"):format(
    more or "", self.url, path))
  local head, body = text:match "^(.-\r\n)\r\n(.*)$"
  return body or "", tonumber((head or ""):match "^%S+ (%d+)"), head
end

--- The lines of JSON that a text is.
---@param text string
---@return table[]
function M.lines(text)
  local lines = {}
  for line in text:gmatch "[^\n]+" do
    lines[#lines + 1] = decode(line)
  end
  return lines
end

--- The lines of a range's costs.
---@param from string
---@param to string?
---@return table[]
function Server:costs(from, to)
  return M.lines((self:get(("/costs?from=%s&to=%s"):format(from, to or from))))
end

function Server:close()
  os.execute("kill " .. read_file(self.folder .. "/run/nginx.pid"))
  self.pipe:close()
  os.execute("rm -r " .. self.folder)
end

return M
