--- The cost page of examples/nginx, as people see it in a browser.
--
-- Whatever Lua runs the specs, browser and server are the same: once is enough.
if _VERSION ~= "Lua 5.4" then
  return
end

local browsers = require "browser"
local costream = require "costream"
local faults = require "faults_support"
local page_server = require "page_server"
local service = require "page_service"
local support = require "support"

local browser

--- A page on answers of its own.
local function page_on(scripts)
  local run = faults.new_run()
  local answers = { ["*"] = { faults.answer { body = "[]" } } }
  for date, script in pairs(scripts) do
    answers[service.target(date)] = script
  end
  faults.set(run, answers)
  return page_server.start { OTC_BASE_URL = faults.url(run, "run=" .. run) }
end

local STATUS = "document.getElementById('status').textContent"

local function open(server, from, to)
  browser:go(("%s/?from=%s&to=%s"):format(server.url, from, to))
end

local function wait_until_whole()
  browser:wait(STATUS .. ".startsWith('Complete')")
end

local function text_of(id)
  return browser:run(("return document.getElementById('%s').textContent"):format(id))
end

--- The texts of a column of the table by product.
local function column(number)
  return browser:run(([[return [...document.querySelectorAll(
    "#products tbody tr td:nth-child(%d)")].map((cell) => cell.firstChild.textContent)]])
    :format(number))
end

--- An amount as the page shows it.
local function shown(cost)
  return (costream.format.amount(cost):gsub("^%-", "−"))
end

--- How many days have a piece of a kind in the chart: "s0" is the dearest product's.
local function bars(kind)
  return browser:run(([[
    return [...document.querySelectorAll("#plot path.%s")]
      .reduce((sum, path) => sum + path.getAttribute("d").split("M").length - 1, 0)]])
    :format(kind))
end

setup(function()
  browser = browsers.open()
  browser:resize(1160, 900)
end)

teardown(function()
  browser:close()
end)

