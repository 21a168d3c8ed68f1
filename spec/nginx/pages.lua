--- What the nginx of the specs serves: streams of the sandbox, read in a worker.

local stall = require "stall"

local core = require "costream.core"

local M = {}

local costream
local kept
local clients = {}

local TOKEN = "otc-sandbox-token"

local function client_of(options)
  options.token = TOKEN
  if options.retry == nil then
    options.retry = false
  end
  return costream.otc(options)
end

--- In the master, before it forks.
function M.begin_master()
  costream = require "costream"
  M.of_master = client_of { base_url = os.getenv "COSTREAM_SANDBOX" }
end

function M.begin_worker()
  M.of_worker = client_of {
    base_url = os.getenv "COSTREAM_SANDBOX_TLS", ca_file = os.getenv "COSTREAM_SANDBOX_CA",
  }
  M.keep(M.try_to_wait())
end

function M.keep(text)
  kept = text
end

local function url_of(arguments)
  local url = arguments.url or os.getenv "COSTREAM_SANDBOX"
  return arguments.controls and url .. "/~" .. arguments.controls or url
end

--- A client for each set of controls, as a program has one for each service.
local function client_for(arguments)
  local url = url_of(arguments)
  if not clients[url] then
    clients[url] = client_of {
      base_url = url,
      ca_file = arguments.ca_file,
      retry = arguments.retry and { tries = 3, base = 0.3, cap = 0.3 } or false,
      timeout = { connect = tonumber(arguments.connect), stall = tonumber(arguments.stall) },
    }
  end
  return clients[url]
end

local function stream_for(arguments)
  return (client_for(arguments):hourly { date = "2024-08-02" })
end

