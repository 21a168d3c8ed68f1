--- otc:audit: hourly consumption against daily.

local core = require "costream.core"
local costream = require "costream"
local faults = require "faults_support"
local json = require "costream.format.json"
local number = require "costream.format.number"
local support = require "support"

local DAY = "2024-08-02"

local function row(fields)
  local made = {
    contract = 1, project_id = "p", resource_id = "r", product = "A", quantity_type = "h",
    amount = 1, quantity = 1,
  }
  for name, value in pairs(fields) do
    made[name] = value
  end
  return made
end

local function lines(rows)
  local texts = {}
  for i, one in ipairs(rows) do
    texts[i] = json.encode("row", one) .. "\n"
  end
  return { faults.answer { body = table.concat(texts) } }
end

--- A client of a server with these rows.
local function client_of(hourly, daily, options)
  local name = faults.new_run()
  faults.set(name, {
    ["/v2/hourly/consumption/"] = lines(hourly), ["/v2/daily/consumption/"] = lines(daily),
  })
  local given = { token = "t", base_url = faults.url(name), retry = false }
  for option, value in pairs(options or {}) do
    given[option] = value
  end
  return costream.otc(given)
end

local function shown(value)
  return value and number.short(value)
end

--- What is found, as "resource product field: found expected".
local function found(hourly, daily, query)
  local asked = { date = DAY }
  for name, value in pairs(query or {}) do
    asked[name] = value
  end
  local findings = assert(client_of(hourly, daily):audit(asked))
  local texts = {}
  for i, one in ipairs(findings) do
    assert.are.equal("hourly against daily", one.check)
    texts[i] = table.concat({ tostring(one.resource_id), tostring(one.product),
      one.field .. ":", tostring(shown(one.found)), tostring(shown(one.expected)) }, " ")
  end
  return texts, findings
end

