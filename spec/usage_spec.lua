--- Usage rows made of reports: levels that are absent, odd or many.

local core = require "costream.core"
local costream = require "costream"
local errors = require "costream.error"
local plan = require "costream.plan"

--- All rows of the reports in an envelope's list, and what ended them.
local function flat(reports_json, options)
  options = options or {}
  local wanted = plan.compile({}, {}, { usage = true, nulls = options.nulls })
  local reader = core.reader {
    framing = "envelope", path = "reports[]", nulls = options.nulls, plan = wanted,
  }
  reader:feed('{"reports":' .. reports_json .. "}", 1)
  reader:finish(false)
  local rows = {}
  while true do
    local row, state = core.read(reader)
    if row == nil then
      return rows, state ~= "end" and errors.new(state) or nil
    end
    rows[#rows + 1] = row
  end
end

describe("usage rows", function()
  it("have the scalar fields of all levels", function()
    local rows = flat [=[[{"e":1,"resources":[{"r":2.5,"plans":[{"p":"3","billable":false,
      "usage":[{"u":4,"price":[{"x":1}]}]}]}]}]]=]
    assert.are.same({ { e = 1, r = 2.5, p = "3", billable = false, u = 4 } }, rows)
  end)

  it("take the innermost level's value where names meet", function()
    local rows = flat [=[[{"a":1,"b":1,"c":1,"d":1,"resources":[{"b":2,"c":2,"d":2,
      "plans":[{"c":3,"d":3,"usage":[{"d":4},{"d":false}]}]}]}]]=]
    assert.are.same({ { a = 1, b = 2, c = 3, d = 4 }, { a = 1, b = 2, c = 3, d = false } }, rows)
  end)

  it("do not take over what the element before had", function()
    local rows = flat [=[[{"resources":[{"r":1,"plans":[{"p":1,"usage":[{"u":1,"x":9},{"u":2}]},
      {"usage":[{"u":3}]}]},{"plans":[{"usage":[{"u":4}]}]}]},
      {"resources":[{"plans":[{"usage":[{}]}]}]}]]=]
    assert.are.same({
      { r = 1, p = 1, u = 1, x = 9 }, { r = 1, p = 1, u = 2 }, { r = 1, u = 3 }, { u = 4 }, {},
    }, rows)
  end)

  for _, absent in ipairs {
    '{"e":1}', '{"resources":[]}', '{"resources":null}', '{"resources":[{"r":1}]}',
    '{"resources":[{"plans":[]}]}', '{"resources":[{"plans":null}]}',
    '{"resources":[{"plans":[{"p":1}]}]}', '{"resources":[{"plans":[{"usage":[]}]}]}',
    '{"resources":[{"plans":[{"usage":null}]}]}',
  } do
    it("are none where a level is absent or empty: " .. absent, function()
      local more = '{"resources":[{"plans":[{"usage":[{"u":1}]}]}]}'
      for _, nulls in ipairs { false, true } do
        local rows, failure = flat("[" .. absent .. "," .. more .. "]", { nulls = nulls })
        assert.is_nil(failure)
        assert.are.same({ { u = 1 } }, rows)
      end
    end)
  end

  for _, odd in ipairs {
    "5", '"text"', "true", '{"resources":5}', '{"resources":"text"}', '{"resources":{"a":1}}',
    '{"resources":[5]}', '{"resources":[{"plans":true}]}', '{"resources":[{"plans":["x"]}]}',
    '{"resources":[{"plans":[{"usage":{"a":1}}]}]}', '{"resources":[{"plans":[{"usage":[1]}]}]}',
    '{"resources":[null,{"plans":[]}]}', '{"resources":[{"plans":[{"usage":[null,{"u":1}]}]}]}',
  } do
    it("are never quietly fewer: malformed for " .. odd, function()
      local good = '{"resources":[{"plans":[{"usage":[{"u":1}]}]}]}'
      for _, nulls in ipairs { false, true } do
        local rows, failure = flat("[" .. good .. "," .. odd .. "]", { nulls = nulls })
        assert.is_true(costream.is_error(failure))
        assert.are.equal("malformed", failure.kind)
        assert.matches("report", failure.message, 1, true)
        assert.are.same({ { u = 1 } }, rows)
      end
    end)
  end

  it("keep nulls of the inner level with nulls = true", function()
    local text = '[{"a":1,"resources":[{"plans":[{"usage":[{"a":null}]}]}]}]'
    assert.are.same({ { a = costream.null } }, (flat(text, { nulls = true })))
    assert.are.same({ { a = 1 } }, (flat(text)))
  end)

  it("pass on the failure of their reports, behind the rows before it", function()
    local rows, failure = flat '[{"resources":[{"plans":[{"usage":[{"u":1}]}]}]}, nonsense'
    assert.are.same({ { u = 1 } }, rows)
    assert.are.equal("malformed", failure.kind)
  end)
end)
