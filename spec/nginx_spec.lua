--- Streams in the worker of an nginx: spec/nginx has its configuration and its pages.
--
-- nginx's Lua module is made of LuaJIT: one of the Luas that run the specs is enough to ask it.

if not rawget(_G, "jit") then
  return
end

local servers = require "servers"
local support = require "support"

local running, faults

local function url_of(path, ...)
  return ("http://127.0.0.1:%d/%s"):format(running.ports.port, path:format(...))
end

--- What a page says, without its last line's end.
local function get(path, ...)
  local text = support.read_command(("curl -s --max-time 60 '%s'"):format(url_of(path, ...)))
  return (text:gsub("\n$", ""))
end

--- Asks for pages at once, and gives what they say when all have.
local function get_all(paths)
  local pipes, texts = {}, {}
  for i, path in ipairs(paths) do
    pipes[i] = assert(io.popen(("curl -s --max-time 60 '%s'"):format(url_of(path))))
  end
  for i, pipe in ipairs(pipes) do
    texts[i] = pipe:read("*a"):gsub("\n$", "")
    pipe:close()
  end
  return texts
end

-- Milliseconds of the worker's own time that nginx may be kept from its other work.
local STALL = 10

-- Likewise of all time: a wait would be longer, and a busy machine takes less.
local LATE = 900

--- What a function gives, and for how many milliseconds the worker was kept from its other work
--- meanwhile: by its own work, and by whatever it was.
local function measure(fn, ...)
  get "page/stall_begin"
  local result = fn(...)
  local worked, late, looks = get("page/stall_end"):match "^(%S+) (%S+) (%S+)$"
  assert.is_true(tonumber(looks) > 5, "the probe did not run")
  return result, tonumber(worked), tonumber(late)
end

local function assert_no_stall(worked, late)
  assert.is_true(worked <= STALL, worked .. " ms of work without a turn of nginx's")
  assert.is_true(late <= LATE, late .. " ms without a turn of nginx's")
end

--- Calls a function, and fails when the worker was kept from its other work meanwhile.
local function without_stall(fn, ...)
  local result, worked, late = measure(fn, ...)
  assert_no_stall(worked, late)
  return result
end

--- Likewise what is a lot of work, each time the same: what is busy beside it slows it at one
--- time, and what is wrong in it does always.
local function always_without_stall(fn, ...)
  local result, worked, late
  for _ = 1, 3 do
    result, worked, late = measure(fn, ...)
    if worked <= STALL and late <= LATE then
      break
    end
  end
  assert_no_stall(worked, late)
  return result
end

local function start(...)
  running = servers.start("nginx_server.py", os.getenv "COSTREAM_BUILD",
    "preload=" .. os.getenv "COSTREAM_BUILD" .. "/spec/silent_names.so", ...)
end

local function assert_closed(id)
  local open
  assert.is_true(support.eventually(function()
    open = support.ledger(id).open
    return open == 0
  end, 5), tostring(open) .. " answers are still open")
end

setup(function()
  faults = servers.start "fault_server.py"
  start()
end)

teardown(function()
  running.close()
  faults.close()
end)

describe("in nginx a stream", function()
  it("gives its rows to the client while they come", function()
    local text = without_stall(get, "page/rows?controls=rows=3000,rate=2000000")
    assert.matches("3000 rows$", text)
  end)

  it("is folded", function()
    assert.matches(" of 200000 rows$",
      always_without_stall(get, "page/fold?controls=rows=200000"))
  end)

  it("that is always there stalls nothing", function()
    assert.matches(" of 200000 rows$",
      always_without_stall(get, "page/fold?controls=rows=200000,gzip=on"))
    assert.are.equal("50000", always_without_stall(get, "page/read?controls=rows=50000"))
    assert.are.equal("200000", always_without_stall(get, "page/values?controls=rows=200000"))
  end)

  it("over a gigabyte in memory stalls nothing", function()
    assert.are.equal("5000000", always_without_stall(get, "page/text?times=1000"))
  end)

  it("is folded into many groups without a stall", function()
    assert.are.equal("20000", always_without_stall(get, "page/groups?groups=20000"))
  end)

  it("comes by TLS, by a client that was made in init_worker", function()
    assert.are.equal("true", without_stall(get, "page/in_worker"))
  end)

  it("trusts the system's certificates, which are read without a stall", function()
    assert.are.equal("tls", without_stall(get, "page/failure?url=%s", support.tls_url))
  end)

  it("is suspended in a coroutine of the program's own", function()
    assert.are.equal("2000", without_stall(get, "page/generator?controls=rows=2000,rate=2000000"))
  end)

  it("is read in a timer", function()
    assert.are.equal("2000", without_stall(get, "page/timer?controls=rows=2000"))
  end)

  it("is tried again after a wait that stalls nothing", function()
    local id = support.new_id "nginx"
    assert.matches("20 rows$",
      without_stall(get, "page/rows?retry=1&controls=rows=20,fail=1,status=503,id=" .. id))
    assert.are.equal(2, support.ledger(id).requests)
  end)

  it("that was opened in one request is read on in others", function()
    assert.are.equal("1", get "page/open_shared?controls=rows=200,rate=100000")
    local texts = get_all { "page/read_shared", "page/read_shared" }
    assert.are.equal(199, tonumber(texts[1]) + tonumber(texts[2]))
  end)
end)

