--- What a service must send for it to be a row.

local shape = require "costream.shape"
local support = require "support"

describe("a row's shape", function()
  local wanted = { name = "consumption row", fields = { "amount", "product" } }

  it("is right when one of the fields is there", function()
    assert.is_true(shape.fits(wanted, { product = "a" }))
    assert.is_true(shape.fits(wanted, { amount = 0, other = 1 }))
  end)

  it("is wrong for an object that has none of them, which the error shows", function()
    local row = { detail = "out of order" }
    assert.is_false(shape.fits(wanted, row))
    local failure = shape.failure(wanted, row)
    assert.are.equal("malformed", failure.kind)
    assert.matches('no consumption row: {"detail":"out of order"}', failure.message, nil, true)
  end)

  it("is wrong for what is no object", function()
    for _, row in ipairs { 5, "text", true } do
      assert.is_false(shape.fits(wanted, row))
    end
  end)
end)

describe("an answer of the wrong shape", function()
  it("is no row of the Open Telekom Cloud", function()
    local rows, failure = support.drain(support.otc("body=json"):hourly())
    assert.are.same({}, rows)
    assert.are.equal("malformed", failure.kind)
    assert.matches('{"ok":true}', failure.message, nil, true)
    assert.are.equal(1, failure.attempts)
  end)
end)