describe("the cost page in a browser", function()
  local server

  setup(function()
    server = page_server.start { OTC_BASE_URL = support.controls "resources=40" }
  end)

  teardown(function()
    server:close()
  end)

  it("has a bar for each day, and says that it is complete", function()
    open(server, "2024-08-01", "2024-08-31")
    wait_until_whole()
    assert.are.equal("Complete: 31 days", text_of "status")
    for _, kind in ipairs { "s0", "s1", "s2", "s3", "s4", "s5", "s6" } do
      assert.are.equal(31, bars(kind))
    end
    assert.are.equal(0, bars "gap")
  end)

  it("shows the server's sums, dearest product first", function()
    open(server, "2024-08-01", "2024-08-03")
    wait_until_whole()
    local names, costs, expected_names, expected_costs = column(1), column(3), {}, {}
    local lines = server:costs("2024-08-01", "2024-08-03")
    for _, line in ipairs(lines) do
      if line.type == "product" then
        expected_names[#expected_names + 1] = line.description
        expected_costs[#expected_costs + 1] = shown(line.cost)
      end
    end
    assert.are.same(expected_names, { table.unpack(names) })
    assert.are.same(expected_costs, { table.unpack(costs) })
    assert.are.equal(shown(lines[#lines].total) .. " EUR", text_of "total")
  end)

  it("loads another range when it is asked to", function()
    open(server, "2024-08-01", "2024-08-03")
    wait_until_whole()
    local before = text_of "total"
    browser:run [[
      document.getElementById("from").value = "2024-07-01";
      document.getElementById("to").value = "2024-07-10";
      document.querySelector("button[type=submit]").click()]]
    browser:wait(STATUS .. " === 'Complete: 10 days'")
    assert.are.equal(10, bars "s0")
    assert.are_not.equal(before, text_of "total")
    assert.truthy(browser:run("return location.search"):find("from=2024-07-01", 1, true))
  end)

  it("has presets, and begins with the last 30 days", function()
    browser:go(server.url)
    wait_until_whole()
    assert.are.equal(30, bars "s0")
    browser:run "document.querySelector('[data-preset=last]').click()"
    browser:wait "document.getElementById('from').value.endsWith('-01')"
    wait_until_whole()
    assert.is_true(bars "s0" >= 28)
  end)

  it("gives a day's figures to the pointer and to the keyboard", function()
    open(server, "2024-08-01", "2024-08-03")
    wait_until_whole()
    browser:run [[
      const box = document.querySelector("#plot .s0").getBoundingClientRect();
      document.getElementById("chart").dispatchEvent(new PointerEvent("pointermove",
        { clientX: (box.left + box.right) / 2, clientY: box.top, bubbles: true }))]]
    assert.truthy(text_of("figures"):find("Fri, 2 Aug 2024", 1, true))
    browser:run [[document.getElementById("chart").dispatchEvent(
      new KeyboardEvent("keydown", { key: "ArrowRight" }))]]
    local said = browser:run [[return document.getElementById("chart").ariaValueText]]
    assert.truthy(said:find("Sat, 3 Aug 2024: ", 1, true))
  end)

  it("has the days as a table, too", function()
    open(server, "2024-08-01", "2024-08-03")
    wait_until_whole()
    browser:run "document.querySelector('summary').click()"
    browser:wait "document.querySelectorAll('#days tbody tr').length === 3"
    local costs = browser:run [[return [...document.querySelectorAll(
      "#days tbody tr td:last-child")].map((cell) => cell.textContent)]]
    local expected = {}
    for _, line in ipairs(server:costs("2024-08-01", "2024-08-03")) do
      if line.type == "day" then
        expected[tonumber(line.date:sub(-2))] = shown(line.total)
      end
    end
    assert.are.same(expected, { table.unpack(costs) })
  end)

  it("shows a year, never busy for longer than a second", function()
    open(server, "2023-01-01", "2023-01-01")
    wait_until_whole()
    browser:run [[
      window.longest = 0;
      let last = performance.now();
      setInterval(() => {
        window.longest = Math.max(window.longest, performance.now() - last);
        last = performance.now();
      }, 10);
      document.getElementById("to").value = "2023-12-31";
      document.querySelector("button[type=submit]").click()]]
    browser:wait(STATUS .. " === 'Complete: 365 days'")
    assert.are.equal(365, bars "s0")
    assert.is_true(browser:run "return window.longest" < 1000)
  end)

  it("fits on a phone", function()
    browser:resize(390, 844)
    open(server, "2024-08-01", "2024-08-31")
    wait_until_whole()
    local width = browser:run "return document.documentElement.scrollWidth"
    browser:resize(1160, 900)
    assert.are.equal(390, width)
  end)

  it("says what is wrong with a range", function()
    open(server, "2024-08-03", "2024-08-01")
    browser:wait "!document.getElementById('failure').hidden"
    assert.are.equal("to: 2024-08-01 is before from, 2024-08-03", text_of "failure-message")
    assert.are.equal("–", text_of "total")
  end)
end)

describe("the cost page in a browser, when the service is slow or wrong,", function()
  local server

  after_each(function()
    server:close()
  end)

  it("shows the days that are there, and that others are not", function()
    server = page_on {
      ["2024-08-01"] = service.day("2024-08-01", { A = 1.5 }),
      ["2024-08-02"] = service.day("2024-08-02", { A = 2 }, 2),
    }
    open(server, "2024-08-01", "2024-08-02")
    browser:wait(STATUS .. " === 'Loading: 1 of 2 days'")
    assert.are.equal("So far, 1 of 2 days", text_of "total-label")
    assert.are.equal("1.50 EUR", text_of "total")
    assert.are.equal("partial", browser:run "return document.getElementById('total').className")
    assert.is_true(browser:run "return document.getElementById('csv').hidden")
    wait_until_whole()
    assert.are.equal("3.50 EUR", text_of "total")
    assert.is_false(browser:run "return document.getElementById('csv').hidden")
  end)

  it("forgets a range that another one takes the place of", function()
    server = page_on {
      ["2024-08-01"] = service.day("2024-08-01", { A = 1.5 }),
      ["2024-08-02"] = service.day("2024-08-02", { A = 2 }, 2),
      ["2024-08-03"] = service.day("2024-08-03", { A = 4 }),
    }
    open(server, "2024-08-01", "2024-08-02")
    browser:wait(STATUS .. " === 'Loading: 1 of 2 days'")
    browser:run [[
      document.getElementById("from").value = "2024-08-03";
      document.getElementById("to").value = "2024-08-03";
      document.querySelector("button[type=submit]").click()]]
    wait_until_whole()
    os.execute "sleep 2.2"
    assert.are.equal("Complete: 1 day", text_of "status")
    assert.are.equal("4.00 EUR", text_of "total")
  end)

  it("shows the error in place of a total when a day fails", function()
    server = page_on {
      ["2024-08-01"] = service.day("2024-08-01", { A = 1.5 }),
      ["2024-08-02"] = service.refusal(1),
    }
    open(server, "2024-08-01", "2024-08-02")
    browser:wait "!document.getElementById('failure').hidden"
    assert.are.equal("Incomplete: 1 of 2 days", text_of "status")
    assert.are.equal("–", text_of "total")
    assert.truthy(text_of("failure-message"):find("no such day", 1, true))
    assert.truthy(text_of("failure-recovery"):find("Check the query", 1, true))
    assert.is_true(browser:run "return document.getElementById('csv').hidden")
    assert.truthy(text_of("products-state"):find("Only 1 of 2 days", 1, true))
  end)

  it("shows no total when its own server goes away", function()
    server = page_on {
      ["2024-08-01"] = service.day("2024-08-01", { A = 1.5 }),
      ["2024-08-02"] = service.day("2024-08-02", { A = 2 }, 20),
    }
    open(server, "2024-08-01", "2024-08-02")
    browser:wait(STATUS .. " === 'Loading: 1 of 2 days'")
    for _, pid in ipairs(server:workers()) do
      os.execute("kill -KILL " .. pid)
    end
    browser:wait "!document.getElementById('failure').hidden"
    assert.are.equal("Incomplete: 1 of 2 days", text_of "status")
    assert.are.equal("–", text_of "total")
  end)

  it("shows a product's name as text, whatever it is", function()
    local name = "<script>document.title = 'gone'</script><img src=x onerror=alert(1)>"
    server = page_on { ["2024-08-01"] = service.day("2024-08-01", { [name] = 1 }) }
    open(server, "2024-08-01", "2024-08-01")
    wait_until_whole()
    assert.are.equal("The " .. name, column(1)[1])
    assert.are.equal("Cloud costs", browser:run "return document.title")
    assert.are.equal(0,
      browser:run "return document.querySelectorAll('main script, main img').length")
  end)

  it("shows credits, and amounts below a cent", function()
    server = page_on {
      ["2024-08-01"] = service.day("2024-08-01", { A = 10, Credit = -2.25, Little = 0.001 }),
    }
    open(server, "2024-08-01", "2024-08-01")
    wait_until_whole()
    assert.are.same({ "10.00", "< 0.01", "−2.25" }, { table.unpack(column(3)) })
    assert.are.equal("7.75 EUR", text_of "total")
  end)

  it("tells rows without a product from those whose product has an empty name", function()
    server = page_on {
      ["2024-08-01"] = { faults.answer { body = '{"amount":11}\n{"product":"","amount":7}\n' } },
    }
    open(server, "2024-08-01", "2024-08-01")
    wait_until_whole()
    assert.are.same({ "11.00", "7.00" }, { table.unpack(browser:run [[
      const press = (key) => document.getElementById("chart").dispatchEvent(
        new KeyboardEvent("keydown", { key }));
      press("Home");
      return [...document.querySelectorAll("#figures b")].map((cost) => cost.textContent)]]) })
  end)

  it("says which days have no rows", function()
    server = page_on { ["2024-08-01"] = service.day("2024-08-01", { A = 1 }) }
    open(server, "2024-08-01", "2024-08-02")
    wait_until_whole()
    assert.are.equal("Complete: 2 days, 1 without rows", text_of "status")
    assert.truthy(text_of("notes"):find("No rows yet for 2 Aug.", 1, true))
  end)
end)