--- What a stream says that would have to wait, in a phase that cannot.
function M.try_to_wait()
  local client = client_of { base_url = os.getenv "COSTREAM_SANDBOX" .. "/~rows=3" }
  local ok, rows, failure = pcall(function()
    return client:hourly():collect()
  end)
  return ok and (rows and #rows .. " rows" or tostring(failure)) or tostring(rows)
end

--- Text that is here needs no waiting.
function M.later()
  return #costream.records('{"a":1}\n{"a":2}\n'):collect()
end

local pages = {}

--- The numbers of rows, each as it comes.
function pages.rows(arguments)
  local written, n = {}, 0
  for row in stream_for(arguments) do
    n = n + 1
    written[#written + 1] = row.resource_id
    if #written == 100 then
      assert(ngx.say(table.concat(written, "\n")))
      assert(ngx.flush(true))
      written = {}
    end
  end
  ngx.say(table.concat(written, "\n"), "\n", n, " rows")
end

--- As `rows`, but nothing is written: a client that goes away is noticed only by nginx.
function pages.read(arguments)
  local n = 0
  for _ in stream_for(arguments) do
    n = n + 1
  end
  ngx.say(n)
end

function pages.values(arguments)
  local n = 0
  for number in stream_for(arguments):values("product", "amount") do
    n = number
  end
  ngx.say(n)
end

function pages.fold(arguments)
  local stream = stream_for(arguments)
  local groups, failure = stream:fold { by = { arguments.by or "product" }, count = true,
    sum = { "amount" } }
  if not groups then
    return ngx.say(tostring(failure))
  end
  local rows = 0
  for _, group in ipairs(groups) do
    rows = rows + group.count
  end
  ngx.say(#groups, " groups of ", rows, " rows")
end

--- Text that is in memory already: so many times the same megabyte.
function pages.text(arguments)
  local text = ('{"product":"p","amount":0.25,"region":"EU-DE"}\n'):rep(20000)
  local left = tonumber(arguments.times)
  local stream = costream.records(function()
    left = left - 1
    return left >= 0 and text or nil
  end)
  ngx.say(assert(stream:fold { sum = { "amount" } })[1].sum.amount)
end

--- A fold of so many groups.
function pages.groups(arguments)
  local count, n = tonumber(arguments.groups), 0
  local stream = costream.records(function()
    local lines = {}
    for i = 1, math.min(500, count - n) do
      lines[i] = ('{"id":"resource-%d","amount":0.25}\n'):format((n + i) * 7919 % count)
    end
    n = n + #lines
    return #lines > 0 and table.concat(lines) or nil
  end)
  ngx.say(#assert(stream:fold { by = { "id" }, sum = { "amount" }, count = true }))
end

--- How a stream ends that cannot be had.
function pages.failure(arguments)
  local _, failure = stream_for(arguments):collect()
  ngx.say(failure and failure.kind or "rows")
end

--- Many at once, in the tasks of one request.
function pages.tasks(arguments)
  local rows = 0
  costream.run(function()
    for _ = 1, tonumber(arguments.tasks) do
      costream.spawn(function()
        for _ in stream_for(arguments) do
          rows = rows + 1
        end
      end)
    end
  end)
  ngx.say(rows)
end

--- Kilobytes that are kept of so many coroutines that have ended, while the request goes on.
function pages.left_by_coroutines(arguments)
  local function run(count)
    for _ = 1, count do
      coroutine.wrap(function()
        costream.records('{"a":1}\n'):collect()
      end)()
    end
    collectgarbage()
    collectgarbage()
    return collectgarbage "count"
  end
  local before = run(100)
  ngx.say(math.floor(run(tonumber(arguments.coroutines)) - before))
end

--- A range of days, which is asked for by a few requests at once.
function pages.range(arguments)
  local stream = client_for(arguments):hourly { from = "2024-08-01", to = "2024-08-06" }
  local groups = assert(stream:fold { by = { { field = "consumption_date", first = 10 } },
    count = true })
  ngx.say(#groups, " days of ", groups[1].count, " rows")
end

--- Likewise in nginx's own light threads.
function pages.threads(arguments)
  local threads, rows = {}, 0
  for i = 1, tonumber(arguments.threads) do
    threads[i] = ngx.thread.spawn(function()
      local count = #assert(stream_for(arguments):collect())
      rows = rows + count
    end)
  end
  for _, thread in ipairs(threads) do
    assert(ngx.thread.wait(thread))
  end
  ngx.say(rows)
end

--- A coroutine of the program's own, between the stream and the loop.
function pages.generator(arguments)
  local n = 0
  local next_row = coroutine.wrap(function()
    for row in stream_for(arguments) do
      coroutine.yield(row)
    end
  end)
  for _ in next_row do
    n = n + 1
  end
  ngx.say(n)
end

--- A task that nginx suspends: meanwhile another request's streams are none of the task's.
function pages.sleepy_task(arguments)
  local rows
  costream.run(function()
    ngx.sleep(tonumber(arguments.seconds))
    rows = #assert(stream_for(arguments):collect())
  end)
  ngx.say(rows)
end

function pages.spawn_outside()
  ngx.say(select(2, pcall(costream.spawn, function() end)))
end

--- One stream, opened in a request, that others read on.
function pages.open_shared(arguments)
  M.shared = stream_for(arguments)
  ngx.say(#M.shared:collect(1))
end

function pages.read_shared()
  local rows, failure = M.shared:collect()
  ngx.say(rows and #rows or tostring(failure))
end

function pages.iterate_shared()
  local n = 0
  local ok, failure = pcall(function()
    for _ in M.shared do
      n = n + 1
    end
  end)
  ngx.say(ok and n .. " rows" or tostring(failure))
end

function pages.below_c(arguments)
  local ok, failure = pcall(table.sort, { 1, 2 }, function()
    return #stream_for(arguments):collect() > 0
  end)
  ngx.say(ok and "no error" or tostring(failure))
end

function pages.in_master()
  local ok, failure = pcall(M.of_master.health, M.of_master)
  ngx.say(ok and "no error" or tostring(failure))
end

function pages.in_worker()
  ngx.say(#assert(M.of_worker:hourly({ date = "2024-08-02", hour = 3 }):collect()) > 0)
end

function pages.kept()
  ngx.print(kept)
end

function pages.timer(arguments)
  kept = nil
  assert(ngx.timer.at(0, function()
    kept = #assert(stream_for(arguments):collect())
  end))
  while not kept do
    ngx.sleep(0.01)
  end
  ngx.say(kept)
end

--- Keeps nginx at its timers for so many seconds, but for moments: costream's run in between, and
--- those that it has woken do not.
function pages.hog(arguments)
  local stop = core.now() + tonumber(arguments.seconds)
  local function hog()
    while core.now() < stop do
      for _ = 1, 6 do
        local again = core.now() + 0.025
        repeat until core.now() >= again
        ngx.update_time() -- the timers that are due by now are nginx's next
        ngx.sleep(0.001)
      end
      ngx.sleep(0.1)
    end
  end
  local other = ngx.thread.spawn(hog)
  hog()
  ngx.thread.wait(other)
  ngx.say "done"
end

function pages.stall_begin()
  stall.begin()
  ngx.say "begun"
end

function pages.stall_end()
  ngx.say(("%.3f %.3f %d"):format(stall.finish()))
end

function pages.worker()
  ngx.say(ngx.worker.pid())
end

--- Serves the page that the location's last part names.
function M.serve()
  local name = ngx.var.uri:match "[^/]+$"
  ngx.req.read_body()
  local ok, failure = xpcall(pages[name], debug.traceback, ngx.req.get_uri_args())
  if not ok then
    ngx.log(ngx.ERR, failure)
    ngx.say("raised: ", tostring(failure))
  end
end

return M