describe("in nginx a stream that several requests read", function()
  it("fails when one of them ends with rows in its hands, whose light thread runs on as others'",
    function()
      assert.are.equal("1", get "page/open_shared?controls=rows=200,rate=60000,gzip=off")
      os.execute(("curl -s --max-time 0.4 '%s' >/dev/null"):format(url_of "page/read_shared"))
      os.execute "sleep 0.2"
      assert.matches("a coroutine was left that had rows of this stream in its hands",
        get "page/iterate_shared", nil, true)
    end)
end)

describe("in nginx many streams", function()
  it("in the requests of many clients run side by side, and share one slice", function()
    local paths = {}
    for i = 1, 20 do
      paths[i] = "page/fold?controls=rows=20000"
    end
    for _, text in ipairs(always_without_stall(get_all, paths)) do
      assert.matches(" of 20000 rows$", text)
    end
  end)

  it("run in tasks", function()
    assert.are.equal("100000",
      always_without_stall(get, "page/tasks?tasks=100&controls=rows=1000"))
  end)

  it("of a range's days are asked for at once", function()
    assert.are.equal("6 days of 2000 rows", without_stall(get, "page/range?controls=rows=2000"))
  end)

  it("run in light threads", function()
    assert.are.equal("100000",
      always_without_stall(get, "page/threads?threads=100&controls=rows=1000"))
  end)

  it("by TLS shake hands without a stall", function()
    assert.are.equal("200", always_without_stall(get,
      "page/threads?threads=20&controls=rows=10&url=%s&ca_file=%s", support.tls_url,
      support.ca_file))
  end)
end)

describe("in nginx nothing is kept waiting by", function()
  it("a name server that does not answer", function()
    local path = "page/failure?connect=0.5&url=https://%d.unanswered"
    local texts = without_stall(get_all, { path:format(1), path:format(2), path:format(3) })
    assert.are.same({ "timeout", "timeout", "timeout" }, texts)
  end)

  it("a server that accepts and says nothing", function()
    for _, scheme in ipairs { "http", "https" } do
      assert.are.equal("timeout", without_stall(get,
        "page/failure?connect=0.5&stall=0.5&url=%s://127.0.0.1:%d", scheme, faults.ports.silent))
    end
  end)

  it("a server that drips", function()
    assert.are.equal("40", without_stall(get, "page/read?controls=rows=40,rate=30000,chunk=100"))
  end)

  it("another stream", function()
    local texts = without_stall(get_all, {
      "page/read?controls=rows=20,rate=10000,gzip=off", "page/fold?controls=rows=400000",
    })
    assert.are.equal("20", texts[1])
    assert.matches(" of 400000 rows$", texts[2])
  end)
end)

describe("in nginx a request that goes on for long", function()
  it("keeps nothing of its coroutines that have ended, though they held rows", function()
    local kilobytes = tonumber(get "page/left_by_coroutines?coroutines=5000")
    assert.is_true(kilobytes < 500, kilobytes .. " kB are kept")
  end)
end)

describe("in nginx no stream is forgotten", function()
  it("whose light thread was woken, but ran long after because of other timers", function()
    local paths = { "page/hog?seconds=2" }
    for i = 2, 17 do
      paths[i] = "page/read?controls=rows=100,rate=60000,gzip=off"
    end
    local texts = get_all(paths)
    for i = 2, #paths do
      assert.are.equal("100", texts[i])
    end
  end)
end)