describe("otc:audit of the sandbox's days", function()
  for _, day in ipairs { DAY, "2024-03-31", "2024-10-27", "2024-02-29", "2023-12-31" } do
    it("finds nothing wrong on " .. day, function()
      for _, controls in ipairs { "seed=0", "seed=1", "framing=array,gzip=on" } do
        assert.are.same({}, assert(support.otc(controls):audit { date = day }))
      end
    end)

    for _, wrong in ipairs { "hourly", "daily" } do
      it(("finds the one cent that is wrong in a %s row on %s"):format(wrong, day), function()
        local findings = assert(support.otc("wrong=" .. wrong):audit { date = day })
        assert.are.equal(1, #findings)
        assert.are.equal("amount", findings[1].field)
        local cent = wrong == "daily" and 0.01 or -0.01
        assert.is_true(math.abs(findings[1].difference - cent) < 1e-9)
        assert.is_string(findings[1].resource_id)
      end)
    end
  end

  it("asks for both at the same time, with the filters that are given", function()
    support.needs_suspension(pending)
    local id = support.new_id "otc-audit"
    assert.are.same({}, assert(support.otc("delay=50,id=" .. id):audit {
      date = DAY, contract = 1000012345, product = "OTC_FG_REQ", project_name = "eu-de",
      consumption_type = "EL", product_description = "x", resource_id = "y",
    }))
    local ledger, requests = support.ledger(id), support.requests(id)
    assert.are.same({ 2, 2 }, { ledger.requests, ledger.max_open })
    assert.are.equal("consumption_type=EL&contract=1000012345&date=" .. DAY
      .. "&product=OTC_FG_REQ&product_description=x&project_name=eu-de&resource_id=y",
      requests[1].args)
    assert.are.equal(requests[1].args, requests[2].args)
  end)
end)

describe("otc:audit where limits.streams allows one", function()
  it("reads one after the other", function()
    local id = support.new_id "otc-audit"
    local client = support.otc("delay=20,id=" .. id, { limits = { streams = 1 } })
    assert.are.same({}, assert(client:audit { date = DAY }))
    local ledger = support.ledger(id)
    assert.are.same({ 2, 1 }, { ledger.requests, ledger.max_open })
  end)
end)

describe("otc:audit", function()
  it("finds nothing where the hours of each resource and product are its day", function()
    assert.are.same({}, (found({
      row { amount = 0.1 }, row { amount = 0.2 }, row { product = "B", amount = 5 },
      row { resource_id = "s" }, row { contract = 2 }, row { project_id = "q" },
    }, {
      row { project_id = "q" }, row { contract = 2 }, row { resource_id = "s" },
      row { product = "B", amount = 5 }, row { amount = 0.3, quantity = 2 },
    })))
  end)

  it("finds an amount that is wrong though others make up for it", function()
    assert.are.same({ "r A amount: 1.01 1", "s A amount: 0.99 1" }, (found(
      { row {}, row { resource_id = "s" } },
      { row { amount = 1.01 }, row { resource_id = "s", amount = 0.99 } })))
  end)

  it("finds what is only in one of both, also where it costs nothing", function()
    assert.are.same({ "r A amount: nil 1", "s A amount: 0 nil" }, (found({ row {} },
      { row { resource_id = "s", amount = 0 } })))
  end)

  it("takes no two things for one, whatever their names look like", function()
    assert.are.same({ "r\0stringA B amount: nil 1", "r A\0stringB amount: 1 nil" }, (found(
      { row { resource_id = "r\0stringA", product = "B" } },
      { row { resource_id = "r", product = "A\0stringB" } })))
  end)

  it("holds rows without a resource against each other by what else they have", function()
    local hourly, daily = row { project_id = "q" }, row { amount = 2 }
    hourly.resource_id, daily.resource_id = nil, core.null
    assert.are.same({ "nil A amount: nil 1", "nil A amount: 2 nil" }, (found({ hourly },
      { daily })))
    daily.project_id = "q"
    assert.are.same({ "nil A amount: 2 1" }, (found({ hourly }, { daily })))
  end)

  it("finds an amount that one of both does not have", function()
    local without = row {}
    without.amount = nil
    assert.are.same({ "r A amount: nil 1" }, (found({ row {} }, { without })))
    assert.are.same({ "r A amount: 1 nil" }, (found({ without }, { row {} })))
    assert.are.same({}, (found({ without }, { without })))
  end)

  it("finds a quantity that is wrong, where all are in one unit", function()
    local hours = { row { quantity = 1, amount = 0.5 }, row { quantity = 1, amount = 0.5 } }
    assert.are.same({ "r A quantity: 3 2" }, (found(hours, { row { quantity = 3 } })))
    assert.are.same({}, (found(hours, { row { quantity = 3, quantity_type = "GB" } })))
    hours[2].quantity_type = "GB"
    assert.are.same({}, (found(hours, { row { quantity = 3 } })))
  end)

  it("finds many small differences that are one cent together", function()
    local hourly, daily = {}, {}
    for i = 1, 30 do
      hourly[i] = row { resource_id = "r" .. i }
      daily[i] = row { resource_id = "r" .. i, amount = 1.001 }
    end
    daily[30].amount = 3
    local texts, findings = found(hourly, daily)
    assert.are.same({ "r30 A amount: 3 1", "nil nil amount: 29.029 29" }, texts)
    assert.are.equal("the 29 others together: daily amount is 29.029 EUR, but its hours add up "
      .. "to 29 EUR (+0.029)", tostring(findings[2]))
    assert.are.same({ "r30 A amount: 3 1" }, (found(hourly, daily, { tolerance = 0.05 })))
  end)

  it("lets pass what is within the tolerance", function()
    local hourly, daily = { row {} }, { row { amount = 1.004 } }
    assert.are.same({}, (found(hourly, daily)))
    assert.are.same({ "r A amount: 1.004 1" }, (found(hourly, daily, { tolerance = 0 })))
    assert.are.same({}, (found(hourly, { row { amount = 1.9 } }, { tolerance = 1 })))
  end)

  it("says in one line where it is", function()
    local _, findings = found({ row {} }, { row { amount = 1.5 }, row { product = "B\n" } })
    assert.are.equal("contract 1, project p, resource r, product A: daily amount is 1.5 EUR, but "
      .. "its hours add up to 1 EUR (+0.5)", tostring(findings[1]))
    assert.are.equal("contract 1, project p, resource r, product B\226\144\138: daily amount is "
      .. "1 EUR, but its hours have none (+1)", tostring(findings[2]))
  end)
end)

describe("otc:audit that cannot read all of both", function()
  for _, method in ipairs { "hourly", "daily" } do
    it(("gives the error of %s rows that are cut"):format(method), function()
      local name = faults.new_run()
      local path, other = "/v2/hourly/consumption/", "/v2/daily/consumption/"
      if method == "daily" then
        path, other = other, path
      end
      faults.set(name, {
        [path] = {
          { send = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" .. '{"amount":1}\n' },
          "close",
        },
        [other] = lines { row {} },
      })
      local findings, failure = costream.otc {
        token = "t", base_url = faults.url(name), retry = false,
      }:audit { date = DAY }
      assert.is_nil(findings)
      assert.are.equal("incomplete", failure.kind)
    end)
  end

  it("gives the error of a key that is refused", function()
    local findings, failure = support.otc(nil, { token = "old" }):audit { date = DAY }
    assert.is_nil(findings)
    assert.are.same({ "auth", 401 }, { failure.kind, failure.status })
  end)

  it("gives an error where an amount is text", function()
    local findings, failure = client_of({ row { amount = "1" } }, { row {} })
      :audit { date = DAY }
    assert.is_nil(findings)
    assert.are.equal("malformed", failure.kind)
    assert.matches("amount is no number", failure.message, 1, true)
  end)

  it("says what to do where there are more resources than it may hold", function()
    local findings, failure = support.otc():audit { date = DAY, groups = 399 }
    assert.is_nil(findings)
    assert.are.equal("limit", failure.kind)
    assert.matches("otc:audit: more resources and products than groups = 399 allows",
      failure.message, 1, true)
    assert.matches("Audit each contract, project or product by itself", failure.recovery, 1, true)
    assert.are.same({}, (support.otc():audit { date = DAY, groups = 400 }))
  end)
end)

describe("otc:audit misused", function()
  local function refuses(text, query, options)
    it("throws: " .. text, function()
      local client = support.otc(nil, options)
      local message = support.raised(client.audit, client, query)
      assert.matches("costream: otc:audit: " .. text, message, 1, true)
    end)
  end

  refuses("query: expected table, got nothing", nil)
  refuses("date: expected a date as 2024-08-02, got nothing", {})
  refuses('date: expected a date as 2024-08-02, got "2024-02-30"', { date = "2024-02-30" })
  refuses('unknown name "hour"', { date = DAY, hour = 1 })
  refuses('unknown name "month"', { date = DAY, month = 1 })
  refuses("contract: expected a whole number", { date = DAY, contract = "x" })
  refuses("tolerance: expected a number of 0 or more, got nan", { date = DAY, tolerance = 0 / 0 })
  refuses("groups: expected a whole number from 1", { date = DAY, groups = 0 })
  refuses("numbers are text in this client", { date = DAY }, { numbers = "text" })

  it("throws where it is called with a point", function()
    assert.matches("otc:audit: call it with a colon", support.raised(support.otc().audit, {}),
      1, true)
  end)
end)
