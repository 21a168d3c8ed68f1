--- ibm:audit and the streams that limits.streams leaves it.

local support = require "support"

local QUERY = { enterprise_id = "enterprise-cloud-provider", month = "2019-06" }

describe("ibm:audit", function()
  for most = 1, 2 do
    it(("makes do with %d open streams where limits.streams allows no more"):format(most),
      function()
        support.needs_suspension(pending)
        local id = support.new_id "audit"
        local client = support.ibm("delay=50,id=" .. id, { limits = { streams = most } })
        assert.are.same({}, assert(client:audit(QUERY)))
        assert.are.equal(most, support.ledger(id).max_open)
      end)
  end

  it("has as many streams at once as those of others leave", function()
    local client = support.ibm("delay=20", { limits = { streams = 2 } })
    local other = client:reports(QUERY)
    assert(other())
    assert.are.same({}, assert(client:audit(QUERY)))
    other:close()
  end)

  it("is an error where streams of others leave no room for one", function()
    local client = support.ibm(nil, { limits = { streams = 1 } })
    local other = client:reports(QUERY)
    assert(other())
    local findings, failure = client:audit(QUERY)
    assert.is_nil(findings)
    assert.are.equal("limit", failure.kind)
    assert.matches("Close streams", failure.recovery, 1, true)
    other:close()
  end)
end)