describe("in nginx a client that goes away closes the stream", function()
  it("when its request was waiting for rows", function()
    local id = support.new_id "nginx"
    os.execute(("curl -s --max-time 0.7 '%s' >/dev/null"):format(
      url_of("page/read?controls=rows=9000,rate=100000,gzip=off,id=%s", id)))
    assert.are.equal(1, support.ledger(id).requests)
    assert_closed(id)
  end)

  it("when its request was waiting in a run of tasks", function()
    local id = support.new_id "nginx"
    os.execute(("curl -s --max-time 0.7 '%s' >/dev/null"):format(
      url_of("page/tasks?tasks=4&controls=rows=9000,rate=100000,gzip=off,id=%s", id)))
    assert.are.equal(4, support.ledger(id).requests)
    assert_closed(id)
  end)

  it("when its request was waiting for the client itself", function()
    local id = support.new_id "nginx"
    os.execute(("python3 spec/nginx/client.py '%s' 1"):format(
      url_of("page/rows?controls=rows=400000,gzip=off,id=%s", id)))
    assert.are.equal(1, support.ledger(id).requests)
    assert_closed(id)
  end)

  it("also where nginx looks for it only when it writes", function()
    local id = support.new_id "nginx"
    os.execute(("python3 spec/nginx/client.py '%s' 1"):format(
      url_of("unnoticed/rows?controls=rows=400000,gzip=off,id=%s", id)))
    assert.are.equal(1, support.ledger(id).requests)
    assert_closed(id)
  end)
end)

describe("where nginx cannot suspend what runs", function()
  local refusals = {
    set = "phase/set", header_filter = "phase/header_filter", body_filter = "phase/body_filter",
  }

  local function assert_refused(phase, text)
    assert.matches(("costream: this stream would have to wait in the phase %s, where nginx "
      .. "cannot suspend it: read it in access, content or a timer, as in ngx.timer.at(0, "
      .. "function() ... end)"):format(phase), text, nil, true)
  end

  for phase, path in pairs(refusals) do
    it("a stream that would have to wait is refused: " .. phase, function()
      assert_refused(phase, support.read_command(("curl -si '%s'"):format(url_of(path))))
    end)
  end

  it("a stream that would have to wait is refused: log", function()
    get "phase/log"
    assert.is_true(support.eventually(function()
      return get "page/kept":find("phase log", 1, true) ~= nil
    end))
    assert_refused("log", get "page/kept")
  end)

  it("a stream that would have to wait is refused: below a function of C's", function()
    assert.matches("would have to wait below a function of C's, as in a callback of table.sort",
      get "page/below_c?controls=rows=10", nil, true)
  end)

  it("text that is there is read", function()
    assert.are.equal("2", get "phase/header_filter")
  end)

  it("and in all other phases streams are read", function()
    assert.are.equal("3 rows", get "phase/rewrite")
    assert.are.equal("3 rows", get "phase/access")
  end)
end)

describe("in nginx a client", function()
  it("that was made in init, before workers were forked, is refused in them", function()
    assert.matches("otc: this client was made before fork", get "page/in_master", nil, true)
  end)
end)

describe("in nginx a task that calls nginx's own functions", function()
  it("holds no streams of requests that run meanwhile", function()
    local texts = get_all {
      "page/sleepy_task?seconds=0.5&controls=rows=10",
      "page/read?controls=rows=300,rate=200000,gzip=off", "page/spawn_outside",
    }
    assert.are.equal("10", texts[1])
    assert.are.equal("300", texts[2])
    assert.matches("spawn: there is no task here", texts[3], nil, true)
  end)
end)

describe("an nginx that is reloaded", function()
  it("ends its streams well in the old worker, and goes on in a new one", function()
    local before = get "page/worker"
    local pipe = io.popen(("curl -s --max-time 30 '%s'"):format(
      url_of "page/rows?controls=rows=400,rate=150000,gzip=off"))
    os.execute(("sleep 0.3; kill -HUP %d"):format(running.ports.master))
    assert.is_true(support.eventually(function()
      return get "page/worker" ~= before
    end))
    assert.matches("400 rows\n$", pipe:read "*a")
    pipe:close()
    assert.is_true(support.eventually(function()
      return support.read_command(("kill -0 %s 2>&1"):format(before)) ~= ""
    end), "the old worker is still there")
  end)
end)

describe("an nginx that runs no timer", function()
  setup(function()
    running.close()
    start "timers=0"
  end)

  it("has the requests that wait look after the network", function()
    local texts = get_all {
      "page/read?controls=rows=300,rate=200000,gzip=off", "page/tasks?tasks=8&controls=rows=100",
    }
    assert.are.same({ "300", "800" }, texts)
  end)
end)

describe("an nginx without its code cache", function()
  setup(function()
    running.close()
    start "code_cache=off"
  end)

  it("streams as well", function()
    assert.matches("300 rows$", get "page/rows?controls=rows=300")
    assert.are.equal("800", get "page/tasks?tasks=8&controls=rows=100")
  end)
end)
