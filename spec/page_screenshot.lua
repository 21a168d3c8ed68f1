-- Makes the picture of the cost page: lua page_screenshot.lua FILE, under spec/screenshot.

package.path = "spec/?.lua;" .. package.path

local browsers = require "browser"
local page_server = require "page_server"
local support = require "support"

local server = page_server.start { OTC_BASE_URL = support.controls "resources=60,seed=2" }
local browser = browsers.open()
local ok, failure = pcall(function()
  browser:resize(1120, 920)
  browser:prefer "light"
  browser:go(server.url .. "/?from=2024-08-01&to=2024-08-31")
  browser:wait "document.getElementById('status').textContent.startsWith('Complete')"
  browser:run [[
    const box = document.getElementById("plot").getBoundingClientRect();
    document.getElementById("chart").dispatchEvent(new PointerEvent("pointermove",
      { clientX: box.left + box.width * .4, clientY: box.top + 99, bubbles: true }))]]
  browser:screenshot(arg[1])
end)
browser:close()
server:close()
assert(ok, failure)
