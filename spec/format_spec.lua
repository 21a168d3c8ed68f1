local format = require "costream.format"
local support = require "format_support"

local message_of = support.message_of

local NAN = 0 / 0

describe("costream.format", function()
  it("is there without the C core", function()
    local saved = {}
    for name, module in pairs(package.loaded) do
      if name:find "^costream" then
        saved[name], package.loaded[name] = module, nil
      end
    end
    local preloaded = package.preload["costream.core"]
    package.preload["costream.core"] = function()
      error "the core was asked for"
    end
    local ok, fresh = pcall(require, "costream.format")
    package.preload["costream.core"] = preloaded
    for name in pairs(package.loaded) do
      if name:find "^costream" then
        package.loaded[name] = nil
      end
    end
    for name, module in pairs(saved) do
      package.loaded[name] = module
    end
    assert.is_true(ok, fresh)
    assert.equal("1.00 EUR", fresh.amount(1, "EUR"))
  end)

  it("throws misuse at the place of the caller", function()
    local calls = {
      function() local _ = format.amount(NAN, "EUR") end,
      function() local _ = format.amount("1", "EUR") end,
      function() local _ = format.table({}) end,
      function() local _ = format.csv_writer(print, {}) end,
      function() local _ = format.ndjson_writer(1) end,
      function() local _ = format.json { NAN } end,
      function() format.csv_writer(print, { "a" }, { b = 1 })() end,
    }
    for i, call in ipairs(calls) do
      local place = ("format_spec.lua:%d: costream: "):format(debug.getinfo(call).linedefined)
      local message = message_of(call)
      assert.is_truthy(message:find(place, 1, true), i .. ": " .. message)
    end
  end)
end)
