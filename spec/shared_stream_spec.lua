--- One stream read by several tasks: whoever asks next gets the next row.

local costream = require "costream"
local support = require "support"

describe("a stream that several tasks read", function()
  local function read_by(tasks, stream)
    local rows = {}
    costream.run(function()
      for _ = 1, tasks do
        costream.spawn(function()
          for row in stream do
            rows[#rows + 1] = row
          end
        end)
      end
    end)
    return rows
  end

  it("gives each row of an answer once", function()
    local stream = support.otc("rows=500,chunk=1000,gzip=off"):hourly { date = "2024-08-02" }
    local seen = {}
    for _, row in ipairs(read_by(3, stream)) do
      assert.is_nil(seen[row.usage_id])
      seen[row.usage_id] = true
    end
    assert.are.equal(500, stream:stats().rows)
    assert.are.equal(1, stream:stats().requests)
  end)

  local query = {
    enterprise_id = "enterprise-cloud-provider", month = "2019-06", children = true, limit = 1,
  }

  for _, method in ipairs { "reports", "pages", "usage" } do
    it("gives each row of ibm:" .. method .. " once, over all pages", function()
      local client = support.ibm "chunk=500,gzip=off"
      local alone = client[method](client, query):collect()
      local stream = client[method](client, query)
      assert.are.equal(#alone, #read_by(3, stream))
      assert.are.equal(4, stream:stats().requests)
    end)
  end
end)
